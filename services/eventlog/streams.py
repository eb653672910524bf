"""A log's streams, to whoever may read some of them and can write none.

`Log` is a service's own way in, and carries the one path of writing. Whoever reads beside the service is given a view
of the facts it may see, and nothing that could record any.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import History
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded


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


MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class KeptStreams:
    """The same, for streams that are read again and again: what was read is kept, for a fact never changes, and only
    what has come since is read.

    The last fact that is kept is looked at each time. Is it another than before, or gone (a standby was made the
    primary without the last of what the old one had), the stream is read anew."""

    pool: AsyncConnectionPool
    relation: str
    _kept: dict[str, History] = field(default_factory=dict)

    async def load(self, stream: str) -> History:
        """The stream as it stands now; version 0 where it is not begun, or is not among those that may be seen."""
        kept = self._kept.get(stream, History(stream, ()))
        rows = await self._since(kept)
        if kept.recorded and not (rows and _is(rows[0], kept.recorded[-1])):
            kept = History(stream, ())
            rows = await self._since(kept)
        new = tuple(recorded(row) for row in rows if row[2] > kept.version)
        if new:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[stream] = History(stream, (*kept.recorded, *new))
        return kept

    async def _since(self, kept: History) -> Sequence[Any]:
        """What has come since, after the last that is kept; of that one not what it says."""
        query = sql.SQL(
            "SELECT position, stream, version, topic, CASE WHEN version > %(kept)s THEN data END AS data,"
            " metadata, recorded_at FROM {} WHERE stream = %(stream)s AND version >= %(kept)s ORDER BY version"
        ).format(sql.Identifier(*self.relation.split(".")))
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query, {"stream": kept.stream, "kept": kept.version}, binary=True)
            return await cursor.fetchall()


def _is(row: Sequence[Any], fact: Recorded) -> bool:
    return (row[0], row[2], row[6]) == (fact.position, fact.version, fact.recorded_at)
