"""What must follow once a decision does not stand: the acts are named here, and done in their own rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.eventlog.events import Event
from services.grants.award.events import AwardProposed, SupplementaryAwardApproved
from services.grants.complaint.events import ComplaintDecided, ComplaintReceived, DecisionReversed, Disputed
from services.grants.complaint.steps import Complaint
from services.grants.withholding.events import ReclaimReduced, WithholdingReleased

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
    """One for each time the decision was set aside or changed; none while it stands. A rejection or dismissal reversed
    in part stands for the rest, and nothing is granted on it."""
    act, kind = FOLLOWS[complaint.received.disputed]
    decision_number = complaint.received.decision_number
    number = decision_number if act in ("release-withholding", "reduce-reclaim") else None
    return [
        FollowUp(act=act, number=number, done=any(_is_done(kind, number, later) for later in events[place + 1 :]))
        for place, event in enumerate(events)
        if _sets_aside(event, complaint.received)
    ]


def _sets_aside(event: Event, received: ComplaintReceived) -> bool:
    match event:
        case DecisionReversed(number=mine, wholly=wholly):
            return mine == received.number and (wholly or received.disputed not in ("rejection", "dismissal"))
        case ComplaintDecided(number=mine, outcome=outcome):
            return mine == received.number and outcome in ("changed", "annulled", "returned")
    return False


def _is_done(kind: type[Event], number: int | None, event: Event) -> bool:
    return isinstance(event, kind) and (number is None or getattr(event, "number", None) == number)
