"""A month as weeks and days, with what is due on each. Weeks begin on Monday and are numbered by ISO 8601."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.dashboard.words.spoken import N_

WEEKDAYS = (
    *(N_("mandag"), N_("tirsdag"), N_("onsdag"), N_("torsdag")),
    *(N_("fredag"), N_("lørdag"), N_("søndag")),
)
MONTHS = (
    *(N_("januar"), N_("februar"), N_("mars"), N_("april"), N_("mai"), N_("juni")),
    *(N_("juli"), N_("august"), N_("september"), N_("oktober"), N_("november"), N_("desember")),
)
ON_A_DAY = 3
"""How many are written in a day's place; the rest is a link away."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a week. `entries` are what is due; `more` how many beside them."""

    on: date
    in_month: bool
    is_today: bool
    entries: Sequence[Mapping[str, Any]] = ()
    more: int = 0

    @property
    def in_address(self) -> str:
        """As people write it: `01.06.2020`."""
        return f"{self.on:%d.%m.%Y}"


@dataclass(frozen=True, kw_only=True)
class Week:
    """Seven days from a Monday."""

    number: int
    days: tuple[Day, ...]

    @property
    def is_empty(self) -> bool:
        return not any(day.entries for day in self.days)


@dataclass(frozen=True, kw_only=True)
class Month:
    """The weeks a month has days in, whole."""

    year: int
    number: int
    weeks: tuple[Week, ...]

    @property
    def name(self) -> str:
        return MONTHS[self.number - 1]

    @property
    def before(self) -> str:
        """The month before, as addresses write it: `05.2020`."""
        return _written(self.year, self.number - 1)

    @property
    def after(self) -> str:
        return _written(self.year, self.number + 1)

    @property
    def shown(self) -> tuple[date, date]:
        """The first and the last day of the month itself."""
        return date(self.year, self.number, 1), date(
            self.year, self.number, calendar.monthrange(self.year, self.number)[1]
        )

    def with_entries(self, due: Mapping[date, Sequence[Mapping[str, Any]]]) -> "Month":
        """The same, with what is due on each of its days."""
        weeks = tuple(replace(week, days=tuple(_filled(day, due) for day in week.days)) for week in self.weeks)
        return replace(self, weeks=weeks)


def month_of(year: int, number: int, *, today: date) -> Month:
    """The month, empty."""
    weeks = calendar.Calendar().monthdatescalendar(year, number)
    return Month(
        year=year,
        number=number,
        weeks=tuple(
            Week(
                number=days[0].isocalendar().week,
                days=tuple(Day(on=on, in_month=on.month == number, is_today=on == today) for on in days),
            )
            for days in weeks
        ),
    )


def _filled(day: Day, due: Mapping[date, Sequence[Mapping[str, Any]]]) -> Day:
    entries = due.get(day.on, ()) if day.in_month else ()
    return replace(day, entries=tuple(entries[:ON_A_DAY]), more=max(0, len(entries) - ON_A_DAY))


def _written(year: int, number: int) -> str:
    year, month = year + (number - 1) // 12, (number - 1) % 12 + 1
    return f"{month:02d}.{year:04d}"
