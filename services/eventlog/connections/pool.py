"""Connections kept for many to use, of which none is lent that has died meanwhile.

A database that is restarted or fails over ends every connection there was, and a pool does not look: it lends what is
dead, and whoever asks next is answered 503 long after the database is back. It is looked at before it is lent, without
asking the database anything: an idle connection whose other end has spoken or hung up is not what it was.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from select import POLLIN, poll
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.pq.abc import PGconn
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolTimeout

from services.calendar.patience import at_most
from services.eventlog.connections.connecting import (
    PATIENCE_SECONDS,
    PREPARED_AFTER,
    Impatient,
    ImpatientAside,
    begin,
    begin_aside,
    preparing,
    session,
)

LEAST, MOST, MOST_SYNCHRONOUS = 2, 20, 4
WAIT_SECONDS, WAIT_IN_THREADS_SECONDS = at_most(5), at_most(30)
SOON_SECONDS = at_most(2)
"""How long whoever only looks whether the database answers waits for a connection."""
RECONNECT_SECONDS = 5
"""How long one attempt to connect is repeated, each pause twice the one before. Then it is given up, and whoever asks
next begins another: after an outage of hours the first who asks is served, not whoever asks when the pause is over. So
whoever waits for longer than that asks anew meanwhile: else nobody would try any more, and they waited for nothing."""

INSTEAD: ContextVar[bool] = ContextVar("instead", default=False)
"""Whether what is asked here is asked of the other server of the two."""


class Either(AsyncConnectionPool[Any]):
    """A pool, and another that is asked `instead` where it is said so (INSTEAD): a standby, and the primary whose copy
    it is."""

    instead: "Either | None" = None

    async def getconn(self, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - the library's own
        ends = monotonic() + (self.timeout if timeout is None else timeout)
        while (left := ends - monotonic()) > RECONNECT_SECONDS:
            with suppress(PoolTimeout):
                return await super().getconn(RECONNECT_SECONDS)
        return await super().getconn(left)

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Any]:  # noqa: ASYNC109 - the library's own
        lends = self.instead.connection if self.instead is not None and INSTEAD.get() else super().connection
        async with lends(timeout) as connection:
            yield connection

    def itself(self, seconds: float) -> AbstractAsyncContextManager[Any]:
        """A connection of this pool's own server, whatever is said; waited for so long."""
        return super().connection(seconds)

    async def __aenter__(self) -> Self:
        if self.instead is not None:
            await self.instead.open()
        return await super().__aenter__()

    async def __aexit__(self, *ended: Any) -> None:
        if self.instead is not None:
            await self.instead.close()
        await super().__aexit__(*ended)


class Now(ConnectionPool[Any]):
    """The pool of threads."""

    def getconn(self, timeout: float | None = None) -> Any:
        ends = monotonic() + (self.timeout if timeout is None else timeout)
        while (left := ends - monotonic()) > RECONNECT_SECONDS:
            with suppress(PoolTimeout):
                return super().getconn(RECONNECT_SECONDS)
        return super().getconn(left)


def open_later(dsn: str, *, most: int = MOST, instead: str | None = None) -> Either:
    """The pool of a service's event loop, with autocommit and at most so many connections. Enter it to open it. Whoever
    asks waits 5 s at most. `instead` is how another server is reached, for what is to be asked there."""

    async def alive(connection: AsyncConnection[Any]) -> None:
        try:
            if spoke(connection.pgconn):
                await AsyncConnectionPool.check_connection(connection)
        except psycopg.Error:
            await pool.check()  # what ended this one ended others; met one by one, each would cost a pause
            raise

    async def impatient(connection: ImpatientAside) -> None:
        await begin_aside(connection, dsn, PATIENCE_SECONDS["answering"])

    options = {"autocommit": True} | preparing(PREPARED_AFTER)
    pool = Either(
        session(dsn, "answering"),
        connection_class=ImpatientAside,
        configure=impatient,
        min_size=LEAST,
        max_size=most,
        open=False,
        kwargs=options,
        timeout=WAIT_SECONDS,
        reconnect_timeout=RECONNECT_SECONDS,
        check=alive,
    )
    if instead is not None:
        pool.instead = open_later(instead, most=most)
    return pool


def open_now(dsn: str) -> ConnectionPool:
    """The same for threads that may wait, with no connection before one is needed."""

    def alive(connection: Connection[Any]) -> None:
        try:
            if spoke(connection.pgconn):
                ConnectionPool.check_connection(connection)
        except psycopg.Error:
            pool.check()
            raise

    def impatient(connection: Impatient) -> None:
        begin(connection, dsn, PATIENCE_SECONDS["answering"])

    pool = Now(
        session(dsn, "answering"),
        connection_class=Impatient,
        configure=impatient,
        min_size=0,
        max_size=MOST_SYNCHRONOUS,
        open=True,
        kwargs={"autocommit": True} | preparing(PREPARED_AFTER),
        timeout=WAIT_IN_THREADS_SECONDS,
        reconnect_timeout=RECONNECT_SECONDS,
        check=alive,
    )
    return pool


def spoke(connection: PGconn) -> bool:
    """Whether the server has spoken on an idle connection, or hung up. Raises psycopg.Error if this end is closed."""
    looking = poll()
    looking.register(connection.socket, POLLIN)
    return bool(looking.poll(0))
