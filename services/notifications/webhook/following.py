"""The task that reads the log for what receivers outside are to be told, and puts it in the outbox, its place with it.

Any number may run: the place moves once. A fact that cannot be told as it should is told with what identifies it alone,
and loudly: it holds up no other, and nobody is left to believe that nothing happened.
"""

import logging
from collections.abc import Sequence

import psycopg
from prometheus_client import CollectorRegistry, Counter
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.sweeping import Sweeping
from services.eventlog.log import Log
from services.notifications.receiver.outbox import Outgoing, id_of
from services.notifications.webhook.messages_of_facts import TOPICS, message_of

TOGETHER = 100
_NEXT = """
    WITH place AS (SELECT position FROM notifications.message_place),
        head AS (SELECT coalesce(max(e.position), 0) AS position FROM notifications.event e)
    SELECT p.position, h.position, n.position, n.stream, n.version, n.topic FROM place p CROSS JOIN head h
    LEFT JOIN LATERAL (
        SELECT e.position, e.stream, e.version, e.topic FROM notifications.event e
        WHERE e.position > p.position AND e.position <= h.position AND e.topic = ANY (%s)
        ORDER BY e.position LIMIT %s
    ) n ON true ORDER BY n.position
"""
_TELL = "SELECT notifications.tell_messages(%s, %s, %s)"
FALLBACK = {"letter.released.v1": "letter.released", "letter.delivered.v1": "letter.delivered"} | {
    "letter.release-ended.v1": "letter.refused",
    "notice.dispatched.v1": "notice.sent",
    "notice.received.v1": "notice.received",
    "notice.dispatch-failed.v1": "notice.delivery_failed",
    "notice.objected.v1": "notice.objected",
    "notice.withdrawn.v1": "notice.superseded",
}
"""What a fact is told as where what it is about cannot be made out."""

_log = logging.getLogger(__name__)


class Following:
    """Follows this service's own log."""

    def __init__(
        self,
        log: Log,
        pool: AsyncConnectionPool,
        *,
        look_seconds: float = 0.1,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._log, self._pool = log, pool
        self._sweeping = Sweeping("following-the-log", self.follow, look_seconds=look_seconds)
        self.told = Counter("tilsagn_messages_put", "messages made of facts", ["how"], registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, between two batches."""
        await self._sweeping.stop()

    async def follow(self) -> None:
        """Put all there is, batch by batch."""
        while await self.step():
            pass

    async def step(self) -> bool:
        """Put what comes next, and move the place. Whether it moved."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_NEXT, (list(TOPICS), TOGETHER))).fetchall()
        place, head = rows[0][:2]
        facts = [row[2:] for row in rows if row[2] is not None]
        upto = facts[-1][0] if len(facts) == TOGETHER else head
        if upto <= place:
            return False
        messages = await self._messages(facts)
        asked = (place, upto, Jsonb([_as_json(each, position) for each, position in messages]))
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_TELL, asked)).fetchone()
        return bool(row and row[0])

    async def _messages(self, facts: Sequence[tuple[int, str, int, str]]) -> list[tuple[Outgoing, int]]:
        """What they tell, and where each stands: an endpoint's filter of that time lets it through."""
        made = []
        for position, stream, version, topic in facts:
            try:
                history = await self._log.load(stream)
                known = [fact for fact in history.recorded if fact.version <= version]
                message, how = message_of(known), "whole"
            except (psycopg.Error, PoolTimeout):
                raise
            except Exception:  # noqa: BLE001 - of this fact alone, and told
                _log.exception("what the fact at %s tells could not be made out", position)
                message, how = await self._by_name(stream, version, topic), "by name alone"
            if message is not None:
                made.append((message, position))
                self.told.labels(how).inc()
        return made

    async def _by_name(self, stream: str, version: int, topic: str) -> Outgoing | None:
        """That it happened, and to what."""
        if topic not in FALLBACK:
            return None
        kind, _, id = stream.partition("-")
        query = "SELECT recorded_at FROM notifications.event WHERE stream = %s AND version = %s"
        async with self._pool.connection() as connection:
            row = await (await connection.execute(query, (stream, version))).fetchone()
        assert row is not None
        return Outgoing(
            id=id_of("fact", stream, str(version)),
            type=FALLBACK[topic],
            occurred_at=row[0],
            subject={"notice_id" if kind == "notice" else "case_id": id},
            data={"incomplete": True},
        )


def _as_json(message: Outgoing, position: int) -> dict[str, object]:
    return {
        "position": position,
        "id": str(message.id),
        "type": message.type,
        "occurred_at": message.occurred_at.isoformat(),
        "subject": dict(message.subject),
        "data": dict(message.data),
        "expires_at": message.expires_at.isoformat() if message.expires_at else None,
    }
