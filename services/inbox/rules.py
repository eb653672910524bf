"""The place in a feed: it moves forward with what was taken in, and back only when two people have said so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.eventlog.events import Event
from services.inbox.events import FeedRead, FeedResumed, MessageRead, PassedOver

LONGEST_PROBLEM = 300


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far the feed is read: a position, and the hash (hex) that stands there in the other log, where it was told.
    The last fact alone tells it, so the stream need never be loaded."""

    position: int = 0
    hash: str | None = None


def evolve(place: Place, event: Event) -> Place:
    """The place after this fact."""
    match event:
        case FeedRead() | FeedResumed():
            return Place(position=event.position, hash=event.hash)
        case MessageRead():
            return Place(position=event.position)
    return place


def read(
    place: Place, *, to: Place, taken: Sequence[int], passed_over: Sequence[PassedOver], read_at: datetime
) -> list[Event]:
    """The feed is read to there. A place at or before ours was read earlier, and is nothing."""
    if to.position <= place.position:
        return []
    shortened = tuple(replace(each, problem=_storable(each.problem)[:LONGEST_PROBLEM]) for each in passed_over)
    return [FeedRead(position=to.position, hash=to.hash, taken=tuple(taken), passed_over=shortened, read_at=read_at)]


def _storable(problem: str) -> str:
    """The problem in words that can be kept: a refusal may quote what a message said, and a message says anything."""
    return problem.replace("\x00", "?").encode("utf-8", "replace").decode()
