"""A fact at its place in the log, for whoever decides on more than what happened: where, when, by whom."""

from dataclasses import dataclass
from datetime import datetime

from services.eventlog.events import Event


@dataclass(frozen=True, slots=True)
class HeardAt:
    """Where another log says what a fact here was made of: whose log, the position, and the hash (hex) that stands
    there. Whoever has that log can look it up; a position alone would be another fact's after a failover."""

    log: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log keeps it: its position in the whole log, when it was recorded (UTC) and by whom; where
    another log says it, if it was heard from there; and in which trace, if it was traced."""

    position: int
    stream: str
    version: int
    event: Event
    recorded_at: datetime
    actor: str
    correlation_id: str
    command_id: str
    heard: HeardAt | None = None
    traceparent: str | None = None
