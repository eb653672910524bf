"""A command on its way into the log, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from eventsourcing.persistence import IntegrityError

from services.eventlog.events import Event
from services.eventlog.recorded import HeardAt


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """Who asked, and how a repeat is recognised: by `id` within one attempt, by (actor, key) across attempts.
    `request_hash` tells a repeat from another request under the same key."""

    actor: str
    correlation_id: str = "-"
    id: UUID = field(default_factory=uuid4)
    key: str | None = None
    request_hash: bytes | None = None
    answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """New facts for one stream. `expected_version` is the version they were decided on; 0 is a stream not begun.
    Without facts it is a stream the decision rests on: one that has moved since makes the command stale. `heard` is
    where another log says what they were made of."""

    stream: str
    expected_version: int
    events: tuple[Event, ...]
    heard: HeardAt | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the log answered to one command. Positions are None when nothing had to be recorded."""

    outcome: Literal["recorded", "repeated", "stale", "exhausted", "refused", "untimely"]
    command_id: UUID
    first_position: int | None
    last_position: int | None
    recorded_at: datetime
    request_hash: bytes | None
    answer: bytes | None
    problem: str | None
    detail: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a command: when it was recorded, at which positions (None where nothing had to be), and what was
    answered; `cleared` when that is no longer kept."""

    recorded_at: datetime
    first_position: int | None
    last_position: int | None
    answer: bytes | None
    cleared: bool = False


class RecordingRefused(IntegrityError):
    """The log did not record a command; `outcome` says why. It is what the library's callers know a conflict by."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.outcome}: {outcome.problem}")
        self.outcome = outcome


def resting(effect: dict[str, Any] | None, writes: Sequence[Write]) -> dict[str, Any] | None:
    """The effect, with the streams that the command rests on and writes nothing to, each with the version it read."""
    unmoved = [{"stream": write.stream, "version": write.expected_version} for write in writes if not write.events]
    return {**(effect or {}), "unmoved": unmoved} if unmoved else effect
