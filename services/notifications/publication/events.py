"""What can have happened to a report or evaluation that is to be published: Instruks 5.4 gives the ministry its days
for these too. One stream each, `publication-<id>`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from services.eventlog.events import Event
from services.notifications.release.events import Ground


@dataclass(frozen=True, kw_only=True)
class PublicationPlanned(Event, topic="publication.planned.v1"):
    """A report or evaluation is to be published (Instruks 5.4 covers these too). Its manifest is its id, title,
    document and day; planned otherwise, it is another, and its days begin anew."""

    title: str
    document_sha256: str
    planned_on: date | None
    policy_version: str
    manifest_sha256: str
    planned_by: str


@dataclass(frozen=True, kw_only=True)
class PublicationReleased(Event, topic="publication.released.v1"):
    """The gate let it be published, on this ground."""

    manifest_sha256: str
    ground: Ground
    said_at: datetime
    released_by: str


@dataclass(frozen=True, kw_only=True)
class PublicationCancelled(Event, topic="publication.cancelled.v1"):
    """It is not to be published after all. Planned once more, it waits again."""

    reason: str
    cancelled_by: str
