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
OF_DEADLINES: Mapping[str, str] = {
    "notice.due_soon": "the last day for the ministry to have a notice, for its letters to leave as planned, is near",
    "notice.overdue": "that day has passed, and the ministry does not have it",
    "notice.opens_soon": "the days of a notice are soon over",
    "notice.opened": "letters that a notice lists may leave",
    "notice.stale_soon": "a notice whose letters still wait soon lets nothing out any more",
    "deadline.approaching": "something is soon due",
    "deadline.passed": "something was due and is not met; told again until it is",
    "deadline.moved": "something is due on another day, or due again",
    "deadline.met": "what was due has come",
    "deadline.fallen": "nobody waits any more for what was due",
}
TYPES: Mapping[str, str] = {
    "notice.sent": "a notice to the ministry has been taken by its channel; its days do not run yet",
    "notice.received": "the ministry has the notice: its days run",
    "notice.delivery_failed": "a notice did not reach the ministry",
    "notice.objected": "the ministry stops some or all of what a notice lists",
    "notice.superseded": "a notice was withdrawn, or another took over from it",
    "letter.released": "the gate let a letter out",
    "letter.delivered": "a recipient has its letter",
    "letter.refused": "grants, or the gate itself, would not have a released letter sent, and nothing left",
    "endpoint.failing": "deliveries to an endpoint fail",
    "endpoint.disabled": "an endpoint is told no more until somebody resumes it",
    "endpoint.recovered": "deliveries to an endpoint that failed are taken again",
    **OF_DEADLINES,
}
"""Every type of message there is, and what it tells. An endpoint names those it wants."""
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
