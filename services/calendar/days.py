"""The one place that counts days (domain rule 11). Days are days in Europe/Oslo; nobody else adds, rolls or compares.

A period starts to run when a message has arrived, and that day is not counted: three weeks from a Monday end on a
Monday (forvaltningsloven § 29; domstolloven § 148). A last day that falls on a Saturday, a Sunday or a public holiday
is moved to the next working day (domstolloven § 149). Working days are never counted; only the last one is looked at.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from services.calendar.clock import OSLO

SATURDAY = 5
COMPLAINT_WEEKS = 3
"""How long a decision can be complained of, from the day it arrived (forvaltningsloven § 29 first paragraph)."""

FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
EASTER_HOLIDAYS = (-3, -2, 0, 1, 39, 49, 50)
"""Maundy Thursday, Good Friday, both days of Easter, Ascension Day and both days of Pentecost, from Easter Day."""


def day_of(instant: datetime) -> date:
    """The day in Norway at that instant, which must know its zone: shortly after 22 or 23 UTC it is the next one."""
    assert instant.tzinfo is not None, "an instant without a zone is no instant"
    return instant.astimezone(OSLO).date()


def add_days(day: date, days: int) -> date:
    """So many days later, or earlier. Whole days by the calendar: a change of the clock neither adds nor takes one."""
    return day + timedelta(days=days)


def days_until(day: date, *, on: date) -> int:
    """How many days are left of a period whose last day is `day`: 0 on that day, below nothing after it."""
    return (day - on).days


def last_day(arrived_on: date, weeks: int = COMPLAINT_WEEKS) -> date:
    """The last day of a period of weeks that began to run when something arrived; the whole of that day counts."""
    return next_working_day(add_days(arrived_on, 7 * weeks))


def one_year_after(day: date) -> date:
    """The same day next year; the first of March after a leap day, so that the year is whole."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day = add_days(day, 1)
    return day


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor public holiday. Christmas Eve and New Year's Eve are working days in law."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


@lru_cache(maxsize=512)
def public_holidays(year: int) -> frozenset[date]:
    """Norway's: the days of helligdagsloven § 2, and 1 and 17 May (lov om 1 og 17 mai som høgtidsdager)."""
    fixed = (date(year, month, day) for month, day in FIXED_HOLIDAYS)
    easter = easter_day(year)
    return frozenset([*fixed, *(add_days(easter, days) for days in EASTER_HOLIDAYS)])


def easter_day(year: int) -> date:
    """Easter Day in the Gregorian calendar: the Sunday after the ecclesiastical full moon on or after 21 March.

    The computus as Meeus gives it (Astronomical Algorithms, chapter 8), good for every Gregorian year.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, left = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - shift + 15) % 30
    weekday = (32 + 2 * left + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
