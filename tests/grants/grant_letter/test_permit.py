"""Sentences of the permit to send: who gets one, when it is over, and by whom it is written off."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import (
    AwardReduced,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.complaint import (
    ComplaintDecided,
    DecisionReversed,
    SuspensiveEffectEnded,
    SuspensiveEffectGranted,
)
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.grant_letter.permit import sendable
from services.grants.grant_letter.permit.events import (
    PermitAnswered,
    PermitGranted,
    PermitWriteOffProposed,
    PermitWrittenOff,
)
from services.grants.grant_letter.permit.refusals import (
    AwardChangedSince,
    AwardNotApproved,
    DecisionSuspended,
    LetterSuperseded,
    NothingUnanswered,
    PermitStillRuns,
    TryUnanswered,
)
from services.grants.grant_letter.permit.rules import (
    LIFE_SECONDS,
    MOST_BETWEEN_CLOCKS,
    Permit,
    answer,
    evolve,
    grant,
    propose_write_off,
    write_off,
)
from services.grants.grant_letter.permit.sendable import Sendable
from services.reason import ReasonMissing
from tests.given import Given
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import OTHER, SHA, approved, frozen
from tests.grants.grant_letter.permit import GROUND, annulled, complaint

NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)
UNTIL = NOON + timedelta(seconds=LIFE_SECONDS)
OVER = UNTIL + MOST_BETWEEN_CLOCKS
AN_INSTANT = timedelta(microseconds=1)
ASKED: dict[str, Any] = {
    "attempt": 1,
    "letter_sha256": SHA,
    "manifest_sha256": "ef" * 32,
    "decision_version": 1,
    "case_version": 3,
    "now": NOON,
}
granted = PermitGranted(**{name: value for name, value in ASKED.items() if name != "now"}, life_seconds=LIFE_SECONDS)
sent = PermitAnswered(attempt=1, outcome="sent", message_id="9")
reduced = AwardReduced(
    reductions=(Reduction(instalment=1, amount_ore=100),), ground=GROUND, reduced_on=date(2020, 3, 1), approved_by="ola"
)
supplement = SupplementaryAwardApproved(
    amount_ore=100, added=(Instalment(number=2, amount_ore=100),), ground=GROUND, approved_on=date(2020, 3, 1),
    approved_by="ola", disposal_authority="Instruks 4.2",
)  # fmt: skip
REVERSED = DecisionReversed(
    number=1, wholly=True, reason="Vedtaket var feil.", reversed_on=date(2020, 3, 1), reversed_by="ola"
)
proposed = PermitWriteOffProposed(attempt=1, reason="Tatt ut av drift.", proposed_by="kari")


def permit(*events: Event, at: datetime = NOON) -> Given:
    """The permit after these facts of its stream, each recorded at noon."""
    state = Permit()
    for event in events:
        state = evolve(state, event, at)
    return Given(state)


def case(*events: Event) -> Sendable:
    return reduce(sendable.evolve, events, Sendable())


STANDS = case(PROPOSED, frozen, approved)


def test_the_letter_of_the_award_as_it_stands_may_be_sent() -> None:
    permit().when(grant, letter=STANDS, **ASKED).then(granted)


def test_asked_again_while_it_can_be_used_it_is_the_same_permit() -> None:
    last = UNTIL - MOST_BETWEEN_CLOCKS - timedelta(seconds=15)
    permit(granted).when(grant, letter=STANDS, **{**ASKED, "now": last}).nothing()
    permit(granted).when(grant, letter=STANDS, **{**ASKED, "now": last, "case_version": 5}).nothing()
    permit(granted).when(grant, letter=STANDS, **{**ASKED, "now": last + AN_INSTANT}).then(granted)


def test_another_try_needs_another_permit() -> None:
    """And has none while nobody has told what came of the one before: its answer would be taken for none."""
    second = replace(granted, attempt=2)
    permit(granted).when(grant, letter=STANDS, **{**ASKED, "attempt": 2}).refused(TryUnanswered)
    permit(granted, sent).when(grant, letter=STANDS, **{**ASKED, "attempt": 2}).then(second)
    permit(granted, sent).when(grant, letter=STANDS, **ASKED).then(granted)


def test_no_letter_is_sent_that_is_not_the_cases_own() -> None:
    permit().when(grant, letter=case(), **ASKED).refused(LetterSuperseded)
    permit().when(grant, letter=STANDS, **{**ASKED, "letter_sha256": OTHER}).refused(LetterSuperseded)
    permit().when(grant, letter=STANDS, **{**ASKED, "decision_version": 2}).refused(LetterSuperseded)


def test_no_letter_is_sent_of_what_nobody_has_approved() -> None:
    permit().when(grant, letter=case(PROPOSED, frozen), **ASKED).refused(AwardNotApproved)


def test_no_letter_is_sent_of_an_award_changed_since_until_it_has_another() -> None:
    for change in (annulled, reduced):
        gone = case(PROPOSED, frozen, approved, change)
        refusal = permit().when(grant, letter=gone, **ASKED).refused(AwardChangedSince)
        assert refusal.details == {"since": change.TOPIC}
    anew = LetterFrozen(**{**vars(frozen), "proposal_version": 4, "sha256": OTHER})
    changed = case(PROPOSED, frozen, approved, reduced, anew)
    permit().when(grant, letter=changed, **ASKED).refused(LetterSuperseded)
    asked = {**ASKED, "letter_sha256": OTHER, "decision_version": 4}
    assert permit().when(grant, letter=changed, **asked).refusal is None


def test_suspensive_effect_stops_it_while_it_lasts() -> None:
    suspended = SuspensiveEffectGranted(
        number=1, suspends="payment", reason="x", granted_on=date(2020, 3, 1), granted_by="ola"
    )
    ended = SuspensiveEffectEnded(number=1, reason="x", ended_on=date(2020, 3, 2), ended_by="ola")
    told = (PROPOSED, frozen, approved, complaint("award"), suspended)
    permit().when(grant, letter=case(*told), **ASKED).refused(DecisionSuspended)
    permit().when(grant, letter=case(*told, ended), **ASKED).then(granted)


def test_a_complaint_of_the_award_that_is_upheld_changes_nothing_and_any_other_outcome_does() -> None:
    def decided(outcome: Any) -> ComplaintDecided:
        return ComplaintDecided(
            number=1, outcome=outcome, document="20/1", decided_on=date(2020, 3, 1), recorded_by="kari"
        )

    told = (PROPOSED, frozen, approved, complaint("award"))
    permit().when(grant, letter=case(*told), **ASKED).then(granted)
    permit().when(grant, letter=case(*told, decided("upheld")), **ASKED).then(granted)
    for outcome in ("changed", "annulled", "returned"):
        permit().when(grant, letter=case(*told, decided(outcome)), **ASKED).refused(AwardChangedSince)
    other = (PROPOSED, frozen, approved, complaint("rejection"), decided("annulled"))
    permit().when(grant, letter=case(*other), **ASKED).then(granted)


def test_no_letter_is_sent_that_tells_of_a_reduction_that_was_set_aside() -> None:
    anew = LetterFrozen(**{**vars(frozen), "proposal_version": 4, "sha256": OTHER})
    asked = {**ASKED, "letter_sha256": OTHER, "decision_version": 4}
    told = (PROPOSED, frozen, approved, reduced, anew, complaint("reduction"))
    assert permit().when(grant, letter=case(*told), **asked).refusal is None
    for wholly in (True, False):
        reversed_ = replace(REVERSED, wholly=wholly)
        permit().when(grant, letter=case(*told, reversed_), **asked).refused(AwardChangedSince)
    again = replace(anew, proposal_version=6, sha256=SHA)
    more = (*told, REVERSED, supplement, again)
    assert permit().when(grant, letter=case(*more), **{**ASKED, "decision_version": 6}).refusal is None


def test_a_letter_frozen_after_its_award_was_set_aside_is_not_sent_until_the_award_is_changed() -> None:
    anew = LetterFrozen(**{**vars(frozen), "proposal_version": 4, "sha256": OTHER})
    asked = {**ASKED, "letter_sha256": OTHER, "decision_version": 4}
    for disputed in ("award", "reduction"):
        told = (PROPOSED, frozen, approved, reduced, complaint(disputed), REVERSED, anew)
        permit().when(grant, letter=case(*told), **asked).refused(AwardChangedSince)
        changed = (*told, reduced, replace(anew, proposal_version=8, sha256=SHA))
        assert permit().when(grant, letter=case(*changed), **{**ASKED, "decision_version": 8}).refusal is None


def test_the_answer_ends_it_once() -> None:
    told = {"attempt": 1, "outcome": "sent", "message_id": "9"}
    permit(granted).when(answer, **told).then(sent)
    permit(granted, sent).when(answer, **told).nothing()
    permit().when(answer, **told).nothing()
    permit(granted).when(answer, **{**told, "attempt": 2}).nothing()
    assert not permit(granted, sent).state.is_open


def test_an_answer_to_an_earlier_try_says_nothing_of_this_one() -> None:
    assert permit(granted, replace(granted, attempt=2), sent).state.is_open


def test_without_an_answer_it_is_never_over_by_itself() -> None:
    assert permit(granted, at=NOON - timedelta(days=400)).state.is_open


def test_two_people_write_it_off_once_it_and_the_clocks_difference_have_run_out() -> None:
    asked: dict[str, Any] = {"reason": proposed.reason, "proposed_by": "kari"}
    early = permit(granted).when(propose_write_off, **asked, now=OVER - AN_INSTANT).refused(PermitStillRuns)
    assert early.details == {"until": OVER}
    permit(granted).when(propose_write_off, **asked, now=OVER).then(proposed)
    permit(granted, proposed).when(propose_write_off, **asked, now=OVER).nothing()
    permit(granted, proposed).when(propose_write_off, **{**asked, "proposed_by": "ola"}, now=OVER).nothing()
    permit(granted).when(propose_write_off, **{**asked, "reason": " "}, now=OVER).refused(ReasonMissing)
    written = PermitWrittenOff(attempt=1, confirmed_by="ola")
    permit(granted, proposed).when(write_off, confirmed_by="ola", now=OVER).then(written)
    permit(granted, proposed, written).when(write_off, confirmed_by="ola", now=OVER).nothing()
    assert permit(granted, proposed, written).state.outcome == "unknown"


def test_whoever_wrote_any_part_of_it_does_not_confirm_it() -> None:
    again = replace(proposed, reason="Tatt ut av drift for godt.", proposed_by="ola")
    for person in ("kari", "ola"):
        permit(granted, proposed, again).when(write_off, confirmed_by=person, now=OVER).refused(SamePersonTwice)


def test_what_nobody_waits_for_is_not_written_off() -> None:
    asked: dict[str, Any] = {"reason": "x", "proposed_by": "kari", "now": OVER}
    for waiting in (permit(), permit(granted, sent)):
        waiting.when(propose_write_off, **asked).refused(NothingUnanswered)
        waiting.when(write_off, confirmed_by="ola", now=OVER).refused(NothingUnanswered)
    permit(granted).when(write_off, confirmed_by="ola", now=OVER).refused(NothingUnanswered)
    permit(granted, proposed, sent).when(write_off, confirmed_by="ola", now=OVER).refused(NothingUnanswered)


def test_an_answer_ends_a_write_off_that_waits_and_says_nothing_of_a_try_that_was_never_permitted() -> None:
    assert permit(granted, proposed).state.write_off == proposed
    for answered in (sent, replace(sent, outcome="not-sent")):
        stands = permit(granted, proposed, answered).state
        assert (stands.outcome, stands.write_off) == (answered.outcome, None)
    another = permit(granted, proposed, replace(sent, attempt=2)).state
    assert (another.outcome, another.write_off) == (None, proposed)
    assert permit(sent).state == permit().state
    assert permit(sent, granted).state.outcome is None
