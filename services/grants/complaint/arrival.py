"""How a complaint comes in: its form and its time; and how the party takes it back.

A complaint is made within three weeks of the day the decision arrived (forvaltningsloven § 29), in the form § 32 asks;
defects are first asked put right within a short deadline. It is registered in time or not: `admission.py` holds
whether it is taken up. Lodged means handed to the post or to an official, or sent, before the time was out (§ 30).
"""

from datetime import date

from services.calendar.days import last_day
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.complaint import (
    ComplaintCompleted,
    ComplaintCompletionAsked,
    ComplaintReceived,
    ComplaintWithdrawn,
    Disputed,
    FormalDefect,
    Party,
)
from services.grants.complaint.decision import NUMBERED, Decision
from services.grants.complaint.rules import ComplaintCase, check_party, need_reason


class UnknownDecision(Refusal):
    """The case holds no decision of that kind and number, so there is nothing to complain of."""

    code = "unknown-decision"
    status = 404
    title = "Vedtaket finnes ikke i saken"


class BeforeDecision(Refusal):
    """The decision is said to have arrived, or the complaint to be made, before the decision was made."""

    code = "before-decision"
    status = 422
    title = "Datoen er før vedtaket"


class ComplaintStands(Refusal):
    """Another complaint of the same decision is open. What the party adds belongs to that one."""

    code = "complaint-stands"
    title = "En klage på vedtaket er under behandling"


class DecisionFinal(Refusal):
    """The appeal body has decided: its decision cannot be complained of (forvaltningsloven § 28 third paragraph)."""

    code = "decision-final"
    title = "Klageinstansens vedtak kan ikke påklages"


class NothingLacks(Refusal):
    """No formal defect stands."""

    code = "complaint-complete"
    title = "Klagen har ingen formelle mangler"


class CompletionTimeTooShort(Refusal):
    """The party got no day to put the defects right in."""

    code = "completion-time-too-short"
    status = 422
    title = "Fristen for retting er for kort"


def receive(
    case: ComplaintCase,
    *,
    disputed: Disputed,
    decision_number: int | None,
    party: Party | None,
    decision_arrived_on: date,
    lodged_on: date,
    grounds: str,
    defects: tuple[FormalDefect, ...],
    registered_by: str,
) -> list[Event]:
    """Register a complaint, in time or not, whole or not. Without a `party` it is the case's own party's.

    The same complaint again returns no event. Refuses `UnknownDecision`, `BeforeDecision`, `ComplaintStands`,
    `DecisionFinal`, `ComplaintReasonMissing`, `OrganisationNumberInvalid`.
    """
    decision = _find_decision(case, disputed, decision_number)
    if min(decision_arrived_on, lodged_on) < decision.decided_on:
        raise BeforeDecision(f"The decision was made on {decision.decided_on}.", decided_on=str(decision.decided_on))
    party = party or case.party
    assert party is not None, "a case with a decision has a party"
    received = ComplaintReceived(
        number=len(case.complaints) + 1,
        disputed=disputed,
        decision_number=decision_number,
        party=party,
        decision_arrived_on=decision_arrived_on,
        lodged_on=lodged_on,
        last_day_on=last_day(decision_arrived_on),
        grounds=grounds,
        defects=tuple(sorted(set(defects))),
        registered_by=registered_by,
    )
    if any(_same(received, each.received) for each in case.complaints):
        return []
    for earlier in case.list_about(decision):
        if earlier.ended is None:
            raise ComplaintStands(f"Complaint {earlier.received.number} of it is open. Add to that one.")
        if earlier.decided is not None:
            raise DecisionFinal(f"The ministry decided it on {earlier.decided.decided_on}.")
    need_reason(grounds)
    check_party(case, party)
    return [received]


def ask_completion(case: ComplaintCase, *, number: int, reply_by: date, asked_on: date, asked_by: str) -> list[Event]:
    """Ask the party to put formal defects right by a day (forvaltningsloven § 32 third paragraph).

    The same request again returns no event; a new one sets a new deadline. Refuses `UnknownComplaint`,
    `ComplaintEnded`, `StepOutOfOrder`, `NothingLacks`, `CompletionTimeTooShort`.
    """
    complaint = case.open_complaint(number, since=asked_on)
    asked = ComplaintCompletionAsked(number=number, reply_by=reply_by, asked_on=asked_on, asked_by=asked_by)
    if asked == complaint.asked:
        return []
    if not complaint.defects:
        raise NothingLacks(f"Complaint {number} has everything forvaltningsloven § 32 asks for.")
    if reply_by <= asked_on:
        raise CompletionTimeTooShort(f"Give the party at least a day after {asked_on}.")
    return [asked]


def complete(case: ComplaintCase, *, number: int, completed_on: date, recorded_by: str) -> list[Event]:
    """Record that the defects are put right; also after the deadline, as long as the complaint is not turned away.

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`, `NothingLacks`.
    """
    complaint = case.open_complaint(number, since=completed_on)
    completed = ComplaintCompleted(number=number, completed_on=completed_on, recorded_by=recorded_by)
    if completed in complaint.steps:
        return []
    if not complaint.defects:
        raise NothingLacks(f"Complaint {number} has everything forvaltningsloven § 32 asks for.")
    return [completed]


def withdraw(case: ComplaintCase, *, number: int, withdrawn_on: date, recorded_by: str) -> list[Event]:
    """Record that the party took the complaint back, which it may until the complaint is decided.

    The same again returns no event. Refuses `UnknownComplaint`, `ComplaintEnded`, `StepOutOfOrder`.
    """
    withdrawn = ComplaintWithdrawn(number=number, withdrawn_on=withdrawn_on, recorded_by=recorded_by)
    if withdrawn in case.complaint(number).steps:
        return []
    case.open_complaint(number, since=withdrawn_on)
    return [withdrawn]


def _find_decision(case: ComplaintCase, disputed: Disputed, number: int | None) -> Decision:
    decision = case.find_decision(disputed, number)
    if decision is None:
        which = f"{disputed} {number}" if disputed in NUMBERED and number else disputed
        raise UnknownDecision(f"The case holds no decision to complain of: {which}.")
    return decision


def _same(received: ComplaintReceived, earlier: ComplaintReceived) -> bool:
    facts = (
        (each.disputed, each.decision_number, each.decision_arrived_on, each.lodged_on, each.grounds)
        for each in (received, earlier)
    )
    return next(facts) == next(facts)
