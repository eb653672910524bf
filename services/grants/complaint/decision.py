"""Which decisions of a case can be complained of: what was decided, on which day and by whom."""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.application import ApplicationDismissed, ApplicationRejected
from services.grants.case.events.award import AwardMade
from services.grants.case.events.award_change import AwardAnnulled, AwardReduced
from services.grants.case.events.complaint import Disputed
from services.grants.case.events.withholding import ReclaimDecided, WithholdingDecided

NUMBERED: frozenset[Disputed] = frozenset(("withholding", "reclaim", "reduction"))
"""Of these a case may hold several, so a complaint says which; the others are the last one of their kind."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision (enkeltvedtak, forvaltningsloven § 2 b) that a party can complain of."""

    disputed: Disputed
    number: int | None
    decided_on: date
    decided_by: str


def decision_of(event: Event, *, reductions: int) -> Decision | None:
    """The decision this fact is, None if it is none. A reduction has no number of its own: they count from 1 in the
    order they came, and `reductions` came before."""
    match event:
        case AwardMade(approved_on=day, approved_by=person):
            return Decision(disputed="award", number=None, decided_on=day, decided_by=person)
        case ApplicationRejected(rejected_on=day, rejected_by=person):
            return Decision(disputed="rejection", number=None, decided_on=day, decided_by=person)
        case ApplicationDismissed(dismissed_on=day, dismissed_by=person):
            return Decision(disputed="dismissal", number=None, decided_on=day, decided_by=person)
        case WithholdingDecided(number=number, decided_on=day, decided_by=person):
            return Decision(disputed="withholding", number=number, decided_on=day, decided_by=person)
        case ReclaimDecided(number=number, decided_on=day, decided_by=person):
            return Decision(disputed="reclaim", number=number, decided_on=day, decided_by=person)
        case AwardReduced(reduced_on=day, approved_by=person):
            return Decision(disputed="reduction", number=reductions + 1, decided_on=day, decided_by=person)
        case AwardAnnulled(annulled_on=day, approved_by=person):
            return Decision(disputed="annulment", number=None, decided_on=day, decided_by=person)
    return None
