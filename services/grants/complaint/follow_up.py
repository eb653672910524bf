"""What must follow once a decision does not stand: the acts are named here, and done in their own rooms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.eventlog.events import Event
from services.grants.case.events.award import AwardProposed, SupplementaryAwardApproved
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
    tells that such an act has been recorded since."""

    act: Act
    number: int | None
    done: bool


def list_follow_ups(complaint: Complaint, events: Sequence[Event]) -> list[FollowUp]:
    """One for each act that each time calls for on which the decision was set aside or changed; none while it stands. A
    rejection or dismissal reversed in part stands for the rest, and nothing is granted on it."""
    received = complaint.received
    return [
        FollowUp(act=act, number=number, done=any(_is_done(kind, number, later) for later in events[place + 1 :]))
        for place, event in enumerate(events)
        if _sets_aside(event, received)
        for act, number, kind in _list_acts(received, event, events[:place])
    ]


def _list_acts(
    received: ComplaintReceived, event: Event, before: Sequence[Event]
) -> Iterator[tuple[Act, int | None, type[Event]]]:
    """Which acts, on what there is by then. What is left of a withholding is let go, of a claim reduced; what has
    fallen away of it, or was paid or settled of the claim, is beyond that and is promised anew."""
    act, kind = FOLLOWS[received.disputed]
    number = received.decision_number
    if act not in ("release-withholding", "reduce-reclaim") or number is None:
        yield act, None, kind
        return
    of_part = _of_withholding if act == "release-withholding" else _of_reclaim
    left_ore, gone_ore = (sum(each) for each in zip((0, 0), *(of_part(number, each) for each in before), strict=True))
    if left_ore > 0:
        yield act, number, kind
    if gone_ore > 0 and (left_ore <= 0 or _sets_all_aside(event)):
        yield "supplementary-award", None, SupplementaryAwardApproved


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


def _is_done(kind: type[Event], number: int | None, event: Event) -> bool:
    return isinstance(event, kind) and (number is None or getattr(event, "number", None) == number)
