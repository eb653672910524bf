"""What was promised is changed by two people on a ground that carries it; what is paid or disputed is not taken."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.proposal import CommitmentAcrossYears, PlanMisnumbered
from services.grants.award.refusals import CaseSettled, DisposalAuthorityMissing, NothingProposed, ReasonMissing
from services.grants.award.rules import AwardGone, BeforeApproval, PaymentUnderway
from services.grants.award_change.limits import ChangeEmpty, GroundDoesNotFit, YearTurned
from services.grants.award_change.rules import ChangeAlreadyProposed, approve_change, propose_change, return_change
from services.grants.case.commitment_refusals import AmountNotPositive, NotCommitted, ReductionBeyondUnpaid
from services.grants.case.disputes import DisputedMoney
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardReduced,
    ChangeAnswered,
    ChangeRequested,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.complaint import ComplaintReceived, Party
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentHeldOver
from services.grants.case.hearing import (
    BeforePreparation,
    Exemption,
    HearingUnclear,
    PriorWarningMissing,
    ReasonsMissing,
    ReplyPeriodOpen,
    ReplyPeriodTooShort,
)
from tests.grants.award.changes import approval, asked, attested, closed, given, heard, less, more, none, returned
from tests.grants.fodt_fri import MILLION, committed, proposed, running, withheld

held = CommitmentCarriedOver(
    year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
    recorded_by="anne",
)  # fmt: skip
held_before = CommitmentHeldOver(
    year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), recorded_by="anne"
)
complained = ComplaintReceived(
    number=1,
    disputed="withholding",
    decision_number=1,
    party=Party(name="Stiftelsen Født Fri"),
    decision_arrived_on=date(2020, 11, 2),
    lodged_on=date(2020, 11, 23),
    last_day_on=date(2020, 11, 23),
    grounds="Vi er uenige.",
    defects=(),
    registered_by="kari",
)
annulled = AwardAnnulled(
    reductions=none.reductions, ground=none.ground, annulled_on=date(2020, 12, 1), approved_by="ola"
)


@pytest.mark.parametrize("change", [more, less, none])
def test_one_prepares_a_change_and_the_same_again_is_nothing(change: AwardChangeProposed) -> None:
    given(*running).when(propose_change, **asked(change)).then(change)
    given(*running, change).when(propose_change, **asked(change)).nothing()


@pytest.mark.parametrize("change", [more, less, none])
def test_whoever_prepared_a_change_does_not_decide_it(change: AwardChangeProposed) -> None:
    given(*running, change).when(approve_change, **approval(approved_by="kari")).refused(SamePersonTwice)


def test_more_is_promised_in_instalments_of_its_own() -> None:
    expected = SupplementaryAwardApproved(
        amount_ore=MILLION,
        added=more.added,
        ground=more.ground,
        approved_on=date(2020, 12, 1),
        approved_by="ola",
        disposal_authority="Instruks 4.2",
        letter_owed=True,
    )
    decided = given(*running, more).when(approve_change, **approval())
    decided.then(expected)
    assert given(*running, more, expected).state.commitment.committed_ore == 7 * MILLION
    given(*running, more, expected).when(approve_change, **approval()).nothing()


@pytest.mark.parametrize("turned", [held, held_before])
@pytest.mark.parametrize("day", [date(2020, 12, 15), date(2020, 12, 31)])
def test_no_more_is_promised_in_a_year_whose_turn_is_recorded(turned: Event, day: date) -> None:
    decided = given(*running, more, turned).when(approve_change, **approval(approved_on=day), commitment_authority=True)
    decided.refused(YearTurned, saying="2021-01-01")
    since = approval(approved_on=date(2021, 1, 1))
    given(*running, more, turned).when(approve_change, **since, commitment_authority=True).then(
        SupplementaryAwardApproved(
            amount_ore=MILLION, added=more.added, ground=more.ground, approved_on=date(2021, 1, 1), approved_by="ola",
            disposal_authority="Instruks 4.2", across_years=True, letter_owed=True,
        )
    )  # fmt: skip


def test_what_falls_away_is_free_again() -> None:
    expected = AwardReduced(
        reductions=less.reductions, ground=less.ground, reduced_on=date(2020, 12, 1), approved_by="ola"
    )
    given(*running, less).when(approve_change, **approval(disposal_authority=None)).then(expected)
    assert given(*running, less, expected).state.commitment.committed_ore == 5 * MILLION


def test_of_several_changes_the_last_that_was_decided_is_the_one_that_is_decided_again() -> None:
    supplement = SupplementaryAwardApproved(
        amount_ore=MILLION, added=more.added, ground=more.ground, approved_on=date(2020, 11, 2), approved_by="siri",
        disposal_authority="Instruks 4.2",
    )  # fmt: skip
    reduced = AwardReduced(
        reductions=less.reductions, ground=less.ground, reduced_on=date(2020, 12, 1), approved_by="ola"
    )
    given(*running, less, reduced).when(approve_change, **approval()).nothing()
    given(*running, more, supplement, less, reduced).when(approve_change, **approval()).nothing()
    given(*running, less, reduced, more, supplement).when(approve_change, **approval()).refused(NothingProposed)


def test_an_annulment_takes_everything_unpaid_and_ends_the_award() -> None:
    given(*running, none).when(approve_change, **approval()).then(annulled)
    given(*running, none, annulled).when(approve_change, **approval()).nothing()
    given(*running, annulled).when(propose_change, **asked(less)).refused(AwardGone)
    given(*running, annulled).when(propose_change, **asked(more)).refused(AwardGone)


def test_a_reversal_promises_anew_what_was_annulled() -> None:
    anew = replace(more, ground=Ground(code="reversal-by-appeal-body", text="Departementet opphevet vedtaket."))
    given(*running, annulled).when(propose_change, **asked(anew)).then(anew)
    stands = given(*running, annulled, anew).when(approve_change, **approval())
    given(*running, annulled, anew, *stands.events).when(propose_change, **asked(more)).refused(PlanMisnumbered)


def test_an_annulment_takes_what_is_unpaid_when_it_is_decided() -> None:
    reduced = AwardReduced(
        reductions=less.reductions, ground=less.ground, reduced_on=date(2020, 11, 1), approved_by="ola"
    )
    left = replace(annulled, reductions=(Reduction(instalment=2, amount_ore=2 * MILLION),))
    given(*running, reduced, none).when(approve_change, **approval()).then(left)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_added_instalments_are_numbered_on_from_the_plan(number: int) -> None:
    wrong = replace(more, added=(Instalment(number=number, amount_ore=MILLION),))
    given(*running).when(propose_change, **asked(wrong)).refused(PlanMisnumbered)


@pytest.mark.parametrize(("amount_ore", "fits"), [(3 * MILLION, True), (3 * MILLION + 1, False)])
def test_a_reduction_takes_what_is_unpaid_to_the_ore(amount_ore: int, fits: bool) -> None:
    change = replace(less, reductions=(Reduction(instalment=2, amount_ore=amount_ore),))
    decided = given(*running).when(propose_change, **asked(change))
    decided.then(change) if fits else decided.refused(ReductionBeyondUnpaid)


def test_what_is_paid_or_withheld_since_is_not_taken() -> None:
    paid = replace(less, reductions=(Reduction(instalment=1, amount_ore=1),))
    given(*running).when(propose_change, **asked(paid)).refused(ReductionBeyondUnpaid)
    given(*running, less, withheld).when(approve_change, **approval()).refused(ReductionBeyondUnpaid)


def test_nothing_and_less_than_nothing_is_no_change() -> None:
    given(*running).when(propose_change, **asked(replace(more, added=()))).refused(ChangeEmpty)
    given(*running).when(propose_change, **asked(replace(less, reductions=()))).refused(ChangeEmpty)
    given(*running).when(propose_change, **asked(replace(less, added=more.added))).refused(ChangeEmpty)
    given(*running).when(propose_change, **asked(replace(none, added=more.added))).refused(ChangeEmpty)
    zero = replace(more, added=(Instalment(number=3, amount_ore=0),))
    given(*running).when(propose_change, **asked(zero)).refused(AmountNotPositive)


def test_the_ground_carries_the_change() -> None:
    benefit = Ground(code="reversal-to-benefit", text="Til gunst.")
    given(*running).when(propose_change, **asked(replace(less, ground=benefit))).refused(GroundDoesNotFit)
    silent = Ground(code="more-granted", text=" ")
    given(*running).when(propose_change, **asked(replace(more, ground=silent))).refused(ReasonMissing)


def test_what_the_recipient_asked_for_is_granted_first() -> None:
    wished = replace(more, ground=Ground(code="change-requested", text="Etter ønske."))
    request = ChangeRequested(number=1, asks="Mer.", received_on=date(2020, 5, 4), registered_by="kari")
    yes = ChangeAnswered(number=1, granted=True, reason="Ja.", answered_on=date(2020, 5, 5), answered_by="ola")
    given(*running, request).when(propose_change, **asked(wished)).refused(GroundDoesNotFit)
    given(*running, request, replace(yes, granted=False)).when(propose_change, **asked(wished)).refused(
        GroundDoesNotFit
    )
    given(*running, request, yes).when(propose_change, **asked(wished)).then(wished)


def test_disputed_money_does_not_fall_away() -> None:
    taking = replace(less, reductions=(Reduction(instalment=2, amount_ore=MILLION, withholding=1),))
    given(*running, withheld).when(propose_change, **asked(taking)).then(taking)
    given(*running, withheld, complained).when(propose_change, **asked(taking)).refused(DisputedMoney)
    given(*running, withheld, taking, complained).when(approve_change, **approval()).refused(DisputedMoney)


def test_nothing_is_annulled_while_a_payment_is_on_its_way() -> None:
    given(*running, attested).when(propose_change, **asked(none)).refused(PaymentUnderway)
    given(*running, none, attested).when(approve_change, **approval()).refused(PaymentUnderway)


def test_more_money_stays_in_the_budget_year_without_a_commitment_authority() -> None:
    late = replace(more, added=(Instalment(number=3, amount_ore=MILLION, due_on=date(2021, 1, 1)),))
    given(*running).when(propose_change, **asked(late)).refused(CommitmentAcrossYears)
    given(*running).when(propose_change, **asked(late), commitment_authority=True).then(late)
    next_year = approval(approved_on=date(2021, 1, 1))
    given(*running, more).when(approve_change, **next_year).refused(CommitmentAcrossYears)


def test_one_change_waits_at_a_time_and_may_be_returned() -> None:
    given(*running, more).when(propose_change, **asked(less)).refused(ChangeAlreadyProposed)
    given(*running, more).when(return_change, **vars(returned)).then(returned)
    given(*running, more, returned).when(return_change, **vars(returned)).nothing()
    given(*running, more, returned).when(propose_change, **asked(less)).then(less)
    given(*running, more).when(return_change, reason=" ", returned_by="ola").refused(ReasonMissing)
    given(*running).when(return_change, **vars(returned)).refused(NothingProposed)


def test_nothing_is_decided_that_nobody_proposed() -> None:
    given(*running).when(approve_change, **approval()).refused(NothingProposed)
    given(*running, more, returned).when(approve_change, **approval()).refused(NothingProposed)


def test_more_money_needs_budget_disposal_authority() -> None:
    given(*running, more).when(approve_change, **approval(disposal_authority=None)).refused(DisposalAuthorityMissing)
    given(*running, more).when(approve_change, **approval(disposal_authority=" ")).refused(DisposalAuthorityMissing)


def test_a_change_counts_from_the_day_of_the_award_at_the_earliest() -> None:
    given(*committed, more).when(approve_change, **approval(approved_on=date(2020, 2, 2))).refused(BeforeApproval)
    first = given(*committed, more).when(approve_change, **approval(approved_on=date(2020, 2, 3)))
    assert first.refusal is None


def test_only_what_is_promised_and_open_is_changed() -> None:
    given(proposed).when(propose_change, **asked(more)).refused(NotCommitted)
    given(*running, closed).when(propose_change, **asked(more)).refused(CaseSettled)
    given(*running, more, closed).when(approve_change, **approval()).refused(CaseSettled)


@pytest.mark.parametrize("change", [less, none])
def test_nothing_falls_away_on_our_own_initiative_unless_the_recipient_is_warned(change: AwardChangeProposed) -> None:
    unheard = replace(change, hearing=None)
    given(*running).when(propose_change, **asked(unheard)).refused(PriorWarningMissing)
    given(*running, unheard).when(approve_change, **approval()).refused(PriorWarningMissing)


def test_a_change_is_not_decided_while_the_recipient_may_still_answer() -> None:
    given(*running, less).when(approve_change, **approval(approved_on=date(2020, 11, 22))).refused(ReplyPeriodOpen)
    assert given(*running, less).when(approve_change, **approval(approved_on=date(2020, 11, 23))).refusal is None


def test_the_recipient_gets_time_to_answer_or_it_is_said_why_not() -> None:
    def hearing(**otherwise: Any) -> dict[str, Any]:
        return asked(replace(less, hearing=replace(heard, **otherwise)))

    exemption = Exemption(code="fvl-16-3-c", ground="De har selv meldt fra.")
    given(*running).when(propose_change, **hearing(reply_by=date(2020, 11, 1))).refused(ReplyPeriodTooShort)
    given(*running).when(propose_change, **hearing(reply_by=None)).refused(HearingUnclear)
    given(*running).when(propose_change, **hearing(exemption=exemption)).refused(HearingUnclear)
    silent = replace(exemption, ground=" ")
    given(*running).when(propose_change, **hearing(reply_by=None, exemption=silent)).refused(ReasonsMissing)
    exempt = replace(less, hearing=replace(heard, reply_by=None, exemption=exemption))
    given(*running).when(propose_change, **asked(exempt)).then(exempt)
    given(*running, exempt).when(approve_change, **approval(approved_on=date(2020, 10, 31))).refused(BeforePreparation)
    assert given(*running, exempt).when(approve_change, **approval(approved_on=date(2020, 11, 1))).refusal is None


def test_nobody_is_warned_of_what_they_asked_for_or_another_body_decided() -> None:
    for code in ("declined-by-recipient", "reversal-by-appeal-body"):
        theirs = replace(less, ground=Ground(code=code, text="Etter eget ønske."), hearing=None)
        given(*running).when(propose_change, **asked(theirs)).then(theirs)
