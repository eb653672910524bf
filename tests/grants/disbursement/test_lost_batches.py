"""What accounting may have been asked for in a lost span: nothing of its cases is asked for until somebody has said of
each payment what became of it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.duties.apart import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.events.disbursement import BatchLine, InstalmentPaid
from services.grants.case.events.lost_payment import LostPaymentSettled, PaymentBatchLost
from services.grants.disbursement.batch.rules import PayeeAccount, choose
from services.grants.disbursement.history import pay
from services.grants.disbursement.lost.rules import (
    CODES,
    LostBatches,
    LostPaymentNotBooked,
    LostPaymentSettledAlready,
    LostPaymentUnknown,
    evolve_lost,
    may_be_booked,
    settle,
)
from services.grants.disbursement.refusals import PaymentNotHistory
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.disbursement.batch import MARCH
from tests.grants.disbursement.paying import ACCOUNT, BATCH, CASE, FIRST, SECOND, attested, case_of, ready
from tests.grants.disbursement.paying import given as paying

OTHER = UUID(int=77)
account = PayeeAccount(account_id=ACCOUNT, account_number="86011117947", organisation_number="974760673")
lost = PaymentBatchLost(
    batch_id=BATCH,
    lines=(
        BatchLine(payment_id=FIRST, case_id=CASE, amount_ore=300),
        BatchLine(payment_id=SECOND, case_id=CASE, amount_ore=300),
    ),
    control_total_ore=600,
    file_name="tilsagn.jsonl",
    sha256="ab" * 32,
    made_on=MARCH,
    position=57,
)
not_paid = LostPaymentSettled(
    payment_id=FIRST, outcome="not-paid", reason="Regnskap fikk aldri fila.", settled_by="anne"
)
paid = LostPaymentSettled(payment_id=SECOND, outcome="paid", reason="Bilag 7.", settled_by="anne", voucher="B-7")
unbooked = replace(paid, voucher=None)
"""As an earlier release let it be settled."""
booked = InstalmentPaid(instalment=1, amount_ore=300, paid_on=MARCH, reference="B-7", attested_by="per")
THIRD = UUID(int=79)
three = replace(lost, lines=(*lost.lines, BatchLine(payment_id=THIRD, case_id=CASE, amount_ore=300)))
BEGAN = date(2020, 1, 1)


def batches(*events: Event) -> Given:
    return given(*events, evolve=evolve_lost, initial=LostBatches())


def state(*events: Event) -> LostBatches:
    stands = LostBatches()
    for event in events:
        stands = evolve_lost(stands, event)
    return stands


def asked(fact: LostPaymentSettled, **other: Any) -> dict[str, Any]:
    return {**vars(fact), **other}


def found(fact: LostPaymentSettled, *by_hand: InstalmentPaid, **other: Any) -> dict[str, Any]:
    """The same, with what is booked by hand on its case."""
    return {**asked(fact, **other), "booked": by_hand}


def test_somebody_says_what_became_of_a_payment_and_again_is_nothing() -> None:
    batches(lost).when(settle, **asked(not_paid)).then(not_paid)
    batches(lost, not_paid).when(settle, **asked(not_paid, reason="Sett igjen.")).nothing()


def test_what_was_said_stands() -> None:
    batches(lost, not_paid).when(settle, **asked(not_paid, outcome="paid")).refused(LostPaymentSettledAlready)


def test_a_payment_that_no_lost_batch_names_is_not_settled() -> None:
    batches(lost).when(settle, **asked(not_paid, payment_id=OTHER)).refused(LostPaymentUnknown)
    batches().when(settle, **asked(not_paid)).refused(LostPaymentUnknown)


def test_how_it_was_found_out_is_owed() -> None:
    batches(lost).when(settle, **asked(not_paid, reason=" ")).refused(ReasonMissing)


def test_a_case_is_in_doubt_until_all_of_its_lost_payments_are_settled() -> None:
    assert state().cases_in_doubt == {}
    assert state(lost).cases_in_doubt == state(lost, paid).cases_in_doubt == {CASE: CODES}
    assert state(lost, paid, not_paid).cases_in_doubt == {}


def test_nothing_of_a_case_in_doubt_goes_into_a_batch_under_whatever_id() -> None:
    anew = replace(attested, payment_id=OTHER)
    cases, accounts = {CASE: case_of(*ready, anew)}, {account.account_id: account}
    requests, left_out = choose(cases, accounts, up_to=MARCH, open_years={}, in_doubt={CASE: CODES})
    assert (requests, [(each.payment_id, each.codes) for each in left_out]) == (
        [],
        [(OTHER, ("lost-batch-unsettled",))],
    )
    requests, left_out = choose(cases, accounts, up_to=MARCH, open_years={}, in_doubt={OTHER: CODES})
    assert ([each.payment.payment_id for each in requests], left_out) == ([OTHER], [])


def test_what_accounting_paid_is_found_to_be_what_another_booked() -> None:
    """Seen: it was settled as paid by one person, and nobody asked whether anything was booked."""
    batches(lost).when(settle, **found(paid, booked)).then(paid)
    batches(lost).when(settle, **found(paid, booked, voucher="b-7 ")).then(paid)
    batches(lost).when(settle, **found(paid, booked, settled_by="per")).refused(SamePersonTwice)
    batches(lost).when(settle, **found(paid, booked, settled_by="PER")).refused(SamePersonTwice)
    batches(lost).when(settle, **found(not_paid, booked, settled_by="per")).then(replace(not_paid, settled_by="per"))
    batches(lost, paid).when(settle, **found(paid, booked, settled_by="liv")).nothing()
    batches(lost, paid).when(settle, **asked(paid, voucher=None)).nothing()
    batches(lost, paid).when(settle, **found(paid, booked, voucher="B-8")).refused(LostPaymentSettledAlready)


@pytest.mark.parametrize(
    "by_hand",
    [
        (),
        (replace(booked, reference="B-8"),),
        (replace(booked, amount_ore=299),),
        (replace(booked, amount_ore=301),),
        (replace(booked, paid_on=date(2020, 2, 29)),),
    ],
    ids=["nothing", "another voucher", "less", "more", "before the batch was made"],
)
def test_what_is_not_booked_as_it_was_asked_for_is_not_settled_as_paid(by_hand: tuple[InstalmentPaid, ...]) -> None:
    batches(lost).when(settle, **found(paid, *by_hand)).refused(LostPaymentNotBooked)
    batches(lost).when(settle, **found(paid, *by_hand, voucher=None)).refused(LostPaymentNotBooked)
    batches(lost).when(settle, **found(paid, *by_hand, booked)).then(paid)


def test_of_several_lost_payments_of_a_case_each_is_another_booking() -> None:
    second = replace(booked, reference="B-8")
    first, other = replace(paid, payment_id=FIRST, voucher="B-8"), replace(paid, payment_id=THIRD, voucher="B-9")
    both = (booked, second)
    batches(three, paid).when(settle, **found(first, *both)).then(first)
    batches(three, first).when(settle, **found(paid, *both)).then(paid)
    batches(three, first).when(settle, **found(paid, *both, voucher="B-8")).refused(LostPaymentNotBooked)
    batches(three, paid, first).when(settle, **found(other, *both)).refused(LostPaymentNotBooked)
    elsewhere = replace(lost, lines=(BatchLine(payment_id=OTHER, case_id=OTHER, amount_ore=300),))
    told = replace(paid, payment_id=OTHER)
    batches(three, elsewhere, told).when(settle, **found(paid, booked)).then(paid)


def test_what_an_earlier_release_let_be_settled_as_paid_is_amiss_until_its_booking_is_found() -> None:
    assert state(lost, unbooked).is_amiss(SECOND)
    assert not any(state(lost, unbooked).is_amiss(each) for each in (FIRST, OTHER))
    assert not state(lost, not_paid).is_amiss(FIRST)
    batches(lost, unbooked).when(settle, **asked(unbooked)).nothing()
    batches(lost, unbooked).when(settle, **found(paid)).refused(LostPaymentNotBooked)
    batches(lost, unbooked).when(settle, **found(paid, booked)).then(paid)
    batches(lost, unbooked).when(settle, **found(paid, booked, outcome="not-paid")).refused(LostPaymentSettledAlready)
    assert not state(lost, unbooked, paid).is_amiss(SECOND)


def test_a_payment_of_the_systems_own_days_is_booked_by_hand_where_a_lost_batch_asked_for_it_and_once() -> None:
    """Seen: nothing could be booked at all, for no payment since the first day is history."""
    ore = attested.amount_ore
    asked_for = replace(lost, lines=tuple(replace(line, amount_ore=ore) for line in lost.lines[:1]))
    by_hand = replace(booked, amount_ore=ore)
    asks = {**{name: told for name, told in vars(by_hand).items() if name != "payment_id"}, "system_began_on": BEGAN}
    asks |= {"lost": state(asked_for), "case_id": CASE}
    case = paying(*ready)
    case.when(pay, **asks).then(by_hand)
    case.when(pay, **asks | {"lost": state()}).refused(PaymentNotHistory)
    case.when(pay, **asks | {"case_id": OTHER}).refused(PaymentNotHistory)
    case.when(pay, **asks | {"amount_ore": ore - 1}).refused(PaymentNotHistory)
    case.when(pay, **asks | {"lost": state(asked_for, not_paid)}).refused(PaymentNotHistory)
    case.when(pay, **asks | {"attested_by": "ola"}).refused(SamePersonTwice)
    paying(*ready, by_hand).when(pay, **asks).nothing()
    paying(*ready, by_hand).when(pay, **asks | {"reference": "B-8"}).refused(PaymentNotHistory)


def test_each_payment_by_hand_is_one_of_the_lost_at_most() -> None:
    def asks(lost: LostBatches, *by_hand: InstalmentPaid, ore: int = 300) -> bool:
        return may_be_booked(lost, CASE, by_hand, amount_ore=ore, paid_on=MARCH)

    second = replace(booked, reference="B-8")
    assert [asks(state(three), *(booked, second, second)[:count]) for count in range(4)] == [True, True, True, False]
    assert [asks(state(lost), *(booked, second)[:count]) for count in range(3)] == [True, True, False]
    assert asks(state(lost, not_paid))
    assert not asks(state(lost, not_paid), booked)
    assert asks(state(lost, paid), booked)
    before = replace(booked, paid_on=date(2020, 2, 29))
    assert asks(state(lost), before, before)
    assert not may_be_booked(state(lost), CASE, (), amount_ore=300, paid_on=before.paid_on)
    assert not asks(state(lost), ore=299)
    assert not asks(state())
