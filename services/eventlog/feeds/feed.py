"""What other services are told: the log's public messages in order, by position, with a long poll.

A reader gives the position it has read to, and the hash that stood there, and gets what came after it, as CloudEvents
1.0, and the place to ask from next. Positions are contiguous and become visible in order (one writer at a time), so a
reader that saves its place with its work sees every message exactly once. A position is not an identity: after a
failover it can be another fact's, and the hash tells.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from services.eventlog.connections.standby import CONFIRMED_WITHIN_SECONDS, confirm_aside
from services.eventlog.feeds.head import Head
from services.eventlog.feeds.places import LogDiverged, Place, check_place, earlier, written
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.eventlog.refusal import Refusal

MOST = 500
LONGEST_WAIT_SECONDS = 30.0
HASH = "tilsagnhash"
"""The CloudEvents extension attribute that tells the hash (hex) of what is recorded at the message's position."""

TRACE = "traceparent"
"""CloudEvents' own attribute for the trace a message belongs to; only where the fact was recorded in one."""


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
    """A CloudEvents batch and the place to ask `after` next: a position, which also passes events nobody is told of,
    and the hash (hex) that stands there. None where nothing is recorded yet. `next_place` says both, and what stands
    before it, as one text (places.py)."""

    messages: tuple[Mapping[str, Any], ...]
    next_after: int
    next_hash: str | None
    next_place: str


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
        self._safe: tuple[int, bytes] | None = None
        self._query = (
            f"WITH head AS (SELECT position AS at, hash FROM {schema}.event ORDER BY position DESC LIMIT 1),"
            f" place AS (SELECT hash FROM {schema}.event WHERE position = %s)"
            " SELECT h.at, h.hash, (SELECT hash FROM place), e.* FROM head h LEFT JOIN LATERAL ("
            f"  SELECT hash, position, stream, version, topic, data, metadata, recorded_at FROM {schema}.event"
            "   WHERE position > %s AND position <= h.at AND topic = ANY (%s) ORDER BY position LIMIT %s"
            " ) AS e ON true ORDER BY e.position"
        )
        self._hashes = f"SELECT position, hash FROM {schema}.event WHERE position = ANY (%s)"

    async def check(self, place: Place) -> None:
        """Refuses LogDiverged where this log lacks the place, with the last that it has in common with it."""
        async with self._pool.connection() as connection:

            async def hashes_at(positions: Sequence[int]) -> Mapping[int, bytes]:
                return await self._hashes_at(connection, positions)

            async def confirm() -> None:
                await confirm_aside(connection, CONFIRMED_WITHIN_SECONDS)

            await check_place(place, hashes_at, confirm)

    async def read(self, after: int, limit: int, wait: float, *, after_hash: str | None = None) -> FeedPage:
        """What came after a position, at most `limit` (1 to 500) events of it. With nothing to tell yet it waits, at
        most `wait` seconds (0 to 30) and no longer than this service runs, and then answers with no messages.

        `after_hash` (hex) is what the reader found at its place: refuses LogDiverged if something else stands there,
        AheadOfTheLog if nothing does; NotThePrimary on a standby. A place kept without a hash is taken at its word."""
        assert 1 <= limit <= MOST, limit
        assert 0 <= wait <= LONGEST_WAIT_SECONDS, wait
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        while True:
            page = await self._page(after, limit, after_hash)
            left = deadline - clock()
            if page.messages or left <= 0 or self._head.over:
                return page
            after, after_hash = page.next_after, page.next_hash
            await self._head.beyond(after, left)

    async def _page(self, after: int, limit: int, after_hash: str | None) -> FeedPage:
        asked = (after, after, list(self._mappers), limit)
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(self._query, asked, binary=True)).fetchall()
            if _diverged(rows, after, after_hash):
                # Nobody is told that a log lacks what they read by a server that is not the log's own
                await confirm_aside(connection, CONFIRMED_WITHIN_SECONDS)
                rows = await (await connection.execute(self._query, asked, binary=True)).fetchall()
            await self._confirm(connection, rows[0][:2] if rows else None)
            whole = len(rows) < limit or rows[-1][3] is None
            to = 0 if not rows else int(rows[0][0] if whole else rows[-1][4])
            place = written(to, await self._hashes_at(connection, earlier(to)))
        if (diverged := _diverged(rows, after, after_hash)) is not None:
            raise diverged
        head, head_hash, _ = rows[0][:3] if rows else (0, None, None)
        told: list[Mapping[str, Any]] = []
        facts = [(bytes(row[3]).hex(), recorded(row[4:])) for row in rows if row[3] is not None]
        for its_hash, fact in facts:
            message = self._mappers[fact.event.TOPIC](fact)
            if message is not None:
                told.append(self._told(fact, its_hash, message))
        if len(facts) == limit:
            return FeedPage(tuple(told), facts[-1][1].position, facts[-1][0], place)
        return FeedPage(tuple(told), head, None if head_hash is None else bytes(head_hash).hex(), place)

    async def _hashes_at(self, connection: AsyncConnection[Any], positions: Sequence[int]) -> Mapping[int, bytes]:
        """What stands at these positions. What stands once stands, so they need not be read in one moment."""
        rows = await connection.execute(self._hashes.encode(), (list(positions),), binary=True)
        return {position: bytes(stands) for position, stands in await rows.fetchall()}

    async def _confirm(self, connection: AsyncConnection[Any], head: tuple[int, bytes] | None) -> None:
        """Returns when no failover can lose what the log holds up to here, for another service acts on what it is told.
        That is one commit each time there is something new, and none otherwise. Raises NotConfirmed."""
        if head is None or head != self._safe:  # an empty log may be one that was not replayed yet
            await confirm_aside(connection, CONFIRMED_WITHIN_SECONDS)
            self._safe = head

    def _told(self, fact: Recorded, its_hash: str, message: Message) -> Mapping[str, Any]:
        return {
            "specversion": "1.0",
            "id": str(fact.position),
            "source": self._source,
            "type": message.type,
            "subject": message.subject,
            "time": fact.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            HASH: its_hash,
            **({TRACE: fact.traceparent} if fact.traceparent else {}),
            "data": message.data,
        }


def _diverged(rows: Sequence[Sequence[Any]], after: int, after_hash: str | None) -> Refusal | None:
    """Why the reader's place is not in what was read; None if it is."""
    head, _, stands = rows[0][:3] if rows else (0, None, None)
    if after > head:
        return AheadOfTheLog(f"You have read to {after}, and this log ends at {head}.", after=after, head=head)
    if after and after_hash is not None and (stands is None or bytes(stands).hex() != after_hash):
        return LogDiverged(f"What stands at {after} is not what you read there.", after=after)
    return None
