"""A fact at its place in the log, for whoever decides on more than what happened: where, when, by whom."""

from dataclasses import dataclass
from datetime import datetime

from services.eventlog.events import Event


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log keeps it: its position in the whole log, when it was recorded (UTC) and by whom."""

    position: int
    stream: str
    version: int
    event: Event
    recorded_at: datetime
    actor: str
    correlation_id: str
    command_id: str
