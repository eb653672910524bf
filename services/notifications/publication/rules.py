"""Rules of what is to be published: planned, planned otherwise, cancelled, and published when the gate is open.

Whether it is open is decided in `services/notifications/gate/decision.py`, and again by PostgreSQL, as for letters.
"""

from datetime import date, datetime
from uuid import UUID

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.notifications.facts.hands import Hands
from services.notifications.facts.held_state import Held
from services.notifications.facts.manifest import canonical_of_publication
from services.notifications.facts.publication import (
    Planned,
    PublicationCancelled,
    PublicationPlanned,
    PublicationReleased,
)
from services.notifications.facts.release import Ground
from services.notifications.gate.planned_day import check_planned
from services.notifications.gate.refusals import AlreadyReleased


class NothingPlanned(Refusal):
    """Nothing is to be published under that id, or no longer."""

    code = "publication-not-planned"
    title = "Publiseringen er ikke planlagt"


def plan(
    held: Held,
    *,
    publication_id: UUID,
    title: str,
    document_sha256: str,
    planned_on: date | None,
    policy_version: str,
    planned_by: str,
    today: date,
) -> list[Event]:
    """A report or evaluation is to be published, or otherwise than planned: then the ministry must be told anew. The
    same again returns no event. Refuses AlreadyReleased, and what `check_planned` does, held against `today`."""
    if held.released:
        raise AlreadyReleased("It was published earlier. Plan a new publication.")
    manifest = canonical_of_publication(
        publication_id=str(publication_id), title=title, document_sha256=document_sha256, planned_on=planned_on
    )
    told = PublicationPlanned(manifest_json=manifest.decode(), policy_version=policy_version, planned_by=planned_by)
    if held.manifest_sha256 == told.manifest_sha256 and not held.ended:
        return []
    check_planned(planned_on, today)
    return [told]


def cancel(held: Held, *, reason: str, cancelled_by: str) -> list[Event]:
    """It is not to be published after all. Cancelled already, it returns no event.

    Refuses AlreadyReleased, NothingPlanned."""
    if held.ended and not held.released:
        return []
    planned(held)
    return [PublicationCancelled(reason=reason, cancelled_by=cancelled_by)]


def publish(held: Held, *, ground: Ground, said_at: datetime, words: Hands, released_by: str) -> list[Event]:
    """It may be published, on the ground the gate gave, by another than whoever wrote any part of the plan, and than
    whoever spoke for the ministry of it (`words`). Refuses AlreadyReleased, NothingPlanned, SamePersonTwice; PostgreSQL
    decides once more."""
    told = planned(held)
    keep_apart(released_by, "publish", {"plan publication": authors(held.plans), **words})
    return [
        PublicationReleased(
            manifest_sha256=told.manifest_sha256, ground=ground, said_at=said_at, released_by=released_by
        )
    ]


def planned(held: Held) -> Planned:
    """What is planned and may still be published. Refuses AlreadyReleased, NothingPlanned."""
    if held.released:
        raise AlreadyReleased("It was published earlier. Nothing is published twice.")
    if held.publication is None or held.ended:
        raise NothingPlanned("Nothing is planned to be published under that id.")
    return held.publication
