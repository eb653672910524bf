"""What the reader asked to see: a budget year, a day, and perhaps what was known at an instant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from services.calendar.clock import OSLO

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199


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
    `None`: now)."""

    year: int
    valid_at: date
    known_at: datetime | None = None

    def link(self, path: str) -> str:
        """The address of another page that shows the same day and the same knowledge."""
        query = {"gjelder": self.valid_at.isoformat()}
        if self.known_at is not None:
            query["kjent"] = self.known_at.isoformat().replace("+00:00", "Z")
        return f"{path}?{urlencode(query)}"

    def year_link(self, **changes: Any) -> str:
        """The address of the year's first page, as asked or with another `valid_at` or `known_at`."""
        there = replace(self, **changes)
        return f"{there.link('/')}&aar={self.year}"

    @property
    def known_in_field(self) -> str:
        """`known_at` as a `datetime-local` field wants it: the clock in Norway, to the second so that none is lost."""
        return "" if self.known_at is None else f"{self.known_at.astimezone(OSLO):%Y-%m-%dT%H:%M:%S}"


def read(*, aar: str, gjelder: str, kjent: str, years: Sequence[int], today: date) -> Asked:
    """Read the query. Left out: the latest year that has a letter; today, or the last day of a year that is over."""
    year = _year(aar) if aar else max(years, default=today.year)
    default_day = min(max(today, date(year, 1, 1)), date(year, 12, 31))
    return Asked(year=year, valid_at=_day(gjelder) if gjelder else default_day, known_at=_instant(kjent))


def _year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text) or not _EARLIEST_YEAR <= int(text) <= _LATEST_YEAR:
        raise NotUnderstood("aar", "Budsjettåret skrives med fire siffer, for eksempel 2020.")
    return int(text)


def _day(text: str) -> date:
    advice = "Dagen skrives som år-måned-dag, for eksempel 2020-12-31, og må finnes i kalenderen."
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise NotUnderstood("gjelder", advice)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotUnderstood("gjelder", advice) from None
    if not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
        raise NotUnderstood("gjelder", advice)
    return day


def _instant(text: str) -> datetime | None:
    """Without a zone it is the clock in Norway. The hour that comes twice in October is read as the second of them, so
    that nothing known by that clock time is left out."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=OSLO, fold=1)
        known_at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        known_at = datetime.min.replace(tzinfo=UTC)
    if not _EARLIEST_YEAR <= known_at.year <= _LATEST_YEAR:
        raise NotUnderstood("kjent", "«Kjent per» skrives som dag og klokkeslett, for eksempel 2020-06-22T14:00.")
    return known_at
