"""What can have happened to our place in another service's feed. On the stream `inbox-<that service>`."""

from dataclasses import dataclass
from datetime import datetime

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class FeedRead(Event, topic="inbox.feed-read.v1"):
    """The feed is taken in up to this position, in the same transaction as what the message
    there made happen. `problem` says why a message could not be used; it is passed over and shown."""

    position: int
    message_type: str
    problem: str | None
    read_at: datetime
