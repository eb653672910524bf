"""Accounting is asked once for each payment, and every answer it gives is taken once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    PaymentBatchHandedOver,
    PaymentReceiptTaken,
    PaymentRefused,
)
from services.grants.disbursement.attestation import TAKEN_BACK
from services.grants.disbursement.batch.payment_file import write_file
from services.grants.disbursement.batch.receipts import NotPaid, Paid, Receipt, ReceiptsUnusable, Taken, take_receipts
from services.grants.disbursement.batch.rules import (
    LARGEST_BATCH,
    Batch,
    PayeeAccount,
    choose,
    evolve_batch,
    make_batch,
)
from services.grants.disbursement.rules import evolve
from tests import given as sentences
from tests.grants.disbursement.batch import MARCH, asked, made, second
from tests.grants.disbursement.blocks import complained, held_over, suspended
from tests.grants.disbursement.paying import (
    ACCOUNT,
    BATCH,
    CASE,
    FIRST,
    SECOND,
    attested,
    case_of,
    ready,
    registered,
    requested,
)
from tests.grants.fodt_fri import MILLION, repaid

account = PayeeAccount(account_id=ACCOUNT, account_number="86011117947", organisation_number="974760673")
paid = Paid(payment_id=FIRST, amount_ore=3 * MILLION, voucher="B-1001", answered_on=date(2020, 3, 2))
not_paid = NotPaid(
    payment_id=SECOND, amount_ore=3 * MILLION, code="account-closed", reason="Kontoen er avsluttet", answered_on=MARCH
)


def choice(*events: Event, up_to: date = MARCH, account: PayeeAccount | None = account) -> tuple[list[UUID], Any]:
    accounts = {ACCOUNT: account} if account else {}
    requests, left_out = choose({CASE: case_of(*events)}, accounts, up_to=up_to, open_years={})
    return [each.payment.payment_id for each in requests], [(each.payment_id, each.codes) for each in left_out]


def take(*receipts: Receipt, batch: Sequence[Event] = (made,), case: Sequence[Event] = asked) -> sentences.Decided:
    """What follows on the case; the batch's part is tried by itself."""
    state = reduce(evolve_batch, batch, Batch())
    return sentences.Given({CASE: case_of(*case)}).when(
        lambda cases: list(taken_of(state, cases, receipts).cases.get(CASE, ()))
    )


def taken_of(batch: Batch, cases: Any, receipts: Sequence[Receipt]) -> Taken:
    return take_receipts(batch, cases, receipts=receipts, recorded_by="anne")


def faults(*receipts: Receipt, batch: Sequence[Event] = (made,), case: Sequence[Event] = asked) -> list[Any]:
    problems = take(*receipts, batch=batch, case=case).refused(ReceiptsUnusable).details["problems"]
    return [(problem["place"], problem["code"]) for problem in problems]


def test_what_is_attested_up_to_the_day_is_asked_for_in_the_order_of_the_payments() -> None:
    assert choice(*ready, second, attested) == ([FIRST, SECOND], [])
    assert choice(*ready, attested, replace(second, attested_on=date(2020, 3, 2))) == ([FIRST], [])


def test_a_payment_is_asked_for_once_and_never_after_it_was_taken_back() -> None:
    assert choice(*ready, attested, requested) == ([], [])
    back = PaymentRefused(payment_id=FIRST, code=TAKEN_BACK, reason="Feil", refused_on=MARCH, recorded_by="per")
    assert choice(*ready, attested, back) == ([], [])


def test_what_has_come_in_the_way_since_is_left_out_with_its_codes() -> None:
    assert choice(*ready, attested, complained, suspended) == ([], [(FIRST, ("payment-suspended",))])
    other = replace(registered, account_id=SECOND)
    assert choice(*ready, attested, other) == ([], [(FIRST, ("account-unverified",))])
    erased = replace(account, account_number=None)
    assert choice(*ready, attested, account=erased) == ([], [(FIRST, ("account-erased",))])
    assert choice(*ready, attested, account=None) == ([], [(FIRST, ("account-erased",))])


def test_a_full_batch_leaves_the_rest_for_the_next() -> None:
    parts = [replace(attested, payment_id=UUID(int=number), amount_ore=1) for number in range(1, LARGEST_BATCH + 2)]
    chosen, left_out = choice(*ready, *parts)
    assert len(chosen) == LARGEST_BATCH
    assert left_out == [(UUID(int=LARGEST_BATCH + 1), ("batch-full",))]


def test_the_file_says_what_was_asked_for_and_adds_up() -> None:
    requests, _ = choose({CASE: case_of(*ready, attested, second)}, {ACCOUNT: account}, up_to=MARCH, open_years={})
    file = write_file(
        requests, batch_id=BATCH, made_on=MARCH, made_by="anne", ledger_accounts={"291/71": "8500", "*": "8900"}
    )
    assert file.name == f"tilsagn-2020-03-01-{BATCH}.jsonl"
    assert file.sha256 == sha256(file.content).hexdigest()
    header, first, _, trailer = [json.loads(line) for line in file.content.splitlines()]
    assert header == {
        "record": "header", "format": "tilsagn-payment-requests", "version": 1, "batch_id": str(BATCH),
        "made_on": "2020-03-01", "made_by": "anne", "currency": "NOK",
    }  # fmt: skip
    assert first == {
        "record": "payment", "payment_id": str(FIRST), "recipient": "Stiftelsen Født Fri",
        "organisation_number": "974760673", "account_number": "86011117947", "amount_ore": 3 * MILLION,
        "pay_on": "2020-03-02", "chapter": "291", "post": "71", "ledger_account": "8500",
        "dimensions": {"fund": "2020/291/71/nasjonale-ressursmiljo/fodt-fri", "scheme": None, "case": str(CASE),
                       "instalment": 1},
        "decision": f"case-{CASE}", "decided_on": "2020-02-03", "approved_by": "ola", "attested_by": "per",
    }  # fmt: skip
    assert trailer == {"record": "trailer", "batch_id": str(BATCH), "count": 2, "control_total_ore": 6 * MILLION}


def test_the_batch_names_its_lines_its_total_and_its_file() -> None:
    requests, _ = choose({CASE: case_of(*ready, attested, second)}, {ACCOUNT: account}, up_to=MARCH, open_years={})
    event, cases = make_batch(
        requests, batch_id=BATCH, file_name="tilsagn.jsonl", sha256="ab" * 32, made_on=MARCH, made_by="anne"
    )
    assert event == made
    assert cases == {CASE: [requested, replace(requested, payment_id=SECOND)]}


def test_the_account_of_the_accounts_is_the_posts_own_or_that_of_all_others_or_none() -> None:
    requests, _ = choose({CASE: case_of(*ready, attested)}, {ACCOUNT: account}, up_to=MARCH, open_years={})
    for told, account_ in (({"291/60": "8500", "*": "8900"}, "8900"), ({}, None)):
        file = write_file(requests, batch_id=BATCH, made_on=MARCH, made_by="anne", ledger_accounts=told)
        assert json.loads(file.content.splitlines()[1])["ledger_account"] == account_


def test_a_paid_answer_pays_the_instalment_with_its_voucher() -> None:
    take(paid).then(
        InstalmentPaid(
            instalment=1, amount_ore=3 * MILLION, paid_on=date(2020, 3, 2), reference="B-1001", attested_by="per",
            payment_id=FIRST,
        )
    )  # fmt: skip


def test_a_refused_answer_frees_the_money_with_accountings_reason() -> None:
    refused = PaymentRefused(
        payment_id=SECOND,
        code="account-closed",
        reason="Kontoen er avsluttet",
        refused_on=MARCH,
        recorded_by="anne",
    )
    take(not_paid).then(refused)
    assert case_of(*asked).commitment.payable_ore(2) == 0
    assert case_of(*asked, refused).commitment.payable_ore(2) == 3 * MILLION


def test_the_same_answer_again_is_nothing_also_within_one_file() -> None:
    taken = taken_of(Batch(made=made), {CASE: case_of(*asked)}, [paid, not_paid])
    assert [event.TOPIC for event in taken.batch] == [PaymentReceiptTaken.TOPIC] * 2
    after = (made, *taken.batch)
    take(paid, not_paid, batch=after, case=(*asked, *taken.cases[CASE])).nothing()
    assert len(taken_of(Batch(made=made), {CASE: case_of(*asked)}, [paid, paid]).batch) == 1


def test_whatever_cannot_be_so_is_listed_and_nothing_of_the_file_is_taken() -> None:
    stranger = replace(paid, payment_id=UUID(int=9))
    assert faults(stranger, paid) == [(1, "unknown-payment")]
    assert faults(paid, replace(not_paid, amount_ore=3 * MILLION - 1)) == [(2, "wrong-amount")]
    assert faults(replace(paid, answered_on=date(2020, 2, 29))) == [(1, "before-request")]
    for voucher in (paid.voucher, f" {paid.voucher.lower()}", paid.voucher.replace("-", "\N{ZERO WIDTH SPACE}-")):
        same_voucher = replace(paid, payment_id=SECOND, voucher=voucher)
        assert faults(paid, same_voucher) == [(2, "voucher-used")]
    back = replace(repaid, voucher=paid.voucher.lower())
    assert faults(paid, case=(*asked, back)) == [(1, "voucher-used")], "a repayment stands on it"
    assert faults(stranger, replace(paid, amount_ore=1)) == [(1, "unknown-payment"), (2, "wrong-amount")]


def test_another_answer_to_an_answered_payment_is_listed() -> None:
    taken = taken_of(Batch(made=made), {CASE: case_of(*asked)}, [paid])
    after = {"batch": (made, *taken.batch), "case": (*asked, *taken.cases[CASE])}
    assert faults(replace(paid, voucher="B-1002"), **after) == [(1, "answered-otherwise")]
    assert faults(replace(not_paid, payment_id=FIRST), **after) == [(1, "answered-otherwise")]
    assert faults(paid, replace(paid, voucher="B-1002")) == [(2, "answered-otherwise")]


def test_a_batch_adds_up_to_its_control_total_whatever_is_answered() -> None:
    case, batch = case_of(*asked), Batch(made=made)
    files: tuple[list[Receipt], ...] = ([], [paid], [paid, not_paid])
    for receipts in files:
        taken = taken_of(batch, {CASE: case}, receipts)
        now = reduce(evolve_batch, taken.batch, batch)
        assert now.sum_ore("paid") + now.sum_ore("refused") + now.sum_ore("unanswered") == made.control_total_ore
        case_now = reduce(evolve, taken.cases.get(CASE, ()), case)
        assert case_now.commitment.disbursed_ore == now.sum_ore("paid")
        assert case_now.commitment.requested_ore == now.sum_ore("unanswered")


def test_a_hand_over_is_remembered() -> None:
    over = PaymentBatchHandedOver(batch_id=BATCH, place="file-outbox", handed_over_on=MARCH)
    assert reduce(evolve_batch, (made, over), Batch()).handed_over == over


def test_what_one_case_is_asked_for_uses_nothing_of_what_covers_another() -> None:
    """Two cases held over, each covered of three million of its six: one payment of each, and the second of neither."""
    january, others = date(2021, 1, 11), [UUID(int=number) for number in (901, 902)]
    once = (*ready, attested, second, held_over)
    again = (*ready, replace(attested, payment_id=others[0]), replace(second, payment_id=others[1]), held_over)
    requests, left_out = choose(
        {CASE: case_of(*once), BATCH: case_of(*again)},
        {ACCOUNT: account},
        up_to=january,
        open_years={CASE: {2021: 3 * MILLION}, BATCH: {2021: 3 * MILLION}},
        posts={CASE: {2021: "2021/291/71"}, BATCH: {2021: "2021/291/72"}},
    )
    asked_of = {each.case_id: (each.payment.attested.instalment, each.charged_post_id) for each in requests}
    assert asked_of == {CASE: (1, "2021/291/71"), BATCH: (1, "2021/291/72")}
    assert {(each.case_id, each.codes) for each in left_out} == {
        (CASE, ("beyond-carry-over",)),
        (BATCH, ("beyond-carry-over",)),
    }


def test_nothing_of_a_case_that_nothing_is_said_to_cover_is_asked_for_in_the_next_year() -> None:
    requests, left_out = choose(
        {CASE: case_of(*ready, attested, held_over)}, {ACCOUNT: account}, up_to=date(2021, 1, 11), open_years={}
    )
    assert (requests, [each.codes for each in left_out]) == ([], [("beyond-carry-over",)])


def test_a_payment_is_asked_for_on_its_own_day_or_the_day_of_the_batch_where_that_is_later() -> None:
    case = case_of(*ready, attested)
    for up_to, pay_on in ((MARCH, date(2020, 3, 2)), (date(2020, 3, 2), date(2020, 3, 2)), (date(2020, 3, 5),) * 2):
        ((request,), _) = choose({CASE: case}, {ACCOUNT: account}, up_to=up_to, open_years={})
        assert (request.pay_on, request.moved, request.charged_post_id) == (pay_on, False, None)


def test_over_new_year_a_line_says_which_year_it_was_attested_for_and_which_post_it_is_spent_of() -> None:
    late = replace(attested, attested_on=date(2020, 12, 30), pay_on=date(2020, 12, 31))
    of_january = replace(second, attested_on=date(2020, 12, 30), pay_on=date(2021, 1, 4))
    requests, left_out = choose(
        {CASE: case_of(*ready, held_over, late, of_january)}, {ACCOUNT: account}, up_to=date(2021, 1, 11),
        open_years={CASE: {2021: 6 * MILLION}}, posts={CASE: {2021: "2021/291/71"}},
    )  # fmt: skip
    assert left_out == []
    event, _ = make_batch(
        requests, batch_id=BATCH, file_name="f", sha256="0", made_on=date(2021, 1, 11), made_by="anne"
    )
    assert [(line.payment_id, line.from_year, line.charged_post_id) for line in event.lines] == [
        (FIRST, 2020, "2021/291/71"), (SECOND, None, "2021/291/71"),
    ]  # fmt: skip


@pytest.mark.parametrize("answered", [False, True])
def test_what_accounting_was_asked_for_and_has_not_answered_is_covered_first(answered: bool) -> None:
    """Four million are covered: three of them wait for accounting, or are the recipient's still."""
    on = date(2021, 1, 11)
    first, later = (replace(each, attested_on=on, pay_on=on) for each in (attested, second))
    no = PaymentRefused(payment_id=FIRST, code="account-closed", reason="x", refused_on=on, recorded_by="anne")
    case = case_of(*ready, held_over, first, replace(requested, requested_on=on), *([no] if answered else []), later)
    requests, left_out = choose(
        {CASE: case}, {ACCOUNT: account}, up_to=on, open_years={CASE: {2021: 4 * MILLION}},
        posts={CASE: {2021: "2021/291/71"}},
    )  # fmt: skip
    told = [each.payment.payment_id for each in requests], [each.codes for each in left_out]
    assert told == (([SECOND], []) if answered else ([], [("beyond-carry-over",)]))
