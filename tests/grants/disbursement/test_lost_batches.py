"""What accounting may have been asked for in a lost span: nothing of its cases is asked for until somebody has said of
each payment what became of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.disbursement import BatchLine, LostPaymentSettled, PaymentBatchLost
from services.grants.disbursement.batch.rules import PayeeAccount, choose
from services.grants.disbursement.lost.rules import (
    CODES,
    LostBatches,
    LostPaymentSettledAlready,
    LostPaymentUnknown,
    evolve_lost,
    settle,
)
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.disbursement.batch import MARCH
from tests.grants.disbursement.paying import ACCOUNT, BATCH, CASE, FIRST, SECOND, attested, case_of, ready

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
paid = LostPaymentSettled(payment_id=SECOND, outcome="paid", reason="Bilag 7.", settled_by="anne")


def batches(*events: Event) -> Given:
    return given(*events, evolve=evolve_lost, initial=LostBatches())


def state(*events: Event) -> LostBatches:
    stands = LostBatches()
    for event in events:
        stands = evolve_lost(stands, event)
    return stands


def asked(fact: LostPaymentSettled, **other: Any) -> dict[str, Any]:
    return {**vars(fact), **other}


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
