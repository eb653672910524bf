"""What can have happened to the instalments of an award. On the case's own stream; whole øre, days in Europe/Oslo."""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class InstalmentConditionMet(Event, topic="disbursement.condition-met.v1"):
    """What the instalment waited for has happened, and `ground` tells how we know."""

    instalment: int
    ground: str
    met_on: date
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class InstalmentPaid(Event, topic="disbursement.instalment-paid.v1"):
    """Money left the account for this instalment, all of it or a part. `reference` is the voucher in the accounts."""

    instalment: int
    amount_ore: int
    paid_on: date
    reference: str
    attested_by: str
