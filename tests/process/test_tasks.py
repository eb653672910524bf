"""What a process does beside answering ends together, whatever goes wrong with one."""

import asyncio

import pytest

from services.process.tasks import at_work
from tests.patience import until


class Noted:
    """A task that ends when all of these have been asked to."""

    def __init__(self, name: str, asked: set[str], of: int, *, fails: bool = False) -> None:
        self.name, self.asked, self.of, self.fails = name, asked, of, fails
        self.ended = False

    def start(self) -> None:
        assert not self.ended

    async def stop(self) -> None:
        self.asked.add(self.name)
        if self.fails:
            raise ConnectionError(self.name)
        await until(lambda: len(self.asked) >= self.of)
        self.ended = True


def test_all_are_asked_to_end_before_any_has_ended() -> None:
    asked: set[str] = set()
    tasks = [Noted(name, asked, of=3) for name in ("one", "two", "three")]

    async def go() -> None:
        async with at_work(tasks):
            assert asked == set()

    asyncio.run(go())
    assert all(task.ended for task in tasks)


def test_one_that_fails_as_it_ends_is_told_of_when_the_others_have_ended() -> None:
    asked: set[str] = set()
    tasks = [Noted("wrong", asked, of=2, fails=True), Noted("right", asked, of=2)]

    async def go() -> None:
        async with at_work(tasks):
            pass

    with pytest.raises(ConnectionError, match="wrong"):
        asyncio.run(go())
    assert tasks[1].ended


def test_one_that_cannot_begin_leaves_none_running() -> None:
    class Broken(Noted):
        def start(self) -> None:
            raise ValueError("cannot")

    asked: set[str] = set()
    tasks = [Noted("first", asked, of=2), Broken("second", asked, of=2)]

    async def go() -> None:
        async with at_work(tasks):
            raise AssertionError("it did not begin")

    with pytest.raises(ValueError, match="cannot"):
        asyncio.run(go())
    assert tasks[0].ended
