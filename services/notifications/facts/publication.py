"""What can have happened to a report or evaluation that is to be published: Instruks 5.4 gives the ministry its days
for these too. One stream each, `publication-<id>`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from services.eventlog.events import Event
from services.notifications.facts.manifest import sha256_of_text
from services.notifications.facts.release import Ground


@dataclass(frozen=True, kw_only=True)
class PublicationPlanned(Event, topic="publication.planned.v2"):
    """A report or evaluation is to be published (Instruks 5.4 covers these too). Its manifest is its id, title,
    document and day; planned otherwise, it is another, and its days begin anew.

    `manifest_json` is the manifest's canonical JSON exactly as it is hashed."""

    manifest_json: str
    policy_version: str
    planned_by: str

    @cached_property
    def _told(self) -> Mapping[str, Any]:
        return dict(json.loads(self.manifest_json))

    @property
    def title(self) -> str:
        return str(self._told["title"])

    @property
    def document_sha256(self) -> str:
        return str(self._told["document_sha256"])

    @property
    def planned_on(self) -> date | None:
        return date.fromisoformat(self._told["planned_on"]) if self._told["planned_on"] else None

    @cached_property
    def manifest_sha256(self) -> str:
        """The hash (hex) of the bytes."""
        return sha256_of_text(self.manifest_json)

    def as_written(self) -> "PublicationPlannedAsTold":
        """What somebody wrote, part by part: for telling whose each part is."""
        return PublicationPlannedAsTold(
            title=self.title,
            document_sha256=self.document_sha256,
            planned_on=self.planned_on,
            policy_version=self.policy_version,
            manifest_sha256=self.manifest_sha256,
            planned_by=self.planned_by,
        )


@dataclass(frozen=True, kw_only=True)
class PublicationPlannedAsTold(Event, topic="publication.planned.v1"):
    """The same before the bytes were kept: the hash is told beside what it should be of. PostgreSQL takes none any
    more."""

    title: str
    document_sha256: str
    planned_on: date | None
    policy_version: str
    manifest_sha256: str
    planned_by: str

    def as_written(self) -> "PublicationPlannedAsTold":
        """What somebody wrote, part by part."""
        return self


Planned = PublicationPlanned | PublicationPlannedAsTold


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
