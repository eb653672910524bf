"""Dismissal and rejection, kept apart: each prepared by one person and decided by another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.application.assessment import LateNotTakenIn
from services.grants.application.outcome import (
    AnswerAlreadyProposed,
    CameInTime,
    DecidedBeforeProposed,
    NoSuchProposal,
    NotAssessed,
    SupplementNotRequested,
    SupplementPeriodOpen,
    dismiss,
    propose_dismissal,
    propose_rejection,
    reject,
    return_dismissal,
    return_rejection,
)
from services.grants.application.rules import ApplicationEnded, ApplicationReasonMissing, AwardWaits
from services.grants.case.events.application import (
    DismissalReturned,
    RejectionReturned,
)
from services.grants.case.events.complaint import ComplaintDecided, DecisionReversed, Outcome
from services.grants.case.granted_application import NotImpartial
from tests.grants.application.answers import complained, dismissed, rejected
from tests.grants.application.story import (
    CONTENT,
    REPLY_BY,
    assessed,
    award,
    dismissal,
    given,
    impartial,
    late,
    partial,
    received,
    rejection,
    requested,
    taken_in,
    version,
)

weighed = (received, impartial, assessed)
DISMISS = {"dismissed_on": dismissed.dismissed_on, "dismissed_by": "liv"}
REJECT = {"rejected_on": rejected.rejected_on, "rejected_by": "liv"}
dismissal_back = DismissalReturned(reason="Skjemaet var nede.", returned_by="liv")
rejection_back = RejectionReturned(reason="Begrunn bedre.", returned_by="liv")


def test_what_came_too_late_is_dismissed_by_two_people() -> None:
    given(late).when(propose_dismissal, **vars(dismissal)).then(dismissal)
    given(late, dismissal).when(propose_dismissal, **vars(dismissal)).nothing()
    given(late, dismissal).when(dismiss, **DISMISS).then(dismissed)
    given(late, dismissal, dismissed).when(dismiss, **DISMISS).nothing()


def test_what_was_weighed_is_rejected_by_two_people() -> None:
    given(*weighed).when(propose_rejection, **vars(rejection)).then(rejection)
    given(*weighed, rejection).when(propose_rejection, **vars(rejection)).nothing()
    given(*weighed, rejection).when(reject, **REJECT).then(rejected)
    given(*weighed, rejection, rejected).when(reject, **REJECT).nothing()


def test_who_prepared_an_answer_does_not_decide_it() -> None:
    given(late, dismissal).when(dismiss, **DISMISS | {"dismissed_by": "kari"}).refused(SamePersonTwice)
    given(*weighed, rejection).when(reject, **REJECT | {"rejected_by": "ola"}).refused(SamePersonTwice)


def test_who_assessed_it_does_not_decide_it() -> None:
    given(*weighed, rejection).when(reject, **REJECT | {"rejected_by": "kari"}).refused(SamePersonTwice)
    olas = replace(dismissal, ground="outside-scheme", proposed_by="ola")
    given(*weighed, olas).when(dismiss, **DISMISS | {"dismissed_by": "kari"}).refused(SamePersonTwice)


def test_an_answer_is_returned_with_a_reason_also_by_its_preparer() -> None:
    given(late, dismissal).when(return_dismissal, **vars(dismissal_back)).then(dismissal_back)
    given(late, dismissal, dismissal_back).when(return_dismissal, **vars(dismissal_back)).nothing()
    given(*weighed, rejection).when(return_rejection, **vars(rejection_back)).then(rejection_back)
    given(*weighed, rejection, rejection_back).when(return_rejection, **vars(rejection_back)).nothing()
    mine = replace(rejection_back, returned_by="ola")
    given(*weighed, rejection).when(return_rejection, **vars(mine)).then(mine)
    silent = replace(rejection_back, reason=" ")
    given(*weighed, rejection).when(return_rejection, **vars(silent)).refused(ApplicationReasonMissing)


def test_an_answer_that_was_returned_is_not_decided_but_can_be_proposed_anew() -> None:
    given(late, dismissal, dismissal_back).when(dismiss, **DISMISS).refused(NoSuchProposal)
    given(late, dismissal, dismissal_back).when(propose_dismissal, **vars(dismissal)).then(dismissal)


def test_an_answer_that_is_proposed_anew_can_be_returned_as_the_first_was() -> None:
    for propose, back, before in (
        (dismissal, dismissal_back, (late,)),
        (rejection, rejection_back, weighed),
    ):
        act = return_dismissal if propose is dismissal else return_rejection
        given(*before, propose, back, propose).when(act, **vars(back)).then(back)


def test_dismissal_and_rejection_are_not_taken_for_each_other() -> None:
    given(late, dismissal).when(reject, **REJECT).refused(NoSuchProposal)
    given(*weighed, rejection).when(dismiss, **DISMISS).refused(NoSuchProposal)
    given(late, dismissal).when(return_rejection, **vars(rejection_back)).refused(NoSuchProposal)
    given(*weighed, rejection).when(return_dismissal, **vars(dismissal_back)).refused(NoSuchProposal)
    given(late, dismissal).when(propose_rejection, **vars(rejection)).refused(AnswerAlreadyProposed)


def test_only_what_came_too_late_is_dismissed_as_late() -> None:
    given(received).when(propose_dismissal, **vars(dismissal)).refused(CameInTime)
    given(late, taken_in).when(propose_dismissal, **vars(dismissal)).refused(CameInTime)
    given(late, dismissal, taken_in).when(dismiss, **DISMISS).refused(CameInTime)


def test_only_who_was_asked_and_had_their_time_is_dismissed_as_incomplete() -> None:
    incomplete = replace(dismissal, ground="incomplete", proposed_on=date(2020, 3, 21))
    given(received).when(propose_dismissal, **vars(incomplete)).refused(SupplementNotRequested)
    on_the_last_day = replace(incomplete, proposed_on=REPLY_BY)
    given(received, requested).when(propose_dismissal, **vars(on_the_last_day)).refused(SupplementPeriodOpen)
    given(received, requested).when(propose_dismissal, **vars(incomplete)).then(incomplete)
    answer = version(2, content=replace(CONTENT, summary="Komplett."), answers=1)
    given(received, requested, answer).when(propose_dismissal, **vars(on_the_last_day)).then(on_the_last_day)


def test_what_came_too_late_is_dismissed_and_never_rejected() -> None:
    given(late).when(propose_rejection, **vars(rejection)).refused(LateNotTakenIn)


def test_nothing_is_rejected_on_criteria_nobody_has_held_it_against() -> None:
    given(received).when(propose_rejection, **vars(rejection)).refused(NotAssessed)
    second = version(2, content=replace(CONTENT, summary="Ny plan."))
    given(*weighed, second).when(propose_rejection, **vars(rejection)).refused(NotAssessed, saying="version 2")
    broke = replace(rejection, ground="no-funds")
    given(received).when(propose_rejection, **vars(broke)).then(broke)


def test_an_answer_has_a_reason_and_a_day_not_before_it_was_proposed() -> None:
    given(late).when(propose_dismissal, **vars(replace(dismissal, reason=" "))).refused(ApplicationReasonMissing)
    too_early = {"dismissed_on": date(2020, 3, 1), "dismissed_by": "liv"}
    given(late, dismissal).when(dismiss, **too_early).refused(DecidedBeforeProposed)
    same_day = {"dismissed_on": dismissal.proposed_on, "dismissed_by": "liv"}
    given(late, dismissal).when(dismiss, **same_day).then(replace(dismissed, dismissed_on=dismissal.proposed_on))


def test_an_award_that_waits_is_returned_before_the_answer_is_no() -> None:
    given(received, award).when(propose_dismissal, **vars(dismissal)).refused(AwardWaits)
    given(*weighed, award).when(propose_rejection, **vars(rejection)).refused(AwardWaits)
    given(*weighed, rejection, award).when(reject, **REJECT).refused(AwardWaits)


ANSWERS: tuple[tuple[tuple[Event, ...], Callable[..., list[Event]], dict[str, object]], ...] = (
    ((late,), propose_dismissal, vars(dismissal)),
    ((*weighed,), propose_rejection, vars(replace(rejection, proposed_by="kari"))),
    ((late, dismissal), return_dismissal, vars(replace(dismissal_back, returned_by="kari"))),
    ((*weighed, rejection), return_rejection, vars(replace(rejection_back, returned_by="kari"))),
    ((late, replace(dismissal, proposed_by="ola")), dismiss, DISMISS | {"dismissed_by": "kari"}),
    ((received, replace(rejection, ground="other")), reject, REJECT | {"rejected_by": "kari"}),
)


@pytest.mark.parametrize(("past", "act", "of"), ANSWERS, ids=[act.__name__ for _, act, _ in ANSWERS])
def test_who_is_not_impartial_neither_prepares_nor_decides(
    past: tuple[Event, ...], act: Callable[..., list[Event]], of: dict[str, object]
) -> None:
    given(*past, partial).when(act, **of).refused(NotImpartial)


refused = (*weighed, rejection, rejected, complained)


def ministry(outcome: Outcome) -> ComplaintDecided:
    return ComplaintDecided(
        number=1, outcome=outcome, document="20/99", decided_on=date(2020, 6, 1), recorded_by="siri"
    )


@pytest.mark.parametrize("outcome", ["changed", "annulled", "returned"])
def test_a_rejection_that_does_not_stand_opens_the_application_again(outcome: Outcome) -> None:
    anew = replace(rejection, proposed_on=date(2020, 6, 2))
    given(*refused, ministry(outcome)).when(propose_rejection, **vars(anew)).then(anew)
    reversal = DecisionReversed(
        number=1, wholly=True, reason="Vi tok feil.", reversed_on=date(2020, 5, 1), reversed_by="liv"
    )
    given(*refused, reversal).when(propose_rejection, **vars(anew)).then(anew)


def test_a_rejection_reversed_in_part_stands() -> None:
    in_part = DecisionReversed(
        number=1, wholly=False, reason="Delvis medhold.", reversed_on=date(2020, 5, 1), reversed_by="liv"
    )
    given(*refused, in_part).when(propose_rejection, **vars(rejection)).refused(ApplicationEnded)


@pytest.mark.parametrize("outcome", ["upheld", "dismissed"])
def test_a_rejection_that_is_upheld_stands(outcome: Outcome) -> None:
    given(*refused, ministry(outcome)).when(propose_rejection, **vars(rejection)).refused(ApplicationEnded)


def test_a_complaint_of_something_else_opens_nothing() -> None:
    other = replace(complained, disputed="reduction")
    past = (*weighed, rejection, rejected, other, ministry("annulled"))
    given(*past).when(propose_rejection, **vars(rejection)).refused(ApplicationEnded)
