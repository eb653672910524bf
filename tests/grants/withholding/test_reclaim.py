"""Paid money is claimed back after a hearing, by two people, once, and never while a complaint stops it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import AmountNotPositive, NotCommitted, UnknownInstalment
from services.grants.case.events.complaint import (
    ComplaintDismissed,
    ComplaintWithdrawn,
    Outcome,
    SuspensiveEffectEnded,
)
from services.grants.case.events.withholding import Reason, ReclaimDecided
from services.grants.case.hearing import (
    BeforePreparation,
    Exemption,
    HearingUnclear,
    PriorWarningMissing,
    ReasonsMissing,
    ReplyPeriodOpen,
    ReplyPeriodTooShort,
)
from services.grants.withholding.claims import (
    BeyondClaim,
    BeyondPaid,
    Claims,
    ReclaimSuspended,
    UnknownReclaim,
    evolve,
)
from services.grants.withholding.reclaim import (
    BeforeReclaim,
    PayByTooEarly,
    ReclaimBeyondWarning,
    decide_reclaim,
    reduce_reclaim,
    warn_of_reclaim,
)
from tests import given as sentences
from tests.grants.fodt_fri import (
    MILLION,
    broken,
    committed,
    first_paid,
    misused,
    proposed,
    reclaim_warned,
    reclaimed,
    repaid,
    running,
)
from tests.grants.withholding.reclaim import complained, outcome, reduced, suspended

exempt = replace(reclaim_warned, reply_by=None, exemption=Exemption(code="fvl-16-3-a", ground="Kontoen tømmes."))


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Claims())


def asked(fact: Event) -> dict[str, Any]:
    return dict(vars(fact))


def decision(fact: ReclaimDecided = reclaimed) -> dict[str, Any]:
    names = ("instalment", "amount_ore", "reasons", "pay_by", "decided_on", "decided_by")
    return {name: vars(fact)[name] for name in names}


def test_the_recipient_is_warned_of_a_reclaim_with_reasons_and_time_to_answer() -> None:
    given(*running).when(warn_of_reclaim, **asked(reclaim_warned)).then(reclaim_warned)


def test_the_same_warning_again_is_nothing_even_when_it_is_spent() -> None:
    given(*running, reclaim_warned).when(warn_of_reclaim, **asked(reclaim_warned)).nothing()
    given(*running, reclaim_warned, reclaimed).when(warn_of_reclaim, **asked(reclaim_warned)).nothing()


def test_a_coded_exemption_stands_in_for_the_warning_and_shows_in_the_decision() -> None:
    given(*running).when(warn_of_reclaim, **asked(exempt)).then(exempt)
    same_day = replace(reclaimed, decided_on=exempt.warned_on, exemption=exempt.exemption)
    given(*running, exempt).when(decide_reclaim, **decision(same_day)).then(same_day)


def test_a_warning_has_either_a_reply_period_or_an_exemption() -> None:
    neither = replace(reclaim_warned, reply_by=None)
    both = replace(exempt, reply_by=date(2020, 9, 1))
    given(*running).when(warn_of_reclaim, **asked(neither)).refused(HearingUnclear)
    given(*running).when(warn_of_reclaim, **asked(both)).refused(HearingUnclear)


def test_the_recipient_gets_at_least_the_next_day_to_answer() -> None:
    same_day = replace(reclaim_warned, reply_by=reclaim_warned.warned_on)
    given(*running).when(warn_of_reclaim, **asked(same_day)).refused(ReplyPeriodTooShort)


@pytest.mark.parametrize("reasons", [(), (Reason(code="other", text=" "),)])
def test_each_step_gives_its_reasons_in_words(reasons: tuple[Reason, ...]) -> None:
    given(*running).when(warn_of_reclaim, **asked(replace(reclaim_warned, reasons=reasons))).refused(ReasonsMissing)
    given(*running, reclaim_warned).when(decide_reclaim, **(decision() | {"reasons": reasons})).refused(ReasonsMissing)


def test_an_exemption_rests_on_facts() -> None:
    bare = replace(exempt, exemption=Exemption(code="fvl-16-3-a", ground=" "))
    given(*running).when(warn_of_reclaim, **asked(bare)).refused(ReasonsMissing)


@pytest.mark.parametrize("events", [(), (proposed,)])
def test_nothing_is_claimed_back_before_an_award_is_approved(events: tuple[Event, ...]) -> None:
    given(*events).when(warn_of_reclaim, **asked(reclaim_warned)).refused(NotCommitted)
    given(*events).when(decide_reclaim, **decision()).refused(NotCommitted)


def test_the_plan_has_no_third_instalment() -> None:
    given(*running).when(warn_of_reclaim, **asked(replace(reclaim_warned, instalment=3))).refused(UnknownInstalment)


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_what_is_claimed_or_waived_is_more_than_nothing(amount_ore: int) -> None:
    given(*running).when(warn_of_reclaim, **(asked(reclaim_warned) | {"amount_ore": amount_ore})).refused(
        AmountNotPositive
    )
    given(*running, reclaim_warned).when(decide_reclaim, **(decision() | {"amount_ore": amount_ore})).refused(
        AmountNotPositive
    )
    given(*running, reclaim_warned, reclaimed).when(
        reduce_reclaim, **(asked(reduced) | {"amount_ore": amount_ore})
    ).refused(AmountNotPositive)


def test_what_is_not_paid_is_not_claimed_back() -> None:
    given(*committed).when(warn_of_reclaim, **asked(reclaim_warned)).refused(BeyondPaid)
    before_payment = replace(reclaim_warned, warned_on=date(2020, 3, 1))
    given(*running).when(warn_of_reclaim, **asked(before_payment)).refused(BeyondPaid)


def test_one_ore_more_than_was_paid_is_too_much() -> None:
    all_of_it = replace(reclaim_warned, amount_ore=3 * MILLION)
    given(*running).when(warn_of_reclaim, **asked(all_of_it)).then(all_of_it)
    more = replace(reclaim_warned, amount_ore=3 * MILLION + 1)
    refusal = given(*running).when(warn_of_reclaim, **asked(more)).refused(BeyondPaid)
    assert refusal.details["kept_ore"] == 3 * MILLION


def test_what_is_claimed_or_repaid_is_not_claimed_again() -> None:
    unasked = replace(repaid, reclaim=None)
    again = replace(reclaim_warned, warned_on=date(2020, 12, 1), reply_by=date(2020, 12, 8), amount_ore=1)
    given(*running, reclaim_warned, reclaimed, unasked).when(warn_of_reclaim, **asked(again)).refused(BeyondPaid)
    given(*running, reclaim_warned, reclaimed, repaid).when(
        warn_of_reclaim, **asked(replace(again, amount_ore=MILLION))
    ).then(replace(again, amount_ore=MILLION))


def test_claimed_the_day_after_the_reply_period_and_no_earlier() -> None:
    given(*running, reclaim_warned).when(decide_reclaim, **decision()).then(reclaimed)
    day_after = replace(reclaimed, decided_on=date(2020, 9, 2))
    given(*running, reclaim_warned).when(decide_reclaim, **decision(day_after)).then(day_after)
    last_day = replace(reclaimed, decided_on=date(2020, 9, 1))
    given(*running, reclaim_warned).when(decide_reclaim, **decision(last_day)).refused(ReplyPeriodOpen)
    too_early = replace(reclaimed, decided_on=date(2020, 8, 10))
    given(*running, exempt).when(decide_reclaim, **decision(too_early)).refused(BeforePreparation)


def test_nothing_is_claimed_back_without_a_warning() -> None:
    given(*running).when(decide_reclaim, **decision()).refused(PriorWarningMissing)
    anew = replace(reclaimed, amount_ore=1, decided_on=date(2020, 12, 1))
    given(*running, reclaim_warned, reclaimed).when(decide_reclaim, **decision(anew)).refused(PriorWarningMissing)


def test_whoever_warned_does_not_claim() -> None:
    given(*running, reclaim_warned).when(decide_reclaim, **(decision() | {"decided_by": "kari"})).refused(
        SamePersonTwice
    )


def test_the_same_claim_again_is_nothing() -> None:
    given(*running, reclaim_warned, reclaimed).when(decide_reclaim, **decision()).nothing()


def test_no_more_is_claimed_than_the_recipient_was_warned_of() -> None:
    more = replace(reclaimed, amount_ore=2 * MILLION + 1)
    given(*running, reclaim_warned).when(decide_reclaim, **decision(more)).refused(ReclaimBeyondWarning)


def test_what_came_back_after_the_warning_is_not_claimed_too() -> None:
    unasked = replace(repaid, reclaim=None, amount_ore=2 * MILLION, received_on=date(2020, 9, 1))
    refusal = given(*running, reclaim_warned, unasked).when(decide_reclaim, **decision()).refused(BeyondPaid)
    assert refusal.details["kept_ore"] == MILLION


def test_the_recipient_gets_at_least_the_next_day_to_pay_in() -> None:
    same_day = replace(reclaimed, pay_by=reclaimed.decided_on)
    given(*running, reclaim_warned).when(decide_reclaim, **decision(same_day)).refused(PayByTooEarly)


def test_reasons_that_changed_since_the_warning_stand_beside_those_they_replaced() -> None:
    changed = replace(reclaimed, reasons=(broken,), prepared_reasons=(misused,), reasons_changed=True)
    given(*running, reclaim_warned).when(decide_reclaim, **decision(changed)).then(changed)


def test_a_second_reclaim_of_what_is_left_has_its_own_number() -> None:
    second = replace(reclaimed, number=2, amount_ore=MILLION, decided_on=date(2020, 12, 9), pay_by=date(2021, 1, 9))
    warned_anew = replace(reclaim_warned, warned_on=date(2020, 12, 1), reply_by=date(2020, 12, 8), amount_ore=MILLION)
    given(*running, reclaim_warned, reclaimed, warned_anew).when(decide_reclaim, **decision(second)).then(second)


def test_no_claim_is_made_while_a_complaint_of_what_it_rests_on_has_suspensive_effect() -> None:
    of_the_annulment = replace(complained, disputed="annulment", decision_number=None)
    stopped = (*running, reclaim_warned, of_the_annulment, suspended)
    given(*stopped).when(decide_reclaim, **decision()).refused(ReclaimSuspended)
    for_payment = replace(suspended, suspends="payment")
    given(*running, reclaim_warned, of_the_annulment, for_payment).when(decide_reclaim, **decision()).then(reclaimed)


@pytest.mark.parametrize(
    "ending",
    [
        SuspensiveEffectEnded(number=1, reason="Grunnen er borte.", ended_on=date(2020, 12, 1), ended_by="ola"),
        ComplaintWithdrawn(number=1, withdrawn_on=date(2020, 12, 1), recorded_by="kari"),
        ComplaintDismissed(number=1, reason="For sent.", dismissed_on=date(2020, 12, 1), dismissed_by="ola"),
        outcome,
    ],
)
def test_what_was_stopped_goes_on_when_the_effect_or_the_complaint_ends(ending: Event) -> None:
    of_the_annulment = replace(complained, disputed="annulment", decision_number=None)
    given(*running, reclaim_warned, of_the_annulment, suspended, ending).when(decide_reclaim, **decision()).then(
        reclaimed
    )


def test_a_complaint_of_one_reclaim_does_not_stop_another() -> None:
    second = replace(reclaimed, number=2, amount_ore=MILLION, decided_on=date(2020, 12, 9), pay_by=date(2021, 1, 9))
    warned_anew = replace(reclaim_warned, warned_on=date(2020, 12, 1), reply_by=date(2020, 12, 8), amount_ore=MILLION)
    given(*running, reclaim_warned, reclaimed, complained, suspended, warned_anew).when(
        decide_reclaim, **decision(second)
    ).then(second)


def test_less_is_claimed_with_a_reason_down_to_nothing() -> None:
    claimed = (*running, reclaim_warned, reclaimed)
    given(*claimed).when(reduce_reclaim, **asked(reduced)).then(reduced)
    all_of_it = replace(reduced, amount_ore=2 * MILLION)
    given(*claimed).when(reduce_reclaim, **asked(all_of_it)).then(all_of_it)
    given(*claimed).when(reduce_reclaim, **asked(replace(reduced, reason=" "))).refused(ReasonsMissing)


def test_the_same_reduction_again_is_nothing() -> None:
    given(*running, reclaim_warned, reclaimed, reduced).when(reduce_reclaim, **asked(reduced)).nothing()


def test_no_more_is_waived_than_stands() -> None:
    rest = replace(reduced, amount_ore=MILLION + 1, reduced_on=date(2020, 11, 25))
    refusal = (
        given(*running, reclaim_warned, reclaimed, repaid).when(reduce_reclaim, **asked(rest)).refused(BeyondClaim)
    )
    assert refusal.details["standing_ore"] == MILLION


def test_a_claim_is_not_reduced_before_it_was_made() -> None:
    early = replace(reduced, reduced_on=date(2020, 11, 1))
    given(*running, reclaim_warned, reclaimed).when(reduce_reclaim, **asked(early)).refused(BeforeReclaim)


def test_there_is_no_reclaim_of_that_number() -> None:
    given(*running, reclaim_warned).when(reduce_reclaim, **asked(reduced)).refused(UnknownReclaim)


def test_what_was_waived_may_be_claimed_anew_after_a_new_warning() -> None:
    anew = replace(reclaim_warned, warned_on=date(2020, 12, 1), reply_by=date(2020, 12, 8))
    given(*running, reclaim_warned, reclaimed, reduced).when(warn_of_reclaim, **asked(anew)).then(anew)


@pytest.mark.parametrize(("told", "overturned"), [("upheld", False), ("changed", True), ("annulled", True)])
def test_a_claim_that_a_complaint_changed_is_marked_so(told: Outcome, overturned: bool) -> None:
    case = given(*running, first_paid, reclaimed, complained, replace(outcome, outcome=told)).state
    assert case.is_overturned(1) is overturned
