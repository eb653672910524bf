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


@dataclass(frozen=True, kw_only=True)
class ResumptionProposed(Event, topic="inbox.feed-resumption-proposed.v1"):
    """Somebody proposes to go on hearing a log that has gone on otherwise than we read it: from the last place that we
    have in common (`position` and `hash`; 0 and None where there is none), back from the place we had read it to. It
    stands on a stream of its own, `inbox-<that service>-resuming`."""

    position: int
    hash: str | None
    left_position: int
    left_hash: str | None
    reason: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """A fact of ours at `position` that rests on what the other log no longer says: at its position `at` it said so."""

    position: int
    stream: str
    topic: str
    at: int


@dataclass(frozen=True, kw_only=True)
class FeedResumed(Event, topic="inbox.feed-resumed.v1"):
    """Two people agreed that the feed is heard again from the last place in common with the other log (`position` and
    `hash`; 0 and None: from its beginning), back from `left_position` and `left_hash`.

    `beyond` is each fact of ours that rests on what the other log no longer says, for somebody to look into. They stand
    as they were recorded. `agreed_with` is who proposed it. `signature` (hex) is by our checkpoints' key, over all
    the rest: whoever holds the database alone cannot say this."""

    position: int
    hash: str | None
    left_position: int
    left_hash: str | None
    beyond: tuple[Beyond, ...]
    reason: str
    agreed_with: str
    confirmed_by: str
    signature: str
