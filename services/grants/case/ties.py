"""Who is recorded as tied to an organisation, and so decides nothing for it (domain rule 3; forvaltningsloven § 6).

Ties stand on a stream of the organisation's own, so that one record holds for every case of it, those to come as well.
"""

from collections.abc import Sequence

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.application import TieEnded, TieRecorded


class TiedToOrganisation(Refusal):
    """Whoever asks is recorded as tied to the organisation that the case is about."""

    code = "tied-to-organisation"
    title = "Du er registrert som knyttet til organisasjonen"


def stream_of_organisation(number: str) -> str:
    """The stream that an organisation's ties stand on. `number` is its nine digits."""
    return f"organisation-{number}"


def tied(events: Sequence[Event]) -> frozenset[str]:
    """The people (subject ids, as recorded) tied to the organisation after these facts. An ended tie binds nobody.
    Whether somebody is one of them is for `is_among`: another spelling of a name frees nobody."""
    people: set[str] = set()
    for event in events:
        match event:
            case TieRecorded(person=person):
                people.add(person)
            case TieEnded(person=person):
                people.discard(person)
    return frozenset(people)
