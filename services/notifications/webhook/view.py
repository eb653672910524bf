"""Endpoints as the database lists them."""

import asyncio
import time
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.notifications.webhook.standing import KNOWN_SECONDS

_LIST = """
    SELECT id FROM notifications.endpoint WHERE NOT deleted AND (%(after)s::uuid IS NULL OR id > %(after)s)
    ORDER BY id LIMIT %(limit)s
"""


_UNDER_WAY = """
    SELECT EXISTS (
        SELECT FROM notifications.delivery d
        WHERE d.endpoint_id = %s AND d.state IN ('begun', 'cancelled') AND d.attempt_id IS NOT NULL
          AND d.next_at > notifications.log_clock()
          AND NOT EXISTS (SELECT FROM notifications.attempt_outcome o WHERE o.attempt_id = d.attempt_id))
"""
_DISABLED = "SELECT count(*) FROM notifications.endpoint WHERE disabled AND NOT deleted"
LOOK_SECONDS = 0.05


class EndpointList:
    """Which endpoints there are. A deleted one is read by its id alone."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def list_ids(self, *, after: UUID | None, limit: int) -> list[UUID]:
        """Endpoints in the order of their ids, after one."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_LIST, {"after": after, "limit": limit})).fetchall()
        return [row[0] for row in rows]

    async def count_disabled(self) -> int:
        """How many are told nothing until somebody resumes them."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_DISABLED)).fetchone()
        assert row is not None
        return int(row[0])

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
