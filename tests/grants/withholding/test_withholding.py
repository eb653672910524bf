"""Warned, heard, withheld, released, withheld again: nothing is held back without warning, reasons and two people."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import AmountNotPositive, NotCommitted, UnknownInstalment
from services.grants.case.events.award_change import AwardReduced, Ground, Reduction
from services.grants.case.events.disbursement import PaymentAttested, PaymentRefused
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    PriorWarningOmitted,
    Reason,
    WithholdingDecided,
    WithholdingReleased,
)
from services.grants.case.hearing import (
    BeforePreparation,
    Exemption,
    ExemptionCode,
    PriorWarningMissing,
    ReasonsMissing,
    ReplyPeriodOpen,
    ReplyPeriodTooShort,
)
from services.grants.withholding.rules import (
    BeyondUnpaid,
    BeyondWarning,
    PaymentUnderWay,
    ReleaseBeyondWithheld,
    UnknownWithholding,
    Withholding,
    decide,
    evolve,
    release,
)
from services.grants.withholding.warning import (
    BeforeCommitment,
    BeforeRelease,
    omit_warning,
    warn,
)
from tests import given as sentences
from tests.grants.fodt_fri import (
    MILLION,
    broken,
    committed,
    proposed,
    released,
    running,
    unsound,
    warned,
    withheld,
)

omitted = PriorWarningOmitted(
    instalment=2,
    amount_ore=3 * MILLION,
    reasons=(unsound,),
    exemption=Exemption(code="fvl-16-3-a", ground="Mottakeren tømmer kontoen."),
    omitted_on=date(2020, 10, 30),
    omitted_by="kari",
)
attested = PaymentAttested(
    payment_id=UUID(int=1),
    instalment=2,
    amount_ore=MILLION,
    account_id=UUID(int=2),
    pay_on=date(2020, 11, 3),
    attested_on=date(2020, 10, 30),
    attested_by="per",
)
not_paid = PaymentRefused(
    payment_id=UUID(int=1),
    code="account-closed",
    reason="Kontoen er avsluttet.",
    refused_on=date(2020, 11, 1),
    recorded_by="anne",
)
warned_again = replace(warned, warned_on=date(2020, 12, 1), reply_by=date(2020, 12, 15), reasons=(broken,))
withheld_again = replace(
    withheld, number=2, decided_on=date(2020, 12, 16), reasons=(broken,), prepared_reasons=(broken,)
)


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Withholding())


def asked(fact: Event) -> dict[str, Any]:
    return dict(vars(fact))


def decision(fact: WithholdingDecided = withheld) -> dict[str, Any]:
    return {key: vars(fact)[key] for key in ("instalment", "amount_ore", "reasons", "decided_on", "decided_by")}


def release_of(fact: WithholdingReleased = released) -> dict[str, Any]:
    return {key: value for key, value in vars(fact).items() if key != "instalment"}


def test_the_recipient_is_warned_with_reasons_and_a_reply_period() -> None:
    given(*running).when(warn, **asked(warned)).then(warned)


def test_the_same_warning_again_is_nothing_even_when_it_is_spent() -> None:
    given(*running, warned).when(warn, **asked(warned)).nothing()
    given(*running, warned, withheld, released).when(warn, **asked(warned)).nothing()


@pytest.mark.parametrize("events", [(), (proposed,)])
def test_nothing_is_withheld_before_an_award_is_approved(events: tuple[Event, ...]) -> None:
    given(*events).when(warn, **asked(warned)).refused(NotCommitted)
    given(*events).when(omit_warning, **asked(omitted)).refused(NotCommitted)
    given(*events).when(decide, **decision()).refused(NotCommitted)


def test_the_plan_has_no_third_instalment() -> None:
    given(*running).when(warn, **asked(replace(warned, instalment=3))).refused(UnknownInstalment)
    given(*running).when(decide, **(decision() | {"instalment": 3})).refused(UnknownInstalment)


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_what_is_withheld_or_released_is_more_than_nothing(amount_ore: int) -> None:
    given(*running).when(warn, **asked(replace(warned, amount_ore=amount_ore))).refused(AmountNotPositive)
    given(*running, warned).when(decide, **(decision() | {"amount_ore": amount_ore})).refused(AmountNotPositive)
    given(*running, warned, withheld).when(release, **(release_of() | {"amount_ore": amount_ore})).refused(
        AmountNotPositive
    )


@pytest.mark.parametrize("reasons", [(), (Reason(code="other", text=" "),), (unsound, replace(broken, text=""))])
def test_each_step_gives_its_reasons_in_words(reasons: tuple[Reason, ...]) -> None:
    given(*running).when(warn, **asked(replace(warned, reasons=reasons))).refused(ReasonsMissing)
    given(*running).when(omit_warning, **asked(replace(omitted, reasons=reasons))).refused(ReasonsMissing)
    given(*running, warned).when(decide, **(decision() | {"reasons": reasons})).refused(ReasonsMissing)


def test_a_release_gives_its_reason() -> None:
    given(*running, warned, withheld).when(release, **(release_of() | {"reason": ""})).refused(ReasonsMissing)


def test_the_recipient_gets_at_least_the_next_day_to_answer() -> None:
    next_day = replace(warned, reply_by=date(2020, 8, 12))
    given(*running).when(warn, **asked(next_day)).then(next_day)
    given(*running).when(warn, **asked(replace(warned, reply_by=warned.warned_on))).refused(ReplyPeriodTooShort)


def test_a_warning_is_dated_from_the_day_of_the_commitment() -> None:
    same_day = replace(warned, warned_on=date(2020, 2, 3))
    given(*committed).when(warn, **asked(same_day)).then(same_day)
    given(*committed).when(warn, **asked(replace(warned, warned_on=date(2020, 2, 2)))).refused(BeforeCommitment)


def test_what_is_paid_is_not_withheld() -> None:
    given(*running).when(warn, **asked(replace(warned, instalment=1))).refused(BeyondUnpaid)


def test_one_ore_more_than_is_unpaid_is_too_much() -> None:
    refusal = given(*running).when(warn, **asked(replace(warned, amount_ore=3 * MILLION + 1))).refused(BeyondUnpaid)
    assert refusal.details["free_ore"] == 3 * MILLION


def test_what_is_withheld_is_not_withheld_twice() -> None:
    rest = replace(warned_again, amount_ore=1)
    given(*running, warned, withheld).when(warn, **asked(rest)).refused(BeyondUnpaid)


def test_nothing_is_withheld_without_prior_warning() -> None:
    given(*running).when(decide, **decision()).refused(PriorWarningMissing)


def test_a_warning_for_one_instalment_does_not_reach_another() -> None:
    given(*committed, warned).when(decide, **(decision() | {"instalment": 1})).refused(PriorWarningMissing)


def test_withheld_the_day_after_the_reply_period_and_no_earlier() -> None:
    given(*running, warned).when(decide, **decision()).then(withheld)
    day_after = replace(withheld, decided_on=date(2020, 9, 2))
    given(*running, warned).when(decide, **decision(day_after)).then(day_after)
    last_day = replace(withheld, decided_on=warned.reply_by)
    refusal = given(*running, warned).when(decide, **decision(last_day)).refused(ReplyPeriodOpen)
    assert refusal.details["first_day_on"] == "2020-09-02"


def test_a_new_warning_starts_a_new_reply_period() -> None:
    anew = replace(warned, warned_on=date(2020, 10, 20), reply_by=date(2020, 11, 2))
    given(*running, warned, anew).when(decide, **decision()).refused(ReplyPeriodOpen)


def test_whoever_warned_does_not_decide() -> None:
    given(*running, warned).when(decide, **(decision() | {"decided_by": "kari"})).refused(SamePersonTwice)


def test_the_same_decision_again_is_nothing() -> None:
    given(*running, warned, withheld).when(decide, **decision()).nothing()
    given(*running, warned, withheld, released).when(decide, **decision()).nothing()


def test_less_than_was_warned_may_be_withheld_but_not_more() -> None:
    less = replace(warned, amount_ore=2 * MILLION)
    exactly = replace(withheld, amount_ore=2 * MILLION)
    given(*running, less).when(decide, **decision(exactly)).then(exactly)
    more = replace(withheld, amount_ore=2 * MILLION + 1)
    given(*running, less).when(decide, **decision(more)).refused(BeyondWarning)


def test_what_was_paid_after_the_warning_is_no_longer_there_to_withhold() -> None:
    paid = replace(running[-1], instalment=2, amount_ore=1, reference="B-1002", paid_on=date(2020, 9, 1))
    given(*running, warned, paid).when(decide, **decision()).refused(BeyondUnpaid)
    rest = replace(withheld, amount_ore=3 * MILLION - 1)
    given(*running, warned, paid).when(decide, **decision(rest)).then(rest)


def test_what_waits_to_be_paid_is_not_withheld_and_is_again_when_accounting_refuses() -> None:
    refusal = given(*running, warned, attested).when(decide, **decision()).refused(PaymentUnderWay)
    assert refusal.details["payable_ore"] == 2 * MILLION
    rest = replace(withheld, amount_ore=2 * MILLION)
    given(*running, warned, attested).when(decide, **decision(rest)).then(rest)
    given(*running, warned, attested, not_paid).when(decide, **decision()).then(withheld)


def test_what_waits_to_be_paid_may_be_warned_of() -> None:
    given(*running, attested).when(warn, **asked(warned)).then(warned)


def test_reasons_that_changed_since_the_warning_stand_beside_those_they_replaced() -> None:
    changed = replace(withheld, reasons=(broken,), prepared_reasons=(unsound,), reasons_changed=True)
    given(*running, warned).when(decide, **decision(changed)).then(changed)


def test_the_same_reasons_in_another_order_are_no_change() -> None:
    both = replace(warned, reasons=(unsound, broken))
    turned = replace(withheld, reasons=(broken, unsound), prepared_reasons=(unsound, broken))
    given(*running, both).when(decide, **decision(turned)).then(turned)


@pytest.mark.parametrize("code", get_args(ExemptionCode))
def test_a_coded_exemption_stands_in_for_the_warning_and_shows_in_the_decision(code: ExemptionCode) -> None:
    exempt = replace(omitted, exemption=replace(omitted.exemption, code=code))
    given(*running).when(omit_warning, **asked(exempt)).then(exempt)
    given(*running, exempt).when(decide, **decision()).then(replace(withheld, exemption=exempt.exemption))


def test_the_same_exemption_again_is_nothing() -> None:
    given(*running, omitted).when(omit_warning, **asked(omitted)).nothing()


def test_an_exemption_rests_on_facts() -> None:
    bare = replace(omitted, exemption=Exemption(code="fvl-16-3-c", ground=" "))
    given(*running).when(omit_warning, **asked(bare)).refused(ReasonsMissing)


def test_whoever_recorded_the_exemption_does_not_decide() -> None:
    given(*running, omitted).when(decide, **(decision() | {"decided_by": "kari"})).refused(SamePersonTwice)


def test_without_warning_the_decision_may_come_the_same_day_and_no_earlier() -> None:
    same_day = replace(withheld, decided_on=omitted.omitted_on, exemption=omitted.exemption)
    given(*running, omitted).when(decide, **decision(same_day)).then(same_day)
    day_before = replace(withheld, decided_on=date(2020, 10, 29))
    given(*running, omitted).when(decide, **decision(day_before)).refused(BeforePreparation)


def test_withheld_money_is_released_with_a_reason() -> None:
    given(*running, warned, withheld).when(release, **release_of()).then(released)


def test_the_same_release_again_is_nothing() -> None:
    given(*running, warned, withheld, released).when(release, **release_of()).nothing()


def test_there_is_no_withholding_of_that_number() -> None:
    given(*running, warned).when(release, **release_of()).refused(UnknownWithholding)
    given(*running, warned, withheld).when(release, **(release_of() | {"number": 2})).refused(UnknownWithholding)


def test_no_more_is_released_than_is_held_back() -> None:
    part = replace(released, amount_ore=MILLION)
    rest = replace(released, amount_ore=2 * MILLION, released_on=date(2020, 12, 2))
    given(*running, warned, withheld, part).when(release, **release_of(rest)).then(rest)
    more = replace(rest, amount_ore=2 * MILLION + 1)
    refusal = given(*running, warned, withheld, part).when(release, **release_of(more)).refused(ReleaseBeyondWithheld)
    assert refusal.details["standing_ore"] == 2 * MILLION


def test_money_is_released_on_the_day_it_was_withheld_at_the_earliest() -> None:
    same_day = replace(released, released_on=withheld.decided_on)
    given(*running, warned, withheld).when(release, **release_of(same_day)).then(same_day)
    day_before = replace(released, released_on=date(2020, 11, 1))
    given(*running, warned, withheld).when(release, **release_of(day_before)).refused(ReleaseBeyondWithheld)


def test_what_has_fallen_away_is_not_released() -> None:
    fallen = AwardReduced(
        reductions=(Reduction(instalment=2, amount_ore=2 * MILLION, withholding=1),),
        ground=Ground(code="terms-broken", text="Vilkårene er ikke fulgt."),
        reduced_on=date(2020, 11, 20),
        approved_by="ola",
    )
    refusal = given(*running, warned, withheld, fallen).when(release, **release_of()).refused(ReleaseBeyondWithheld)
    assert refusal.details["standing_ore"] == MILLION
    backdated = replace(released, amount_ore=2 * MILLION, released_on=date(2020, 11, 10))
    given(*running, warned, withheld, fallen).when(release, **release_of(backdated)).refused(ReleaseBeyondWithheld)


def test_a_new_withholding_after_a_release_needs_a_new_warning() -> None:
    freed = (*running, warned, withheld, released)
    given(*freed).when(decide, **decision(withheld_again)).refused(PriorWarningMissing)
    given(*freed).when(warn, **asked(warned_again)).then(warned_again)
    given(*freed, warned_again).when(decide, **decision(withheld_again)).then(withheld_again)


def test_a_new_warning_is_not_dated_before_the_release() -> None:
    backdated = replace(warned_again, warned_on=date(2020, 11, 30))
    given(*running, warned, withheld, released).when(warn, **asked(backdated)).refused(BeforeRelease)


def test_a_warning_that_waits_while_money_is_released_is_spent_by_the_release() -> None:
    part = replace(withheld, amount_ore=2 * MILLION)
    meanwhile: PriorWarningGiven = replace(
        warned, amount_ore=MILLION, warned_on=date(2020, 11, 3), reply_by=date(2020, 11, 20)
    )
    freed = (*running, warned, part, meanwhile, replace(released, amount_ore=2 * MILLION))
    later = replace(withheld_again, amount_ore=MILLION)
    given(*freed).when(decide, **decision(later)).refused(PriorWarningMissing)


def test_fodt_fri_from_warning_to_withheld_again() -> None:
    def balance(*events: Event) -> tuple[int, int, int, int]:
        commitment = given(*running, *events).state.commitment
        return (
            commitment.committed_ore // MILLION,
            commitment.disbursed_ore // MILLION,
            commitment.withheld_ore // MILLION,
            commitment.outstanding_ore // MILLION,
        )

    assert balance() == (6, 3, 0, 3)
    assert balance(warned) == (6, 3, 0, 3)
    assert balance(warned, withheld) == (6, 3, 3, 0)
    assert balance(warned, withheld, released) == (6, 3, 0, 3)
    assert balance(warned, withheld, released, warned_again) == (6, 3, 0, 3)
    assert balance(warned, withheld, released, warned_again, withheld_again) == (6, 3, 3, 0)


@pytest.mark.parametrize("turned", [False, True])
def test_a_new_warning_is_not_dated_before_the_last_of_several_releases_of_its_instalment(turned: bool) -> None:
    first = replace(released, amount_ore=MILLION)
    last = replace(released, amount_ore=MILLION, released_on=date(2020, 12, 10))
    of_another = replace(released, instalment=1, amount_ore=1, released_on=date(2020, 12, 24))
    facts = (*running, warned, withheld, *((last, first) if turned else (first, last)), of_another)
    for on, before in ((date(2020, 12, 9), True), (date(2020, 12, 10), False)):
        again = replace(warned, amount_ore=MILLION, warned_on=on, reply_by=date(2020, 12, 31))
        asked = dict(vars(again))
        if before:
            given(*facts).when(warn, **asked).refused(BeforeRelease)
        else:
            given(*facts).when(warn, **asked).then(again)


def test_a_release_spends_the_warning_of_its_own_instalment_and_no_others() -> None:
    of_first = replace(warned, instalment=1, amount_ore=MILLION)
    facts = (*committed, of_first, warned, withheld, released)
    held_first = replace(withheld, number=2, instalment=1, amount_ore=MILLION)
    given(*facts).when(decide, **decision(held_first)).then(held_first)
    given(*facts).when(decide, **decision(replace(withheld, number=2))).nothing()


@pytest.mark.parametrize("turned", [False, True])
def test_whoever_wrote_any_warning_of_the_instalment_since_the_last_decision_does_not_decide_it(turned: bool) -> None:
    by_ola = replace(warned, warned_by="ola", amount_ore=MILLION)
    of_another = replace(warned, instalment=1, amount_ore=MILLION, warned_by="ola")
    either = (omitted, by_ola) if turned else (by_ola, omitted)
    asked_of = decision(replace(withheld, amount_ore=MILLION))
    given(*committed, *either, warned).when(decide, **asked_of).refused(SamePersonTwice)
    assert given(*committed, of_another, warned).when(decide, **asked_of).refusal is None
    since = replace(warned, warned_on=date(2020, 11, 3), reply_by=date(2020, 11, 20), amount_ore=MILLION)
    later = decision(replace(withheld, amount_ore=MILLION, decided_on=date(2020, 12, 1)))
    done = replace(withheld, amount_ore=MILLION, decided_by="liv")
    assert given(*committed, by_ola, done, since).when(decide, **later).refusal is None
