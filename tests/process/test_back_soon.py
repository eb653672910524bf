"""Whatever waits for the database tries again soon, however long it has been away: generated over all that runs in the
background of a process, and over its pools."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.dashboard.main import create_app as pages
from services.eventlog.background.sweeping import BACK_SECONDS
from services.eventlog.projections.runner import Runner
from services.httpapi.app import Service
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.dashboard.office import settings_of as settings_of_pages
from tests.faults.cutting import line
from tests.kept_pools import list_pools
from tests.patience import until
from tests.process.background import NOBODYS, grants_of, named, notifications_of

TRIES = 10
"""A pause that doubles from a tenth of a second is a minute and a half by then."""
SOON_SECONDS = 5.0
LEAST_SECONDS = 0.1
"""No pause of ours is shorter; what is, is how long a pool is waited for."""
DSNS = ("service_dsn", "notifications_dsn", "dashboard_dsn", "sessions_dsn")


def worker(of: Callable[[Database, Path, ProcessRole], Service]) -> Callable[[Database, Path], Service]:
    return lambda database, folder: of(database, folder, ProcessRole.worker)


def dashboard(database: Database, folder: Path) -> Service:
    return pages(settings_of_pages(database, folder))


ALL: dict[str, Callable[[Database, Path], Service]] = {
    "grants": worker(grants_of),
    "notifications": worker(notifications_of),
    "dashboard": dashboard,
}
WAITED_FOR = {
    "log-writer": "it tries while somebody waits for what was handed over, and says then that it is not known",
    "delivering": "it looks every tenth of a second, whatever comes of it",
    **NOBODYS,
}
"""What takes no pause of its own after a failure, and why."""


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """How long each task or thread wanted to wait, by its name. None of them waits so long."""
    wanted: dict[str, list[float]] = defaultdict(list)
    ours = named() | {"own-tokens"}
    sleep, wait_for = asyncio.sleep, asyncio.wait_for

    def note(seconds: float) -> float:
        task = asyncio.current_task()
        if task is None or task.get_name() not in ours or seconds < LEAST_SECONDS:
            return seconds
        wanted[task.get_name()].append(seconds)
        return 0.01

    async def slept(seconds: float, *rest: Any) -> Any:
        return await sleep(note(seconds), *rest)

    async def waited(what: Any, timeout: float | None) -> Any:  # noqa: ASYNC109 - the library's own
        return await wait_for(what, None if timeout is None else note(timeout))

    def rested(_: Runner, seconds: float) -> None:
        wanted["projections"].append(seconds)

    monkeypatch.setattr(asyncio, "sleep", slept)
    monkeypatch.setattr(asyncio, "wait_for", waited)
    monkeypatch.setattr(Runner, "_rest", rested)
    return wanted


@pytest.mark.parametrize("which", ALL)
def test_whatever_runs_in_the_background_tries_again_soon_after_an_outage_of_any_length(
    which: str, database: Database, tmp_path: Path, pauses: dict[str, list[float]]
) -> None:
    ours = {"own-tokens"} if which == "dashboard" else named() - set(WAITED_FOR)

    async def go() -> set[str]:
        with ExitStack() as cut:
            lines = {name: cut.enter_context(line(getattr(database, name))) for name in DSNS}
            app = ALL[which](replace(database, **{name: each.dsn for name, each in lines.items()}), tmp_path)
            async with app.router.lifespan_context(app):
                running = {task.get_name() for task in asyncio.all_tasks()}
                running |= {thread.name for thread in threading.enumerate()}
                begun = {name for name in running if name in ours}
                for kept in list_pools():
                    kept.timeout = LEAST_SECONDS / 10
                for each in lines.values():
                    each.sever()
                pauses.clear()
                await until(lambda: all(len(pauses[name]) > TRIES for name in begun))
                late = {name: pauses[name][TRIES:] for name in begun}
                for each in lines.values():
                    each.mend()
        assert {name: max(seconds) for name, seconds in late.items() if max(seconds) > BACK_SECONDS} == {}
        return begun

    assert asyncio.run(go())


def test_all_that_runs_in_the_background_is_tried() -> None:
    assert set(WAITED_FOR) - set(NOBODYS) <= named()


@pytest.mark.parametrize("which", ALL)
def test_a_pool_gives_up_an_attempt_to_connect_soon_and_whoever_asks_next_begins_another(
    which: str, database: Database, tmp_path: Path
) -> None:
    before = {id(each) for each in list_pools()}
    app = ALL[which](database, tmp_path)
    opened = [each for each in list_pools() if id(each) not in before]
    assert opened, "a process without a pool shows nothing"
    assert [each for each in opened if each.reconnect_timeout > SOON_SECONDS] == []
    del app
