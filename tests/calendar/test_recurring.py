"""Days that come again, from one day on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.recurring import every_days, every_months

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("since", "months", "expected"),
    [
        (date(2019, 12, 31), 3, ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]),
        (date(2020, 6, 30), 3, ["2020-09-30", "2020-12-31"]),
        (date(2020, 8, 30), 1, ["2020-09-30", "2020-10-30", "2020-11-30", "2020-12-30"]),
        (date(2020, 11, 23), 1, ["2020-12-23"]),
        (date(2020, 12, 23), 1, []),
        (date(2019, 12, 31), 12, ["2020-12-31"]),
    ],
)
def test_months_are_counted_from_a_day_and_their_last_day_stays_the_last(
    since: date, months: int, expected: list[str]
) -> None:
    assert list(map(str, every_months(since, months, until=date(2020, 12, 31)))) == expected


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    days = list(every_months(date(2020, 1, 30), 1, until=date(2020, 4, 30)))
    assert days == [date(2020, 2, 29), date(2020, 3, 30), date(2020, 4, 30)]


@given(since=DAYS, months=st.integers(1, 12), ahead=st.integers(0, 800))
def test_no_month_is_passed_over_and_none_comes_twice(since: date, months: int, ahead: int) -> None:
    until = since + timedelta(days=ahead)
    days = list(every_months(since, months, until=until))
    places = [day.year * 12 + day.month for day in [since, *days]]
    assert places == list(range(places[0], places[0] + months * len(places), months))
    assert all(day <= until for day in days)
    following = next(every_months(days[-1] if days else since, months, until=date(2199, 12, 31)))
    assert following > until - timedelta(days=3), "a shorter month may have drawn the day in"


@given(since=DAYS, days=st.integers(1, 60), ahead=st.integers(0, 800))
def test_so_many_days_lie_between(since: date, days: int, ahead: int) -> None:
    found = list(every_days(since, days, until=since + timedelta(days=ahead)))
    assert found == [since + timedelta(days=days * nth) for nth in range(1, ahead // days + 1)]
