"""Processes that read files and set letters, lent to the next service of this test process too.

Each service starts its own when there is work for them, and ends them with itself. To start one is to load what reads
files, or what sets letters and its fonts: half a second of processor and more, for each of hundreds of tests that send
one letter or approve one award. Here whoever is idle when a service ends is kept for the next service that asks for the
same program. A process has always been lent to many files and letters one after the other, and each file is still read
in a child of its own.

What these processes do and withstand is tested where they are used by themselves, and started as ever
(`tests/sandbox`, `test_typesetting.py`, `test_costly_files.py`); a service that a test starts as a process of its own
starts its own too.
"""

import asyncio
import atexit
import subprocess
import sys
import threading
from asyncio.subprocess import Process
from collections import defaultdict
from typing import Any, ClassVar, cast

from services.sandbox.processes import Processes


class Lent:
    """One of them, asked in bytes like any other, whichever loop runs."""

    def __init__(self, program: tuple[str, ...], *, apart: bool) -> None:
        self._process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}, start_new_session=apart
        )
        self.pid, self.kill = self._process.pid, self._process.kill
        self.stdin = self.stdout = self
        self._unsent = b""

    @property
    def returncode(self) -> int | None:
        return self._process.poll()

    def write(self, sent: bytes) -> None:
        self._unsent += sent

    async def drain(self) -> None:
        sent, self._unsent = self._unsent, b""
        await asyncio.to_thread(self._hand_over, sent)

    def _hand_over(self, sent: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(sent)
        self._process.stdin.flush()

    async def readexactly(self, size: int) -> bytes:
        assert self._process.stdout is not None
        read = await asyncio.to_thread(self._process.stdout.read, size)
        if len(read) < size:
            raise asyncio.IncompleteReadError(read, size)
        return read

    async def wait(self) -> int:
        return await asyncio.to_thread(self._process.wait)

    def end(self) -> None:
        self.kill()
        self._process.communicate()


class LentAgain(Processes):
    """A service's own, of which the idle ones stay when it ends."""

    kept: ClassVar[dict[tuple[str, ...], list[Lent]]] = defaultdict(list)

    @classmethod
    def like(cls, other: Processes) -> "LentAgain":
        made = cls.__new__(cls)
        vars(made).update(vars(other))
        return made

    async def _start(self) -> Process:
        if threading.current_thread() is not threading.main_thread():
            return await super()._start()  # it would end with this thread
        while its := self.kept[self._program]:
            one = its.pop()
            if one.returncode is None:
                return cast(Process, one)
        return cast(Process, Lent(self._program, apart=self._apart))

    async def close(self) -> None:
        """End whoever is at work; the others stay."""
        idle: list[Any] = [each for each in self._idle if isinstance(each, Lent) and each.returncode is None]
        self._running.difference_update(idle)
        await super().close()
        self.kept[self._program] += idle


@atexit.register
def end_all() -> None:
    """When no more tests are run."""
    for its in LentAgain.kept.values():
        for each in its:
            each.end()


def lend_again() -> None:
    """From here on, to every grants service that is put together in this process."""
    web = sys.modules.get("services.grants.web")
    if web is not None:  # or no test of this run puts one together
        vars(web).update({name: lending(vars(web)[name]) for name in ("Sandbox", "Typesetters")})


def lending(kind: Any) -> Any:
    """The same, but for where its processes go."""

    def begins(one: Any, *told: Any, **more: Any) -> None:
        kind.__init__(one, *told, **more)
        one._processes = LentAgain.like(one._processes)

    return type(kind.__name__, (kind,), {"__init__": begins})
