"""Whether a complaint is taken up: late ones on a ground, and those that are turned away."""

from datetime import date

from services.calendar.days import one_year_after
from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.complaint import ComplaintDismissed, ComplaintLateAccepted, LateGround
from services.grants.complaint.rules import ComplaintCase, need_reason
from services.grants.complaint.steps import Complaint


class NotLate(Refusal):
    """The complaint came in time, so no ground is needed."""

    code = "complaint-not-late"
    title = "Klagen kom i tide"


class TooOldToTakeUp(Refusal):
    """More than a year has gone since the decision was made (forvaltningsloven § 31 third paragraph)."""

    code = "complaint-too-old"
    title = "Det er gått mer enn ett år siden vedtaket"


class NoGroundToDismiss(Refusal):
    """The complaint came in time or is taken up late, and nothing formal lacks: it is for the ministry."""

    code = "no-ground-to-dismiss"
    title = "Det er ikke grunnlag for å avvise klagen"


class CompletionNotTried(Refusal):
    """The party has not been asked to put the defects right, or still has time to (forvaltningsloven § 32)."""

    code = "completion-not-tried"
    title = "Parten skal først få rette klagen"


class WithTheMinistry(Refusal):
    """The complaint is forwarded: it is the ministry's to turn away or decide."""

    code = "complaint-with-ministry"
    title = "Klagen er oversendt departementet"


def accept_late(
    case: ComplaintCase, *, number: int, ground: LateGround, reason: str, accepted_on: date, accepted_by: str
) -> list[Event]:
    """Take a late complaint up all the same (forvaltningsloven § 31): the party cannot be blamed for the delay, or
    there are special reasons to try it.

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `NotLate`,
    `TooOldToTakeUp`, `ComplaintReasonMissing`, `SamePersonTwice`.
    """
    complaint = case.open_complaint(number, since=accepted_on)
    if complaint.accepted_late is not None:
        return []
    if not complaint.is_late:
        raise NotLate(f"Complaint {number} was made by {complaint.received.last_day_on}, its last day.")
    decided_on = case.decision_of(complaint).decided_on
    if complaint.received.lodged_on > one_year_after(decided_on):
        raise TooOldToTakeUp(f"The decision was made on {decided_on}, more than a year before the complaint.")
    need_reason(reason)
    keep_apart(accepted_by, "take up late", doers(case, complaint))
    return [
        ComplaintLateAccepted(
            number=number, ground=ground, reason=reason, accepted_on=accepted_on, accepted_by=accepted_by
        )
    ]


def dismiss(case: ComplaintCase, *, number: int, reason: str, dismissed_on: date, dismissed_by: str) -> list[Event]:
    """Turn the complaint away: too late and not taken up, of somebody who is no party, or with defects that were not
    put right in the time given (forvaltningsloven § 33 second paragraph).

    Asked again by whoever did it: nothing. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`,
    `WithTheMinistry`, `NoGroundToDismiss`, `CompletionNotTried`, `ComplaintReasonMissing`, `SamePersonTwice`.
    """
    dismissed = ComplaintDismissed(number=number, reason=reason, dismissed_on=dismissed_on, dismissed_by=dismissed_by)
    if dismissed in case.complaint(number).steps:
        return []
    complaint = case.open_complaint(number, since=dismissed_on)
    if complaint.forwarded is not None:
        raise WithTheMinistry(f"Complaint {number} was forwarded on {complaint.forwarded.forwarded_on}.")
    if not stands_too_late(complaint) and "not-a-party" not in complaint.defects:
        _need_tried_completion(complaint, dismissed_on)
    need_reason(reason)
    keep_apart(dismissed_by, "dismiss complaint", doers(case, complaint))
    return [dismissed]


def stands_too_late(complaint: Complaint) -> bool:
    """It came after its last day and nobody has taken it up on a ground of § 31."""
    return complaint.is_late and complaint.accepted_late is None


def doers(case: ComplaintCase, complaint: Complaint) -> dict[str, tuple[str, ...]]:
    """Who prepared the complaint, by registering it; whose decision it is about; and who forwarded it, if it is."""
    return {
        "register complaint": (complaint.received.registered_by,),
        "decide what is disputed": (case.decision_of(complaint).decided_by,),
        "forward complaint": (complaint.forwarded.forwarded_by,) if complaint.forwarded else (),
    }


def _need_tried_completion(complaint: Complaint, dismissed_on: date) -> None:
    number = complaint.received.number
    if not complaint.defects:
        raise NoGroundToDismiss(f"Complaint {number} came in time and is whole. Forward it, or reverse the decision.")
    if complaint.asked is None:
        raise CompletionNotTried(f"Ask the party to put right what complaint {number} lacks, with a deadline.")
    if dismissed_on <= complaint.asked.reply_by:
        raise CompletionNotTried(
            f"The party may answer to the end of {complaint.asked.reply_by}.", reply_by=str(complaint.asked.reply_by)
        )
