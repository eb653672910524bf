"""What can have happened to a folder that things leave by. On the stream `outbox-<its name>`."""

from dataclasses import dataclass

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class OutboxTakenIntoUse(Event, topic="outbox.taken-into-use.v1"):
    """The first worker that was to hand something over by a folder marked it, and nobody hands over by another.
    `identity_sha256` (hex) is the digest of that mark."""

    outbox: str
    identity_sha256: str


@dataclass(frozen=True, kw_only=True)
class OutboxMoved(Event, topic="outbox.moved.v1"):
    """Somebody said that things leave by another folder from now on: the one before (`left_sha256`) is gone, or nobody
    uses it any more."""

    outbox: str
    identity_sha256: str
    left_sha256: str
    reason: str
    moved_by: str
