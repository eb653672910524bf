"""What can have happened to the instalments of an award. On the case's own stream; whole øre, days in Europe/Oslo."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

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
    payment_id: UUID | None = None

    def same_as(self, other: "InstalmentPaid") -> bool:
        """Whether it tells of the same payment, whatever books it stands in."""
        told = (self.instalment, self.amount_ore, self.paid_on, self.reference, self.attested_by, self.payment_id)
        return told == (
            other.instalment,
            other.amount_ore,
            other.paid_on,
            other.reference,
            other.attested_by,
            other.payment_id,
        )


@dataclass(frozen=True, kw_only=True)
class InstalmentPaidLater(InstalmentPaid, topic="disbursement.instalment-paid.v2"):
    """The money left in a later year than it was promised in. It is spent of that year's post, `charged_post_id`, as
    the cash basis has it, whether the promise had been held over to it or not."""

    charged_post_id: str


@dataclass(frozen=True, kw_only=True)
class PayeeAccountRegistered(Event, topic="disbursement.payee-account-registered.v1"):
    """Somebody registered which account the recipient is paid to. The number stands in an erasable row of this id, and
    `digest` is the salted SHA-256 (hex) of that row; None in facts of before rows were bound."""

    account_id: UUID
    registered_on: date
    registered_by: str
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class PayeeAccountVerified(Event, topic="disbursement.payee-account-verified.v1"):
    """A second person held the account against a source and found it the recipient's."""

    account_id: UUID
    source: str
    verified_on: date
    verified_by: str


@dataclass(frozen=True, kw_only=True)
class PayeeAccountErased(Event, topic="disbursement.payee-account-erased.v1"):
    """The number of this account is erased for good, in the transaction that recorded this. On a stream of the
    account's own, `payee-account-<uuid>`. `reason` names nobody and no number."""

    account_id: UUID
    reason: str
    erased_on: date
    erased_by: str


@dataclass(frozen=True, kw_only=True)
class PaymentAttested(Event, topic="disbursement.payment-attested.v1"):
    """The instalment, or a part of it, was found right to pay. It waits for the next batch to accounting; until it is
    paid or refused its money can be neither withheld nor attested again."""

    payment_id: UUID
    instalment: int
    amount_ore: int
    account_id: UUID
    pay_on: date
    attested_on: date
    attested_by: str


@dataclass(frozen=True, kw_only=True)
class PaymentRequested(Event, topic="disbursement.payment-requested.v1"):
    """The payment stands in a batch handed to accounting."""

    payment_id: UUID
    batch_id: UUID
    requested_on: date
    requested_by: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefused(Event, topic="disbursement.payment-refused.v1"):
    """Accounting did not pay, or the attestation was taken back before it was requested. The money is free again."""

    payment_id: UUID
    code: str
    reason: str
    refused_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """One payment of a batch. `from_year` is the budget year it was attested for, where it is asked for in a later one;
    `charged_post_id` the post it is spent of, where that is not the one it was promised on."""

    payment_id: UUID
    case_id: UUID
    amount_ore: int
    from_year: int | None = None
    charged_post_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentBatchMade(Event, topic="disbursement.batch-made.v1"):
    """A batch of payment requests was made for accounting. On the stream `payment-batch-<uuid>`.

    `control_total_ore` is the sum of the lines, `sha256` is of the exact bytes of the file, `file_name` its name.
    """

    batch_id: UUID
    lines: tuple[BatchLine, ...]
    control_total_ore: int
    file_name: str
    sha256: str
    made_on: date
    made_by: str


@dataclass(frozen=True, kw_only=True)
class PaymentBatchHandedOver(Event, topic="disbursement.batch-handed-over.v1"):
    """The batch's file lies where accounting takes it. `place` is the kind of place, never an address. On the batch's
    own stream. A batch without this fact is handed over anew, under the same name and with the same bytes."""

    batch_id: UUID
    place: str
    handed_over_on: date


@dataclass(frozen=True, kw_only=True)
class PaymentReceiptTaken(Event, topic="disbursement.receipt-taken.v1"):
    """Accounting answered for one payment of the batch: paid with a voucher, or refused. On the batch's stream."""

    payment_id: UUID
    paid: bool
    voucher: str | None
    amount_ore: int
    answered_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class PayOutDeadlineTold(Event, topic="disbursement.pay-out-deadline-told.v1"):
    """Money with a pay-out deadline was not paid: told ahead of the day, or told that it has passed (domain rule 7).
    On the stream `pay-out-<year>`."""

    fund_id: str
    pay_by: date
    amount_ore: int
    paid_ore: int
    passed: bool
    told_on: date


@dataclass(frozen=True, kw_only=True)
class PayOutMet(Event, topic="disbursement.pay-out-met.v1"):
    """All of the money with a pay-out deadline was found to be paid, in time or not (`in_time`): nobody is reminded of
    it any more. On the stream `pay-out-<year>`."""

    fund_id: str
    pay_by: date
    amount_ore: int
    paid_ore: int
    in_time: bool
    found_on: date
