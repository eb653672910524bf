"""What must follow once a decision does not stand: the acts are named here, and done in their own rooms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.eventlog.events import Event
from services.grants.case.events.award import AwardProposed
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, DecisionReversed, Disputed
from services.grants.case.events.withholding import (
    ReclaimDecided,
    ReclaimNetted,
    ReclaimReduced,
    RepaymentReceived,
    WithholdingReleased,
)
from services.grants.case.moves import moves_of
from services.grants.case.reductions import total_ore
from services.grants.complaint.steps import Complaint

Act = Literal["supplementary-award", "propose-award", "release-withholding", "reduce-reclaim"]

FOLLOWS: dict[Disputed, tuple[Act, type[Event]]] = {
    "award": ("supplementary-award", SupplementaryAwardApproved),
    "reduction": ("supplementary-award", SupplementaryAwardApproved),
    "annulment": ("supplementary-award", SupplementaryAwardApproved),
    "rejection": ("propose-award", AwardProposed),
    "dismissal": ("propose-award", AwardProposed),
    "withholding": ("release-withholding", WithholdingReleased),
    "reclaim": ("reduce-reclaim", ReclaimReduced),
}


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """One act that a reversal or the ministry's outcome calls for. `number` is which withholding or reclaim; `done`
    tells that such an act has been recorded since, and of a decision that was set aside whole that nothing is left of
    it to do."""

    act: Act
    number: int | None
    done: bool


def list_follow_ups(complaint: Complaint, events: Sequence[Event]) -> list[FollowUp]:
    """One for each act that each time calls for on which the decision was set aside or changed; none while it stands. A
    rejection or dismissal reversed in part stands for the rest, and nothing is granted on it."""
    received = complaint.received
    return [
        follow_up
        for place, event in enumerate(events)
        if _sets_aside(event, received)
        for follow_up in _list_acts(received, _sets_all_aside(event), events[:place], events[place + 1 :])
    ]


def _list_acts(
    received: ComplaintReceived, wholly: bool, before: Sequence[Event], later: Sequence[Event]
) -> Iterator[FollowUp]:
    """Which acts, on what there was by then and what has become of it. What is left of a withholding is let go, of a
    claim reduced; what has fallen away of it, or was paid or settled of the claim, also since, is beyond that and is
    promised anew. Of a decision that was set aside whole that is all of it; of one that was changed, what the change
    came to."""
    act, kind = FOLLOWS[received.disputed]
    number = received.decision_number
    if act not in ("release-withholding", "reduce-reclaim") or number is None:
        yield FollowUp(act=act, number=None, done=any(isinstance(event, kind) for event in later))
        return
    of_part = _of_withholding if act == "release-withholding" else _of_reclaim
    left_ore, gone_ore = _sums(of_part(number, event) for event in before)
    change_ore, fell_ore = _sums(of_part(number, event) for event in later)
    acted = any(isinstance(event, kind) and getattr(event, "number", None) == number for event in later)
    can_ore = left_ore + change_ore
    if left_ore > 0 and (can_ore > 0 or acted):
        yield FollowUp(act=act, number=number, done=can_ore <= 0 if wholly else acted)
    if wholly:
        beyond_ore = gone_ore + fell_ore
    else:
        beyond_ore = gone_ore if left_ore <= 0 else fell_ore if can_ore <= 0 and not acted else 0
    if beyond_ore > 0:
        anew = any(isinstance(event, SupplementaryAwardApproved) for event in later)
        yield FollowUp(act="supplementary-award", number=None, done=anew)


def _sums(parts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """What is left and what is gone, each added up."""
    left_ore, gone_ore = 0, 0
    for left, gone in parts:
        left_ore, gone_ore = left_ore + left, gone_ore + gone
    return left_ore, gone_ore


def _of_withholding(number: int, event: Event) -> tuple[int, int]:
    """What the fact adds to what a withholding holds, and to what fell away of it."""
    mine = [move for move in moves_of(event) if move.withholding == number]
    return sum(move.withheld_ore for move in mine), -sum(move.promised_ore for move in mine)


def _of_reclaim(number: int, event: Event) -> tuple[int, int]:
    """What the fact adds to what is left of a claim, and to what was paid or settled of it."""
    match event:
        case ReclaimDecided(number=mine, amount_ore=amount_ore) if mine == number:
            return amount_ore, 0
        case ReclaimReduced(number=mine, amount_ore=amount_ore) if mine == number:
            return -amount_ore, 0
        case RepaymentReceived(reclaim=mine, amount_ore=amount_ore) if mine == number:
            return -amount_ore, amount_ore
        case ReclaimNetted(number=mine, reductions=reductions) if mine == number:
            return -total_ore(reductions), total_ore(reductions)
    return 0, 0


def _sets_all_aside(event: Event) -> bool:
    match event:
        case DecisionReversed(wholly=wholly):
            return wholly
        case ComplaintDecided(outcome=outcome):
            return outcome == "annulled"
    return False


def _sets_aside(event: Event, received: ComplaintReceived) -> bool:
    match event:
        case DecisionReversed(number=mine, wholly=wholly):
            return mine == received.number and (wholly or received.disputed not in ("rejection", "dismissal"))
        case ComplaintDecided(number=mine, outcome=outcome):
            return mine == received.number and outcome in ("changed", "annulled", "returned")
    return False
