"""A round, line by line: proposed, returned, approved, closed."""

from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.round import (
    RoundClosed,
    RoundLinesReturned,
)
from services.grants.round.rules import (
    LineGivenTwice,
    LineNotWaiting,
    LinesWait,
    NoLines,
    Round,
    RoundIsClosed,
    approve_lines,
    close_round,
    evolve,
    list_waiting,
    open_round,
    propose_lines,
    return_lines,
)
from tests.given import Given
from tests.given import given as given_facts
from tests.grants.round.round import APPROVAL, DAY, FIRST, OPENED, OPENING, SECOND, THIRD, approved, line, proposed


def returned(*case_ids: UUID, reason: str = "Feil beløp.") -> RoundLinesReturned:
    return RoundLinesReturned(case_ids=case_ids, reason=reason, returned_by="ingrid")


CLOSED = RoundClosed(closed_on=DAY, closed_by="kari")
TWO = proposed(line(FIRST), line(SECOND, 50))


def given(*events: Event) -> Given:
    return given_facts(*events, evolve=evolve, initial=Round())


def test_a_round_is_opened_once() -> None:
    given().when(open_round, **OPENING).then(OPENED)
    given(OPENED).when(open_round, **OPENING).nothing()


def test_lines_are_proposed_together() -> None:
    asked = {"lines": TWO.lines, "file": None, "proposed_by": "kari"}
    given(OPENED).when(propose_lines, **asked).then(TWO)


def test_lines_that_wait_as_they_are_are_nothing_new() -> None:
    given(OPENED, TWO).when(propose_lines, lines=TWO.lines[:1], file=None, proposed_by="kari").nothing()


def test_a_returned_line_may_come_again() -> None:
    again = proposed(line(FIRST, 70))
    facts = (OPENED, TWO, returned(FIRST))
    given(*facts).when(propose_lines, lines=again.lines, file=None, proposed_by="kari").then(again)


def test_no_lines_are_no_proposal() -> None:
    given(OPENED).when(propose_lines, lines=(), file=None, proposed_by="kari").refused(NoLines)


def test_a_case_is_one_line() -> None:
    asked = {"lines": (line(FIRST), line(FIRST, 2)), "file": None, "proposed_by": "kari"}
    refusal = given(OPENED).when(propose_lines, **asked).refused(LineGivenTwice)
    assert refusal.details["case_ids"] == [str(FIRST)]


def test_nothing_is_done_in_a_closed_round() -> None:
    closed = given(OPENED, TWO, returned(FIRST, SECOND), CLOSED)
    closed.when(propose_lines, lines=(line(THIRD),), file=None, proposed_by="kari").refused(RoundIsClosed)
    closed.when(return_lines, case_ids=(FIRST,), reason="Annet.", returned_by="ingrid").refused(RoundIsClosed)
    closed.when(approve_lines, case_ids=(FIRST,), **APPROVAL).refused(RoundIsClosed)


def test_chosen_lines_are_returned_and_the_others_wait() -> None:
    back = given(OPENED, TWO).when(return_lines, case_ids=(FIRST,), reason="Feil beløp.", returned_by="ingrid")
    back.then(returned(FIRST))
    state = given(OPENED, TWO, returned(FIRST)).state
    assert list_waiting(state, None) == (SECOND,)
    assert state.lines[FIRST].reason == "Feil beløp."


def test_the_same_return_again_is_nothing() -> None:
    asked = {"case_ids": (FIRST,), "reason": "Feil beløp.", "returned_by": "ingrid"}
    given(OPENED, TWO, returned(FIRST)).when(return_lines, **asked).nothing()


def test_only_lines_that_wait_are_returned_or_approved() -> None:
    state = given(OPENED, TWO, returned(FIRST))
    refusal = state.when(approve_lines, case_ids=(FIRST, SECOND, THIRD), **APPROVAL).refused(LineNotWaiting)
    assert refusal.details["case_ids"] == [str(FIRST), str(THIRD)]
    state.when(return_lines, case_ids=(THIRD,), reason="Feil.", returned_by="ingrid").refused(LineNotWaiting)


def test_all_that_waits_is_approved_with_its_sum() -> None:
    state = given(OPENED, TWO)
    case_ids = list_waiting(state.state, None)
    state.when(approve_lines, case_ids=case_ids, **APPROVAL).then(approved(FIRST, SECOND, total_ore=150))


def test_lines_already_approved_are_nothing() -> None:
    facts = (OPENED, TWO, approved(FIRST, total_ore=100))
    given(*facts).when(approve_lines, case_ids=(FIRST,), **APPROVAL).nothing()


def test_an_approval_of_nothing_is_refused() -> None:
    given(OPENED).when(approve_lines, case_ids=(), **APPROVAL).refused(NoLines)
    given(OPENED, TWO).when(return_lines, case_ids=(), reason="Feil.", returned_by="ingrid").refused(NoLines)


def test_a_round_closes_when_nothing_waits() -> None:
    given(OPENED, TWO, returned(FIRST)).when(close_round, closed_on=DAY, closed_by="kari").refused(LinesWait)
    done = given(OPENED, TWO, returned(FIRST), approved(SECOND, total_ore=50))
    done.when(close_round, closed_on=DAY, closed_by="kari").then(CLOSED)
    given(OPENED, CLOSED).when(close_round, closed_on=DAY, closed_by="liv").nothing()


def test_facts_about_lines_the_round_never_had_fold_to_nothing() -> None:
    assert evolve(Round(), approved(FIRST, total_ore=100)).lines == {}
    assert evolve(Round(), returned(FIRST)).lines == {}
