"""Endpoints as the database lists them."""

from uuid import UUID

from psycopg_pool import AsyncConnectionPool

_LIST = """
    SELECT id FROM notifications.endpoint WHERE NOT deleted AND (%(after)s::uuid IS NULL OR id > %(after)s)
    ORDER BY id LIMIT %(limit)s
"""


class EndpointList:
    """Which endpoints there are. A deleted one is read by its id alone."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def list_ids(self, *, after: UUID | None, limit: int) -> list[UUID]:
        """Endpoints in the order of their ids, after one."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_LIST, {"after": after, "limit": limit})).fetchall()
        return [row[0] for row in rows]
