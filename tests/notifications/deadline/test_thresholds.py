"""Which threshold has passed, at every instant: never early, each once, and after a pause the latest alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from services.calendar.days import add_days, is_working_day
from services.notifications.deadline.deadline import PERIODS, end_of, start_of
from services.notifications.deadline.events import ThresholdsSet
from services.notifications.deadline.refusals import ThresholdsReachBack, ThresholdsUnclear, UnknownKind
from services.notifications.deadline.thresholds import (
    SHIPPED,
    Moment,
    Thresholds,
    in_force,
    is_history,
    latest_passed,
    next_after,
    set_thresholds,
)
from tests.given import given

DUE_ON = date(2020, 4, 15)  # the Wednesday after Easter
WEEKLY = Thresholds(before_days=(5, 1), every_days=7, counted="working")
ALL_DAYS = Thresholds(before_days=(5, 1), every_days=7, counted="calendar")


def passed(thresholds: Thresholds, now: datetime, due_on: date = DUE_ON) -> str | None:
    found = latest_passed(thresholds, due_on=due_on, due_at=end_of(due_on), now=now)
    return found.name if found else None


@pytest.mark.parametrize(
    ("thresholds", "day", "name"),
    [
        (WEEKLY, date(2020, 4, 2), None),
        (WEEKLY, date(2020, 4, 3), "before-5"),  # over Easter: 3, 6, 7, 8 and 14 April are the five
        (WEEKLY, date(2020, 4, 13), "before-5"),
        (WEEKLY, date(2020, 4, 14), "before-1"),
        (WEEKLY, date(2020, 4, 15), "before-1"),
        (WEEKLY, date(2020, 4, 16), "due"),
        (WEEKLY, date(2020, 4, 22), "after-7"),
        (WEEKLY, date(2020, 5, 2), "after-14"),
        (ALL_DAYS, date(2020, 4, 9), None),
        (ALL_DAYS, date(2020, 4, 10), "before-5"),
    ],
)
def test_a_threshold_has_passed_from_the_start_of_its_day(thresholds: Thresholds, day: date, name: str | None) -> None:
    assert passed(thresholds, start_of(day)) == name
    if name != passed(thresholds, start_of(add_days(day, -1))):
        assert passed(thresholds, start_of(day) - timedelta(microseconds=1)) != name


def test_a_reminder_that_would_fall_on_a_holiday_waits_for_the_next_working_day() -> None:
    """Seven days after 24 April 2020 is the first of May, a Friday."""
    due_on = date(2020, 4, 24)
    assert passed(WEEKLY, start_of(date(2020, 5, 1)), due_on) == "due"
    assert passed(WEEKLY, start_of(date(2020, 5, 4)), due_on) == "after-7"


def test_what_opens_at_an_instant_has_opened_at_that_instant() -> None:
    opens = datetime(2020, 6, 16, 9, 30, tzinfo=UTC)
    asked: dict[str, Any] = {"due_on": date(2020, 6, 16), "due_at": opens}
    last = latest_passed(SHIPPED["notice-opens"], now=opens - timedelta(microseconds=1), **asked)
    assert last == Moment(name="before-2", at=start_of(date(2020, 6, 12)))
    assert latest_passed(SHIPPED["notice-opens"], now=opens, **asked) == Moment(name="due", at=opens)
    assert next_after(SHIPPED["notice-opens"], now=opens, **asked) is None


def test_what_was_over_before_it_was_known_is_history() -> None:
    at = end_of(DUE_ON)
    assert is_history(WEEKLY, due_at=at, known_at=at + timedelta(seconds=1))
    assert not is_history(WEEKLY, due_at=at, known_at=at)
    late = SHIPPED["notice-must-go"]
    assert not is_history(late, due_at=at, known_at=at + timedelta(days=late.late_days))


# Two years of them, looked at as a worker does.


@dataclass(frozen=True, kw_only=True)
class Something:
    kind: str
    due_on: date
    due_at: datetime
    met_at: datetime


def two_years() -> Iterator[Something]:
    """Something of each kind, due on many a day of 2020 and 2021, some met in time, some late, some never."""
    for nth, kind in enumerate(sorted(SHIPPED)):
        day = date(2020, 1, 1) + timedelta(days=nth)
        while day < date(2021, 12, 31):
            at = end_of(day) if "opens" not in kind else start_of(day) + timedelta(hours=9, minutes=13)
            met = at + timedelta(days=(nth * 7 + day.day) % 40 - 12, hours=nth)
            yield Something(kind=kind, due_on=day, due_at=at, met_at=met)
            day += timedelta(days=23 + nth)


def looks() -> Iterator[datetime]:
    """Every eight hours for two years, but for a week in which nobody was at work, over the change of the clock."""
    now, down = datetime(2019, 12, 1, 0, 7, tzinfo=UTC), datetime(2020, 10, 21, 5, tzinfo=UTC)
    while now < datetime(2022, 2, 1, tzinfo=UTC):
        if not down <= now < down + timedelta(days=7):
            yield now
        now += timedelta(hours=8)


def test_over_two_years_each_is_told_once_and_never_early_and_after_a_week_away_the_latest_alone() -> None:
    everything = list(two_years())
    at_work = list(looks())
    told: Counter[tuple[int, str]] = Counter()
    for nth, each in enumerate(everything):
        thresholds = SHIPPED[each.kind]
        asked: dict[str, Any] = {"due_on": each.due_on, "due_at": each.due_at}
        look_at: datetime | None = None
        for now in at_work:
            if now >= each.met_at or now < (look_at or now):
                continue
            last = latest_passed(thresholds, now=now, **asked)
            look_at = next_after(thresholds, now=now, **asked)
            if last:
                assert last.at <= now
                told[nth, last.name] = 1
                following = next_after(thresholds, now=last.at, **asked)
                assert following is None or following > now, "the latest that had passed was told"
            if look_at is None:
                break
            assert look_at > now
    names = Counter(name.partition("-")[0] for _, name in told)
    assert names["before"] > 300
    assert names["due"] > 150
    assert names["after"] > 150
    assert all(name == "due" or name.startswith("before") for (nth, name) in told if everything[nth].kind in PERIODS)


@examples(
    st.dates(date(2019, 1, 1), date(2024, 12, 31)),
    st.sampled_from(sorted(SHIPPED)),
    st.integers(-60 * 24, 120 * 24),
)
def test_what_comes_next_is_what_has_then_passed(due_on: date, kind: str, hours: int) -> None:
    thresholds, due_at = SHIPPED[kind], end_of(due_on)
    now = due_at + timedelta(hours=hours)
    asked: dict[str, Any] = {"due_on": due_on, "due_at": due_at}
    last, following = latest_passed(thresholds, now=now, **asked), next_after(thresholds, now=now, **asked)
    assert last is None or last.at <= now
    if following is None:
        assert last is not None
        assert last.name == "due"
        return
    assert following > now
    then = latest_passed(thresholds, now=following, **asked)
    assert then is not None
    assert then.at == following
    assert latest_passed(thresholds, now=following - timedelta(microseconds=1), **asked) == last
    if thresholds.counted == "working" and then.name != "due":
        assert is_working_day((following + timedelta(hours=3)).date())


# What a controller sets.

LATER = ThresholdsSet(
    before_days=(3,), every_days=2, counted="calendar", valid_from=date(2020, 5, 1), reason="Vi vil vite det.",
    set_by="anne",
)  # fmt: skip
ASKED: dict[str, Any] = {**vars(LATER), "today": date(2020, 4, 20)}


def ask(past: object, **asked: Any) -> Any:
    events = [past] if isinstance(past, ThresholdsSet) else []
    return set_thresholds("instalment", events, **asked)


def known(*events: ThresholdsSet) -> Any:
    return given(*events, evolve=lambda _, event: event, initial=None)


def test_days_count_from_the_day_they_are_set_for() -> None:
    known().when(ask, **ASKED).then(LATER)
    known(LATER).when(ask, **ASKED).nothing()
    known().when(ask, **ASKED | {"today": LATER.valid_from}).then(LATER)
    assert in_force("instalment", [LATER], on=date(2020, 4, 30)) == SHIPPED["instalment"]
    assert in_force("instalment", [LATER], on=date(2020, 5, 1)).before_days == (3,)
    first = ThresholdsSet(**{**vars(LATER), "valid_from": date(2020, 4, 1), "before_days": (9,)})
    assert in_force("instalment", [LATER, first], on=date(2020, 5, 1)).before_days == (3,)
    assert in_force("instalment", [LATER, first], on=date(2020, 4, 2)).before_days == (9,)


def test_days_that_are_not_clear_are_refused() -> None:
    known().when(ask, **ASKED | {"valid_from": date(2020, 4, 19)}).refused(ThresholdsReachBack)
    known().when(ask, **ASKED | {"before_days": (1, 3)}).refused(ThresholdsUnclear)
    known().when(ask, **ASKED | {"before_days": (3, 3)}).refused(ThresholdsUnclear)
    with pytest.raises(ThresholdsUnclear):
        set_thresholds("complaint-period", [], **ASKED)
    with pytest.raises(UnknownKind):
        set_thresholds("x", [], **ASKED)
