"""Which days of which facts a person types for something they do now: each is held to the day it is done.

One table of every day that a fact of this service can hold. A day that is not here, or is here and in no fact, fails a
test, so that a new decision cannot be forgotten. Only acts are held to today and to the bound; what happened elsewhere,
what is still to come, and what the clock or a letter says are told apart from them and why.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.grants.case.events.disbursement import PaymentRefused

ACTS: Mapping[str, str] = {
    "allocation.authority-used.v1": "used_on",
    "allocation.claims-ranked.v1": "ranked_on",
    "allocation.contradiction-settled.v1": "settled_on",
    "allocation.deviation-settled.v1": "settled_on",
    "allocation.difference-settled.v1": "settled_on",
    "application.assessed.v1": "assessed_on",
    "application.contact-named.v1": "named_on",
    "application.dismissal-proposed.v1": "proposed_on",
    "application.dismissed.v1": "dismissed_on",
    "application.impartiality-stated.v1": "stated_on",
    "application.late-accepted.v1": "accepted_on",
    "application.rejected.v1": "rejected_on",
    "application.rejection-proposed.v1": "proposed_on",
    "application.supplement-requested.v1": "requested_on",
    "award.annulled.v1": "annulled_on",
    "award.approved.v1": "approved_on",
    "award.change-answered.v1": "answered_on",
    "award.change-proposed.v1": "hearing.warned_on",
    "award.letter-frozen.v1": "dated_on",
    "award.reduced.v1": "reduced_on",
    "award.supplement-approved.v1": "approved_on",
    "complaint.completion-asked.v1": "asked_on",
    "complaint.decision-reversed.v1": "reversed_on",
    "complaint.dismissed.v1": "dismissed_on",
    "complaint.forwarded.v1": "forwarded_on",
    "complaint.late-accepted.v1": "accepted_on",
    "complaint.suspensive-effect-ended.v1": "ended_on",
    "complaint.suspensive-effect-granted.v1": "granted_on",
    "control.drawn.v1": "drawn_on",
    "disbursement.batch-made.v1": "made_on",
    "disbursement.payee-account-registered.v1": "registered_on",
    "disbursement.payee-account-verified.v1": "verified_on",
    "disbursement.payment-attested.v1": "attested_on",
    "disbursement.payment-requested.v1": "requested_on",
    "organisation.tie-recorded.v1": "recorded_on",
    "report.award-settled.v1": "settled_on",
    "report.case-closed.v1": "closed_on",
    "report.checked.v1": "checked_on",
    "report.control-concluded.v1": "concluded_on",
    "report.control-selected.v1": "selected_on",
    "report.deadline-moved.v1": "moved_on",
    "report.reminded.v1": "reminded_on",
    "report.returned.v1": "returned_on",
    "report.settlement-proposed.v1": "proposed_on",
    "round.closed.v1": "closed_on",
    "round.lines-approved.v1": "approved_on",
    "round.opened.v1": "opened_on",
    "scheme.call-cancelled.v1": "cancelled_on",
    "scheme.call-published.v1": "published_on",
    "scheme.registered.v1": "registered_on",
    "scheme.revised.v1": "revised_on",
    "withholding.decided.v1": "decided_on",
    "withholding.prior-warning-given.v1": "warned_on",
    "withholding.prior-warning-omitted.v1": "omitted_on",
    "withholding.reclaim-decided.v1": "decided_on",
    "withholding.reclaim-netted.v1": "netted_on",
    "withholding.reclaim-reduced.v1": "reduced_on",
    "withholding.reclaim-warned.v1": "warned_on",
    "withholding.released.v1": "released_on",
}
"""By stored name, the day of what is done: never after today, and before it only within the bound and for a reason."""

MAY_LIE_AHEAD: Mapping[str, str] = {
    "award.letter-frozen.v1": "a letter is dated the day it is meant to leave, which the ministry's days come before",
    "scheme.call-published.v1": "a call is prepared before the day it is announced on",
    "scheme.call-cancelled.v1": "a call is taken back from a day on",
}
"""Acts whose day may come after today, and why."""

HAPPENED: Mapping[str, str] = {
    "allocation.carry-over-applied.v1": "accounts_on",
    "application.received.v1": "arrived_on",
    "application.withdrawn.v1": "withdrawn_on",
    "award.change-requested.v1": "received_on",
    "award.declined.v1": "declined_on",
    "award.letter-delivered.v1": "delivered_on",
    "award.proposed.v1": "basis.agreed_on",
    "award.letter-released.v1": "released_on",
    "award.letter-released.v2": "released_on",
    "award.letter-left.v1": "left_on",
    "award.terms-accepted.v1": "accepted_on",
    "complaint.completed.v1": "completed_on",
    "complaint.decided.v1": "decided_on",
    "complaint.party-changed.v1": "changed_on",
    "complaint.received.v1": "decision_arrived_on lodged_on",
    "complaint.withdrawn.v1": "withdrawn_on",
    "disbursement.condition-met.v1": "met_on",
    "disbursement.instalment-paid.v1": "paid_on",
    "disbursement.instalment-paid.v2": "paid_on",
    "disbursement.payment-refused.v1": "refused_on",  # accounting's answer; one taken back is an act (`days_of`)
    "disbursement.receipt-taken.v1": "answered_on",
    "organisation.tie-ended.v1": "ended_on",
    "report.received.v1": "received_on",
    "withholding.repayment-received.v1": "received_on",
}
"""By stored name, the days of what happened elsewhere: no day after today, however late it is recorded."""

TO_COME: Mapping[str, str] = {
    "allocation.authority-used.v1": "until_on",
    "application.supplement-requested.v1": "reply_by",
    "award.approved.v1": "cover_valid_until",
    "award.change-proposed.v1": "added.due_on hearing.reply_by",
    "award.letter-frozen.v1": "instalments.due_on accept_by",
    "award.proposed.v1": "instalments.due_on reports.due_on",
    "award.supplement-approved.v1": "added.due_on",
    "back-dating.bound-confirmed.v1": "valid_from",
    "back-dating.bound-proposed.v1": "valid_from",
    "complaint.completion-asked.v1": "reply_by",
    "complaint.received.v1": "last_day_on",
    "disbursement.pay-out-deadline-told.v1": "pay_by",
    "disbursement.pay-out-met.v1": "pay_by",
    "disbursement.payment-attested.v1": "pay_on",
    "kept-answers.term-confirmed.v1": "valid_from",
    "kept-answers.term-proposed.v1": "valid_from",
    "notice.listing-heard.v1": "planned_on",
    "report.deadline-moved.v1": "due_on",
    "report.reminded.v1": "due_on",
    "report.returned.v1": "reply_by",
    "round.lines-proposed.v1": "lines.last_due_on",
    "scheme.call-deadline-moved.v1": "closes_on",
    "scheme.call-published.v1": "opens_on closes_on",
    "withholding.prior-warning-given.v1": "reply_by",
    "withholding.reclaim-decided.v1": "pay_by",
    "withholding.reclaim-warned.v1": "reply_by",
}
"""By stored name, the days of what is planned: a last day, or the first of something. None lies further ahead than
plans are made (`order.py`)."""

IMPORTED: Mapping[str, str] = {
    "award.import-proposed.v1": "decided_on",
    "award.imported.v1": "approved_on",
    "award.letter-release-import-proposed.v1": "released_on",
    "award.letter-release-imported.v1": "released_on",
}
"""What was before this system, and so before its log: the days of what was decided outside, which two people tell of
with a document (`services/grants/award/award_import.py`)."""

OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "it happened elsewhere, and is recorded when it is known": HAPPENED,
    "it was before this system, and two people say so on a document": {
        **IMPORTED,
        "award.imported.v1": "approved_on cover_valid_until",
    },
    "it is still to come: a last day, or the first of something planned": TO_COME,
    "the day a notice policy counts from: two people decide it, and it frees nothing approved before they did": {
        "scheme.call-published.v1": "terms.notice.valid_from",
        "scheme.notice-policy-confirmed.v1": "policy.valid_from",
        "scheme.notice-policy-proposed.v1": "policy.valid_from",
        "scheme.registered.v1": "terms.notice.valid_from",
        "scheme.revised.v1": "terms.notice.valid_from",
    },
    "the ministry's letter, or the agreement the award stands on, says it": {
        "allocation.authority-used.v1": "postings.effective_on",
        "allocation.commitment-authority-registered.v1": "effective_on",
        "allocation.difference-settled.v1": "statements.effective_on",
        "allocation.letter-corrected.v1": "letter. postings.effective_on statements.effective_on",
        "allocation.letter-registered.v1": "letter. postings.effective_on statements.effective_on",
        "allocation.letter-withdrawn.v1": "effective_on postings.effective_on statements.effective_on",
    },
    "the clock or a rule says it, and nobody types it": {
        "application.contact-erased.v1": "erased_on",
        "award.letter-frozen.v1": "approval.approved_on",
        "award.terms-accepted.v1": "late_after",
        "award.commitment-held-over.v1": "held_on",
        "award.commitment-held-over.v2": "held_on",
        "award.commitment-lapsed.v1": "lapsed_on",
        "deadline.told.v1": "deadlines.due_on undated.due_on",
        "decision.back-dated.v1": "day today",
        "disbursement.batch-handed-over.v1": "handed_over_on",
        "disbursement.batch-lost.v1": "made_on",
        "disbursement.payee-account-erased.v1": "erased_on",
        "staff.entry-erased.v1": "erased_on",
    },
    "the register of staff says from which day to which a person has a name and title": {
        "staff.named.v1": "valid_from valid_until",
        "staff.entry-ended.v1": "valid_until",
    },
    "it is the day that something is told as of, and what stood on that day is reckoned": {
        "disbursement.pay-out-deadline-told.v1": "told_on",
        "disbursement.pay-out-met.v1": "found_on",
    },
}
"""Every other day, by why it is not held to today: fields of a stored name, parted by a space ("letter." all below)."""


_NAMES: Mapping[str, Sequence[str]] = {topic: path.split(".") for topic, path in ACTS.items()}


def days_of(events: Iterable[Event]) -> Iterator[tuple[str, date]]:
    """The stored name and the day of each act among these facts."""
    for event in events:
        if names := _NAMES.get(event.TOPIC):
            if day := _find(event, names):
                yield event.TOPIC, day
        elif isinstance(event, PaymentRefused) and event.code == "taken-back":
            yield event.TOPIC, event.refused_on


def _find(event: Event, names: Sequence[str]) -> date | None:
    """The day at a path such as `hearing.warned_on`; None where there is none."""
    found: Any = event
    for name in names:
        found = getattr(found, name, None)
    return found if isinstance(found, date) else None
