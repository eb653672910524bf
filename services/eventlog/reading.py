"""A command reads each stream once: what its route looked at first is what it is decided on.

Another may write meanwhile. Then the append refuses, for each stream that is written to or rested on is recorded only
at the version that was read, and the command is decided anew on a new reading.
"""

from contextvars import ContextVar, Token
from typing import Any

Read = dict[tuple[int, str], Any]
"""By log (its `id`) and stream, what was read of it."""

_READ: ContextVar[Read | None] = ContextVar("read", default=None)


def begin_reading() -> Token[Read | None]:
    """From here on, in this command, a stream is read once."""
    return _READ.set({})


def end_reading(begun: Token[Read | None]) -> None:
    _READ.reset(begun)


def read_so_far() -> Read | None:
    """What this command has read; None where nothing is one reading: each look is a look at the log."""
    return _READ.get()


def forget_reading() -> None:
    """What is read from here on is read anew: something was recorded, or somebody else recorded something."""
    if read := _READ.get():
        read.clear()
