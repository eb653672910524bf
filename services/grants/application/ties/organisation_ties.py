"""How a tie between a member of staff and an organisation is recorded and ended (domain rule 3).

Anybody may record a tie, their own or a colleague's; nobody ends their own. What follows of one is told in
`services.grants.case.ties`.
"""

from collections.abc import Sequence
from datetime import date

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application.rules import need_reason
from services.grants.case.events.application import TieEnded, TieKind, TieRecorded
from services.grants.registers.organisation_numbers import check_organisation_number


class NoSuchTie(Refusal):
    """The person is not recorded as tied to the organisation."""

    code = "no-such-tie"
    title = "Tilknytningen er ikke registrert"


def standing_ties(events: Sequence[Event]) -> dict[str, TieRecorded]:
    """The tie that stands for each person after these facts."""
    ties: dict[str, TieRecorded] = {}
    for event in events:
        match event:
            case TieRecorded():
                ties[event.person] = event
            case TieEnded(person=person):
                ties.pop(person, None)
    return ties


def record_tie(
    events: Sequence[Event],
    *,
    organisation_number: str,
    person: str,
    kind: TieKind,
    recorded_on: date,
    recorded_by: str,
) -> list[Event]:
    """Record that a person is tied to the organisation. The same kind again returns no event; another takes its place.

    Refuses `OrganisationNumberInvalid`.
    """
    # Also to one whose number was recorded before ranges were looked at: a tie binds wherever the number stands.
    check_organisation_number(organisation_number, recorded=(organisation_number,))
    standing = standing_ties(events).get(person)
    if standing is not None and standing.kind == kind:
        return []
    return [
        TieRecorded(
            organisation_number=organisation_number,
            person=person,
            kind=kind,
            recorded_on=recorded_on,
            recorded_by=recorded_by,
        )
    ]


def end_tie(
    events: Sequence[Event], *, organisation_number: str, person: str, reason: str, ended_on: date, ended_by: str
) -> list[Event]:
    """End a person's tie: it is gone, or was a mistake. Ended again returns no event.

    Refuses `NoSuchTie`, `SamePersonTwice` (one's own), `ApplicationReasonMissing`.
    """
    if person not in standing_ties(events):
        if any(isinstance(event, TieEnded) and event.person == person for event in events):
            return []
        raise NoSuchTie(f"{person} is not recorded as tied to {organisation_number}.")
    keep_apart(ended_by, "end tie", {"be tied": (person,)})
    need_reason(reason)
    return [
        TieEnded(
            organisation_number=organisation_number, person=person, reason=reason, ended_on=ended_on, ended_by=ended_by
        )
    ]
