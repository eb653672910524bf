"""What accounting answers: each payment of a batch paid, with its voucher and day, or refused with a reason.

A file of answers is taken whole or not at all. The same answer again returns no event; another answer to a payment that
has one, an unknown payment, a wrong amount: all are listed, and nothing of the file is recorded until it is right. A
voucher is a document in the accounts, and accounting may enter a whole payment run as one, with a line for each
recipient: the same number on payments of several cases is no fault. Twice in one case it is, for there it is how one
payment told twice is known. What is paid is paid, whatever it breaks: it is spent of the post of the year it was paid
in, and what that year's money does not cover is a deviation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.disbursement import BatchLine, InstalmentPaid, PaymentReceiptTaken, PaymentRefused
from services.grants.disbursement.batch.rules import Batch, evolve_batch
from services.grants.disbursement.budget_years import paid_in_its_year
from services.grants.disbursement.rules import Disbursement, evolve
from services.text.folding import reads_as_any

Fault = Literal["unknown-payment", "answered-otherwise", "wrong-amount", "before-request", "voucher-used"]


class ReceiptsUnusable(Refusal):
    """Some of the answers cannot be so. `problems` lists each with its place in the file, counted from 1."""

    code = "receipts-unusable"
    status = 422
    title = "Kvitteringene kan ikke registreres"


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Money left the account on that day, under that voucher."""

    payment_id: UUID
    amount_ore: int
    voucher: str
    answered_on: date


@dataclass(frozen=True, kw_only=True)
class NotPaid:
    """Accounting did not pay, on a code of its own, in words."""

    payment_id: UUID
    amount_ore: int
    code: str
    reason: str
    answered_on: date


Receipt = Paid | NotPaid


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What follows from a file of answers: on the batch's stream, and on each case's."""

    batch: tuple[Event, ...]
    cases: Mapping[UUID, tuple[Event, ...]]


def take_receipts(
    batch: Batch,
    cases: Mapping[UUID, Disbursement],
    *,
    receipts: Sequence[Receipt],
    recorded_by: str,
    posts: Mapping[UUID, Mapping[int, str]] | None = None,
) -> Taken:
    """Record accounting's answers, all of them or none. `cases` holds every case of the batch that is answered for,
    `posts` the post that carries each one's line on in each later year it is paid in.

    Refuses `ReceiptsUnusable`.
    """
    on_batch: list[Event] = []
    on_cases: dict[UUID, list[Event]] = {}
    known = dict(cases)
    problems = []
    for place, receipt in enumerate(receipts, 1):
        line = batch.find_line(receipt.payment_id)
        if line and _same_again(batch, receipt):
            continue
        case = known[line.case_id] if line else Disbursement()
        if fault := _fault(batch, line, case, receipt):
            problems.append({"place": place, "payment_id": str(receipt.payment_id), "code": fault})
            continue
        assert line is not None, "an unknown payment is a fault"
        charged = (posts or {}).get(line.case_id, {}).get(receipt.answered_on.year)
        taken, answer = _taken(receipt, recorded_by), _answer(case, receipt, recorded_by, charged)
        batch, known[line.case_id] = evolve_batch(batch, taken), evolve(case, answer)
        on_batch.append(taken)
        on_cases.setdefault(line.case_id, []).append(answer)
    if problems:
        raise ReceiptsUnusable(
            f"{len(problems)} of {len(receipts)} answers cannot be so. Nothing is recorded.", problems=problems
        )
    return Taken(batch=tuple(on_batch), cases={case_id: tuple(events) for case_id, events in on_cases.items()})


def _same_again(batch: Batch, receipt: Receipt) -> bool:
    earlier = batch.find_receipt(receipt.payment_id)
    if earlier is None:
        return False
    voucher = receipt.voucher if isinstance(receipt, Paid) else None
    said = (isinstance(receipt, Paid), voucher, receipt.amount_ore, receipt.answered_on)
    return said == (earlier.paid, earlier.voucher, earlier.amount_ore, earlier.answered_on)


def _fault(batch: Batch, line: BatchLine | None, case: Disbursement, receipt: Receipt) -> Fault | None:
    if line is None or batch.made is None:
        return "unknown-payment"
    if batch.find_receipt(receipt.payment_id):
        return "answered-otherwise"
    if receipt.amount_ore != line.amount_ore:
        return "wrong-amount"
    if receipt.answered_on < batch.made.made_on:
        return "before-request"
    if isinstance(receipt, Paid) and reads_as_any(receipt.voucher, case.list_vouchers()):
        return "voucher-used"
    return None


def _taken(receipt: Receipt, recorded_by: str) -> PaymentReceiptTaken:
    return PaymentReceiptTaken(
        payment_id=receipt.payment_id,
        paid=isinstance(receipt, Paid),
        voucher=receipt.voucher if isinstance(receipt, Paid) else None,
        amount_ore=receipt.amount_ore,
        answered_on=receipt.answered_on,
        recorded_by=recorded_by,
    )


def _answer(
    case: Disbursement, receipt: Receipt, recorded_by: str, charged: str | None
) -> InstalmentPaid | PaymentRefused:
    payment = case.find_payment(receipt.payment_id)
    assert payment is not None, f"{receipt.payment_id} stands in a batch and not in its case"
    if isinstance(receipt, NotPaid):
        return PaymentRefused(
            payment_id=receipt.payment_id,
            code=receipt.code,
            reason=receipt.reason,
            refused_on=receipt.answered_on,
            recorded_by=recorded_by,
        )
    paid = InstalmentPaid(
        instalment=payment.attested.instalment,
        amount_ore=receipt.amount_ore,
        paid_on=receipt.answered_on,
        reference=receipt.voucher,
        attested_by=payment.attested.attested_by,
        payment_id=receipt.payment_id,
    )
    return paid_in_its_year(case.commitment, paid, charged)
