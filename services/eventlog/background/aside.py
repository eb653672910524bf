"""Long work in pure Python is done aside, so that whoever else asks meanwhile is answered.

A decision on thousands of cases is seconds of Python. Done where requests are served, it would hold up every other one
for all that time. Aside is a thread: the interpreter changes between the two many times a second, and one such work is
done at a time, so that several cost the others no more than one does. Work on a few things is done where it is asked
for; a change of thread would cost it more than itself.
"""

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Value = TypeVar("Value")

FEW = 50
SWITCH_SECONDS = 0.0005
"""How long the interpreter lets one thread go on while another waits, as long as something is done aside. Its own five
milliseconds would be waited for at every step of a request, and a request has a dozen."""

_ASIDE = ThreadPoolExecutor(1, thread_name_prefix="aside")


async def aside(work: Callable[[], Value], *, on: int) -> Value:
    """What the work gives; `on` is how many things it is work on. It must not touch what the loop owns."""
    if on <= FEW:
        return work()
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, partial(_giving_way, partial(context.run, work)))


def _giving_way(work: Callable[[], Value]) -> Value:
    """Threads change often while the work is done, and as seldom as before when it is over: changing has its price."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        return work()
    finally:
        sys.setswitchinterval(usual)
