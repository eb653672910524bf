"""How another comes in the party's place: a bankruptcy estate, a successor."""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.complaint import Capacity, Party, PartyChanged
from services.grants.complaint.rules import ComplaintCase, StepOutOfOrder, check_party


class NoCaseToEnter(Refusal):
    """Nobody is a party yet: nothing was applied for or proposed in the case."""

    code = "no-party-yet"
    title = "Saken har ingen part ennå"


def change_party(
    case: ComplaintCase, *, party: Party, capacity: Capacity, document: str, changed_on: date, recorded_by: str
) -> list[Event]:
    """Record that another has come in the party's place: a bankruptcy estate, a successor. It is then the party in
    every open complaint too, and later letters go to it.

    The same again returns no event. Refuses `NoCaseToEnter`, `StepOutOfOrder`, `OrganisationNumberInvalid`.
    """
    changed = PartyChanged(
        party=party, capacity=capacity, document=document, changed_on=changed_on, recorded_by=recorded_by
    )
    last = case.changes[-1] if case.changes else None
    if last and replace(last, recorded_by=recorded_by) == changed:
        return []
    if case.party is None:
        raise NoCaseToEnter("Nobody is a party of this case yet.")
    if last and changed_on < last.changed_on:
        raise StepOutOfOrder(f"The party last changed on {last.changed_on}.")
    check_party(case, party)
    return [changed]
