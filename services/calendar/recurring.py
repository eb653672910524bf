"""Days that come again: every so many days, or months, from one day on. Days in Europe/Oslo."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from services.calendar.days import add_days


def every_days(since: date, days: int, *, until: date) -> Iterator[date]:
    """So many days after `since`, and so on, as long as they are no later than `until`."""
    day = add_days(since, days)
    while day <= until:
        yield day
        day = add_days(day, days)


def every_months(since: date, months: int, *, until: date) -> Iterator[date]:
    """The same day of the month so many months after `since`, and so on. The last day of a month is followed by last
    days; a day that a month does not have is its last."""
    ends = since.day == _last(since.year, since.month)
    nth = months
    while (day := _months_after(since, nth, at_end=ends)) <= until:
        yield day
        nth += months


def _months_after(since: date, months: int, *, at_end: bool) -> date:
    years, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    last = _last(years, month + 1)
    return date(years, month + 1, last if at_end else min(since.day, last))


def _last(year: int, month: int) -> int:
    return monthrange(year, month)[1]
