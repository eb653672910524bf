"""Who finds an instalment right to pay, how much of it, and how that is taken back."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import AmountNotPositive, NotCommitted, UnknownInstalment
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid, PaymentAttested, PaymentRefused
from services.grants.disbursement.attestation import TAKEN_BACK, attest, take_back
from services.grants.disbursement.refusals import (
    AccountUnverified,
    InstalmentAlreadyPaid,
    InstalmentRequested,
    InstalmentWithheld,
    LetterNotReleased,
    PayDayPassed,
    PaymentAlreadyRequested,
    PaymentBeyondCommitment,
    TakeBackReasonMissing,
    UnknownPayment,
)
from tests.grants.disbursement.paying import SECOND, attested, given, out, ready, registered, requested, verified
from tests.grants.fodt_fri import MILLION, committed, proposed, released, warned, withheld

again = replace(attested, payment_id=SECOND)
taken_back = PaymentRefused(
    payment_id=attested.payment_id,
    code=TAKEN_BACK,
    reason="Feil dag",
    refused_on=date(2020, 3, 1),
    recorded_by="per",
)
back = {"payment_id": attested.payment_id, "reason": "Feil dag", "taken_back_on": date(2020, 3, 1)}


def asked(payment: PaymentAttested) -> dict[str, Any]:
    return {name: value for name, value in vars(payment).items() if name != "account_id"}


def test_an_instalment_is_attested_to_the_account_two_people_keep() -> None:
    given(*ready).when(attest, **asked(attested)).then(attested)


def test_the_same_payment_again_is_nothing() -> None:
    given(*ready, attested).when(attest, **asked(attested)).nothing()


@pytest.mark.parametrize("events", [(), (proposed,)])
def test_nothing_is_attested_before_an_award_is_approved(events: tuple[Event, ...]) -> None:
    given(*events).when(attest, **asked(attested)).refused(NotCommitted)


def test_the_first_block_is_what_attesting_meets() -> None:
    given(*committed).when(attest, **asked(attested)).refused(LetterNotReleased)
    given(*out, registered).when(attest, **asked(attested)).refused(AccountUnverified)


def test_the_plan_has_no_third_instalment() -> None:
    given(*ready).when(attest, **asked(replace(attested, instalment=3))).refused(UnknownInstalment)


def test_a_payment_is_asked_for_no_earlier_than_it_is_attested() -> None:
    same_day = replace(attested, pay_on=attested.attested_on)
    given(*ready).when(attest, **asked(same_day)).then(same_day)
    given(*ready).when(attest, **asked(replace(attested, pay_on=date(2020, 2, 29)))).refused(PayDayPassed)


def test_a_payment_is_more_than_nothing() -> None:
    given(*ready).when(attest, **asked(replace(attested, amount_ore=0))).refused(AmountNotPositive)


def test_never_more_is_attested_than_is_left_to_the_ore() -> None:
    too_much = replace(attested, amount_ore=3 * MILLION + 1)
    given(*ready).when(attest, **asked(too_much)).refused(PaymentBeyondCommitment)
    most = replace(attested, amount_ore=3 * MILLION - 1)
    rest = replace(again, amount_ore=1)
    given(*ready, most).when(attest, **asked(rest)).then(rest)
    given(*ready, most).when(attest, **asked(replace(rest, amount_ore=2))).refused(InstalmentRequested)
    given(*ready, attested).when(attest, **asked(rest)).refused(InstalmentRequested)


def test_what_is_paid_is_not_attested_again() -> None:
    paid = InstalmentPaid(
        instalment=1, amount_ore=3 * MILLION, paid_on=date(2020, 3, 2), reference="B-1", attested_by="per",
        payment_id=attested.payment_id,
    )  # fmt: skip
    given(*ready, attested, requested, paid).when(attest, **asked(again)).refused(InstalmentAlreadyPaid)


def test_what_is_withheld_is_not_attested_and_what_is_free_beside_it_is() -> None:
    second = replace(attested, instalment=2, attested_on=date(2020, 11, 3), pay_on=date(2020, 11, 3))
    given(*ready, warned, withheld).when(attest, **asked(second)).refused(InstalmentWithheld)
    part = replace(withheld, amount_ore=2 * MILLION)
    free = replace(second, amount_ore=MILLION)
    given(*ready, warned, part).when(attest, **asked(free)).then(free)
    more = replace(second, amount_ore=MILLION + 1)
    given(*ready, warned, part).when(attest, **asked(more)).refused(InstalmentWithheld)


def test_money_released_later_is_not_attested_before_its_release() -> None:
    """Accounting may pay on any day from the attestation on, so the day asked for does not help."""
    part, freed = replace(withheld, amount_ore=2 * MILLION), replace(released, amount_ore=2 * MILLION)
    early = replace(attested, instalment=2, attested_on=date(2020, 11, 30), pay_on=date(2020, 12, 1), attested_by="siv")
    given(*ready, warned, part, freed).when(attest, **asked(early)).refused(InstalmentWithheld)
    on_the_day = replace(early, attested_on=date(2020, 12, 1))
    given(*ready, warned, part, freed).when(attest, **asked(on_the_day)).then(on_the_day)


def test_whoever_bound_the_money_does_not_attest_its_payment() -> None:
    given(*ready).when(attest, **asked(replace(attested, attested_by="ola"))).refused(SamePersonTwice)


def test_whoever_approved_a_supplement_does_not_attest_its_instalments() -> None:
    more = SupplementaryAwardApproved(
        amount_ore=MILLION, added=(Instalment(number=3, amount_ore=MILLION),), ground=Ground(code="other", text="Mer"),
        approved_on=date(2020, 2, 20), approved_by="liv", disposal_authority="Delegert",
    )  # fmt: skip
    added = replace(attested, instalment=3, amount_ore=MILLION, attested_by="liv")
    given(*ready, more).when(attest, **asked(added)).refused(SamePersonTwice)
    given(*ready, more).when(attest, **asked(replace(attested, attested_by="liv"))).then(
        replace(attested, attested_by="liv")
    )


def test_whoever_released_withheld_money_does_not_attest_it() -> None:
    freed = replace(released, released_by="liv")
    second = replace(attested, instalment=2, attested_on=date(2020, 12, 1), pay_on=date(2020, 12, 1), attested_by="liv")
    given(*ready, warned, withheld, freed).when(attest, **asked(second)).refused(SamePersonTwice)


@pytest.mark.parametrize("keeper", [registered.registered_by, verified.verified_by])
def test_whoever_keeps_the_account_attests_nothing_paid_to_it(keeper: str) -> None:
    given(*ready).when(attest, **asked(replace(attested, attested_by=keeper))).refused(SamePersonTwice)


def test_an_attestation_is_taken_back_and_its_money_is_free_again() -> None:
    given(*ready, attested).when(take_back, **back, taken_back_by="per").then(taken_back)
    given(*ready, attested, taken_back).when(take_back, **back, taken_back_by="per").nothing()
    given(*ready, attested, taken_back).when(attest, **asked(again)).then(again)


def test_what_accounting_was_asked_for_is_not_taken_back() -> None:
    given(*ready, attested, requested).when(take_back, **back, taken_back_by="per").refused(PaymentAlreadyRequested)


def test_an_attestation_is_not_taken_back_without_a_reason() -> None:
    given(*ready, attested).when(take_back, **(back | {"reason": " "}), taken_back_by="per").refused(
        TakeBackReasonMissing
    )


def test_a_payment_nobody_attested_is_not_taken_back() -> None:
    given(*ready).when(take_back, **back, taken_back_by="per").refused(UnknownPayment)


def test_what_accounting_refused_is_not_taken_back_too() -> None:
    refused = replace(taken_back, code="account-closed", reason="Kontoen er avsluttet", recorded_by="anne")
    given(*ready, attested, requested, refused).when(take_back, **back, taken_back_by="per").refused(
        PaymentAlreadyRequested
    )
