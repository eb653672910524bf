"""The place in a feed: it moves forward with what was taken in, and never back."""

from dataclasses import dataclass
from datetime import datetime

from services.eventlog.events import Event
from services.inbox.events import FeedRead

LONGEST_PROBLEM = 300


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far the feed is read. The last fact alone tells it, so the stream need never be loaded."""

    position: int = 0


def evolve(place: Place, event: Event) -> Place:
    """The place after this fact."""
    return Place(position=event.position) if isinstance(event, FeedRead) else place


def read(place: Place, *, position: int, message_type: str, problem: str | None, read_at: datetime) -> list[Event]:
    """The message at a position is read. One at or before our place was read earlier, and is nothing."""
    if position <= place.position:
        return []
    shortened = problem[:LONGEST_PROBLEM] if problem else None
    return [FeedRead(position=position, message_type=message_type, problem=shortened, read_at=read_at)]
