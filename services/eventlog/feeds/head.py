"""Where the log ends: asked for once a process, for all who wait for it to grow."""

import asyncio
import logging
from contextlib import suppress

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.ending import end
from services.eventlog.connections.pool import WAIT_SECONDS

EVERY_SECONDS = 0.075

_log = logging.getLogger(__name__)


class Head:
    """The newest position. While somebody waits, the database is asked every 75 ms, by one task for the whole process,
    and not at all when nobody does. An append of this very process wakes nobody: a reader that is woken by each of many
    would ask for each, and one that is told in a moment asks for all."""

    def __init__(self, pool: AsyncConnectionPool, *, schema: str) -> None:
        self._pool = pool
        self._query = f"SELECT coalesce(max(position), 0) FROM {schema}.event"
        self._position = 0
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._asking: asyncio.Task[None] | None = None
        self.over = False

    async def beyond(self, after: int, seconds: float) -> None:
        """Return as soon as something stands after that position, or when the seconds have passed, or when nobody is to
        wait here any more (`over`)."""
        if self._position > after or self.over:
            return
        grown: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[grown] = after
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(), name="head-of-the-log")
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(grown, seconds)
        finally:
            self._waiting.pop(grown, None)

    def moved(self, position: int) -> None:
        """The log reaches at least to this position. Call it on the event loop."""
        self._position = max(self._position, position)
        for grown, after in list(self._waiting.items()):
            if self._position > after and not grown.done():
                grown.set_result(None)

    def let_go(self) -> None:
        """The process ends: whoever waits goes now, and nobody waits here again. Call it on the event loop."""
        self.over = True
        for grown in self._waiting:
            if not grown.done():
                grown.set_result(None)

    async def close(self) -> None:
        """Stop asking."""
        self.let_go()
        await end(self._asking)

    async def _ask(self) -> None:
        while self._waiting:
            try:
                async with self._pool.connection(timeout=WAIT_SECONDS) as connection:
                    found = await (await connection.execute(self._query)).fetchone()
                if found is not None:
                    self.moved(found[0])
            except (psycopg.Error, PoolTimeout) as failure:  # those who wait have their own time-out
                _log.warning("the head of the log could not be read: %s", failure)
            await asyncio.sleep(EVERY_SECONDS)
