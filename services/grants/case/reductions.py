"""What of a promise falls away, whatever room decided it: reduced, annulled, declined, lapsed, netted or settled; and
what is left of it. The state of a case tells neither (`case/state.py`): whoever means that money is left asks this."""

from collections.abc import Iterable
from datetime import date
from functools import reduce

from services.eventlog.events import Event
from services.grants.case.events.award import AwardMade
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    AwardReduced,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.recipient_report import AwardSettled
from services.grants.case.events.withholding import ReclaimNetted, RepaymentReceived
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


def left_after(left_ore: int | None, event: Event) -> int | None:
    """What is left of an award after one more fact, in whatever year's books: paid or not, what neither fell away nor
    came back, credited or as income of a later year. None before anything is promised. Whole øre."""
    match event:
        case AwardMade(amount_ore=made_ore):
            return made_ore
        case SupplementaryAwardApproved(amount_ore=more_ore):
            return (left_ore or 0) + more_ore
        case RepaymentReceived(amount_ore=back_ore):
            return (left_ore or 0) - back_ore
    fallen = reductions_of(event)
    return (left_ore or 0) - total_ore(fallen[0]) if fallen else left_ore


def left_of(events: Iterable[Event]) -> int:
    """What is left of a case's award after these facts; nothing before anything is promised. Whole øre."""
    return reduce(left_after, events, None) or 0


SOMETHING_LEFT = "(c.approved_by IS NOT NULL AND coalesce(c.left_ore, c.amount_ore) > 0)"
"""The same asked of a row `c` of the list of cases. One that an earlier release filled knows only what is promised."""
