"""Where files are read apart: a few at once, each in a process of its own (`template.py`), within its time or refused.

The templates are started afresh (never forked from a service with threads) when there is a file for them. One that is
too slow or dies is ended, its file refused, and another takes its place.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from services.eventlog.refusal import Refusal
from services.sandbox.reading import Reading
from services.sandbox.refusals import FileNotRead, FileTooCostly

Value = TypeVar("Value")

TEMPLATE = Path(__file__).parent / "template.py"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What reading one file may take: seconds of processor time, bytes of memory, and `waiting` seconds on the clock
    in all, the wait for a place among them."""

    seconds: int = 10
    memory_bytes: int = 512 * 1024 * 1024
    waiting: float = 45.0


class Sandbox:
    """At most `most` files are read at once, each within `bounds`."""

    def __init__(self, most: int = 2, *, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._places = asyncio.Semaphore(most)
        self._idle: list[Process] = []
        self._running: set[Process] = set()

    async def read(self, reading: Reading[Value], content: bytes, **asked: Any) -> Value:
        """What the file says, as `reading` takes it. Refuses `FileTooCostly`, `FileNotRead`, and what it refuses."""
        head = {
            "function": reading.function,
            "asked": asked,
            "seconds": self._bounds.seconds,
            "memory_bytes": self._bounds.memory_bytes,
        }
        answer = await self._ask(json.dumps(head).encode() + b"\n" + content)
        match answer[:1]:
            case b"+":
                return reading.taken(json.loads(memoryview(answer)[1:].tobytes()))
            case b"-":
                raise _refusal(reading, json.loads(answer[1:]))
            case b"t":
                raise FileTooCostly(
                    f"Reading the file takes more than {self._bounds.seconds} seconds of computing. It holds more than"
                    " its lines: copy them, as values, to a new file.",
                )
            case b"m":
                raise FileTooCostly(
                    f"Reading the file takes more than {self._bounds.memory_bytes // 1024**2} MiB of memory. It holds"
                    " more than its lines: copy them, as values, to a new file.",
                )
        raise FileNotRead("What read the file ended before it was done. Try again.")

    async def close(self) -> None:
        """End every process, also one at work."""
        self._idle.clear()
        while self._running:
            await _end(self._running.pop())

    async def _ask(self, asked: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._bounds.waiting), self._process() as process:
                return await _exchange(process, asked)
        except TimeoutError:
            raise FileNotRead(f"The file was not read within {self._bounds.waiting:g} seconds. Try again.") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise FileNotRead("What read the file ended before it was done. Try again.") from None

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[Process]:
        """A template to work with. It comes back for the next file only if this one went well."""
        async with self._places:
            while self._idle and self._idle[-1].returncode is not None:
                self._idle.pop()
            process = self._idle.pop() if self._idle else await _start()
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
                    await _end(process)


async def _start() -> Process:
    """Isolated (`-I`), with an empty environment and a session of its own: nothing of the service's is there to be
    reached, and it ends with all that it began."""
    program = (sys.executable, "-I", str(TEMPLATE), str(ROOT), str(os.getpid()))
    return await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE, env={}, start_new_session=True)


async def _exchange(process: Process, asked: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(asked).to_bytes(4, "big") + asked)
    await process.stdin.drain()
    size = int.from_bytes(await process.stdout.readexactly(4), "big")
    return await process.stdout.readexactly(size)


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _refusal(reading: Reading[Value], told: dict[str, Any]) -> Refusal:
    kind = next((each for each in reading.refusals if each.code == told["code"]), None)
    assert kind is not None, f"{reading.function} refuses with {told['code']}, which it does not name"
    return kind(told["detail"], **told["details"])
