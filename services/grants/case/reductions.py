"""What of a promise falls away, whatever room decided it: reduced, annulled, declined, lapsed, netted or settled."""

from collections.abc import Iterable
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.award_change import AwardAnnulled, AwardDeclined, AwardReduced, Reduction
from services.grants.case.events.recipient_report import AwardSettled
from services.grants.case.events.withholding import ReclaimNetted
from services.grants.case.events.year_end import CommitmentLapsed

REDUCING = (AwardReduced, AwardAnnulled, AwardDeclined, CommitmentLapsed, ReclaimNetted, AwardSettled)
"""The kinds of facts that let something fall away."""


def total_ore(reductions: Iterable[Reduction]) -> int:
    """What falls away in all."""
    return sum(reduction.amount_ore for reduction in reductions)


def reductions_of(event: Event) -> tuple[tuple[Reduction, ...], date] | None:
    """What of a promise this fact lets fall away, and from which day; None for every other fact."""
    match event:
        case AwardReduced(reductions=reductions, reduced_on=day):
            return reductions, day
        case AwardAnnulled(reductions=reductions, annulled_on=day):
            return reductions, day
        case AwardDeclined(reductions=reductions, declined_on=day):
            return reductions, day
        case CommitmentLapsed(reductions=reductions, lapsed_on=day):
            return reductions, day
        case ReclaimNetted(reductions=reductions, netted_on=day):
            return reductions, day
        case AwardSettled(reductions=reductions, settled_on=day):
            return reductions, day
    return None
