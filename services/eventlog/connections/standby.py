"""What a failover can lose is neither told, signed nor answered.

A commit is answered when the synchronous standby has it. Until then others can already read it, and reading waits for
nobody. So whoever answers by what they have read first writes a message into PostgreSQL's own log, in a transaction
that commits after what was read: its commit waits, and with it all that came before. Without a standby it costs one
commit.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from threading import Timer
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.errors import Diagnostic
from psycopg.rows import tuple_row

from services.calendar.patience import at_most

BARRIER = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_logical_emit_message(true, 'tilsagn', '') END"
"""NULL on a standby, which can write nothing into its log."""
STOPPED_WAITING = "SyncRepWaitForLSN"  # where PostgreSQL says so; its words follow the server's language
CANCEL_SECONDS, CONFIRMED_WITHIN_SECONDS = at_most(5), at_most(10)


class NotConfirmed(psycopg.OperationalError):
    """PostgreSQL stopped waiting for its standby: it is committed here, and perhaps nowhere else."""


class NotThePrimary(NotConfirmed):
    """It was read on a standby. What stands there may not be all there is, and nothing can be confirmed by it."""


@contextlib.contextmanager
def confirmed(connection: "Connection[Any] | AsyncConnection[Any]") -> Iterator[None]:
    """Raises NotConfirmed after the block if PostgreSQL gave up waiting for its standby in it."""
    heard: list[str] = []

    def hear(said: Diagnostic) -> None:
        if said.source_function == STOPPED_WAITING:
            heard.append(said.message_primary or "")

    connection.add_notice_handler(hear)
    try:
        yield
    finally:
        connection.remove_notice_handler(hear)
    if heard:
        raise NotConfirmed(heard[0])


@contextlib.contextmanager
def within(connection: Connection[Any], seconds: float) -> Iterator[None]:
    """What still runs when the seconds have passed is called off, so that a silent standby holds nobody for ever."""

    def call_off() -> None:
        with contextlib.suppress(psycopg.Error):  # it had ended, or the server answers nobody
            connection.cancel_safe(timeout=CANCEL_SECONDS)

    timer = Timer(max(seconds, 0.01), call_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


async def confirm_aside(connection: AsyncConnection[Any], seconds: float) -> None:
    """The same as `confirm`, where others are served meanwhile. A transaction that was begun is committed. Raises
    NotThePrimary on a standby."""
    try:
        async with asyncio.timeout(seconds):
            with confirmed(connection):
                async with connection.cursor(row_factory=tuple_row) as cursor:
                    _refuse_standby(await (await cursor.execute(BARRIER)).fetchone())
                await connection.commit()
    except TimeoutError as silent:
        raise NotConfirmed("the standby did not confirm in time") from silent


async def in_recovery(connection: AsyncConnection[Any]) -> bool:
    """Whether the server is a standby."""
    async with connection.cursor(row_factory=tuple_row) as cursor:
        return await (await cursor.execute("SELECT pg_is_in_recovery()")).fetchone() == (True,)


def confirm(connection: Connection[Any], seconds: float) -> None:
    """Return when everything read on this connection before is where a failover cannot lose it. `connection` commits
    each statement (autocommit). Raises OperationalError when that is not so within the seconds, and on a standby
    (NotThePrimary)."""
    assert connection.autocommit
    with confirmed(connection), within(connection, seconds), connection.cursor(row_factory=tuple_row) as cursor:
        _refuse_standby(cursor.execute(BARRIER).fetchone())


def _refuse_standby(written: tuple[Any, ...] | None) -> None:
    if written is None or written[0] is None:
        raise NotThePrimary("the server is a standby: what is read there is confirmed by nobody")
