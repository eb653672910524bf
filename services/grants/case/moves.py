"""What each fact does to the instalments of a promise, and from which day. Whole øre, days in Europe/Oslo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.award_change import Reduction, SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.reductions import REDUCING, reductions_of

MOVING = (
    SupplementaryAwardApproved,
    InstalmentPaid,
    WithholdingDecided,
    WithholdingReleased,
    RepaymentReceived,
    *REDUCING,
)
"""The kinds of facts that move something on an instalment."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What one fact does to one instalment from a day on: promised, paid, withheld, each up or down."""

    instalment: int
    promised_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0
    withholding: int | None = None
    moved_on: date

    @property
    def free_ore(self) -> int:
        return self.promised_ore - self.disbursed_ore - self.withheld_ore


def moves_of(event: Event) -> tuple[Move, ...]:
    """The moves this fact makes, none for a fact that moves no money.

    Money back within the budget year undoes the payment and the promise of it; later, it moves nothing here.
    """
    match event:
        case SupplementaryAwardApproved(added=added, approved_on=day):
            return tuple(Move(instalment=new.number, promised_ore=new.amount_ore, moved_on=day) for new in added)
        case InstalmentPaid(instalment=number, amount_ore=paid_ore, paid_on=day):
            return (Move(instalment=number, disbursed_ore=paid_ore, moved_on=day),)
        case WithholdingDecided(instalment=number, amount_ore=held_ore, decided_on=day):
            return (Move(instalment=number, withheld_ore=held_ore, withholding=event.number, moved_on=day),)
        case WithholdingReleased(instalment=number, amount_ore=freed_ore, released_on=day):
            return (Move(instalment=number, withheld_ore=-freed_ore, withholding=event.number, moved_on=day),)
        case RepaymentReceived(credited=True, instalment=number, amount_ore=back_ore, received_on=day):
            return (Move(instalment=number, promised_ore=-back_ore, disbursed_ore=-back_ore, moved_on=day),)
    if fallen := reductions_of(event):
        return tuple(_fall(reduction, fallen[1]) for reduction in fallen[0])
    return ()


def _fall(reduction: Reduction, day: date) -> Move:
    held_ore = -reduction.amount_ore if reduction.withholding is not None else 0
    return Move(
        instalment=reduction.instalment,
        promised_ore=-reduction.amount_ore,
        withheld_ore=held_ore,
        withholding=reduction.withholding,
        moved_on=day,
    )


def least(moves: Sequence[Move], amount: Callable[[Move], int], *, since: date) -> int:
    """The least that the moves add up to on a day and on every day since."""
    days = {since, *(move.moved_on for move in moves if move.moved_on > since)}
    return min(sum(amount(move) for move in moves if move.moved_on <= day) for day in days)
