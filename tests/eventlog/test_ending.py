"""A background task is ended however it takes being asked."""

import asyncio

import pytest

from services.eventlog.background import ending
from services.eventlog.background.ending import end
from tests.patience import PATIENCE_SECONDS


async def losing(cancellations: int) -> None:
    """What a library can do with a cancellation: tell of another failure in its place."""
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            if not cancellations:
                raise
            cancellations -= 1


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_task_that_loses_a_cancellation_is_asked_again(lost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_SECONDS", 0.01)

    async def go() -> bool:
        task = asyncio.create_task(losing(lost))
        await asyncio.sleep(0)
        await asyncio.wait_for(end(task), PATIENCE_SECONDS)
        return task.cancelled()

    assert asyncio.run(go())


def test_one_that_never_began_one_that_failed_and_none_are_ended() -> None:
    async def failing() -> None:
        raise ValueError

    async def go() -> None:
        await end(asyncio.create_task(losing(0)))
        failed = asyncio.create_task(failing())
        await asyncio.sleep(0)
        await end(failed)
        await end(None)

    asyncio.run(asyncio.wait_for(go(), PATIENCE_SECONDS))
