"""What an endpoint is told and was told, read by its numbers; and what is asked of that by hand.

Every message keeps its number whatever became of it, so that a receiver that holds the numbers it has can prove that it
lacks none. What is asked by hand is done once for each id it is asked under.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import errors
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.connections.standby import CONFIRMED_WITHIN_SECONDS, confirm_aside
from services.eventlog.feeds.places import Place, check_place
from services.notifications.webhook.refusals import DeliveryUnknown

MOST_RECOVERED, MOST_NAMED = 10_000, 20
_COUNT = """
    SELECT c.last, c.committed, c.failing_since FROM notifications.endpoint_count c WHERE c.endpoint_id = %s
"""
_MESSAGES = """
    SELECT d.sequence, d.id AS delivery_id, d.state, m.id AS message_id, m.type, m.occurred_at, m.subject, m.data,
        encode(n.hash, 'hex') AS hash, d.expires_at, coalesce(d.expires_at <= notifications.log_clock(), false) AS over
    FROM notifications.delivery d JOIN notifications.message m ON m.id = d.message_id
    JOIN notifications.message_number n ON n.id = m.id
    WHERE d.endpoint_id = %(endpoint)s AND d.sequence > %(after)s ORDER BY d.sequence LIMIT %(limit)s
"""
_HASHES = """
    SELECT d.sequence, n.hash FROM notifications.delivery d
    JOIN notifications.message_number n ON n.id = d.message_id
    WHERE d.endpoint_id = %s AND d.sequence = ANY (%s)
"""
_MISSING = """
    SELECT d.sequence, d.id AS delivery_id, d.state, m.id AS message_id, m.type,
        coalesce(d.expires_at <= notifications.log_clock(), false) AS over
    FROM notifications.delivery d JOIN notifications.message m ON m.id = d.message_id
    WHERE d.endpoint_id = %(endpoint)s AND d.sequence > %(after)s AND d.sequence <= %(upto)s
      AND NOT d.sequence <@ %(received)s::int4multirange
    ORDER BY d.sequence LIMIT %(limit)s
"""
_DELIVERIES = """
    SELECT d.id, d.kind, d.sequence, d.message_id, coalesce(m.type, 'webhook.' || d.kind) AS type, d.state, d.tries,
        CASE WHEN d.state = 'waiting' AND NOT (e.deleted OR e.paused OR e.disabled)
                AND (e.consented OR d.kind = 'challenge') THEN d.next_at END AS next_at,
        d.expires_at, d.made_at, d.settled_at
    FROM (
        SELECT d.endpoint_id, d.id, d.kind, d.sequence, d.message_id, d.state, d.tries, d.next_at, d.expires_at,
            d.made_at, d.settled_at FROM notifications.delivery d
        WHERE d.endpoint_id = %(endpoint)s AND (d.made_at, d.id) < (%(before)s::timestamptz, %(id)s::uuid)
        ORDER BY d.made_at DESC, d.id DESC LIMIT %(limit)s
    ) d JOIN notifications.endpoint e ON e.id = d.endpoint_id
    LEFT JOIN notifications.message m ON m.id = d.message_id ORDER BY d.made_at DESC, d.id DESC
"""
_OF_A_STATE = _DELIVERIES.replace(
    "d.endpoint_id = %(endpoint)s", "d.endpoint_id = %(endpoint)s AND d.state = %(state)s"
)
_NEWEST = ("infinity", UUID(int=2**128 - 1))
_ATTEMPTS = """
    SELECT a.number, a.begun_at, o.ended_at, coalesce(o.outcome, 'begun') AS outcome, o.status, o.problem, o.took_ms,
        a.by_hand
    FROM notifications.attempt a LEFT JOIN notifications.attempt_outcome o ON o.attempt_id = a.id
    JOIN notifications.delivery d ON d.id = a.delivery_id
    WHERE d.endpoint_id = %s AND d.id = %s ORDER BY a.begun_at, a.id
"""
_FAILED = """
    SELECT d.id FROM notifications.delivery d
    WHERE d.endpoint_id = %(endpoint)s AND d.kind = 'message' AND d.state IN ('failed', 'waiting') AND d.tries > 0
      AND d.made_at >= %(since)s AND d.made_at < %(until)s
      AND (d.expires_at IS NULL OR d.expires_at > notifications.log_clock())
    ORDER BY d.sequence LIMIT %(limit)s
"""
_CHOSEN = """
    SELECT d.id, d.sequence FROM notifications.delivery d
    WHERE d.endpoint_id = %s AND d.kind = 'message' AND (d.sequence = ANY (%s) OR d.id = ANY (%s))
"""
_KNOWN = "SELECT FROM notifications.delivery WHERE endpoint_id = %s AND id = %s"
_HELD_UP = """
    SELECT count(*) AS it FROM notifications.delivery d
    WHERE d.id = ANY (%(chosen)s) AND d.state = 'waiting' AND d.sequence > (
        SELECT min(i.sequence) FROM notifications.delivery i
        WHERE i.endpoint_id = %(endpoint)s AND i.kind = 'message' AND i.state IN ('waiting', 'begun'))
"""
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Count:
    """How far an endpoint's numbers go, and how far its reader says it has read."""

    last: int
    committed: int
    failing_since: datetime | None


class Deliveries:
    """Reads, and what is asked by hand. `request` is an id of the asker's own."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def count(self, endpoint: UUID) -> Count:
        """The endpoint's numbers."""
        [row] = await self._rows(_COUNT, (endpoint,))
        return Count(**row)

    async def list_messages(self, endpoint: UUID, *, after: int, limit: int) -> Sequence[Row]:
        """What it is told, after a number, in their order."""
        return await self._rows(_MESSAGES, {"endpoint": endpoint, "after": after, "limit": limit})

    async def hashes_at(self, endpoint: UUID, sequences: Sequence[int]) -> Mapping[int, bytes]:
        """What stands at these numbers of the endpoint: each message chained to all that were handed on before it."""
        rows = await self._rows(_HASHES, (endpoint, list(sequences)))
        return {row["sequence"]: bytes(row["hash"]) for row in rows}

    async def check(self, endpoint: UUID, place: Place) -> None:
        """Refuses LogDiverged where the endpoint's messages lack the place."""

        async def hashes_at(sequences: Sequence[int]) -> Mapping[int, bytes]:
            return await self.hashes_at(endpoint, sequences)

        async def confirm() -> None:
            async with self._pool.connection() as connection:
                await confirm_aside(connection, CONFIRMED_WITHIN_SECONDS)

        await check_place(place, hashes_at, confirm)

    async def list_missing(
        self, endpoint: UUID, received: Sequence[tuple[int, int]], *, after: int, upto: int, limit: int
    ) -> Sequence[Row]:
        """Which of these numbers a receiver lacks that has those (first and last of each run, both counted)."""
        runs = "{" + ",".join(f"[{first},{last}]" for first, last in received) + "}"
        asked = {"endpoint": endpoint, "received": runs, "after": after, "upto": upto, "limit": limit}
        return await self._rows(_MISSING, asked)

    async def list_deliveries(
        self, endpoint: UUID, *, state: str | None, before: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[Row]:
        """Deliveries, tests and challenges, the newest first."""
        at, id = before or _NEWEST
        asked = {"endpoint": endpoint, "state": state, "before": at, "id": id, "limit": limit}
        return await self._rows(_DELIVERIES if state is None else _OF_A_STATE, asked)

    async def list_attempts(self, endpoint: UUID, delivery: UUID) -> Sequence[Row]:
        """Every try of it, in the order they were begun."""
        return await self._rows(_ATTEMPTS, (endpoint, delivery))

    async def list_failed(self, endpoint: UUID, since: datetime, until: datetime) -> list[UUID]:
        """What was put from one instant to another and has failed, if it may still be sent."""
        asked = {"endpoint": endpoint, "since": since, "until": until, "limit": MOST_RECOVERED}
        return [row["id"] for row in await self._rows(_FAILED, asked)]

    async def knows(self, endpoint: UUID, delivery: UUID) -> bool:
        """Whether it is one of the endpoint's."""
        return bool(await self._rows(_KNOWN, (endpoint, delivery)))

    async def choose(self, endpoint: UUID, sequences: Sequence[int], ids: Sequence[UUID]) -> list[UUID]:
        """The deliveries of these numbers and ids. Raises DeliveryUnknown unless each is a message's, told here."""
        rows = await self._rows(_CHOSEN, (endpoint, list(sequences), list(ids)))
        unknown = [
            *sorted(set(sequences) - {row["sequence"] for row in rows}),
            *sorted(str(each) for each in set(ids) - {row["id"] for row in rows}),
        ]
        if unknown:
            named = ", ".join(map(str, unknown[:MOST_NAMED]))
            raise DeliveryUnknown(f"No message was told here as {named}. Nothing is sent again.")
        return [row["id"] for row in rows]

    async def count_held_up(self, endpoint: UUID, chosen: Sequence[UUID]) -> int:
        """How many of these wait behind an earlier number, if they are sent in order."""
        [row] = await self._rows(_HELD_UP, {"endpoint": endpoint, "chosen": list(chosen)})
        return int(row["it"])

    async def resend(self, request: UUID, endpoint: UUID, deliveries: Sequence[UUID], by: str) -> int:
        """Send these again now. How many it is: what is under way at this moment or has expired is left alone."""
        query = "SELECT notifications.resend_deliveries(%s, %s, %s, %s) AS it"
        return int(await self._once(query, (request, endpoint, list(deliveries), by)))

    async def test(self, request: UUID, endpoint: UUID, by: str) -> UUID:
        """Send a test, or to one that has not consented yet the challenge once more. The delivery's id."""
        query = "SELECT notifications.test_endpoint(%s, %s, %s) AS it"
        made = await self._once(query, (request, endpoint, by))
        assert isinstance(made, UUID)
        return made

    async def commit(self, endpoint: UUID, upto: int) -> bool:
        """Keep how far it has been read. False if the numbers do not go so far."""
        [row] = await self._rows("SELECT notifications.commit_reading(%s, %s) AS it", (endpoint, upto))
        return bool(row["it"])

    async def _once(self, query: str, asked: Sequence[Any]) -> Any:
        """The same asked twice in one moment is done once: the second finds the first."""
        try:
            [row] = await self._rows(query, asked)
        except errors.UniqueViolation:
            [row] = await self._rows(query, asked)
        return row["it"]

    async def _rows(self, query: str, asked: Any) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(query.encode(), asked)).fetchall()
