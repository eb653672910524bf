"""What complaints need to know of a case, folded from its stream: the decisions, the complaints of them, the party.

`arrival.py` holds how a complaint comes in, `admission.py` whether it is taken up, `handling.py` what is then done with
it, and `party.py` how another comes in the party's place.

Who does what. Forvaltningsloven § 33 lets the office that decided look at its own decision again, so nobody is kept
from a complaint by law alone. This is the house's own rule, drawn from domain rule 3 (the one who prepared does not
approve): whoever registered the complaint has prepared it, and does not take it up late, turn it away, grant or end
suspensive effect, or reverse on it; whoever made the disputed decision may reverse it, for that favours the party, but
neither turns the complaint away nor forwards it, nor records what the ministry came to, so that no complaint meets only
the person it is about; whoever forwarded it does not record the outcome.
"""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.disputes import UNDISPUTED, Disputes
from services.grants.case.events.application import ApplicationReceived
from services.grants.case.events.award import AwardProposed
from services.grants.case.events.complaint import (
    ComplaintReceived,
    Disputed,
    Party,
    PartyChanged,
)
from services.grants.complaint.decision import Decision, decision_of
from services.grants.complaint.steps import Complaint, Step
from services.grants.registers.organisation_numbers import check_organisation_number
from services.text.folding import is_blank


class UnknownComplaint(Refusal):
    """The case has no complaint of that number."""

    code = "unknown-complaint"
    status = 404
    title = "Klagen finnes ikke"


class ComplaintEnded(Refusal):
    """The complaint is dismissed, reversed on, decided or withdrawn. Nothing more is done in it."""

    code = "complaint-ended"
    title = "Klagen er ferdigbehandlet"


class StepOutOfOrder(Refusal):
    """The step is dated before the complaint was made, or before a step it builds on."""

    code = "complaint-step-out-of-order"
    status = 422
    title = "Datoen er før det som skjedde først"


class ComplaintReasonMissing(Refusal):
    """It is not said why (forvaltningsloven §§ 24 and 25)."""

    code = "complaint-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"


@dataclass(frozen=True, kw_only=True)
class ComplaintCase:
    """The case as this room knows it. `party` is who the case is with now; letters go to it from then on."""

    decisions: tuple[Decision, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    party: Party | None = None
    changes: tuple[PartyChanged, ...] = ()
    disputes: Disputes = UNDISPUTED

    def find_decision(self, disputed: Disputed, number: int | None) -> Decision | None:
        """The last decision of that kind and number."""
        mine = (each for each in reversed(self.decisions) if (each.disputed, each.number) == (disputed, number))
        return next(mine, None)

    def decision_of(self, complaint: Complaint) -> Decision:
        """The decision the complaint is about."""
        decision = self.find_decision(complaint.received.disputed, complaint.received.decision_number)
        assert decision is not None, "a complaint is only registered of a decision that was made"
        return decision

    def complaint(self, number: int) -> Complaint:
        """The complaint of that number, or the refusal `UnknownComplaint`."""
        for complaint in self.complaints:
            if complaint.received.number == number:
                return complaint
        raise UnknownComplaint(f"The case has {len(self.complaints)} complaints, and none is number {number}.")

    def open_complaint(self, number: int, *, since: date) -> Complaint:
        """The complaint of that number, still open, for a step of that day: `UnknownComplaint`, `ComplaintEnded`,
        `StepOutOfOrder`."""
        complaint = self.complaint(number)
        if complaint.ended is not None:
            raise ComplaintEnded(f"Complaint {number} is ended. What follows from it is done by its own acts.")
        lodged_on = complaint.received.lodged_on
        if since < lodged_on:
            raise StepOutOfOrder(f"Complaint {number} was made on {lodged_on}; nothing was done in it on {since}.")
        return complaint

    def list_about(self, decision: Decision) -> list[Complaint]:
        """Every complaint of that decision. One that came before the decision was made anew is of the former one."""
        return [
            each
            for each in self.complaints
            if (each.received.disputed, each.received.decision_number) == (decision.disputed, decision.number)
            and each.received.lodged_on >= decision.decided_on
        ]


def evolve(case: ComplaintCase, event: Event) -> ComplaintCase:
    """The case after this fact. Never refuses."""
    case = replace(case, disputes=case.disputes.fold(event))
    match event:
        case ApplicationReceived(applicant=applicant):
            return _with_party(case, applicant.name, applicant.organisation_number)
        case AwardProposed(recipient=recipient):
            return _with_party(case, recipient.name, recipient.organisation_number)
        case PartyChanged():
            return _enter(case, event)
        case ComplaintReceived():
            return replace(case, complaints=(*case.complaints, Complaint(received=event, party=event.party)))
    if isinstance(event, Step):
        return replace(case, complaints=tuple(_stepped(each, event) for each in case.complaints))
    reductions = sum(each.disputed == "reduction" for each in case.decisions)
    decision = decision_of(event, reductions=reductions)
    return case if decision is None else replace(case, decisions=(*case.decisions, decision))


def _with_party(case: ComplaintCase, name: str, organisation_number: str | None) -> ComplaintCase:
    """Whoever has come in another's place keeps it, also when a new proposal names the recipient anew."""
    if case.changes:
        return case
    return replace(case, party=Party(name=name, organisation_number=organisation_number))


def _enter(case: ComplaintCase, change: PartyChanged) -> ComplaintCase:
    """The new party takes the former one's place in the case and in its open complaints; others' stay theirs."""
    complaints = (
        replace(each, party=change.party) if each.ended is None and each.party == case.party else each
        for each in case.complaints
    )
    return replace(case, party=change.party, complaints=tuple(complaints), changes=(*case.changes, change))


def _stepped(complaint: Complaint, step: Step) -> Complaint:
    if complaint.received.number != step.number:
        return complaint
    return replace(complaint, steps=(*complaint.steps, step))


def need_reason(reason: str) -> None:
    """Words the party can read, or the refusal `ComplaintReasonMissing`."""
    if is_blank(reason):
        raise ComplaintReasonMissing("Say why, in the words the party will read.")


def check_party(case: ComplaintCase, party: Party) -> None:
    """A party's organisation number, where one is given, is one the register can have given, or is the case's."""
    if party.organisation_number is not None:
        parties = [each.party for each in case.complaints] + [each.party for each in case.changes]
        recorded = [each.organisation_number for each in (*parties, case.party) if each]
        check_organisation_number(party.organisation_number, recorded=recorded)
