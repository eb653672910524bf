"""One complaint, and every step taken in it."""

from dataclasses import dataclass
from typing import Literal

from services.grants.case.events.complaint import (
    ComplaintCompleted,
    ComplaintCompletionAsked,
    ComplaintDecided,
    ComplaintDismissed,
    ComplaintForwarded,
    ComplaintLateAccepted,
    ComplaintReceived,
    ComplaintWithdrawn,
    DecisionReversed,
    FormalDefect,
    Party,
    SuspensiveEffectEnded,
    SuspensiveEffectGranted,
)

Step = (
    ComplaintCompletionAsked
    | ComplaintCompleted
    | ComplaintLateAccepted
    | ComplaintDismissed
    | SuspensiveEffectGranted
    | SuspensiveEffectEnded
    | DecisionReversed
    | ComplaintForwarded
    | ComplaintDecided
    | ComplaintWithdrawn
)


State = Literal["incomplete", "late", "received", "forwarded", "dismissed", "withdrawn", "reversed", "decided"]
"""Where a complaint stands. Incomplete: formal defects stand. Late: it came too late and is not taken up. Received: it
is the directorate's to reverse on or send on."""


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One complaint and every step taken in it, in the order they were recorded. `party` is who it is with now: whoever
    made it, or who has come in their place."""

    received: ComplaintReceived
    party: Party
    steps: tuple[Step, ...] = ()

    @property
    def defects(self) -> tuple[FormalDefect, ...]:
        """The formal defects that stand."""
        return () if any(isinstance(step, ComplaintCompleted) for step in self.steps) else self.received.defects

    @property
    def is_late(self) -> bool:
        return self.received.lodged_on > self.received.last_day_on

    @property
    def asked(self) -> ComplaintCompletionAsked | None:
        """The last request to put the defects right."""
        return next((step for step in reversed(self.steps) if isinstance(step, ComplaintCompletionAsked)), None)

    @property
    def accepted_late(self) -> ComplaintLateAccepted | None:
        return next((step for step in self.steps if isinstance(step, ComplaintLateAccepted)), None)

    @property
    def suspension(self) -> SuspensiveEffectGranted | None:
        """Suspensive effect that stands: granted and not ended, while the complaint is undecided."""
        moved = [step for step in self.steps if isinstance(step, SuspensiveEffectGranted | SuspensiveEffectEnded)]
        last = moved[-1] if moved and self.ended is None else None
        return last if isinstance(last, SuspensiveEffectGranted) else None

    @property
    def reversals(self) -> tuple[DecisionReversed, ...]:
        return tuple(step for step in self.steps if isinstance(step, DecisionReversed))

    @property
    def forwarded(self) -> ComplaintForwarded | None:
        return next((step for step in self.steps if isinstance(step, ComplaintForwarded)), None)

    @property
    def decided(self) -> ComplaintDecided | None:
        """The ministry's outcome, which is final."""
        return next((step for step in self.steps if isinstance(step, ComplaintDecided)), None)

    @property
    def ended(self) -> ComplaintDismissed | DecisionReversed | ComplaintDecided | ComplaintWithdrawn | None:
        """What ended the complaint; None while it is open. A reversal in part ends nothing."""
        for step in self.steps:
            if isinstance(step, ComplaintDismissed | ComplaintDecided | ComplaintWithdrawn):
                return step
            if isinstance(step, DecisionReversed) and step.wholly:
                return step
        return None

    @property
    def state(self) -> State:
        """Where it stands, in one word."""
        match self.ended:
            case ComplaintDismissed():
                return "dismissed"
            case ComplaintWithdrawn():
                return "withdrawn"
            case DecisionReversed():
                return "reversed"
            case ComplaintDecided():
                return "decided"
        if self.forwarded is not None:
            return "forwarded"
        if self.defects:
            return "incomplete"
        return "late" if self.is_late and self.accepted_late is None else "received"
