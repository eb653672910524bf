"""What can have happened to an endpoint: where a receiver outside is told, and of what. One stream each,
`endpoint-<id>`.

Who acts is a subject id. `_at` are instants in UTC. What signs stands sealed in a table beside the log, by its id and
the SHA-256 (hex) of the sealed bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event

ALL = "*"
"""Every type, those that come later too."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which messages are let through, by what they are about; none named of a kind lets all of that kind through. A
    post is `671.60`."""

    scheme_ids: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    case_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Where a receiver is told, of what, and how. `types` are types of messages, or `*`. `ordered`: one after the
    other, each until it is taken. `rate_per_second` is how many deliveries begin in a second at most. `contract` is the
    version of the message format. `pulled_by` is the machine (its subject) that may read its own messages here."""

    url: str
    types: tuple[str, ...]
    wanted: Wanted
    ordered: bool
    rate_per_second: int
    contract: int
    description: str
    pulled_by: str | None


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """Which secret and key sign: the row of that id, whose bytes have this SHA-256 (hex). `public_key` is the ed25519
    key receivers verify by (`whpk_`)."""

    id: UUID
    sha256: str
    public_key: str


@dataclass(frozen=True, kw_only=True)
class EndpointRegistered(Event, topic="endpoint.registered.v1"):
    """An administrator registered where a receiver is to be told. It is asked whether it wants to be, and told nothing
    else before it has answered."""

    subscription: Subscription
    secret: Sealed
    registered_by: str


@dataclass(frozen=True, kw_only=True)
class EndpointChanged(Event, topic="endpoint.changed.v1"):
    """Subscription otherwise from now on. At another address, the receiver is asked anew; what it would have been told
    meanwhile is kept, by its numbers."""

    subscription: Subscription
    changed_by: str


@dataclass(frozen=True, kw_only=True)
class EndpointConsented(Event, topic="endpoint.consented.v1"):
    """Whoever answers at the address gave back the challenge it was sent, and nothing else."""

    url: str
    challenge_id: UUID
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class EndpointPaused(Event, topic="endpoint.paused.v1"):
    """No delivery begins until it is resumed. What it would have been told is kept, by its numbers."""

    paused_by: str


@dataclass(frozen=True, kw_only=True)
class EndpointResumed(Event, topic="endpoint.resumed.v1"):
    """Deliveries begin again, whether it was paused or disabled."""

    resumed_by: str


@dataclass(frozen=True, kw_only=True)
class EndpointSecretRotated(Event, topic="endpoint.secret-rotated.v1"):
    """A new secret and key sign from now on, beside the ones before for 24 hours."""

    secret: Sealed
    rotated_by: str


@dataclass(frozen=True, kw_only=True)
class EndpointFormerSecretRevoked(Event, topic="endpoint.former-secret-revoked.v1"):
    """The secret and key before the last sign no more: they may have become known."""

    revoked_by: str


@dataclass(frozen=True, kw_only=True)
class EndpointDisabled(Event, topic="endpoint.disabled.v1"):
    """No delivery begins until somebody resumes it: the receiver said that it is gone (410), or nothing but failure
    came of deliveries since `failing_since`."""

    reason: Literal["gone", "failing"]
    failing_since: datetime


@dataclass(frozen=True, kw_only=True)
class EndpointDeleted(Event, topic="endpoint.deleted.v1"):
    """The receiver is told no more. No delivery begins after this."""

    reason: str | None
    deleted_by: str
