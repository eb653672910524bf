"""What the reader asked to see: a budget year, a day, and perhaps what was known at an instant.

People write and read days as Norwegians do (`31.12.2020`, `22.06.2020 kl. 14:05`), whatever the language of their
browser. Links carry the same as ISO 8601, to the microsecond; both are read in either place.
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from services.calendar.clock import OSLO
from services.dashboard.words.spoken import N_, gettext

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})", re.ASCII)
_INSTANT = re.compile(
    rf"({_DAY.pattern})(?:,? (?:kl\.? ?)?([0-9]{{1,2}})[:.]([0-9]{{2}})(?:[:.]([0-9]{{2}})(?:[,.]([0-9]{{1,6}}))?)?)?"
    r"(?: (sommertid|normaltid))?",
    re.ASCII,
)
_SUMMER, _WINTER = "sommertid", "normaltid"


class NotUnderstood(Exception):
    """The address holds something that is no year, day or instant. The reader is told what to write; what was written
    is never shown back. `field` is the field to correct (`aar`, `gjelder` or `kjent`)."""

    def __init__(self, field: str, advice: str) -> None:
        super().__init__(advice)
        self.field = field
        self.advice = advice


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The figures of `year` as they stood at the end of `valid_at` (Europe/Oslo), by what was known at `known_at` (UTC;
    `None`: now). `today` is the day it is for whoever asks; where nobody has said, no day is to come."""

    year: int
    valid_at: date
    known_at: datetime | None = None
    today: date | None = field(default=None, compare=False)

    @property
    def is_to_come(self) -> bool:
        """Whether the day has not come: what is shown of it is what is registered so far."""
        return self.today is not None and self.valid_at > self.today

    @property
    def is_today(self) -> bool:
        """Whether it is the day it is, which has not ended."""
        return self.valid_at == self.today

    @property
    def reached(self) -> date:
        """The last day of which anything has happened: the day asked for, or today where that has not come."""
        return min(self.valid_at, self.today) if self.today is not None else self.valid_at

    @property
    def is_outside(self) -> bool:
        """Whether the day lies in another year than the one whose figures are asked for."""
        return self.valid_at.year != self.year

    def in_year(self, year: int) -> "Asked":
        """The same of another budget year: on the same day, or the day of that year that is nearest to it."""
        return replace(self, year=year, valid_at=_nearest(self.valid_at, year))

    @property
    def query(self) -> dict[str, str]:
        """What a link carries, so that another page shows the same day and the same knowledge."""
        query = {"gjelder": self.valid_at.isoformat()}
        if self.known_at is not None:
            query["kjent"] = self.known_at.isoformat().replace("+00:00", "Z")
        return query

    def link(self, path: str, **more: str | int) -> str:
        """The address of another page that shows the same day and the same knowledge."""
        return f"{path}?{self._encoded}" + (f"&{urlencode(more)}" if more else "")

    @cached_property
    def _encoded(self) -> str:
        """As every link of a page carries it; there are hundreds."""
        return urlencode(self.query)

    def year_link(self, **changes: Any) -> str:
        """The address of the year's first page, as asked or with another `year`, `valid_at` or `known_at`."""
        changed = replace(self, **changes)
        return changed.link("/", aar=changed.year)

    @property
    def day_in_field(self) -> str:
        """`valid_at` as it is written in its field: `31.12.2020`."""
        return _day_in_field(self.valid_at)

    @property
    def known_in_field(self) -> str:
        """`known_at` as it is written in its field, by the clock in Norway, and so exactly that it is read back the
        same: `22.06.2020 kl. 14:05`. In the hour that comes twice in October it says which."""
        return "" if self.known_at is None else _instant_in_field(self.known_at)


def read(*, aar: str, gjelder: str, kjent: str, years: Sequence[int], today: date) -> Asked:
    """Read the query. Left out: the year of the day; neither: the latest year that has a letter and has begun. No day:
    today, or the last day of a year that is over. Raises `NotUnderstood`."""
    day = read_day(gjelder) if gjelder else None
    year = _year(aar) if aar else day.year if day else _latest(years, today)
    return Asked(year=year, valid_at=day or _nearest(today, year), known_at=_instant(kjent), today=today)


def _latest(years: Sequence[int], today: date) -> int:
    begun = [year for year in years if year <= today.year]
    return max(begun) if begun else min(years, default=today.year)


def _nearest(day: date, year: int) -> date:
    return min(max(day, date(year, 1, 1)), date(year, 12, 31))


def read_day(text: str, field: str = "gjelder") -> date:
    """A day as people write it (`31.12.2020`, `1.2.2020`) or as links carry it. Raises `NotUnderstood` at the field."""
    day = _find_day(text)
    if day is None or not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
        advice = N_("Dagen skrives som dag, måned og år, for eksempel 31.12.2020, og må finnes i kalenderen.")
        raise NotUnderstood(field, gettext(advice))
    return day


SETTLED_AT: ContextVar[datetime | None] = ContextVar("settled_at", default=None)
"""Until when nothing more can come to the standby this page is read of: what was known later is shown as known then."""


def read_instant(text: str, field: str = "kjent") -> datetime:
    """An instant as people write it (`22.06.2020 kl. 14:05`; a day alone is its beginning) or as links carry it.

    Without a zone it is the clock in Norway. The hour that comes twice in October is read as the second of them unless
    it says otherwise, so that nothing known by that clock time is left out. Raises `NotUnderstood` at the field."""
    known_at = _find_instant(text)
    if known_at is None or not _EARLIEST_YEAR <= known_at.year <= _LATEST_YEAR:
        advice = N_("«Kjent per» skrives som dag og klokkeslett, for eksempel 22.06.2020 kl. 14:00.")
        raise NotUnderstood(field, gettext(advice))
    settled_at = SETTLED_AT.get()
    return known_at if settled_at is None else min(known_at, settled_at)


def _instant(text: str) -> datetime | None:
    return read_instant(text) if text else None


def _year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text) or not _EARLIEST_YEAR <= int(text) <= _LATEST_YEAR:
        raise NotUnderstood("aar", gettext(N_("Budsjettåret skrives med fire siffer, for eksempel 2020.")))
    return int(text)


def _find_day(text: str) -> date | None:
    iso, written = _ISO_DAY.fullmatch(text), _DAY.fullmatch(text)
    if iso is not None:
        return _date(*iso.groups())
    return None if written is None else _date(*reversed(written.groups()))


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _find_instant(text: str) -> datetime | None:
    if not text.isascii():
        return None
    written = _INSTANT.fullmatch(text)
    try:
        at = datetime.fromisoformat(text) if written is None else _by_the_clock(written)
        if at is None:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=OSLO, fold=1)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _by_the_clock(written: re.Match[str]) -> datetime | None:
    whole, *_, hour, minute, second, fraction, which = written.groups()
    day = _find_day(whole)
    if day is None:
        return None
    clock = time(int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "").ljust(6, "0")))
    return datetime.combine(day, clock, OSLO).replace(fold=0 if which == _SUMMER else 1)


def _day_in_field(day: date) -> str:
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def _instant_in_field(at: datetime) -> str:
    local = at.astimezone(OSLO)
    clock = f"{local:%H:%M}"
    if local.second or local.microsecond:
        clock += f":{local:%S}"
    if local.microsecond:
        clock += f",{local:%f}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{_day_in_field(local.date())} kl. {clock}" + (f" {_WINTER if local.fold else _SUMMER}" if twice else "")


def selectable(years: Sequence[int], asked: Asked) -> list[int]:
    """The years to choose among, the latest first; the one that is shown is always among them."""
    return sorted({*years, asked.year}, reverse=True)


def is_number(text: str, most_digits: int) -> bool:
    """Whether a part of an address is a number in plain digits, no longer than such numbers are, and written in the one
    way they are: no address has a second one with noughts before."""
    return len(text) <= most_digits and re.fullmatch("0|[1-9][0-9]*", text) is not None
