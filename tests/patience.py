"""How long a test waits for what comes by itself: so long that only what never comes is given up.

Patience costs nothing when all is well, and a short wait is a claim about how busy the machine is. That somebody need
not wait for another is shown by order or by count: the other goes on for as long as the test lets it, and the one is
done before.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar, overload

PATIENCE_SECONDS = 300.0
LOOK_SECONDS = 0.02
LOOK_MOST_SECONDS = 0.2
"""Whoever waits long would else ask a hundred times, and what is asked costs more than it does to wait."""
A_WHILE_SECONDS = 0.3
TIMES = 150
"""How many times as patient as written the services are in every test (`TILSAGN_PATIENCE`). Their shortest limit is two
seconds: with this it is as long as a test waits, so that on a machine that stands still no limit decides a test that is
not about it. A test that is about one sets it short itself, and lets what is limited never end."""
MOST_SAID = 2_000

T = TypeVar("T")


@overload
async def until(
    ask: Callable[[], Awaitable[T]],
    holds: Callable[[T], object] = bool,
    *,
    look_seconds: float | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> T: ...
@overload
async def until(
    ask: Callable[[], T],
    holds: Callable[[T], object] = bool,
    *,
    look_seconds: float | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> T: ...
async def until(
    ask: Callable[[], Any],
    holds: Callable[[Any], object] = bool,
    *,
    look_seconds: float | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Any:
    """What is answered, asked again and again until the answer is something, or what it is waited for."""
    ends, pauses = time.monotonic() + patience_seconds, between(look_seconds)
    while not holds(found := await answered(ask)):
        give_up(found, ends)
        await asyncio.sleep(next(pauses))
    return found


def wait_until(
    ask: Callable[[], T],
    holds: Callable[[T], object] = bool,
    *,
    look_seconds: float | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> T:
    """The same, for a test that runs no loop."""
    ends, pauses = time.monotonic() + patience_seconds, between(look_seconds)
    while not holds(found := ask()):
        give_up(found, ends)
        time.sleep(next(pauses))
    return found


def between(look_seconds: float | None) -> Iterator[float]:
    """The pauses between two looks: as long as is asked, or each a third longer than the one before."""
    pause = look_seconds or LOOK_SECONDS
    while True:
        yield pause
        if look_seconds is None:
            pause = min(pause * 4 / 3, LOOK_MOST_SECONDS)


async def answered(ask: Callable[[], Any]) -> Any:
    """What is answered, at once or once it is awaited."""
    answer = ask()
    return await answer if inspect.isawaitable(answer) else answer


def give_up(found: object, ends: float) -> None:
    """When patience has come to its end, and it is said what there was last."""
    said = repr(getattr(found, "text", found))
    assert time.monotonic() < ends, f"it has not come; last there was {said[-MOST_SAID:]}"


async def a_while() -> None:
    """Time for what must not happen to happen. On a busy machine it may be too little to show anything, and then the
    test shows less; it never fails for it. What must have happened is never waited for like this."""
    await asyncio.sleep(A_WHILE_SECONDS)
