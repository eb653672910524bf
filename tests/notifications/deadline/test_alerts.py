"""What is told of a deadline as it stands at a moment, and what is not."""

from dataclasses import replace
from datetime import timedelta

from services.notifications.deadline.alerts import CHANGES_FOR, alerts_of
from services.notifications.deadline.listing import DeadlineRow
from services.notifications.deadline.thresholds import SHIPPED
from tests.notifications.deadline.calendars import AT, ROW

DAY = timedelta(days=1)
assert ROW.due_at is not None
DUE_AT = ROW.due_at


def told(row: DeadlineRow = ROW, *, now: timedelta = timedelta()) -> list[str]:
    """The types that are told so long after the row's instant."""
    return [each.type for each in alerts_of(row, SHIPPED[row.kind], now=(row.due_at or DUE_AT) + now)]


def test_a_threshold_and_a_change_are_told_each_for_itself() -> None:
    moved = replace(ROW, changed_at=DUE_AT - DAY)
    assert told(moved, now=-DAY) == ["deadline.moved", "deadline.approaching"]
    assert told(moved) == ["deadline.moved", "deadline.passed"]


def test_a_change_is_told_for_a_while_and_the_first_that_is_known_is_none() -> None:
    met = replace(ROW, state="met", changed="met", changed_at=DUE_AT)
    assert told(met, now=CHANGES_FOR) == ["deadline.met"]
    assert told(met, now=CHANGES_FOR + timedelta(microseconds=1)) == []
    assert told(replace(met, changed="set")) == []


def test_nothing_is_told_of_what_was_over_before_it_was_known_nor_that_it_is_done() -> None:
    past = replace(ROW, state="history", known_at=DUE_AT + DAY, history=True)
    assert told(past, now=DAY) == []
    assert told(replace(past, state="met", changed="met", changed_at=DUE_AT + DAY), now=DAY) == []


def test_nothing_is_told_of_what_has_no_day() -> None:
    undated = replace(ROW, state="undated", due_on=None, due_at=None)
    assert told(undated, now=DAY) == []
    done = replace(undated, state="met", changed="met", changed_at=DUE_AT)
    assert told(done, now=DAY) == []


def test_that_letters_wait_is_told_after_a_while_and_not_as_they_begin_to() -> None:
    waiting = replace(ROW, kind="letters-waiting", waiting=3, changed="set")
    assert told(waiting) == []
    assert told(waiting, now=5 * DAY) == ["deadline.passed"]
    assert told(replace(waiting, state="met"), now=5 * DAY) == []


def test_of_very_many_cases_as_many_are_named_as_there_is_room_for() -> None:
    many = replace(ROW, case_ids=[ROW.deadline_id] * 500, case_numbers=[f"2026/{n}" for n in range(500)])
    (alert,) = alerts_of(replace(many, changed="set"), SHIPPED["instalment"], now=AT + timedelta(days=345))
    assert alert.data["cases"] == 500
    assert 0 < len(alert.subject["case_ids"]) < 500
    assert alert.subject["posts"] == ["291.62"]
