"""What other services are told of publications."""

from collections.abc import Mapping

from services.calendar.clock import in_utc
from services.calendar.days import day_of
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.notifications.facts.publication import PublicationReleased
from services.notifications.gate.ground_messages import told_ground


def _released(fact: Recorded) -> Message:
    assert isinstance(fact.event, PublicationReleased)
    data = {
        "publication_id": fact.stream.removeprefix("publication-"),
        "manifest_sha256": fact.event.manifest_sha256,
        "released_at": in_utc(fact.recorded_at),
        "released_on": day_of(fact.recorded_at).isoformat(),
        "ground": told_ground(fact.event.ground),
    }
    return Message(type="no.tilsagn.publication.released.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {PublicationReleased.TOPIC: _released}
