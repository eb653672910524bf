"""The process that files are read apart by: a template, which forks one child for each file and parses nothing itself.

Run as a file of its own (`python -I template.py <root> <parent>`) with an empty environment, it holds no service, no
database and no secret, and one thread; it imports what reads a kind of file once, so that a child costs a few
milliseconds. A child reads one file within its bounds and ends, so that no file meets what another left behind.
Everything dies with who started it, however that ended.

Both ways a message is its length (4 bytes, big-endian) and so many bytes. In: a line of JSON (`function`, `asked`,
`seconds`, `memory_bytes`), and the file. Out: `+` and the answer as JSON, `-` and a refusal as JSON, `t` or `m` for too
much time or memory, `x` for a child that ended otherwise.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
STATM = Path("/proc/self/statm")
OPEN_FILES = 32
NICENESS = 10
"""Requests that are being served come first."""


def main() -> None:
    """Serve until the input ends. What a library may print goes to standard error, never between the messages."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # what a loop of the service's own left open beside the two pipes
    die_with(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.nice(NICENESS)
    sys.path.insert(0, sys.argv[1])
    while (asked := receive(incoming)) is not None:
        answer = answer_apart(asked)
        outgoing.write(len(answer).to_bytes(4, "big") + answer)
        outgoing.flush()


def receive(incoming: Any) -> bytes | None:
    """The next message, or None when there are no more."""
    size = incoming.read(4)
    return incoming.read(int.from_bytes(size, "big")) if len(size) == 4 else None


def answer_apart(asked: bytes) -> bytes:
    """What a child makes of the message, or why it made nothing."""
    head, _, content = asked.partition(b"\n")
    told = json.loads(head)
    function = find(told["function"])
    gc.freeze()
    reading, writing = os.pipe()
    template, child = os.getpid(), os.fork()
    if child == 0:
        os.close(reading)
        answer_and_end(function, content, told, template, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return b"t" if os.WTERMSIG(status) == signal.SIGXCPU else b"x"
    return answer if os.waitstatus_to_exitcode(status) == 0 and answer else b"x"


def find(name: str) -> Callable[..., Any]:
    """The function by its name. It is the service that names it, and no file."""
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def answer_and_end(
    function: Callable[..., Any], content: bytes, told: dict[str, Any], template: int, writing: int
) -> None:
    """The child: never returns."""
    ended = 1
    try:
        die_with(template)
        keep_within(told["seconds"], told["memory_bytes"])
        answer = answer_of(function, content, told["asked"])
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        ended = 0
    finally:
        os._exit(ended)


def answer_of(function: Callable[..., Any], content: bytes, asked: dict[str, Any]) -> bytes:
    """The function's answer; a refusal of it is told by its code and details."""
    try:
        return b"+" + json.dumps(function(content, **asked), ensure_ascii=False, separators=(",", ":")).encode()
    except MemoryError:
        return b"m"
    except Exception as raised:
        refused: Any = raised
        if not hasattr(refused, "code") or not hasattr(refused, "details"):
            raise
        told = {"code": refused.code, "detail": refused.detail, "details": refused.details}
        return b"-" + json.dumps(told, ensure_ascii=False).encode()


def keep_within(seconds: int, memory_bytes: int) -> None:
    """No more processor time, no more memory beside what the template has, no file written, no core."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if STATM.exists():
        has = int(STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + memory_bytes, has + memory_bytes))


def die_with(parent: int) -> None:
    """Be killed when that process ends, also where it is killed itself. Elsewhere than on Linux the end of the input
    does it, and the bound on time."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


if __name__ == "__main__":
    main()
