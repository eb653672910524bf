"""Duties on money that leaves, is held back, or is claimed back."""

from services.duties.act import Act
from services.duties.why import DISPOSAL, KEEPER, PREPARER

ON_ACCOUNTS = (
    Act(
        name="register account",
        topic="disbursement.payee-account-registered.v1",
        by="registered_by",
        did="registered an account of this payee",
        does="keep the account it is paid to",
        not_by=("attest payment",),
        why=KEEPER,
    ),
    Act(
        name="verify account",
        topic="disbursement.payee-account-verified.v1",
        by="verified_by",
        did="verified an account of this payee",
        does="verify it",
        not_by=("register account", "attest payment"),
        why=f"{KEEPER} The number is in no fact, so nobody who ever registered one verifies another.",
    ),
    Act(
        name="erase account",
        topic="disbursement.payee-account-erased.v1",
        by="erased_by",
        why="An administrator's, who pays nothing. What waits to be paid to it is paid to nobody.",
    ),
)

ON_PAYMENTS = (
    Act(
        name="confirm condition",
        topic="disbursement.condition-met.v1",
        by="confirmed_by",
        why="What is paid on it is attested by another than who bound the money.",
    ),
    Act(
        name="attest payment",
        topic="disbursement.payment-attested.v1",
        by="attested_by",
        did="attested a payment of this case",
        does="attest its payment",
        not_by=(
            "approve award",
            "confirm award import",
            "approve supplement",
            "release withheld",
            "register account",
            "verify account",
        ),
        why=f"{DISPOSAL} {KEEPER}",
    ),
    Act(
        name="record earlier payment",
        topic="disbursement.instalment-paid.v2",
        before="disbursement.instalment-paid.v1",
        by="attested_by",
        did="booked this payment",
        does="attest its payment",
        not_by=("approve award", "confirm award import", "approve supplement", "release withheld"),
        why=DISPOSAL,
    ),
    Act(
        name="make batch",
        topic="disbursement.batch-made.v1",
        by="made_by",
        why="Nothing is in it that was not attested.",
    ),
    Act(
        name="request payment",
        topic="disbursement.payment-requested.v1",
        by="requested_by",
        why="Nothing is requested that was not attested.",
    ),
    Act(
        name="refuse payment",
        topic="disbursement.payment-refused.v1",
        by="recorded_by",
        why="The money is free again; nothing is paid.",
    ),
    Act(
        name="take receipt",
        topic="disbursement.receipt-taken.v1",
        by="recorded_by",
        why="It tells what accounting answered.",
    ),
)

ON_WITHHOLDINGS = (
    Act(
        name="warn of withholding",
        topic="withholding.prior-warning-given.v1",
        by="warned_by",
        did="prepared this withholding",
        beside=("instalment", "warned_on"),
    ),
    Act(
        name="omit warning",
        topic="withholding.prior-warning-omitted.v1",
        by="omitted_by",
        did="prepared this withholding",
        beside=("instalment", "omitted_on"),
    ),
    Act(
        name="decide withholding",
        topic="withholding.decided.v1",
        by="decided_by",
        does="decide it",
        not_by=("warn of withholding", "omit warning"),
        why=PREPARER,
    ),
    Act(
        name="release withheld",
        topic="withholding.released.v1",
        by="released_by",
        did="released withheld money of this instalment",
        why="To the recipient's benefit; another attests the payment.",
    ),
)

ON_LOST_PAYMENTS = (
    Act(
        name="settle a lost payment",
        topic="disbursement.lost-payment-settled.v1",
        by="settled_by",
        does="find that a lost payment is the one that was booked",
        not_by=("record earlier payment",),
        why="Accounting's own word of what it did, after the log was brought back; what it paid takes two, as every"
        " payment by hand.",
    ),
)
ON_RECLAIMS = (
    Act(
        name="warn of reclaim",
        topic="withholding.reclaim-warned.v1",
        by="warned_by",
        did="prepared this reclaim",
        beside=("instalment", "warned_on"),
    ),
    Act(
        name="decide reclaim",
        topic="withholding.reclaim-decided.v1",
        by="decided_by",
        does="decide it",
        did="decided this reclaim",
        not_by=("warn of reclaim",),
        why=PREPARER,
    ),
    Act(
        name="reduce reclaim",
        topic="withholding.reclaim-reduced.v1",
        by="reduced_by",
        why="To the recipient's benefit, with a reason.",
    ),
    Act(
        name="net reclaim",
        topic="withholding.reclaim-netted.v1",
        by="netted_by",
        does="settle it",
        not_by=("warn of reclaim",),
        why="Whoever claims does not take in settlement.",
    ),
    Act(
        name="record repayment",
        topic="withholding.repayment-received.v1",
        by="recorded_by",
        does="record its repayment",
        not_by=("decide reclaim",),
        why="Whoever claims does not say that it was paid.",
    ),
)
