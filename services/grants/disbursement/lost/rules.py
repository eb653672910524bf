"""What accounting may have been asked to pay in a span that the log has lost, until somebody has found out.

What it has paid is booked on its case by somebody who may attest payments, and found to be that payment by another, as
every payment by hand takes two. It is booked with its own amount and once; what an earlier release let be settled as
paid with nothing booked is a deviation until it is.

Which payment it was is not trusted to its id: what was attested in the lost span is attested anew under another. So
nothing of a case that stands in a lost batch goes into a new one, until each of its lost payments is settled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.events.disbursement import BatchLine, InstalmentPaid
from services.grants.case.events.lost_payment import LostOutcome, LostPaymentSettled, PaymentBatchLost
from services.reason import need_reason
from services.text.folding import reads_alike

STREAM = "lost-batches"
CODES = ("lost-batch-unsettled",)
"""Why nothing of a case in doubt goes into a batch."""
NOBODY: Mapping[UUID, tuple[str, ...]] = {}


class LostPaymentUnknown(Refusal):
    """No lost batch names this payment."""

    code = "lost-payment-unknown"
    status = 404
    title = "Utbetalingen står ikke i noen tapt bunt"


class LostPaymentSettledAlready(Refusal):
    """Somebody has said otherwise of this payment. What was said stands."""

    code = "lost-payment-settled"
    title = "Det er allerede registrert hva som skjedde med utbetalingen"


class LostPaymentNotBooked(Refusal):
    """What accounting paid does not stand on its case: no payment by hand of that voucher and that amount, of the day
    the batch was made or later, that is not another lost payment's already."""

    code = "lost-payment-not-booked"
    title = "Utbetalingen er ikke bokført på saken"


@dataclass(frozen=True, kw_only=True)
class LostBatches:
    """The batches that were lost, and what was found out of each payment in them."""

    batches: tuple[PaymentBatchLost, ...] = ()
    settled: Mapping[UUID, LostPaymentSettled] = field(default_factory=dict)

    @property
    def lines(self) -> Sequence[tuple[PaymentBatchLost, BatchLine]]:
        """Each payment, with its batch."""
        return [(batch, line) for batch in self.batches for line in batch.lines]

    @property
    def cases_in_doubt(self) -> Mapping[UUID, tuple[str, ...]]:
        """The cases of which accounting may have been asked to pay, and nobody has found out."""
        return {line.case_id: CODES for _, line in self.lines if line.payment_id not in self.settled}

    def is_unpaid(self, payment_id: UUID) -> bool:
        """Somebody has found that accounting has not paid it, and will not."""
        settled = self.settled.get(payment_id)
        return settled is not None and settled.outcome == "not-paid"

    def is_amiss(self, payment_id: UUID) -> bool:
        """It is settled as paid, by an earlier release, and nobody has named what is booked of it."""
        settled = self.settled.get(payment_id)
        return settled is not None and settled.outcome == "paid" and settled.voucher is None


NOTHING_LOST = LostBatches()


def evolve_lost(lost: LostBatches, event: Event) -> LostBatches:
    """What is lost after this fact."""
    match event:
        case PaymentBatchLost():
            return replace(lost, batches=(*lost.batches, event))
        case LostPaymentSettled():
            return replace(lost, settled={**lost.settled, event.payment_id: event})
    return lost


def may_be_booked(
    lost: LostBatches, case_id: UUID, booked: Iterable[InstalmentPaid], *, amount_ore: int, paid_on: date
) -> bool:
    """Whether a payment of that amount (whole øre) and day can be one of the case's lost payments: of a batch made by
    then, not said to be unpaid, and not `booked` by hand already, each payment by hand being one of them at most."""
    left = [
        (batch, line) for batch, line in lost.lines if line.case_id == case_id and not lost.is_unpaid(line.payment_id)
    ]
    for paid in booked:
        mine = (each for each in left if _can_be(*each, amount_ore=paid.amount_ore, paid_on=paid.paid_on))
        if (found := next(mine, None)) is not None:
            left.remove(found)
    return any(_can_be(*each, amount_ore=amount_ore, paid_on=paid_on) for each in left)


def _can_be(batch: PaymentBatchLost, line: BatchLine, *, amount_ore: int, paid_on: date) -> bool:
    return line.amount_ore == amount_ore and paid_on >= batch.made_on


def settle(
    lost: LostBatches,
    *,
    payment_id: UUID,
    outcome: LostOutcome,
    reason: str,
    settled_by: str,
    voucher: str | None = None,
    booked: Sequence[InstalmentPaid] = (),
) -> list[Event]:
    """Say what accounting did with a lost payment; of one that it paid, by which `voucher` it is booked. `booked` are
    the payments by hand of its case. The same again is nothing.

    Refuses `LostPaymentUnknown`, `LostPaymentSettledAlready`, and `ReasonMissing`: how it was found out is owed. Of
    what was paid also `LostPaymentNotBooked`, and `SamePersonTwice` to whoever booked it."""
    need_reason(reason, "Say how you know what accounting did, in words that can be read later.")
    found = next(((batch, line) for batch, line in lost.lines if line.payment_id == payment_id), None)
    if found is None:
        raise LostPaymentUnknown(f"No lost batch names the payment {payment_id}.")
    if (before := lost.settled.get(payment_id)) is not None:
        same = voucher is None or (before.voucher is not None and reads_alike(before.voucher, voucher))
        if before.outcome == outcome and (same or outcome == "not-paid"):
            return []
        if before.outcome != outcome or before.voucher is not None:
            raise LostPaymentSettledAlready(f"{before.settled_by} found that it is {before.outcome}: {before.reason}")
    settled = LostPaymentSettled(payment_id=payment_id, outcome=outcome, reason=reason, settled_by=settled_by)
    if outcome == "not-paid":
        return [settled]
    paid = _booking(lost, *found, voucher=voucher or "", booked=booked)
    keep_apart(settled_by, "settle a lost payment", {"record earlier payment": {paid.attested_by}})
    return [replace(settled, voucher=paid.reference)]


def _booking(
    lost: LostBatches, batch: PaymentBatchLost, line: BatchLine, *, voucher: str, booked: Sequence[InstalmentPaid]
) -> InstalmentPaid:
    """The payment of that voucher on the case, which is this lost payment's and no other's."""
    cases = {each.payment_id: each.case_id for _, each in lost.lines}
    others = [
        told.voucher for told in lost.settled.values() if told.voucher and cases.get(told.payment_id) == line.case_id
    ]
    for paid in booked:
        mine = _can_be(batch, line, amount_ore=paid.amount_ore, paid_on=paid.paid_on)
        if mine and reads_alike(paid.reference, voucher) and not any(reads_alike(voucher, each) for each in others):
            return paid
    raise LostPaymentNotBooked(
        f"No payment of {line.amount_ore} øre by voucher {voucher or '(none)'} stands on the case, of {batch.made_on}"
        " or later and free. Book it on its instalment first, and give its voucher.",
        case_id=str(line.case_id),
        amount_ore=line.amount_ore,
    )
