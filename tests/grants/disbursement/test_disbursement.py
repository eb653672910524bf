"""What was paid before this system: the letter, the year, the day, the condition, the sum, and another person."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import AmountNotPositive, NotCommitted, UnknownInstalment
from services.grants.case.events.award import Instalment
from services.grants.case.events.disbursement import InstalmentConditionMet, InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.disbursement.history import pay
from services.grants.disbursement.refusals import (
    BeyondCarryOver,
    ConditionAlreadyMet,
    ConditionUnmet,
    GroundMissing,
    InstalmentAlreadyPaid,
    InstalmentNotDue,
    InstalmentRequested,
    InstalmentWithheld,
    LetterNotReleased,
    MetTooEarly,
    NoCondition,
    OutsideBudgetYear,
    PaymentBeyondCommitment,
    PaymentNotHistory,
    VoucherUsed,
)
from services.grants.disbursement.rules import confirm_condition
from tests.grants.disbursement.paying import attested, given, out, ready
from tests.grants.fodt_fri import (
    MILLION,
    approved,
    claimed,
    committed,
    first_paid,
    letter_out,
    proposed,
    released,
    running,
    warned,
    withheld,
)

second_paid = InstalmentPaid(
    instalment=2, amount_ore=3 * MILLION, paid_on=date(2020, 9, 1), reference="B-1002", attested_by="per"
)
report_due = replace(
    proposed,
    instalments=(
        Instalment(number=1, amount_ore=3 * MILLION),
        Instalment(number=2, amount_ore=3 * MILLION, condition="Godkjent rapport for første halvår"),
    ),
)
on_report = (report_due, approved, claimed, letter_out, first_paid)
held_over = CommitmentCarriedOver(
    year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
    recorded_by="anne",
)  # fmt: skip
report_in = InstalmentConditionMet(instalment=2, ground="20/00123-9", met_on=date(2020, 8, 20), confirmed_by="kari")


def asked(payment: InstalmentPaid) -> dict[str, Any]:
    told = {name: value for name, value in vars(payment).items() if name != "payment_id"}
    return told | {"system_began_on": date(2023, 1, 1)}


def test_an_instalment_is_paid_when_the_letter_is_out() -> None:
    given(*out).when(pay, **asked(first_paid)).then(first_paid)


def test_the_same_voucher_with_the_same_data_again_is_nothing() -> None:
    given(*running).when(pay, **asked(first_paid)).nothing()


@pytest.mark.parametrize("events", [(), (proposed,)])
def test_nothing_is_paid_before_an_award_is_approved(events: tuple[Event, ...]) -> None:
    given(*events).when(pay, **asked(first_paid)).refused(NotCommitted)


def test_nothing_is_paid_before_the_letter_is_out() -> None:
    given(*committed).when(pay, **asked(first_paid)).refused(LetterNotReleased)


def test_a_claim_nobody_has_confirmed_does_not_put_the_letter_out() -> None:
    given(*committed, claimed).when(pay, **asked(first_paid)).refused(LetterNotReleased)


def test_an_instalment_may_be_paid_on_the_day_the_letter_went_out_and_no_earlier() -> None:
    same_day = replace(first_paid, paid_on=letter_out.released_on)
    given(*out).when(pay, **asked(same_day)).then(same_day)
    given(*out).when(pay, **asked(replace(first_paid, paid_on=date(2020, 2, 9)))).refused(LetterNotReleased)


def test_whoever_approved_the_award_does_not_attest_its_payment() -> None:
    given(*out).when(pay, **asked(replace(first_paid, attested_by="ola"))).refused(SamePersonTwice)


def test_whoever_released_withheld_money_does_not_attest_its_payment() -> None:
    freed = replace(released, released_by="liv")
    by_liv = replace(second_paid, paid_on=date(2020, 12, 1), attested_by="liv")
    given(*running, warned, withheld, freed).when(pay, **asked(by_liv)).refused(SamePersonTwice)
    other_instalment = replace(first_paid, attested_by="liv")
    given(*out, warned, withheld, freed).when(pay, **asked(other_instalment)).then(other_instalment)


def test_the_plan_has_no_third_instalment() -> None:
    given(*out).when(pay, **asked(replace(first_paid, instalment=3))).refused(UnknownInstalment)


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_a_payment_is_more_than_nothing(amount_ore: int) -> None:
    given(*out).when(pay, **asked(replace(first_paid, amount_ore=amount_ore))).refused(AmountNotPositive)


def test_one_ore_more_than_the_instalment_is_too_much() -> None:
    refusal = (
        given(*out).when(pay, **asked(replace(first_paid, amount_ore=3 * MILLION + 1))).refused(PaymentBeyondCommitment)
    )
    assert refusal.details["unpaid_ore"] == 3 * MILLION


def test_an_instalment_may_be_paid_in_parts_to_the_last_ore() -> None:
    part = replace(first_paid, amount_ore=3 * MILLION - 1)
    rest = replace(first_paid, amount_ore=1, reference="B-1003")
    given(*out, part).when(pay, **asked(rest)).then(rest)
    given(*out, part).when(pay, **asked(replace(rest, amount_ore=2))).refused(PaymentBeyondCommitment)


def test_a_paid_instalment_is_not_paid_again_on_another_voucher() -> None:
    given(*running).when(pay, **asked(replace(first_paid, reference="B-1003"))).refused(InstalmentAlreadyPaid)


@pytest.mark.parametrize("reference", ["B-1001", "b-1001", "B-1001\N{NO-BREAK SPACE}", "B\N{SOFT HYPHEN}-1001"])
def test_a_voucher_stands_on_one_payment_however_it_is_written(reference: str) -> None:
    given(*running).when(pay, **asked(replace(second_paid, reference=reference))).refused(VoucherUsed)


def test_an_instalment_is_paid_on_its_due_day_and_no_earlier() -> None:
    given(*running).when(pay, **asked(second_paid)).then(second_paid)
    given(*running).when(pay, **asked(replace(second_paid, paid_on=date(2020, 8, 31)))).refused(InstalmentNotDue)


def test_money_of_one_year_is_paid_to_its_last_day_and_not_in_the_next() -> None:
    last_day = replace(second_paid, paid_on=date(2020, 12, 31))
    given(*running).when(pay, **asked(last_day)).then(last_day)
    new_year = replace(second_paid, paid_on=date(2021, 1, 1))
    given(*running).when(pay, **asked(new_year)).refused(OutsideBudgetYear)


def test_carried_over_money_is_paid_in_the_year_it_was_released_to() -> None:
    new_year = replace(second_paid, paid_on=date(2021, 1, 1))
    later = InstalmentPaidLater(**vars(new_year), charged_post_id="2021/291/71")
    covered = {"open_years": {2021: 3 * MILLION}, "charged_post_id": "2021/291/71"}
    given(*running, held_over).when(pay, **asked(new_year), **covered).then(later)
    given(*running, held_over, later).when(pay, **asked(new_year), **covered).nothing()
    given(*running, held_over).when(pay, **asked(new_year)).refused(BeyondCarryOver)
    less = {"open_years": {2021: 3 * MILLION - 1}}
    given(*running, held_over).when(pay, **asked(new_year), **less).refused(BeyondCarryOver)
    given(*running).when(pay, **asked(new_year), **covered).refused(OutsideBudgetYear)
    year_after = replace(second_paid, paid_on=date(2022, 1, 1))
    given(*running, held_over).when(pay, **asked(year_after), **covered).refused(OutsideBudgetYear)


def test_a_withheld_instalment_is_not_paid() -> None:
    late = replace(second_paid, paid_on=date(2020, 11, 2))
    given(*running, warned, withheld).when(pay, **asked(late)).refused(InstalmentWithheld)


def test_a_prior_warning_alone_stops_no_payment() -> None:
    given(*running, warned).when(pay, **asked(second_paid)).then(second_paid)


def test_a_payment_dated_before_the_withholding_is_refused_too_for_it_reaches_its_days() -> None:
    given(*running, warned, withheld).when(pay, **asked(second_paid)).refused(InstalmentWithheld)


def test_released_money_is_paid_from_the_day_of_release() -> None:
    freed = (*running, warned, withheld, released)
    same_day = replace(second_paid, paid_on=released.released_on)
    given(*freed).when(pay, **asked(same_day)).then(same_day)
    given(*freed).when(pay, **asked(replace(second_paid, paid_on=date(2020, 11, 30)))).refused(InstalmentWithheld)


def test_a_payment_dated_while_part_was_withheld_stays_within_what_was_free_then() -> None:
    part, freed = replace(withheld, amount_ore=2 * MILLION), replace(released, amount_ore=2 * MILLION)
    meanwhile = replace(second_paid, paid_on=date(2020, 11, 30))
    given(*running, warned, part, freed).when(pay, **asked(meanwhile)).refused(InstalmentWithheld)
    free_then = replace(meanwhile, amount_ore=MILLION)
    given(*running, warned, part, freed).when(pay, **asked(free_then)).then(free_then)


def test_what_is_not_withheld_of_an_instalment_can_be_paid_to_the_ore() -> None:
    half_held = (*running, warned, replace(withheld, amount_ore=2 * MILLION))
    rest = replace(second_paid, amount_ore=MILLION, paid_on=date(2020, 11, 3))
    given(*half_held).when(pay, **asked(rest)).then(rest)
    refusal = given(*half_held).when(pay, **asked(replace(rest, amount_ore=MILLION + 1))).refused(InstalmentWithheld)
    assert refusal.details["free_ore"] == MILLION


def test_an_instalment_waits_for_its_condition() -> None:
    on_the_day = replace(second_paid, paid_on=report_in.met_on)
    given(*on_report).when(pay, **asked(on_the_day)).refused(ConditionUnmet, saying="Godkjent rapport")
    given(*on_report, report_in).when(pay, **asked(on_the_day)).then(on_the_day)
    day_before = replace(second_paid, paid_on=date(2020, 8, 19))
    given(*on_report, report_in).when(pay, **asked(day_before)).refused(ConditionUnmet)


def test_a_condition_is_confirmed_once_with_its_ground() -> None:
    given(*on_report).when(confirm_condition, **vars(report_in)).then(report_in)
    given(*on_report, report_in).when(confirm_condition, **vars(report_in)).nothing()


@pytest.mark.parametrize("told", [{"ground": "20/00123-10"}, {"met_on": date(2020, 9, 1)}])
def test_a_condition_that_is_met_is_not_met_once_more_otherwise(told: dict[str, Any]) -> None:
    again = vars(report_in) | told
    given(*on_report, report_in).when(confirm_condition, **again).refused(ConditionAlreadyMet, saying="2020-08-20")


def test_a_condition_comes_about_in_the_year_before_the_awards_own_at_the_earliest() -> None:
    early = vars(report_in) | {"met_on": date(2018, 12, 31)}
    assert (
        given(*on_report).when(confirm_condition, **early).refused(MetTooEarly).details["first_day_on"] == "2019-01-01"
    )
    first = vars(report_in) | {"met_on": date(2019, 1, 1)}
    assert given(*on_report).when(confirm_condition, **first).events


def test_a_condition_is_not_confirmed_without_a_ground() -> None:
    given(*on_report).when(confirm_condition, **(vars(report_in) | {"ground": " "})).refused(GroundMissing)


def test_there_is_no_condition_to_confirm_where_the_plan_sets_none() -> None:
    given(*running).when(confirm_condition, **vars(report_in)).refused(NoCondition)


def test_a_payment_of_the_systems_own_days_is_attested_and_never_imported() -> None:
    last_day, first_day = replace(first_paid, paid_on=date(2020, 2, 29)), replace(first_paid, paid_on=date(2020, 3, 1))
    began = {"system_began_on": date(2020, 3, 1)}
    given(*out).when(pay, **(asked(last_day) | began)).then(last_day)
    given(*out).when(pay, **(asked(first_day) | began)).refused(PaymentNotHistory, saying="2020-03-01")


def test_what_is_attested_here_is_not_imported_as_well() -> None:
    given(*ready, attested).when(pay, **asked(first_paid)).refused(InstalmentRequested)
    half = replace(attested, amount_ore=2 * MILLION)
    rest = replace(first_paid, amount_ore=MILLION)
    given(*ready, half).when(pay, **asked(rest)).then(rest)
    refusal = given(*ready, half).when(pay, **asked(replace(rest, amount_ore=MILLION + 1))).refused(InstalmentRequested)
    assert refusal.details["payable_ore"] == MILLION
