"""Where files are read apart: a few at once, each in a process of its own (`template.py`), within its time or refused.

A template that is too slow or dies is ended, its file refused, and another takes its place (`processes.py`).
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from services.calendar.patience import at_most
from services.eventlog.background.aside import aside
from services.eventlog.refusal import Refusal
from services.sandbox.processes import Processes, exchange
from services.sandbox.reading import Reading
from services.sandbox.refusals import FileNotRead, FileTooCostly

Value = TypeVar("Value")

TEMPLATE = Path(__file__).parent / "template.py"
ROOT = Path(__file__).parents[2]
BYTES_OF_ONE = 200
"""What a thing read comes over as, at the least: an answer of many is taken apart aside."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What reading one file may take: seconds of processor time, bytes of memory, and `waiting` seconds on the clock
    in all, the wait for a place among them."""

    seconds: int = 10
    memory_bytes: int = 512 * 1024 * 1024
    waiting: float = at_most(45)


class Sandbox:
    """At most `most` files are read at once, each within `bounds`."""

    def __init__(self, most: int = 2, *, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        # Isolated (`-I`), with nothing of the service's to be reached.
        program = (sys.executable, "-I", str(TEMPLATE), str(ROOT), str(os.getpid()))
        self._processes = Processes(most, program, apart=True)

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
                return await aside(lambda: reading.taken(json.loads(answer[1:])), on=len(answer) // BYTES_OF_ONE)
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
        await self._processes.close()

    async def _ask(self, asked: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._bounds.waiting), self._processes.lend() as process:
                return await exchange(process, asked)
        except TimeoutError:
            raise FileNotRead(f"The file was not read within {self._bounds.waiting:g} seconds. Try again.") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise FileNotRead("What read the file ended before it was done. Try again.") from None


def _refusal(reading: Reading[Value], told: dict[str, Any]) -> Refusal:
    kind = next((each for each in reading.refusals if each.code == told["code"]), None)
    assert kind is not None, f"{reading.function} refuses with {told['code']}, which it does not name"
    return kind(told["detail"], **told["details"])
