"""How a background task is ended: asked until it has ended, for once may not be enough."""

import asyncio
from typing import Any

AGAIN_SECONDS = 1.0


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel the task and return when it has ended, however it ended. None is no task.

    A library below can lose a cancellation: an HTTP connection that fails in the same moment tells of its own failure
    instead, and the task goes on as if nobody had asked. Whoever then waits for it waits for ever; so we ask again.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_SECONDS)
    if task is not None and not task.cancelled():
        task.exception()  # looked at, so that asyncio does not tell of it as one that nobody saw
