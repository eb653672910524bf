"""Work on many things is done in a thread of its own, one at a time; what is about a few is done where it is asked."""

import asyncio
import sys
import threading
from contextvars import ContextVar
from itertools import pairwise
from time import monotonic, sleep

import pytest

from services.eventlog.background.aside import FEW, SWITCH_SECONDS, aside
from tests.patience import PATIENCE_SECONDS

WHO = ContextVar("WHO", default="nobody")


def thread() -> str:
    return threading.current_thread().name


def test_a_few_things_are_worked_on_where_it_is_asked() -> None:
    assert asyncio.run(aside(thread, on=FEW)) == thread()
    assert asyncio.run(aside(thread, on=FEW + 1)).startswith("aside")


def test_others_are_served_meanwhile() -> None:
    served = threading.Event()

    async def go() -> bool:
        working = asyncio.create_task(aside(lambda: served.wait(PATIENCE_SECONDS), on=1_000))
        for _ in range(3):
            await asyncio.sleep(0)
        served.set()
        return await working

    assert asyncio.run(go()), "they had their turns only when the work was over"


def test_one_at_a_time() -> None:
    spans: list[tuple[float, float]] = []

    def work() -> None:
        began = monotonic()
        sleep(0.02)
        spans.append((began, monotonic()))

    async def go() -> None:
        await asyncio.gather(*(aside(work, on=1_000) for _ in range(3)))

    asyncio.run(go())
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


def test_it_knows_on_whose_behalf_and_raises_there() -> None:
    def fail() -> None:
        raise LookupError(WHO.get())

    async def go() -> None:
        WHO.set("kari")
        await aside(fail, on=1_000)

    with pytest.raises(LookupError, match="kari"):
        asyncio.run(go())


def test_threads_change_often_only_meanwhile() -> None:
    usual = sys.getswitchinterval()
    assert asyncio.run(aside(sys.getswitchinterval, on=1_000)) == pytest.approx(SWITCH_SECONDS)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(aside(lambda: 1 // 0, on=1_000))
    assert sys.getswitchinterval() == usual
