"""A sweep goes on whatever becomes of one round of it, and ends when it is told to."""

import asyncio

import psycopg
import pytest

from services.eventlog.background.sweeping import Sweeping


@pytest.mark.parametrize(
    ("wrong", "counted", "said"),
    [
        (psycopg.OperationalError("gone"), 0, "gardener could not do what is due: OperationalError"),
        (ZeroDivisionError(), 1, "gardener failed and goes on"),
        (None, 0, None),
    ],
)
def test_it_goes_on_and_says_why(
    wrong: Exception | None, counted: int, said: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    rounds, failures, thrice = [0], [0], asyncio.Event()

    async def sweep() -> None:
        rounds[0] += 1
        if rounds[0] == 3:
            thrice.set()
        if wrong is not None and rounds[0] == 1:
            raise wrong

    def failed() -> None:
        failures[0] += 1

    async def go() -> None:
        sweeping = Sweeping("gardener", sweep, look_seconds=0.001, failed=failed)
        await sweeping.stop()  # what never began ends at once
        sweeping.start()
        await thrice.wait()
        await sweeping.stop()
        ended = rounds[0]
        await asyncio.sleep(0.02)
        assert rounds[0] == ended

    asyncio.run(go())
    assert failures == [counted]
    assert [record.message for record in caplog.records if record.name == "services.eventlog.background.sweeping"] == (
        [said] if said else []
    )


@pytest.mark.parametrize(("finishes", "done"), [(True, ["begun", "done"]), (False, ["begun"])])
def test_what_is_under_way_is_finished_or_broken_off_as_it_was_made_for(finishes: bool, done: list[str]) -> None:
    told: list[str] = []
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def sweep() -> None:
        told.append("begun")
        under_way.set()
        await go_on.wait()
        told.append("done")

    async def go() -> None:
        sweeping = Sweeping("gardener", sweep, look_seconds=3600, finishes=finishes)
        sweeping.start()
        await under_way.wait()
        stopping = asyncio.create_task(sweeping.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping

    asyncio.run(go())
    assert told == done
