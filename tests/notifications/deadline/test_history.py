"""What was over long before it was known here is history; what was known and waited for never becomes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.deadline.events import DeadlineMet, DeadlineReopened, HeardDeadline, State
from services.notifications.deadline.rules import Line, follow
from services.notifications.deadline.thresholds import LATE_DAYS, SHIPPED
from tests.conftest import Database
from tests.notifications.deadline.registered import ASSIGNMENT, Registry, at_the_registry, of_year

BEGAN = datetime(2020, 6, 1, 8, tzinfo=UTC)
TODAY = BEGAN.date()
YEAR = "deadlines-2020"
PAY_OUT = replace(ASSIGNMENT, kind="pay-out")


def line(*events: Event) -> Line:
    """Recorded a day apart."""
    facts = [
        Recorded(n, YEAR, n, event, BEGAN + timedelta(days=n - 1), "kari", "-", "-")
        for n, event in enumerate(events, 1)
    ]
    return follow(YEAR, facts)[ASSIGNMENT.key]


def due(days: int, of: HeardDeadline = PAY_OUT) -> Event:
    """So many days after it was first told."""
    return of_year(replace(of, due_on=TODAY + timedelta(days=days)))


def test_what_is_registered_a_day_late_is_late_and_no_history() -> None:
    assert not line(due(-1)).history
    assert not line(due(-LATE_DAYS)).history
    assert line(due(-LATE_DAYS - 1)).history


def test_a_known_deadline_that_is_put_right_to_a_past_day_is_overdue() -> None:
    assert not line(due(200), due(-400)).history


def test_history_that_is_put_right_to_a_day_ahead_is_waited_for_and_so_is_what_somebody_says_is_not_done() -> None:
    assert line(due(-400), due(-399)).history
    assert not line(due(-400), due(10)).history
    past = due(-400, ASSIGNMENT)
    met = DeadlineMet(key=ASSIGNMENT.key, due_on=TODAY, met_on=TODAY, ground="x", recorded_by="liv")
    assert line(past, met).history
    assert not line(past, met, DeadlineReopened(key=ASSIGNMENT.key, reason="Feil.", recorded_by="liv")).history


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(SHIPPED)), st.integers(0, 300),
    st.lists(st.tuples(st.integers(-900, 300), st.sampled_from(["due", "met", "fallen"])), max_size=6),
)  # fmt: skip
def test_whatever_was_known_and_unmet_never_becomes_history_by_being_moved(
    kind: str, first: int, moves: Sequence[tuple[int, State]]
) -> None:
    of = replace(PAY_OUT, kind=kind)
    told = [due(first, of)]
    for days, state in moves:
        told.append(due(days, replace(of, state=state)))
        assert not line(*told).history


def test_a_pay_out_put_right_to_a_past_day_is_listed_as_overdue(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(YEAR, of_year(replace(PAY_OUT, due_on=date(2020, 12, 15))))
        registry.move(days=1)
        registry.hears(YEAR, of_year(replace(PAY_OUT, due_on=date(2020, 1, 26))))
        (late,) = await registry.list("?overdue=true")
        assert (late["state"], late["moves"]) == ("due", 1)

    at_the_registry(database, tmp_path, story)
