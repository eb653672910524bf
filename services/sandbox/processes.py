"""Processes lent out to work for the service, a few at once. They are asked and answer in bytes behind their length.

They are started afresh (never forked from a service with threads) when there is work for them. One whose borrower fails
is ended, and another takes its place.
"""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Processes:
    """At most `most` at once, each running `program` with an empty environment. `apart`: in a session of its own, so
    that it ends with all that it began."""

    def __init__(self, most: int, program: tuple[str, ...], *, apart: bool = False) -> None:
        self._program = program
        self._apart = apart
        self._places = asyncio.Semaphore(most)
        self._idle: list[Process] = []
        self._running: set[Process] = set()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Process]:
        """One to work with. It comes back for the next only if this one went well."""
        async with self._places:
            while self._idle and self._idle[-1].returncode is not None:
                self._running.discard(self._idle.pop())
            process = self._idle.pop() if self._idle else await self._start()
            self._running.add(process)
            well = False
            try:
                yield process
                well = True
            finally:
                if well:
                    self._idle.append(process)
                else:
                    self._running.discard(process)
                    await self._end(process)

    async def close(self) -> None:
        """End every one, also one at work."""
        self._idle.clear()
        while self._running:
            await self._end(self._running.pop())

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._program, stdin=PIPE, stdout=PIPE, env={}, start_new_session=self._apart
        )

    async def _end(self, process: Process) -> None:
        if self._apart:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def exchange(process: Process, asked: bytes) -> bytes:
    """What it answers. Raises IncompleteReadError or ConnectionError if it ends before that."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(asked).to_bytes(4, "big") + asked)
    await process.stdin.drain()
    size = int.from_bytes(await process.stdout.readexactly(4), "big")
    return await process.stdout.readexactly(size)
