"""What is answered of payments that a restored log has lost. Whole øre."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.grants.case.events.lost_payment import LostOutcome


class LostPayment(BaseModel):
    """A payment of a lost batch, and what was found out of it."""

    payment_id: UUID
    case_id: UUID
    amount_ore: int
    batch_id: UUID
    file_name: str
    made_on: date
    outcome: LostOutcome | None = Field(description="What accounting did with it; none until somebody has found out")
    voucher: str | None = Field(description="That of the payment on its case which it was found to be")
    reason: str | None
    settled_by: str | None
    deviation: Literal["paid-and-not-booked"] | None = Field(
        description="An earlier release let it be settled as paid with nothing booked: book it and settle it anew"
    )


class LostPaymentFound(BaseModel):
    """What was said of a lost payment."""

    payment_id: UUID
    outcome: LostOutcome
