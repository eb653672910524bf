"""What other services are told: the log's public messages in order, by position, with a long poll.

A reader gives the position it has read to and gets what came after it, as CloudEvents 1.0, and the position to ask from
next. Positions are contiguous and become visible in order (one writer at a time), so a reader that saves its place with
its work sees every message exactly once.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from psycopg_pool import AsyncConnectionPool

from services.eventlog.head import Head
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.eventlog.refusal import Refusal

MOST = 500
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is told of one event: a public type with its version, what it is about, and its content (JSON-able)."""

    type: str
    subject: str
    data: Mapping[str, Any]


Mapper = Callable[[Recorded], Message | None]
"""From an event to the message about it; None when this one is nobody else's concern."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A CloudEvents batch and the position to ask `after` next. The position also passes events nobody is told of."""

    messages: tuple[Mapping[str, Any], ...]
    next_after: int


class AheadOfTheLog(Refusal):
    """The reader has read further than this log goes: it was set back to an older state, and the reader holds facts
    that are no longer here. Somebody must look; going on would skip what is recorded under the same positions anew."""

    code = "ahead-of-the-log"
    title = "Leseren har lest lenger enn loggen går"


class Feed:
    """The public messages of one log. `mappers` says for each topic how its events are told; a topic that is not there
    is not told, and its events are not even read. `source` is this service's URI reference (`/grants`)."""

    def __init__(
        self, pool: AsyncConnectionPool, head: Head, *, schema: str, source: str, mappers: Mapping[str, Mapper]
    ) -> None:
        self._pool = pool
        self._head = head
        self._source = source
        self._mappers = dict(mappers)
        self._query = (
            f"WITH head AS (SELECT coalesce(max(position), 0) AS at FROM {schema}.event)"
            " SELECT h.at, e.* FROM head h LEFT JOIN LATERAL ("
            f"  SELECT position, stream, version, topic, data, metadata, recorded_at FROM {schema}.event"
            "   WHERE position > %s AND position <= h.at AND topic = ANY (%s) ORDER BY position LIMIT %s"
            " ) AS e ON true ORDER BY e.position"
        )

    async def read(self, after: int, limit: int, wait: float) -> FeedPage:
        """What came after a position, at most `limit` (1 to 500) events of it. With nothing to tell yet it waits, at
        most `wait` seconds (0 to 30), and then answers with no messages."""
        assert 1 <= limit <= MOST, limit
        assert 0 <= wait <= LONGEST_WAIT_SECONDS, wait
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        while True:
            page = await self._page(after, limit)
            left = deadline - clock()
            if page.messages or left <= 0:
                return page
            after = page.next_after
            await self._head.beyond(after, left)

    async def _page(self, after: int, limit: int) -> FeedPage:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(self._query, (after, list(self._mappers), limit), binary=True)
            rows = await cursor.fetchall()
        head = rows[0][0]
        if after > head:
            raise AheadOfTheLog(f"You have read to {after}, and this log ends at {head}.", after=after, head=head)
        facts = [recorded(row[1:]) for row in rows if row[1] is not None]
        messages = ((fact, self._mappers[fact.event.TOPIC](fact)) for fact in facts)
        told = tuple(self._told(fact, message) for fact, message in messages if message is not None)
        return FeedPage(told, facts[-1].position if len(facts) == limit else head)

    def _told(self, fact: Recorded, message: Message) -> Mapping[str, Any]:
        return {
            "specversion": "1.0",
            "id": str(fact.position),
            "source": self._source,
            "type": message.type,
            "subject": message.subject,
            "time": fact.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": message.data,
        }
