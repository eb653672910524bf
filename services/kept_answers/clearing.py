"""The daily clearing of answers whose term is over: in batches, so that nobody waits long for the log's turn."""

import asyncio
import time
from datetime import timedelta

from psycopg_pool import AsyncConnectionPool

from services.eventlog.background.sweeping import Sweeping
from services.eventlog.log import Log
from services.kept_answers.events import CLEARED_STREAM

TOGETHER = 500
"""Commands that one transaction looks at, with the log's turn in its hand for some hundredths of a second."""
LOOK_SECONDS = 3_600.0
EACH = timedelta(hours=23)
"""Each batch is a fact of its own. So whoever looks clears all that is due, and then leaves it for a day."""


class Clearing:
    """Looks each hour whether it was done today. What may go PostgreSQL decides itself (`clear_answers`): nothing
    without a term, nothing younger than it, and nothing that no checkpoint covers. Two workers may both come to it:
    each takes the log's turn, and the second finds less."""

    def __init__(self, log: Log, pool: AsyncConnectionPool, *, schema: str) -> None:
        self._log, self._pool = log, pool
        self._clear = f"SELECT {schema}.clear_answers(%s, %s)"
        self._sweeping = Sweeping("kept-answers", self.clear_due, look_seconds=LOOK_SECONDS)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, and return when it has ended. A batch that is under way is given up whole, and is due again."""
        await self._sweeping.stop()

    async def clear_due(self) -> int:
        """Clear all that is due, unless it was done less than a day ago. How many commands were looked at."""
        latest = await self._log.find_latest(CLEARED_STREAM)
        if latest is not None and self._log.now() - latest.recorded_at < EACH:
            return 0
        await self._log.records()
        looked_at = 0
        while True:
            began = time.monotonic()
            together = await self._clear_some()
            looked_at += together
            if together < TOGETHER:
                return looked_at
            await asyncio.sleep(time.monotonic() - began)  # as long for the others as for us

    async def _clear_some(self) -> int:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(self._clear.encode(), (TOGETHER, self._log.now()))).fetchone()
        return row[0] if row else 0
