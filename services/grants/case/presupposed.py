"""Which facts presuppose that a recipient knows of its award, and why; and what each is about. `informed.py` asks."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.award_change import (
    AwardChangeProposed,
    AwardDeclined,
    ChangeAnswered,
    ChangeRequested,
    Reduction,
    TermsAccepted,
)
from services.grants.case.events.complaint import (
    ComplaintCompletionAsked,
    ComplaintDismissed,
    ComplaintForwarded,
    ComplaintLateAccepted,
)
from services.grants.case.events.disbursement import PaymentAttested, PaymentRequested
from services.grants.case.events.recipient_report import (
    AwardSettled,
    ControlConcluded,
    ReportChecked,
    ReportDeadlineMoved,
    ReportReceived,
    ReportReminded,
    ReportReturned,
    SettlementProposed,
)
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    PriorWarningOmitted,
    ReclaimDecided,
    ReclaimNetted,
    ReclaimWarned,
    WithholdingDecided,
)

PRESUPPOSE: Mapping[type[Event], str] = {
    TermsAccepted: "nobody accepts terms they have not read",
    AwardDeclined: "nobody refuses an award they have not heard of",
    ChangeRequested: "nobody asks to change terms they have not read",
    ChangeAnswered: "the answer tells of the award",
    PaymentAttested: "money arrives with no letter that says what it is for",
    PaymentRequested: "money arrives with no letter that says what it is for",
    PriorWarningGiven: "the warning tells of the award",
    PriorWarningOmitted: "it prepares a withholding",
    WithholdingDecided: "the recipient is told of it with its reasons",
    ReclaimWarned: "the warning tells of the award",
    ReclaimDecided: "it demands money of the recipient",
    ReclaimNetted: "it settles what was demanded",
    ReportReceived: "nobody reports on money they have not been promised",
    ReportChecked: "it judges such a report",
    ReportReturned: "it demands a new report",
    ReportDeadlineMoved: "the new day is told to the recipient",
    ReportReminded: "the reminder tells of the award",
    SettlementProposed: "it settles what the recipient used and reported",
    AwardSettled: "it settles what the recipient used and reported",
    ControlConcluded: "it judges what the recipient did with the money",
}
"""Every kind of fact that cannot be before the recipient knows of the award, and why. A change that the recipient is
warned of is one too, and so are those of its own complaints (`presupposes`)."""

DAYS: Mapping[type[Event], str] = {
    TermsAccepted: "accepted_on",
    AwardDeclined: "declined_on",
    ChangeRequested: "received_on",
    ChangeAnswered: "answered_on",
    PaymentAttested: "attested_on",
    PaymentRequested: "requested_on",
    PriorWarningGiven: "warned_on",
    PriorWarningOmitted: "omitted_on",
    WithholdingDecided: "decided_on",
    ReclaimWarned: "warned_on",
    ReclaimDecided: "decided_on",
    ReclaimNetted: "netted_on",
    ReportReceived: "received_on",
    ReportChecked: "checked_on",
    ReportReturned: "returned_on",
    ReportDeadlineMoved: "moved_on",
    ReportReminded: "reminded_on",
    SettlementProposed: "proposed_on",
    AwardSettled: "settled_on",
    ControlConcluded: "concluded_on",
}
"""Each one's own day, which cannot lie before the recipient knew."""

OF_ITS_COMPLAINT: Mapping[type[Event], str] = {
    ComplaintCompletionAsked: "it asks the recipient about a decision it has not been told of",
    ComplaintLateAccepted: "nothing the recipient complains of is late before that (forvaltningsloven § 29)",
    ComplaintDismissed: "nothing the recipient complains of is late or forgone before that (forvaltningsloven § 29)",
    ComplaintForwarded: "the recipient gets a copy, which tells of the award (forvaltningsloven § 33)",
}
"""What is done with a complaint that the recipient makes of its own award, and tells it of that."""

ENDS = frozenset({ControlConcluded, *OF_ITS_COMPLAINT})
"""What ends a matter that is open, also where the award was annulled before its letter left."""


def warns_of_a_change(event: Event) -> bool:
    """Whether the recipient is told by it what may be changed, with a day to answer by."""
    return isinstance(event, AwardChangeProposed) and bool(event.hearing and event.hearing.reply_by)


def day_of_act(event: Event) -> date | None:
    """Its own day: of a change, that of its warning."""
    if isinstance(event, AwardChangeProposed):
        return event.hearing.warned_on if event.hearing else None
    name = DAYS.get(type(event))
    day: date | None = getattr(event, name) if name else None
    return day


def instalments_of(event: Event) -> frozenset[int]:
    """Those that the fact names, alone or in a change."""
    named: int | None = getattr(event, "instalment", None)
    parts: Sequence[Reduction] = getattr(event, "reductions", ())
    return frozenset({part.instalment for part in parts} | ({named} if named is not None else set()))
