"""Payments that nobody asked accounting for, and payments booked by hand since the log began: recorded past the rules
by whoever holds the grants service's role."""

from dataclasses import replace
from uuid import UUID

from services.grants.case.events.disbursement import BatchLine, InstalmentPaid
from services.grants.case.events.lost_payment import PaymentBatchLost
from services.grants.disbursement.lost.rules import STREAM
from tests.faults.planted.dated import NOW
from tests.faults.planted.tampering import Copy, Tampering
from tests.faults.planted.told import APPROVED, ATTESTED, BY_GRANTS, NEW, PROPOSED, told
from tests.faults.planted.told_first import REQUESTED, TODAY

ANSWERED = InstalmentPaid(
    instalment=1,
    amount_ore=ATTESTED.amount_ore,
    paid_on=NOW,
    reference="B-9",
    attested_by="per",
    payment_id=ATTESTED.payment_id,
)
BY_HAND = replace(ANSWERED, payment_id=None)
OF_IT = rf"position {{at}}: payment: disbursement.instalment-paid.v1 of {NEW} "


def booked_twice(copy: Copy) -> int:
    """One payment of a lost batch, under two vouchers."""
    line = BatchLine(payment_id=UUID(int=80), case_id=UUID(NEW.removeprefix("case-")), amount_ore=BY_HAND.amount_ore)
    lost = PaymentBatchLost(
        batch_id=UUID(int=81),
        lines=(line,),
        control_total_ore=line.amount_ore,
        file_name="tilsagn.jsonl",
        sha256="ab" * 32,
        made_on=NOW,
        position=1,
    )
    copy.append("grants", STREAM, lost)
    copy.append("grants", NEW, PROPOSED, APPROVED, BY_HAND)
    return copy.append("grants", NEW, replace(BY_HAND, reference="B-10"))


PAYMENTS = (
    told("a payment booked by hand on a day of this log", BY_GRANTS, NEW, OF_IT + "is booked by hand",
         PROPOSED, APPROVED, BY_HAND),
    told("a payment that nobody asked accounting for", BY_GRANTS, NEW, OF_IT + ".*nobody had asked",
         PROPOSED, APPROVED, ANSWERED),
    told("more paid than accounting was asked for", BY_GRANTS, NEW, OF_IT + f"is of {ATTESTED.amount_ore + 1} øre",
         PROPOSED, APPROVED, TODAY, REQUESTED, replace(ANSWERED, amount_ore=ATTESTED.amount_ore + 1)),
    Tampering(
        name="one payment of a lost batch booked twice",
        by=BY_GRANTS,
        does=booked_twice,
        found=OF_IT + "is booked by hand",
        touches=("grants.event",),
    ),
)  # fmt: skip
