"""What is called in the other process: readings that go well, refuse, and misbehave as a file might make them."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from services.eventlog.refusal import Refusal
from services.sandbox import Reading

seen: list[str] = []


class NoSuchFile(Refusal):
    code = "no-such-file"
    status = 422
    title = "Ikke en fil"


def reading(function: Any) -> Reading[Any]:
    return Reading(function=f"{__name__}:{function.__name__}", taken=lambda told: told, refusals=(NoSuchFile,))


def read(content: bytes, *, times: int = 1) -> Any:
    """What a well-behaved reading answers; it refuses what is empty."""
    if not content:
        raise NoSuchFile("There is nothing in it.", line=1)
    return {"text": content.decode() * times}


def remember(content: bytes) -> list[str]:
    """Leaves something behind, and tells what it found."""
    seen.append(content.decode())
    return seen


def spin(_: bytes) -> None:
    while True:
        pass


def hog(_: bytes) -> int:
    held = []
    while True:
        held.append(bytes(8 * 1024 * 1024))


def sleep(_: bytes) -> None:
    time.sleep(600)


def abort(_: bytes) -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def kill_template(_: bytes) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)


def write_file(content: bytes) -> None:
    Path(content.decode()).write_bytes(b"x" * 10)


def surroundings(_: bytes) -> dict[str, Any]:
    """What could be reached from there."""
    return {
        "environment": sorted(os.environ),
        "threads": threading.active_count(),
        "files": [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.exists()],
        "niceness": os.nice(0),
        "pid": os.getpid(),
        "template": os.getppid(),
        "session": os.getsid(0),
    }
