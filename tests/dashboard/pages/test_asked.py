"""What the reader asked for, read from the address and written back into links."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.pages.asked import Asked, NotUnderstood, read

NEW_YEARS_EVE = date(2020, 12, 31)


def asked(*, aar: str = "", gjelder: str = "", kjent: str = "", today: date = NEW_YEARS_EVE) -> Asked:
    return read(aar=aar, gjelder=gjelder, kjent=kjent, years=[2019, 2020], today=today)


def test_nothing_asked_is_the_latest_year_today() -> None:
    assert asked(today=date(2020, 6, 22)) == Asked(year=2020, valid_at=date(2020, 6, 22))


@pytest.mark.parametrize(
    ("today", "day"),
    [(date(2026, 3, 1), date(2020, 12, 31)), (date(2019, 12, 1), date(2020, 1, 1))],
)
def test_outside_the_year_it_is_the_years_nearest_day(today: date, day: date) -> None:
    assert asked(aar="2020", today=today).valid_at == day


def test_with_no_letters_at_all_it_is_this_year() -> None:
    assert read(aar="", gjelder="", kjent="", years=[], today=NEW_YEARS_EVE).year == 2020


def test_a_day_after_the_year_may_be_asked_for() -> None:
    assert asked(aar="2020", gjelder="2021-01-20").valid_at == date(2021, 1, 20)


@pytest.mark.parametrize(
    ("kjent", "known_at"),
    [
        ("2020-06-22T14:00", datetime(2020, 6, 22, 12, tzinfo=UTC)),
        ("2020-12-31T14:00", datetime(2020, 12, 31, 13, tzinfo=UTC)),
        ("2020-06-22T12:00:00Z", datetime(2020, 6, 22, 12, tzinfo=UTC)),
        ("2020-06-22T05:00:00-07:00", datetime(2020, 6, 22, 12, tzinfo=UTC)),
        ("2020-10-25T02:30", datetime(2020, 10, 25, 1, 30, tzinfo=UTC)),
        ("22.06.2020 kl. 14:00", datetime(2020, 6, 22, 12, tzinfo=UTC)),
        ("22.6.2020 kl. 14.00", datetime(2020, 6, 22, 12, tzinfo=UTC)),
        ("22. 6. 2020 14:00", datetime(2020, 6, 22, 12, tzinfo=UTC)),
        ("22.06.2020, kl 14:00:30", datetime(2020, 6, 22, 12, 0, 30, tzinfo=UTC)),
        ("22.06.2020", datetime(2020, 6, 21, 22, tzinfo=UTC)),
        ("25.10.2020 kl. 02:30", datetime(2020, 10, 25, 1, 30, tzinfo=UTC)),
        ("25.10.2020 kl. 02:30 sommertid", datetime(2020, 10, 25, 0, 30, tzinfo=UTC)),
        ("25.10.2020 kl. 02:30 normaltid", datetime(2020, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_known_at_is_the_clock_in_norway_unless_it_says_otherwise(kjent: str, known_at: datetime) -> None:
    assert asked(kjent=kjent).known_at == known_at


@pytest.mark.parametrize(
    "day",
    [
        *("2020-13-01", "2020-02-30", "20200101", "2020-W01-1", "2020-1-1", " ", "２０２０-01-01", "9999-01-01"),
        *("31.02.2020", "13.13.2020", "12/31/2020", "31.12.20", "1.1.1899", "1.1.2200", "１.1.2020", "31.12.2020\n"),
    ],
)
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        asked(gjelder=day)
    assert refused.value.field == "gjelder"
    assert day not in refused.value.advice or day in (" ", "31.12.20")


ANY_DAY = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(day=ANY_DAY, year=st.none() | st.integers(1900, 2199), today=ANY_DAY)
def test_the_year_follows_the_day_unless_a_year_is_asked_for(day: date, year: int | None, today: date) -> None:
    question = asked(aar=str(year or ""), gjelder=day.isoformat(), today=today)
    assert (question.valid_at, question.year) == (day, year or day.year)
    assert question.is_outside == (year is not None and year != day.year)
    assert (question.is_to_come, question.is_today) == (day > today, day == today)
    assert question.reached == min(day, today)


@given(years=st.lists(st.integers(2015, 2025), max_size=5), today=st.dates(date(2014, 1, 1), date(2026, 12, 31)))
def test_with_no_day_it_is_today_or_the_last_day_of_a_year_that_is_over(years: list[int], today: date) -> None:
    question = read(aar="", gjelder="", kjent="", years=years, today=today)
    begun = [year for year in years if year <= today.year]
    assert question.is_to_come == bool(years and not begun), "only where no year has begun"
    if begun:
        assert question.valid_at == (today if max(begun) == today.year else date(max(begun), 12, 31))
    assert not question.is_outside


@given(day=ANY_DAY, year=st.integers(1900, 2199))
def test_another_year_is_looked_at_on_its_nearest_day(day: date, year: int) -> None:
    moved = asked(gjelder=day.isoformat()).in_year(year)
    assert moved.valid_at.year == moved.year == year
    assert moved.valid_at == day or (moved.valid_at.month, moved.valid_at.day) in ((1, 1), (12, 31))


@given(day=ANY_DAY)
def test_every_day_is_read_as_people_and_as_links_write_it(day: date) -> None:
    shown = Asked(year=day.year, valid_at=day)
    assert asked(gjelder=shown.day_in_field).valid_at == day
    assert asked(gjelder=f"{day.day}.{day.month}.{day.year}").valid_at == day
    assert asked(gjelder=day.isoformat()).valid_at == day


FIRST, LAST = datetime(1901, 1, 1, tzinfo=UTC), datetime(2198, 12, 31, tzinfo=UTC)
INSTANTS = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
AROUND_THE_CHANGE = st.timedeltas(timedelta(), timedelta(hours=4)).map(
    lambda after: datetime(2020, 10, 24, 23, tzinfo=UTC) + after
)


@given(at=INSTANTS | AROUND_THE_CHANGE)
def test_every_instant_is_read_back_from_its_field_and_from_its_link(at: datetime) -> None:
    shown = Asked(year=2020, valid_at=NEW_YEARS_EVE, known_at=at)
    assert asked(kjent=shown.known_in_field).known_at == at
    assert asked(kjent=shown.query["kjent"]).known_at == at


QUIET = {"aar": "", "gjelder": "", "kjent": ""}


@given(text=st.text(st.sampled_from("0123456789.:-, TZ+kl٣\x00"), max_size=30) | st.text(max_size=30))
def test_whatever_is_written_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    for field in ("gjelder", "kjent", "aar"):
        with suppress(NotUnderstood):
            question = read(**QUIET | {field: text}, years=[2020], today=NEW_YEARS_EVE)
            assert question.year in range(1900, 2200)
            assert asked(gjelder=question.day_in_field, kjent=question.known_in_field).query == question.query


def test_a_link_carries_the_day_and_what_was_known_and_reads_back_the_same() -> None:
    question = asked(gjelder="2020-06-22", kjent="2020-10-25T02:30")
    query = parse_qs(urlsplit(question.year_link()).query)
    again = read(**{name: values[0] for name, values in query.items()}, years=[2020], today=NEW_YEARS_EVE)
    assert again == question


def test_a_year_link_can_change_the_day_or_forget_what_was_known() -> None:
    question = asked(gjelder="2020-06-22", kjent="2020-06-22T14:00")
    assert question.year_link(valid_at=date(2020, 8, 11)).startswith("/?gjelder=2020-08-11&kjent=")
    assert question.year_link(known_at=None) == "/?gjelder=2020-06-22&aar=2020"
