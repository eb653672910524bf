"""What a process does beside answering, begun together and ended together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Protocol


class Task(Protocol):
    """What runs until it is stopped."""

    def start(self) -> None:
        """Begin, on the running event loop."""
        ...

    async def stop(self) -> None:
        """End, and return when it has ended."""
        ...


@contextlib.asynccontextmanager
async def at_work(tasks: Sequence[Task]) -> AsyncIterator[None]:
    """They run while this is entered. All are asked to end at once, so that ending takes as long as the slowest, and
    whatever goes wrong with one is raised when the others have ended too."""
    try:
        for task in tasks:
            task.start()
        yield
    finally:
        ended = await asyncio.gather(*(task.stop() for task in tasks), return_exceptions=True)
        for failure in ended:
            if isinstance(failure, BaseException):
                raise failure
