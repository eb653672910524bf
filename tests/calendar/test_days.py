"""Days as the law counts them: round Easter, 17 May, Christmas, and both changes of the clock."""

from datetime import UTC, date, datetime

import pytest

from services.calendar.days import (
    add_days,
    day_of,
    easter_day,
    is_working_day,
    last_day,
    one_year_after,
    public_holidays,
)


def test_the_day_of_arrival_does_not_count_and_three_weeks_end_on_the_same_weekday() -> None:
    assert last_day(date(2020, 11, 2)) == date(2020, 11, 23)
    assert last_day(date(2020, 11, 2), weeks=1) == date(2020, 11, 9)


@pytest.mark.parametrize(
    ("arrived_on", "ends_on", "because"),
    [
        (date(2020, 8, 15), date(2020, 9, 7), "the last day is a Saturday"),
        (date(2020, 8, 16), date(2020, 9, 7), "the last day is a Sunday"),
        (date(2020, 3, 19), date(2020, 4, 14), "Maundy Thursday; the whole of Easter is passed over"),
        (date(2020, 3, 18), date(2020, 4, 8), "the Wednesday before Easter is a working day"),
        (date(2021, 4, 26), date(2021, 5, 18), "17 May, a Monday in 2021"),
        (date(2020, 4, 10), date(2020, 5, 4), "1 May, a Friday in 2020"),
        (date(2020, 4, 30), date(2020, 5, 22), "Ascension Day"),
        (date(2020, 5, 11), date(2020, 6, 2), "Whit Monday"),
        (date(2020, 12, 3), date(2020, 12, 24), "Christmas Eve is a working day in law"),
        (date(2020, 12, 4), date(2020, 12, 28), "Christmas Day, a Friday, then a week-end"),
        (date(2020, 12, 11), date(2021, 1, 4), "New Year's Day, in the next year"),
        (date(2020, 2, 8), date(2020, 3, 2), "over a leap day"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_a_last_day_that_is_no_working_day_moves_to_the_next(arrived_on: date, ends_on: date, because: str) -> None:
    assert last_day(arrived_on) == ends_on, because


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2020, 3, 28, 22, 59, tzinfo=UTC), date(2020, 3, 28)),  # the night to summer time: still UTC+1
        (datetime(2020, 3, 28, 23, 0, tzinfo=UTC), date(2020, 3, 29)),
        (datetime(2020, 3, 29, 21, 59, tzinfo=UTC), date(2020, 3, 29)),  # that day has 23 hours
        (datetime(2020, 3, 29, 22, 0, tzinfo=UTC), date(2020, 3, 30)),
        (datetime(2020, 10, 24, 22, 0, tzinfo=UTC), date(2020, 10, 25)),  # the night to normal time: still UTC+2
        (datetime(2020, 10, 25, 22, 59, tzinfo=UTC), date(2020, 10, 25)),  # that day has 25 hours
        (datetime(2020, 10, 25, 23, 0, tzinfo=UTC), date(2020, 10, 26)),
        (datetime(2020, 12, 31, 23, 0, tzinfo=UTC), date(2021, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_norway(instant: datetime, day: date) -> None:
    assert day_of(instant) == day


@pytest.mark.parametrize("arrived_on", [date(2020, 3, 27), date(2020, 10, 23)])
def test_a_change_of_the_clock_neither_gives_nor_takes_a_day(arrived_on: date) -> None:
    assert (last_day(arrived_on) - arrived_on).days in (21, 24)
    assert add_days(add_days(arrived_on, 21), -21) == arrived_on


def test_an_instant_without_a_zone_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        day_of(datetime.fromisoformat("2020-01-01T00:00:00"))


def test_easter_is_where_the_almanac_has_it() -> None:
    known = [date(1818, 3, 22), date(1943, 4, 25), date(2008, 3, 23), date(2020, 4, 12), date(2038, 4, 25)]
    assert [easter_day(easter.year) for easter in known] == known


def test_easter_is_always_a_sunday_from_22_march_to_25_april() -> None:
    for year in range(1900, 2200):
        easter = easter_day(year)
        assert easter.weekday() == 6
        assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_norway_has_twelve_holidays_of_which_some_may_fall_together() -> None:
    assert len(public_holidays(2020)) == 12
    assert len(public_holidays(2008)) == 11  # Ascension Day on 1 May
    assert not is_working_day(date(2020, 5, 17))
    assert is_working_day(date(2020, 12, 31))


def test_a_year_from_a_leap_day_is_a_whole_year() -> None:
    assert one_year_after(date(2020, 2, 29)) == date(2021, 3, 1)
    assert one_year_after(date(2020, 11, 2)) == date(2021, 11, 2)
