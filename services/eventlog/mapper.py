"""Between facts in memory and the bytes the chain covers."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from pydantic import TypeAdapter
from pydantic_core import from_json

from services.eventlog.events import TOPICS, Event
from services.eventlog.recorded import HeardAt, Recorded


class Fact(NamedTuple):
    """An event at its place in a stream. `originator_id` and `originator_version` are the library's words for the
    stream and the version in it."""

    originator_id: str
    originator_version: int
    event: Event


class UnknownTopic(LookupError):
    """A stored topic that no class in this process has registered."""


_ADAPTERS: dict[type[Event], TypeAdapter[Event]] = {}
_READERS: dict[str, Callable[[bytes], Event]] = {}
"""How the facts of a topic are read: their validator itself, for all that reads the log goes through it."""


def _adapter(kind: type[Event]) -> TypeAdapter[Event]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _reader(topic: str) -> Callable[[bytes], Event]:
    kind = TOPICS.get(topic)
    if kind is None:
        raise UnknownTopic(topic)
    read: Callable[[bytes], Event] = _adapter(kind).validator.validate_json
    _READERS[topic] = read
    return read


def encode(event: Event) -> bytes:
    """The event's own fields as UTF-8 JSON. These exact bytes are stored and hashed, never written anew."""
    return _adapter(type(event)).dump_json(event)


def decode(topic: str, data: bytes) -> Event:
    """The fact a stored row holds. Raises UnknownTopic if its class is not registered in this process."""
    return (_READERS.get(topic) or _reader(topic))(data)


def encode_metadata(
    *, actor: str, correlation_id: str, command_id: str, heard: HeardAt | None = None, traceparent: str | None = None
) -> bytes:
    """Who asked and why, where another log says it, and in which trace it was recorded, if in any: UTF-8 JSON, under
    the chain like the fact itself."""
    kept: dict[str, Any] = {"actor": actor, "command_id": command_id, "correlation_id": correlation_id}
    if heard is not None:
        kept["heard"] = {"log": heard.log, "position": heard.position, "hash": heard.hash}
    if traceparent is not None:
        kept["traceparent"] = traceparent
    return json.dumps(kept, separators=(",", ":")).encode()


def heard_in(metadata: bytes) -> HeardAt | None:
    """Where another log says what the fact with this metadata tells; None for a fact of this service's own, and for
    what was heard before places were kept."""
    told = from_json(metadata).get("heard")
    return HeardAt(**told) if told else None


def traceparent_in(metadata: bytes) -> str | None:
    """In which trace the fact with this metadata was recorded; None where it was in none."""
    told: str | None = from_json(metadata).get("traceparent")
    return told


def recorded(row: tuple[Any, ...]) -> Recorded:
    """From a row of (position, stream, version, topic, data, metadata, recorded_at). What a later release keeps beside
    is passed over."""
    position, stream, version, topic, data, metadata, recorded_at = row
    kept = from_json(metadata)
    return Recorded(
        position,
        stream,
        version,
        decode(topic, data),
        recorded_at,
        kept["actor"],
        kept["correlation_id"],
        kept["command_id"],
        HeardAt(**told) if (told := kept.get("heard")) else None,
        kept.get("traceparent"),
    )


class EventMapper(Mapper[str]):
    """The library's mapper, for facts that know nothing of the library."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        fact = cast(Fact, domain_event)
        return StoredEvent(fact.originator_id, fact.originator_version, fact.event.TOPIC, encode(fact.event))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        event = decode(stored_event.topic, stored_event.state)
        fact = Fact(str(stored_event.originator_id), stored_event.originator_version, event)
        return cast(DomainEventProtocol[str], fact)
