"""A background task that looks for what is to be done, does it, and looks again: it ends when it is told to, and for no
other reason."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
from psycopg_pool import PoolTimeout

from services.eventlog.background.ending import end
from services.eventlog.writing.writer import AnswerLost

BACK_SECONDS = 2.0
"""How soon whoever could not reach what it works with tries again, however often that was in vain. What is away for
five minutes is back for everybody within five seconds, and asking once in two costs nobody anything."""

_log = logging.getLogger(__name__)


class Sweeping:
    """Sweeps until it is stopped, with a pause of so many seconds between. A database that cannot be reached is told in
    a line and tried again, soon also where the pause is long; anything else that goes wrong is told whole, and to
    `failed`. `finishes`: told to end, it does what is under way to its end first; else that is broken off where it
    waits."""

    def __init__(
        self,
        name: str,
        sweep: Callable[[], Awaitable[object]],
        *,
        look_seconds: float,
        failed: Callable[[], object] | None = None,
        finishes: bool = False,
    ) -> None:
        self._name, self._sweep, self._look_seconds, self._failed = name, sweep, look_seconds, failed
        self._finishes, self._over = finishes, asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._over.clear()
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End, and return when it has ended."""
        self._over.set()
        if self._finishes and self._task is not None:
            await self._task
        await end(self._task)

    async def _run(self) -> None:
        while not self._over.is_set():
            pause = self._look_seconds
            try:
                await self._sweep()
            except (psycopg.Error, PoolTimeout, AnswerLost) as failure:
                _log.warning("%s could not do what is due: %s", self._name, type(failure).__name__)
                pause = min(pause, BACK_SECONDS)
            except Exception:  # noqa: BLE001 - a sweep that dies in silence is the worst answer
                _log.exception("%s failed and goes on", self._name)
                if self._failed:
                    self._failed()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), pause)
