"""Messages to receivers outside, put in the outbox by whatever room has something to tell.

`put` takes part in the transaction of the connection it is given: the message is there exactly when what it tells of
is. It calls `notifications.put_message(which uuid, kind text, happened_at timestamptz, about jsonb, content jsonb,
valid_until timestamptz) returns boolean`, which functions in the database call themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

OURS = UUID("5c1d5a37-0f2c-4b0e-9d0a-5b0f6a1c7e21")
_PUT = "SELECT notifications.put_message(%s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message. `subject` names what it is about, as endpoints filter: scheme_id, post ("671.60"), case_id,
    case_number; several as scheme_ids, posts, case_ids; and what else identifies it (notice_id, deadline_id ...).
    `data` is what it says: days, counts, ids, links, and never personal data. Instants are UTC; after `expires_at` it
    is not sent any more, for it would tell of what is no longer so."""

    id: UUID
    type: str
    occurred_at: datetime
    subject: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None


def id_of(*parts: str) -> UUID:
    """The id of a message, from what it tells of: the same parts are the same message, wherever and however often it is
    found. No part holds a line break."""
    assert not any("\n" in part for part in parts), parts
    return uuid5(OURS, "\n".join(parts))


async def put(connection: AsyncConnection[Any], message: Outgoing) -> bool:
    """Put it, in the connection's own transaction. False if it was there already."""
    asked = (
        message.id,
        message.type,
        message.occurred_at,
        Jsonb(dict(message.subject)),
        Jsonb(dict(message.data)),
        message.expires_at,
    )
    row = await (await connection.execute(_PUT, asked)).fetchone()
    assert row is not None
    return bool(row[0])
