"""A log's streams, to whoever may read some of them and can write none.

`Log` is a service's own way in, and carries the one path of writing. Whoever reads beside the service is given a view
of the facts it may see, and nothing that could record any.
"""

from dataclasses import dataclass
from typing import Protocol

from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import History
from services.eventlog.mapper import recorded


class Loads(Protocol):
    """Whatever streams can be loaded from: a service's own log, or what another may see of it."""

    async def load(self, stream: str) -> History:
        """The stream as it stands now, in version order."""
        ...


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams that stand in `relation` ("schema.view"), which has the columns of a log's events."""

    pool: AsyncConnectionPool
    relation: str

    async def load(self, stream: str) -> History:
        """The stream as it stands now; version 0 where it is not begun, or is not among those that may be seen."""
        query = sql.SQL(
            "SELECT position, stream, version, topic, data, metadata, recorded_at FROM {}"
            " WHERE stream = %s ORDER BY version"
        ).format(sql.Identifier(*self.relation.split(".")))
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query, (stream,), binary=True)
            return History(stream, tuple(recorded(row) for row in await cursor.fetchall()))
