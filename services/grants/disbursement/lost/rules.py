"""What accounting may have been asked to pay in a span that the log has lost, until somebody has found out.

Which payment it was is not trusted to its id: what was attested in the lost span is attested anew under another. So
nothing of a case that stands in a lost batch goes into a new one, until each of its lost payments is settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.events.disbursement import BatchLine, LostOutcome, LostPaymentSettled, PaymentBatchLost
from services.reason import need_reason

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


def evolve_lost(lost: LostBatches, event: Event) -> LostBatches:
    """What is lost after this fact."""
    match event:
        case PaymentBatchLost():
            return replace(lost, batches=(*lost.batches, event))
        case LostPaymentSettled():
            return replace(lost, settled={**lost.settled, event.payment_id: event})
    return lost


def settle(lost: LostBatches, *, payment_id: UUID, outcome: LostOutcome, reason: str, settled_by: str) -> list[Event]:
    """Say what accounting did with a lost payment. The same again is nothing.

    Refuses `LostPaymentUnknown`, `LostPaymentSettledAlready`, and `ReasonMissing`: how it was found out is owed."""
    need_reason(reason, "Say how you know what accounting did, in words that can be read later.")
    if all(line.payment_id != payment_id for _, line in lost.lines):
        raise LostPaymentUnknown(f"No lost batch names the payment {payment_id}.")
    if (before := lost.settled.get(payment_id)) is not None:
        if before.outcome == outcome:
            return []
        raise LostPaymentSettledAlready(f"{before.settled_by} found that it is {before.outcome}: {before.reason}")
    return [LostPaymentSettled(payment_id=payment_id, outcome=outcome, reason=reason, settled_by=settled_by)]
