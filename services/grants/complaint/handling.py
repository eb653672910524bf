"""What is done with a complaint that is taken up: the directorate reverses its decision or sends it on, and the
ministry decides. Until then the decision is carried out, unless it is said otherwise (forvaltningsloven § 42).
"""

from datetime import date

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.complaint import (
    ComplaintDecided,
    ComplaintForwarded,
    DecisionReversed,
    Disputed,
    Outcome,
    Suspends,
    SuspensiveEffectEnded,
    SuspensiveEffectGranted,
)
from services.grants.complaint.admission import (
    WithTheMinistry,
    doers,
    stands_too_late,
)
from services.grants.complaint.rules import ComplaintCase, StepOutOfOrder, need_reason
from services.grants.complaint.steps import Complaint

SUSPENDED_BY: dict[Disputed, Suspends] = {
    "award": "payment",
    "withholding": "payment",
    "reduction": "payment",
    "annulment": "payment",
    "reclaim": "reclaim",
}
"""What waits when a decision is not carried out. Of a rejection or a dismissal nothing is carried out at all."""


class NothingToSuspend(Refusal):
    """The disputed decision is not carried out by that act."""

    code = "nothing-to-suspend"
    status = 422
    title = "Vedtaket iverksettes ikke på den måten"


class NotSuspended(Refusal):
    """No suspensive effect stands for the complaint."""

    code = "not-suspended"
    title = "Iverksettingen er ikke utsatt"


class ComplaintIncomplete(Refusal):
    """Formal defects stand: have them put right, or turn the complaint away."""

    code = "complaint-incomplete"
    title = "Klagen har formelle mangler"


class ComplaintTooLate(Refusal):
    """It came after its last day: take it up on a ground of forvaltningsloven § 31, or turn it away."""

    code = "complaint-too-late"
    title = "Klagen kom for sent"


class NotForwarded(Refusal):
    """The ministry cannot have decided what was not sent to it."""

    code = "complaint-not-forwarded"
    title = "Klagen er ikke oversendt departementet"


def grant_suspension(
    case: ComplaintCase, *, number: int, suspends: Suspends, reason: str, granted_on: date, granted_by: str
) -> list[Event]:
    """Decide that the decision is not carried out until the complaint is decided (forvaltningsloven § 42): payment of
    the disputed money, or reclaim of it, waits. It may be granted before the complaint is whole, and ends with it.

    Asked while it stands: nothing. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `NothingToSuspend`,
    `ComplaintReasonMissing`, `SamePersonTwice`.
    """
    complaint = case.open_complaint(number, since=granted_on)
    if complaint.suspension is not None:
        return []
    disputed = complaint.received.disputed
    if SUSPENDED_BY.get(disputed) != suspends:
        raise NothingToSuspend(f"A {disputed} is not carried out by {suspends}.", disputed=disputed)
    need_reason(reason)
    keep_apart(granted_by, "suspend decision", doers(case, complaint))
    return [
        SuspensiveEffectGranted(
            number=number, suspends=suspends, reason=reason, granted_on=granted_on, granted_by=granted_by
        )
    ]


def end_suspension(case: ComplaintCase, *, number: int, reason: str, ended_on: date, ended_by: str) -> list[Event]:
    """Let the decision be carried out while the complaint still stands.

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `NotSuspended`,
    `ComplaintReasonMissing`, `SamePersonTwice`.
    """
    complaint = case.open_complaint(number, since=ended_on)
    ended = SuspensiveEffectEnded(number=number, reason=reason, ended_on=ended_on, ended_by=ended_by)
    if complaint.suspension is None:
        if ended in complaint.steps:
            return []
        raise NotSuspended(f"No suspensive effect stands for complaint {number}.")
    if ended_on < complaint.suspension.granted_on:
        raise StepOutOfOrder(f"It was granted on {complaint.suspension.granted_on}.")
    need_reason(reason)
    keep_apart(ended_by, "end suspension", doers(case, complaint))
    return [ended]


def reverse(
    case: ComplaintCase, *, number: int, wholly: bool, reason: str, reversed_on: date, reversed_by: str
) -> list[Event]:
    """Give the party right, wholly or in part (forvaltningsloven § 33 second paragraph). What follows for the money is
    done by its own acts, which the case then names; in part, the rest of the complaint goes on to the ministry.

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `WithTheMinistry`,
    `ComplaintIncomplete`, `ComplaintTooLate`, `ComplaintReasonMissing`, `SamePersonTwice`.
    """
    reversal = DecisionReversed(
        number=number, wholly=wholly, reason=reason, reversed_on=reversed_on, reversed_by=reversed_by
    )
    if reversal in case.complaint(number).reversals:
        return []
    complaint = _to_be_tried(case, number, reversed_on)
    need_reason(reason)
    keep_apart(reversed_by, "reverse decision", doers(case, complaint))
    return [reversal]


def forward(case: ComplaintCase, *, number: int, statement: str, forwarded_on: date, forwarded_by: str) -> list[Event]:
    """Send the complaint to the ministry with the directorate's statement, and the party a copy of it
    (forvaltningsloven § 33 fourth paragraph).

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `WithTheMinistry`,
    `ComplaintIncomplete`, `ComplaintTooLate`, `ComplaintReasonMissing`, `SamePersonTwice`.
    """
    forwarded = ComplaintForwarded(
        number=number, statement=statement, forwarded_on=forwarded_on, forwarded_by=forwarded_by
    )
    if forwarded == case.complaint(number).forwarded:
        return []
    complaint = _to_be_tried(case, number, forwarded_on)
    need_reason(statement)
    keep_apart(forwarded_by, "forward complaint", doers(case, complaint))
    return [forwarded]


def record_outcome(
    case: ComplaintCase, *, number: int, outcome: Outcome, document: str, decided_on: date, recorded_by: str
) -> list[Event]:
    """Record what the ministry decided, and the document it stands in. It is final (forvaltningsloven § 28 third
    paragraph). The ministry may do this itself, or an approver who has its letter; never whoever forwarded the case, or
    made the decision it is about.

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `NotForwarded`,
    `SamePersonTwice`.
    """
    decided = ComplaintDecided(
        number=number, outcome=outcome, document=document, decided_on=decided_on, recorded_by=recorded_by
    )
    if decided == case.complaint(number).decided:
        return []
    complaint = case.open_complaint(number, since=decided_on)
    if complaint.forwarded is None:
        raise NotForwarded(f"Forward complaint {number} with a statement first.")
    if decided_on < complaint.forwarded.forwarded_on:
        raise StepOutOfOrder(f"It was forwarded on {complaint.forwarded.forwarded_on}.")
    keep_apart(recorded_by, "record outcome", doers(case, complaint))
    return [decided]


def _to_be_tried(case: ComplaintCase, number: int, day: date) -> Complaint:
    """The complaint, whole and in time or taken up late, and still the directorate's to handle."""
    complaint = case.open_complaint(number, since=day)
    if complaint.forwarded is not None:
        raise WithTheMinistry(f"Complaint {number} was forwarded on {complaint.forwarded.forwarded_on}.")
    if complaint.defects:
        raise ComplaintIncomplete(f"Complaint {number} lacks something.", defects=list(complaint.defects))
    if stands_too_late(complaint):
        raise ComplaintTooLate(f"Its last day was {complaint.received.last_day_on}. Take it up late, or turn it away.")
    return complaint
