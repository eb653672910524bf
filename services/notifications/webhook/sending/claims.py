"""Deliveries as the database lends them to workers: claimed with a lease, and settled with what came of the try."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.calendar.patience import at_most
from services.eventlog.mapper import traceparent_in
from services.notifications.receiver.outbox import id_of
from services.tracing import spans

LEASE = timedelta(seconds=at_most(30))
"""How long a worker has to say what came of a try; twice what one can take."""
MESSAGES_TOGETHER = 100

_FAILING = """
    SELECT count(*) FROM notifications.endpoint_count c JOIN notifications.endpoint e ON e.id = c.endpoint_id
    WHERE c.failing_since IS NOT NULL AND NOT e.deleted
"""
_HAND_ON = "SELECT notifications.hand_on_messages(%s)"
_BEGIN = """
    SELECT b.*, encode(n.hash, 'hex') AS hash FROM notifications.begin_deliveries(%s, %s, %s, %s) b
    LEFT JOIN notifications.message_number n ON n.id = b.message_id AND b.kind = 'message'
"""
_STANDS = """
    SELECT NOT (e.deleted OR e.paused OR e.disabled) AND e.url = %s AND e.secret_id = %s
    FROM notifications.endpoint e WHERE e.id = %s
"""
_FACT = """
    SELECT e.stream, e.version, e.metadata FROM notifications.message m
    JOIN notifications.event e ON e.position = m.position WHERE m.id = %s
"""
_END = """
    SELECT e.* FROM unnest(%s::uuid[], %s::text[], %s::integer[], %s::text[], %s::integer[], %s::interval[])
        AS a (id, became, answered, why, ms, again_in)
    CROSS JOIN LATERAL notifications.end_attempt(a.id, a.became, a.answered, a.why, a.ms, a.again_in) e
"""

Outcome = Literal["delivered", "failed", "stopped"]


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One try that is begun, with its endpoint as it stood in that transaction. `turns` are tries of the schedule's
    own; of one `by_hand`, `turn_at` is when the schedule's next was to be made."""

    attempt_id: UUID
    delivery_id: UUID
    endpoint_id: UUID
    kind: Literal["message", "test", "challenge"]
    sequence: int | None
    message_id: UUID
    tries: int
    challenge: str | None
    type: str | None
    occurred_at: datetime
    subject: dict[str, Any] | None
    data: dict[str, Any] | None
    expires_at: datetime | None
    url: str
    contract: int
    secret_id: UUID
    previous_secret_id: UUID | None
    now_at: datetime
    turns: int
    by_hand: bool
    turn_at: datetime | None
    hash: str | None


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What came of a try. `again_in` is when it is tried again, if it is. One that was `stopped` before anything was
    sent is tried again whenever its endpoint may be told."""

    attempt_id: UUID
    outcome: Outcome
    status: int | None
    problem: str | None
    took_ms: int
    again_in: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Failing:
    """An endpoint that failed just now. One that is `worn_out` has done nothing else for five days."""

    endpoint_id: UUID
    failing_since: datetime
    worn_out: bool


class Claims:
    """What a worker asks of the database. Each is one transaction."""

    def __init__(self, pool: AsyncConnectionPool, worker: str) -> None:
        self._pool, self._worker = pool, worker

    async def hand_on(self) -> int:
        """Give waiting messages to the endpoints that want them. How many messages it was."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_HAND_ON, (MESSAGES_TOGETHER,))).fetchone()
        assert row is not None
        return int(row[0])

    async def count_failing(self) -> int:
        """How many endpoints have failed since something was last taken there."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_FAILING)).fetchone()
        assert row is not None
        return int(row[0])

    async def begin(self, most: int, each: int) -> list[Claimed]:
        """Begin what is due, at most so many; of one endpoint at most `each` at a time, by all workers."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Claimed)) as cursor:
            return await (await cursor.execute(_BEGIN, (self._worker, most, each, LEASE))).fetchall()

    async def stands(self, claimed: Claimed) -> bool:
        """Whether the endpoint is as it was when that was begun, and may still be told."""
        asked = (claimed.url, claimed.secret_id, claimed.endpoint_id)
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_STANDS, asked)).fetchone()
        return bool(row and row[0])

    async def trace_of(self, claimed: Claimed) -> str | None:
        """In which trace the fact was recorded that the message tells of; None where it was in none, where the message
        is of no fact (a deadline that comes), and where this process traces nothing."""
        if not spans.is_on() or claimed.kind != "message":
            return None
        try:
            async with self._pool.connection() as connection:
                row = await (await connection.execute(_FACT, (claimed.message_id,))).fetchone()
        except (psycopg.Error, PoolTimeout):
            return None  # a delivery does not wait for a trace
        if row is None or id_of("fact", row[0], str(row[1])) != claimed.message_id:
            return None  # what is no fact's is put where the log stood by then
        return traceparent_in(bytes(row[2]))

    async def end(self, ended: Sequence[Ended]) -> list[Failing]:
        """Say what came of these. Answers with the endpoints that failed."""
        columns = zip(
            *((e.attempt_id, e.outcome, e.status, e.problem, e.took_ms, e.again_in) for e in ended), strict=True
        )
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Failing)) as cursor:
            return await (await cursor.execute(_END, [list(column) for column in columns])).fetchall()
