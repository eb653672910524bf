"""What is known of payments that a restored log has lost. On a stream of its own; whole øre, days in Europe/Oslo."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.disbursement import BatchLine

LostOutcome = Literal["paid", "not-paid"]


@dataclass(frozen=True, kw_only=True)
class PaymentBatchLost(Event, topic="disbursement.batch-lost.v1"):
    """This batch was made, and the log that held it was brought back to before it: accounting may have it, and may pay.
    On the stream `lost-batches`. It stood at `position` of the log that is lost."""

    batch_id: UUID
    lines: tuple[BatchLine, ...]
    control_total_ore: int
    file_name: str
    sha256: str
    made_on: date
    position: int


@dataclass(frozen=True, kw_only=True)
class LostPaymentSettled(Event, topic="disbursement.lost-payment-settled.v1"):
    """Somebody has found out what accounting did with a payment of a lost batch: it paid it (and that is booked), or it
    has not and will not. Its case may be paid from again once all of its lost payments are settled. `voucher` is that
    of the payment as it was booked on the case, of what was paid; None in facts of before bookings were looked at."""

    payment_id: UUID
    outcome: LostOutcome
    reason: str
    settled_by: str
    voucher: str | None = None
