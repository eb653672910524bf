"""What can have happened to our place in another service's feed. On the stream `inbox-<that service>`."""

from dataclasses import dataclass
from datetime import datetime

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageRead(Event, topic="inbox.feed-read.v1"):
    """The feed is taken in up to this position: one message at a time, and without the hash that stood there. So it was
    kept before pages were taken together."""

    position: int
    message_type: str
    problem: str | None
    read_at: datetime


@dataclass(frozen=True, kw_only=True)
class PassedOver:
    """A message that could not be used, and why."""

    position: int
    message_type: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class FeedRead(Event, topic="inbox.feed-read.v2"):
    """The feed is taken in up to this place, in the same transaction as what its messages made happen: the position,
    and the hash (hex) that stands there in the other log; None where it does not tell it.

    `taken` are the positions of the messages that were used since the place before, `passed_over` those that could not
    be. What nobody here listens for is in neither."""

    position: int
    hash: str | None
    taken: tuple[int, ...]
    passed_over: tuple[PassedOver, ...]
    read_at: datetime
