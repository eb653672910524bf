"""What is made of what grants tells of decisions on an award: whose they are, and that its letter is another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.eventlog.events import Event
from services.eventlog.log import History
from services.inbox.taking import Reaction
from services.notifications.facts.held_state import fold
from services.notifications.facts.release import AwardEnded
from services.notifications.facts.scheme_policy import ChangeHeard, DecisionHeard


def change_proposed(_: str, data: Mapping[str, Any]) -> Reaction:
    """Somebody put a change forward: they have a hand in whatever letter comes of it."""
    told = ChangeHeard(change=data["change"], version=data["version"], proposed_by=data["proposed_by"])

    def decide(history: History) -> Sequence[Event]:
        return [told] if fold(history.facts).held else []

    return Reaction(stream=stream_of(data), decide=decide)


def changed(_: str, data: Mapping[str, Any]) -> Reaction:
    """The award is made otherwise: the letter as it stands must not leave."""
    told = AwardEnded(change=data["change"], version=data["version"])

    def decide(history: History) -> Sequence[Event]:
        held = fold(history.facts)
        if held.held and held.is_out:  # only more that is promised is told of in a letter of its own
            return [decision_of(data)] if data.get("letter_owed") else []
        return [decision_of(data), told] if held.held else []

    return Reaction(stream=stream_of(data), decide=decide)


def decision_of(data: Mapping[str, Any]) -> DecisionHeard:
    """The approval or change that grants tells of, and when its log recorded it."""
    at = data.get("recorded_at")
    by = data.get("decided_by")
    return DecisionHeard(
        version=data["version"],
        decided_at=datetime.fromisoformat(at) if at else None,
        decided_by=by or data.get("approved_by"),
        change=data["change"] if by else None,
    )


def stream_of(data: Mapping[str, Any]) -> str:
    """Where the award's letter is held."""
    return f"letter-{data['case_id']}"
