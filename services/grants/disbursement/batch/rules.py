"""A batch of payment requests: everything attested up to a day, asked of accounting in one file.

The accounting system pays; this one asks, once for each payment, and takes the answer back (`receipts.py`). What may no
longer be paid when the batch is made is left out and listed, so that nothing attested is forgotten. It is paid on the
day of the batch at the earliest: over New Year a payment moves to the new year's books, or is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.events.disbursement import (
    BatchLine,
    PaymentBatchHandedOver,
    PaymentBatchMade,
    PaymentReceiptTaken,
    PaymentRequested,
)
from services.grants.disbursement.blocks import IN_THE_CASE, list_blocks
from services.grants.disbursement.budget_years import NOTHING_COVERED
from services.grants.disbursement.lost.rules import NOBODY
from services.grants.disbursement.rules import Disbursement, Payment

LARGEST_BATCH = 1_000
"""Payments in one batch. What is left waits for the next one."""


class NothingToRequest(Refusal):
    """No attested payment can be asked for. `left_out` says what waits, and why."""

    code = "nothing-to-request"
    title = "Ingen utbetalinger er klare"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch as it stands: what was asked, whether the file has been handed over, and what was answered."""

    made: PaymentBatchMade | None = None
    handed_over: PaymentBatchHandedOver | None = None
    receipts: tuple[PaymentReceiptTaken, ...] = ()

    @property
    def lines(self) -> tuple[BatchLine, ...]:
        return self.made.lines if self.made else ()

    def find_line(self, payment_id: UUID) -> BatchLine | None:
        return next((line for line in self.lines if line.payment_id == payment_id), None)

    def find_receipt(self, payment_id: UUID) -> PaymentReceiptTaken | None:
        return next((taken for taken in self.receipts if taken.payment_id == payment_id), None)

    def sum_ore(self, state: Literal["paid", "refused", "unanswered"]) -> int:
        """What was asked for of the payments in that state."""
        answers = ((line.amount_ore, self.find_receipt(line.payment_id)) for line in self.lines)
        kinds = ((amount_ore, _answer(receipt)) for amount_ore, receipt in answers)
        return sum(amount_ore for amount_ore, kind in kinds if kind == state)


def _answer(receipt: PaymentReceiptTaken | None) -> Literal["paid", "refused", "unanswered"]:
    if receipt is None:
        return "unanswered"
    return "paid" if receipt.paid else "refused"


def evolve_batch(batch: Batch, event: Event) -> Batch:
    """The batch after this fact."""
    match event:
        case PaymentBatchMade():
            return replace(batch, made=event)
        case PaymentBatchHandedOver():
            return replace(batch, handed_over=event)
        case PaymentReceiptTaken():
            return replace(batch, receipts=(*batch.receipts, event))
    return batch


@dataclass(frozen=True, kw_only=True)
class PayeeAccount:
    """An account as its erasable row has it. `account_number` is None once it is erased."""

    account_id: UUID
    account_number: str | None
    organisation_number: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """One payment that goes into the batch, with all that its line in the file says: the day it can be paid from, and
    the post it is spent of where that is not the one it was promised on."""

    case_id: UUID
    case: Disbursement
    payment: Payment
    account: PayeeAccount
    pay_on: date
    charged_post_id: str | None = None

    @property
    def moved(self) -> bool:
        """Whether it was attested for one budget year and is asked for in another."""
        return self.pay_on.year != self.payment.attested.pay_on.year


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An attested payment that is not asked for now, and the codes that say why."""

    payment_id: UUID
    case_id: UUID
    codes: tuple[str, ...]


def choose(
    cases: Mapping[UUID, Disbursement],
    accounts: Mapping[UUID, PayeeAccount],
    *,
    up_to: date,
    open_years: Mapping[UUID, Mapping[int, int]],
    posts: Mapping[UUID, Mapping[int, str]] | None = None,
    in_doubt: Mapping[UUID, tuple[str, ...]] = NOBODY,
) -> tuple[list[Request], list[LeftOut]]:
    """What of these cases is attested up to that day (the day included) and can be asked for, and what is left out.

    `open_years` says what of a case is covered in each later year than its own, and `posts` which post that is spent
    of. A case `in_doubt` waits, with these codes. A payment is asked once: what stands in a batch is in neither.
    The payments come in the order of their ids, so that the same cases always make the same file.
    """
    requests: list[Request] = []
    left_out: list[LeftOut] = []
    waiting = [
        (payment, case_id, case)
        for case_id, case in cases.items()
        for payment in case.payments
        if payment.state == "attested" and payment.attested.attested_on <= up_to
    ]
    for payment, case_id, case in sorted(waiting, key=lambda each: each[0].payment_id):
        account = accounts.get(payment.attested.account_id)
        pay_on = max(payment.attested.pay_on, up_to)
        chosen_ore = sum(each.payment.attested.amount_ore for each in requests if each.case_id == case_id)
        covered = open_years.get(case_id, NOTHING_COVERED)
        codes = in_doubt.get(case_id) or _hindered(case, payment, account, pay_on, covered, chosen_ore)
        if codes:
            left_out.append(LeftOut(payment_id=payment.payment_id, case_id=case_id, codes=codes))
        elif account:
            request = Request(case_id=case_id, case=case, payment=payment, account=account, pay_on=pay_on)
            if pay_on.year != case.commitment.own_year:
                request = replace(request, charged_post_id=(posts or {})[case_id][pay_on.year])
            requests.append(request)
    later = [
        LeftOut(payment_id=each.payment.payment_id, case_id=each.case_id, codes=("batch-full",))
        for each in requests[LARGEST_BATCH:]
    ]
    return requests[:LARGEST_BATCH], [*left_out, *later]


def _hindered(
    case: Disbursement,
    payment: Payment,
    account: PayeeAccount | None,
    pay_on: date,
    open_years: Mapping[int, int],
    chosen_ore: int,
) -> tuple[str, ...]:
    """What has come in the way since the payment was attested: blocks of the case on the day it would be paid, or
    another account. What accounting has been asked for already, and `chosen_ore` of this batch, is covered first."""
    asked = payment.attested
    planned = case.commitment.instalment(asked.instalment)
    requested_ore = sum(each.attested.amount_ore for each in case.payments if each.state == "requested")
    blocks = list_blocks(
        case,
        planned,
        on=pay_on,
        open_years=open_years,
        among=IN_THE_CASE,
        amount_ore=asked.amount_ore,
        waiting_ore=requested_ore + chosen_ore,
    )
    codes = [block.code for block in blocks]
    if case.verified and case.verified.account_id != asked.account_id:
        codes.append("account-changed")
    if account is None or account.account_number is None:
        codes.append("account-erased")
    return tuple(codes)


def make_batch(
    requests: list[Request], *, batch_id: UUID, file_name: str, sha256: str, made_on: date, made_by: str
) -> tuple[PaymentBatchMade, dict[UUID, list[Event]]]:
    """The batch of these payments, and what happens in each case. The control total is the sum of the lines (øre)."""
    lines = tuple(
        BatchLine(
            payment_id=each.payment.payment_id,
            case_id=each.case_id,
            amount_ore=each.payment.attested.amount_ore,
            from_year=each.payment.attested.pay_on.year if each.moved else None,
            charged_post_id=each.charged_post_id,
        )
        for each in requests
    )
    made = PaymentBatchMade(
        batch_id=batch_id,
        lines=lines,
        control_total_ore=sum(line.amount_ore for line in lines),
        file_name=file_name,
        sha256=sha256,
        made_on=made_on,
        made_by=made_by,
    )
    asked: dict[UUID, list[Event]] = {line.case_id: [] for line in lines}
    for line in lines:
        asked[line.case_id].append(
            PaymentRequested(payment_id=line.payment_id, batch_id=batch_id, requested_on=made_on, requested_by=made_by)
        )
    return made, asked
