"""What each day builds on: the earlier facts of its own stream that it cannot lie before. Tables only; `order.py` asks
them. A day that is in no table here has a reason in `floors.py` why nothing of its stream bounds it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Earlier facts of these stored names and their `day`; of the thing that is the same in `same` (its number, its
    version). Of several the earliest bounds."""

    topics: tuple[str, ...]
    day: str
    same: tuple[str, ...] = ()


def _of(topic: str, day: str, *same: str) -> Basis:
    return Basis(topics=(topic,), day=day, same=same)


ARRIVED = _of("application.received.v1", "arrived_on")
VERSION = _of("application.received.v1", "arrived_on", "version")
AWARD = Basis(topics=("award.approved.v1", "award.imported.v1"), day="approved_on")
LODGED = _of("complaint.received.v1", "lodged_on", "number")
PAID = Basis(
    topics=("disbursement.instalment-paid.v1", "disbursement.instalment-paid.v2"), day="paid_on", same=("instalment",)
)
ATTESTED = _of("disbursement.payment-attested.v1", "attested_on", "payment_id")
REPORT = _of("report.received.v1", "received_on", "number", "version")
RECLAIM = _of("withholding.reclaim-decided.v1", "decided_on", "number")
REGISTERED = _of("scheme.registered.v1", "registered_on")
OPENED = _of("round.opened.v1", "opened_on")

BUILDS_ON: Mapping[tuple[str, str], tuple[Basis, ...]] = {
    ("application.assessed.v1", "assessed_on"): (VERSION,),
    ("application.contact-named.v1", "named_on"): (ARRIVED,),
    ("application.dismissal-proposed.v1", "proposed_on"): (ARRIVED,),
    ("application.dismissed.v1", "dismissed_on"): (ARRIVED,),
    ("application.impartiality-stated.v1", "stated_on"): (ARRIVED,),
    ("application.late-accepted.v1", "accepted_on"): (VERSION,),
    ("application.received.v1", "arrived_on"): (ARRIVED,),
    ("application.rejected.v1", "rejected_on"): (ARRIVED,),
    ("application.rejection-proposed.v1", "proposed_on"): (ARRIVED,),
    ("application.supplement-requested.v1", "requested_on"): (ARRIVED,),
    ("application.withdrawn.v1", "withdrawn_on"): (ARRIVED,),
    ("award.annulled.v1", "annulled_on"): (AWARD,),
    ("award.approved.v1", "approved_on"): (ARRIVED,),
    ("award.change-answered.v1", "answered_on"): (_of("award.change-requested.v1", "received_on", "number"),),
    ("award.change-proposed.v1", "hearing.warned_on"): (AWARD,),
    ("award.change-requested.v1", "received_on"): (AWARD,),
    ("award.declined.v1", "declined_on"): (AWARD,),
    ("award.letter-delivered.v1", "delivered_on"): (AWARD,),
    ("award.letter-frozen.v1", "dated_on"): (ARRIVED,),
    ("award.letter-released.v1", "released_on"): (AWARD,),
    ("award.letter-released.v2", "released_on"): (AWARD,),
    ("award.letter-left.v1", "left_on"): (AWARD,),
    ("award.reduced.v1", "reduced_on"): (AWARD,),
    ("award.supplement-approved.v1", "approved_on"): (AWARD,),
    ("award.terms-accepted.v1", "accepted_on"): (AWARD,),
    ("complaint.completed.v1", "completed_on"): (LODGED,),
    ("complaint.completion-asked.v1", "asked_on"): (LODGED,),
    ("complaint.decided.v1", "decided_on"): (_of("complaint.forwarded.v1", "forwarded_on", "number"),),
    ("complaint.decision-reversed.v1", "reversed_on"): (LODGED,),
    ("complaint.dismissed.v1", "dismissed_on"): (LODGED,),
    ("complaint.forwarded.v1", "forwarded_on"): (LODGED,),
    ("complaint.late-accepted.v1", "accepted_on"): (LODGED,),
    ("complaint.suspensive-effect-ended.v1", "ended_on"): (LODGED,),
    ("complaint.suspensive-effect-granted.v1", "granted_on"): (LODGED,),
    ("complaint.withdrawn.v1", "withdrawn_on"): (LODGED,),
    ("disbursement.instalment-paid.v1", "paid_on"): (AWARD, ATTESTED),
    ("disbursement.instalment-paid.v2", "paid_on"): (AWARD, ATTESTED),
    ("disbursement.payee-account-registered.v1", "registered_on"): (AWARD,),
    ("disbursement.payee-account-verified.v1", "verified_on"): (
        _of("disbursement.payee-account-registered.v1", "registered_on", "account_id"),
    ),
    ("disbursement.payment-attested.v1", "attested_on"): (AWARD,),
    ("disbursement.payment-refused.v1", "refused_on"): (ATTESTED,),
    ("disbursement.payment-requested.v1", "requested_on"): (ATTESTED,),
    ("disbursement.receipt-taken.v1", "answered_on"): (_of("disbursement.batch-made.v1", "made_on"),),
    ("report.award-settled.v1", "settled_on"): (_of("report.settlement-proposed.v1", "proposed_on"),),
    ("report.case-closed.v1", "closed_on"): (ARRIVED, AWARD),
    ("report.checked.v1", "checked_on"): (REPORT,),
    ("report.control-concluded.v1", "concluded_on"): (_of("report.control-selected.v1", "selected_on", "number"),),
    ("report.control-selected.v1", "selected_on"): (AWARD,),
    ("report.deadline-moved.v1", "moved_on"): (AWARD,),
    ("report.received.v1", "received_on"): (AWARD,),
    ("report.reminded.v1", "reminded_on"): (AWARD,),
    ("report.returned.v1", "returned_on"): (REPORT,),
    ("report.settlement-proposed.v1", "proposed_on"): (AWARD,),
    ("round.closed.v1", "closed_on"): (OPENED,),
    ("round.lines-approved.v1", "approved_on"): (OPENED,),
    ("scheme.call-cancelled.v1", "cancelled_on"): (_of("scheme.call-published.v1", "published_on", "call_id"),),
    ("scheme.call-published.v1", "published_on"): (REGISTERED,),
    ("scheme.revised.v1", "revised_on"): (REGISTERED,),
    ("withholding.decided.v1", "decided_on"): (AWARD,),
    ("withholding.prior-warning-given.v1", "warned_on"): (AWARD,),
    ("withholding.prior-warning-omitted.v1", "omitted_on"): (AWARD,),
    ("withholding.reclaim-decided.v1", "decided_on"): (PAID,),
    ("withholding.reclaim-netted.v1", "netted_on"): (RECLAIM,),
    ("withholding.reclaim-reduced.v1", "reduced_on"): (RECLAIM,),
    ("withholding.reclaim-warned.v1", "warned_on"): (PAID,),
    ("withholding.released.v1", "released_on"): (_of("withholding.decided.v1", "decided_on", "number"),),
    ("withholding.repayment-received.v1", "received_on"): (PAID,),
}
"""By stored name and field, what bounds it from below: the same day is early enough."""
