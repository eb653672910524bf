"""Which kind of server is read: the primary, or a standby, and how far that one has replayed.

A standby answers with what it has replayed, and cannot say by itself that it lacks nothing. What it can say is when it
last lacked nothing of what it had received, and what can come no more: each fact of a transaction that ended before the
last one it replayed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Literal

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row

from services.calendar.patience import at_most
from services.eventlog.connections.pool import SOON_SECONDS, Either
from services.eventlog.refusal import Refusal

LOOK_SECONDS = 1.0
"""For how long what was seen of a server is told on."""
LONGEST_RECORDING = timedelta(seconds=at_most(60))
"""No transaction that records lasts so long, from its stamp to its end: a statement is given up after twenty seconds,
and a session that idles in a transaction after sixty (connecting.py)."""
LONG_AGO = timedelta(days=36_500)
"""How far a server is behind that has replayed nothing and hears of nothing."""
Kind = Literal["primary", "standby"]


class ReadOnlyNode(Refusal):
    """This process reads a copy of the database, or its database has become one: nothing is recorded, told to another
    service or signed there. Ask a process on the primary; nothing was done."""

    code = "read-only-node"
    status = 503
    title = "Denne noden kan bare leses fra"


class StandbyBehind(Refusal):
    """The standby has lagged behind for longer than it may, and no primary is there to read from instead."""

    code = "standby-behind"
    status = 503
    title = "Kopien av databasen henger etter"


class NotReplayedYet(Refusal):
    """What the caller wants to see at the least has not come here in the time that is waited for it."""

    code = "not-replayed-yet"
    status = 503
    title = "Det du vil se, er ikke kommet hit ennå"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a server said at `asked_at`, by its own clock. `position` is of the last fact (of several logs the lowest, 0
    where all are empty), `followed` how far every read model has come. `ended_at` is when the last transaction it has
    replayed had ended on the primary, None without one; `lacks`: it has received more than it has replayed."""

    standby: bool
    asked_at: datetime
    connected: bool
    lacks: bool
    ended_at: datetime | None
    position: int
    followed: int
    recorded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Node:
    """A server as it was seen. `lag` is how long ago it was last seen to lack nothing of what it could have had; none
    on the primary. `settled_at`: of what was recorded until then nothing more will come here; None on the primary."""

    kind: Kind
    position: int
    followed: int
    lag: timedelta
    settled_at: datetime | None


def judge(seen: Seen, *, even_at: datetime | None) -> Node:
    """What is to be made of what was seen. `even_at` is when this server was last seen to lack nothing, if ever."""
    if not seen.standby:
        return Node(kind="primary", position=seen.position, followed=seen.followed, lag=timedelta(0), settled_at=None)
    even = [seen.asked_at] if seen.connected and not seen.lacks else [even_at, seen.ended_at]
    since = max((at for at in even if at is not None), default=None)
    lag = LONG_AGO if since is None else max(timedelta(0), seen.asked_at - since)
    settled = [at for at in (seen.recorded_at, seen.ended_at and seen.ended_at - LONGEST_RECORDING) if at is not None]
    return Node(
        kind="standby",
        position=seen.position,
        followed=seen.followed,
        lag=lag,
        settled_at=max(settled, default=None),
    )


_SERVER = """
    SELECT r.standby, clock_timestamp() AS asked_at, l.position, l.followed, l.recorded_at,
           r.standby AND EXISTS (SELECT FROM pg_stat_wal_receiver) AS connected,
           r.standby AND coalesce(pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn(), true) AS lacks,
           CASE WHEN r.standby THEN pg_last_xact_replay_timestamp() END AS ended_at
    FROM (SELECT pg_is_in_recovery() AS standby) AS r CROSS JOIN LATERAL ({logs}) AS l
"""


def own_log(schema: str) -> str:
    """How a service asks how far its log and its read models have come."""
    return f"""
        SELECT coalesce(max(e.position), 0) AS position, max(e.recorded_at) AS recorded_at,
               coalesce((SELECT min(v.position) FROM {schema}_view.edition v WHERE v.state = 'live'), 0) AS followed
        FROM (SELECT position, recorded_at FROM {schema}.event ORDER BY position DESC LIMIT 1) AS e"""


def both_logs(schemas: Sequence[str]) -> str:
    """The same for one that reads beside the services (freshness.py): of several logs, the one least far."""
    each = " UNION ALL ".join(f"SELECT position, recorded_at, followed FROM {schema}.how_fresh()" for schema in schemas)
    return f"""
        SELECT coalesce(min(f.position), 0) AS position, min(f.recorded_at) AS recorded_at,
               coalesce(min(f.followed), 0) AS followed FROM ({each}) AS f"""


class Server:
    """The server behind a pool, as all who ask know it: it is asked once a second at the most. The pool leads to one
    server; of several, what is seen of one would be told of another."""

    def __init__(self, pool: Either, logs: str) -> None:
        self._pool = pool
        self._query = _SERVER.format(logs=logs).encode()
        self._known: Node | psycopg.Error | None = None
        self._asked_at = float("-inf")
        self._even_at: datetime | None = None
        self._asking = asyncio.Lock()

    async def now(self, *, within: float | None = None) -> Node:
        """As it stood so many seconds ago at the most, one where it is not said. Raises psycopg.Error, to all who asked
        meanwhile, where it does not answer."""
        async with self._asking:
            if self._known is None or monotonic() - self._asked_at >= (LOOK_SECONDS if within is None else within):
                try:
                    self._known = await self._look()
                except psycopg.Error as away:
                    self._known = away
                self._asked_at = monotonic()
            if isinstance(self._known, psycopg.Error):
                raise self._known
            return self._known

    async def _look(self) -> Node:
        async with self._pool.itself(SOON_SECONDS) as connection:
            seen = await see(connection, self._query)
        node = judge(seen, even_at=self._even_at)
        if seen.standby and node.lag == timedelta(0):
            self._even_at = seen.asked_at
        return node


async def see(connection: AsyncConnection[Any], query: bytes) -> Seen:
    """What the server says of itself."""
    async with connection.cursor(row_factory=class_row(Seen)) as rows:
        found = await (await rows.execute(query)).fetchone()
    assert found is not None
    return found


def told_of(node: Node) -> Mapping[str, str]:
    """The headers that say what was read."""
    told = {"Read-From": node.kind, "Read-To-Position": str(node.position)}
    if node.kind == "standby":
        told["Read-Behind-Seconds"] = f"{node.lag.total_seconds():.1f}"
    return told
