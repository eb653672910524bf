"""Endpoints as the database lists them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.notifications.webhook.sending.endpoint_check import KNOWN_SECONDS

Row = Mapping[str, Any]
State = Literal["pending", "active", "failing", "paused", "disabled", "deleted"]
"""As `rules.State`; and failing, those that take nothing at present, however they stand otherwise."""
_STATE = """
    CASE WHEN e.deleted THEN 'deleted' WHEN e.disabled THEN 'disabled' WHEN e.paused THEN 'paused'
        WHEN NOT e.consented THEN 'pending' WHEN c.failing_since IS NOT NULL THEN 'failing' ELSE 'active' END
"""
_LIST = f"""
    SELECT e.id, c.failing_since FROM notifications.endpoint e
    JOIN notifications.endpoint_count c ON c.endpoint_id = e.id
    WHERE (%(after)s::uuid IS NULL OR e.id > %(after)s)
      AND CASE %(state)s::text WHEN 'active' THEN {_STATE} IN ('active', 'failing')
          WHEN 'failing' THEN c.failing_since IS NOT NULL AND NOT e.deleted
          ELSE coalesce(%(state)s = {_STATE}, NOT e.deleted) END
    ORDER BY e.id LIMIT %(limit)s
"""
_COUNT = f"""
    SELECT count(*) FROM notifications.endpoint e JOIN notifications.endpoint_count c ON c.endpoint_id = e.id
    WHERE CASE %(state)s::text
        WHEN 'failing' THEN c.failing_since IS NOT NULL AND NOT (e.deleted OR e.disabled OR e.paused)
        ELSE {_STATE} = %(state)s END
"""
MOST_COUNTED = 1000
# Those that take nothing first. What waits is counted up to a bound: behind a receiver that is away it has no end.
_STANDING = f"""
    SELECT e.id, e.url, e.types, e.ordered, e.rate_per_second, {_STATE} AS state, c.failing_since, c.last,
        c.committed, w.waiting, CASE WHEN {_STATE} IN ('active', 'failing') THEN w.next_at END AS next_at
    FROM notifications.endpoint e JOIN notifications.endpoint_count c ON c.endpoint_id = e.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS waiting, min(f.next_at) AS next_at FROM (
            SELECT d.next_at FROM notifications.delivery d
            WHERE d.endpoint_id = e.id AND d.state IN ('waiting', 'begun') AND d.kind = 'message'
            ORDER BY d.next_at LIMIT %(most)s) AS f) AS w
    WHERE NOT e.deleted AND (%(only)s::uuid IS NULL OR e.id = %(only)s)
    ORDER BY c.failing_since NULLS LAST, e.url, e.id LIMIT %(limit)s
"""
_UNDER_WAY = """
    SELECT EXISTS (
        SELECT FROM notifications.delivery d
        WHERE d.endpoint_id = %s AND d.state IN ('begun', 'cancelled') AND d.attempt_id IS NOT NULL
          AND d.next_at > notifications.log_clock()
          AND NOT EXISTS (SELECT FROM notifications.attempt_outcome o WHERE o.attempt_id = d.attempt_id))
"""
LOOK_SECONDS = 0.05


class EndpointList:
    """Which endpoints there are. A deleted one is read by its id alone."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def list_ids(
        self, *, after: UUID | None, limit: int, state: State | None = None
    ) -> list[tuple[UUID, datetime | None]]:
        """Endpoints in the order of their ids, after one, and since when nothing is taken there. Those that are
        deleted are listed where they are asked for."""
        asked = {"after": after, "limit": limit, "state": state}
        async with self._pool.connection() as connection:
            return await (await connection.execute(_LIST, asked)).fetchall()

    async def list_standing(self, *, only: UUID | None = None, limit: int = 500) -> list[Row]:
        """Each endpoint that is not deleted, those that fail first and longest first: its `url` and `state`, since when
        nothing is taken there (`failing_since`), the number of the last message (`last`) and how far its reader says it
        has read (`committed`), how many wait (`waiting`, no more than a thousand are counted) and when the next of them
        is tried (`next_at`; none is where it is told nothing)."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            asked = {"most": MOST_COUNTED, "limit": limit, "only": only}
            return list(await (await cursor.execute(_STANDING, asked)).fetchall())

    async def count(self, state: State) -> int:
        """How many stand so; of those that fail, those that are tried."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_COUNT, {"state": state})).fetchone()
        assert row is not None
        return int(row[0])

    def waiting(self) -> dict[str, Callable[[], Awaitable[int]]]:
        """What waits for somebody: those that are told nothing until somebody resumes them, and those that will come to
        that if nobody sees to their receivers."""
        return {
            "webhook endpoints that are disabled": partial(self.count, "disabled"),
            "webhook endpoints that fail": partial(self.count, "failing"),
        }

    async def rest(self, endpoint: UUID) -> None:
        """Returns when nothing that was begun there before is yet to be sent: when all of it has come to its end, or
        the time is over in which a worker goes by what it knew."""
        over = time.monotonic() + KNOWN_SECONDS
        while (left := over - time.monotonic()) > 0:
            async with self._pool.connection() as connection:
                row = await (await connection.execute(_UNDER_WAY, (endpoint,))).fetchone()
            if row and not row[0]:
                return
            await asyncio.sleep(min(left, LOOK_SECONDS))
