"""Who answers does nothing beside: whatever runs in the background anywhere in a service, a worker runs, and a web
process does not."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.httpapi.app import Service
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.process.background import NOBODYS, grants_of, named, notifications_of

OF_THE_LIBRARIES = ("pool-", "asyncio")


def running_in(app: Service) -> set[str]:
    """What runs in the process once it has begun, and did not before."""

    async def go() -> set[str]:
        async with app.router.lifespan_context(app):
            await asyncio.sleep(0)  # what was begun is there
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            # waiting for a moment, or for what a task of its own is to wait for, makes another without a name
            names = {task.get_name() for task in tasks if getattr(task.get_coro(), "__qualname__", "") != "Event.wait"}
            threads = {thread.name for thread in threading.enumerate() if thread is not threading.main_thread()}
        return {name.rpartition("_")[0] or name for name in names | threads if not name.startswith(OF_THE_LIBRARIES)}

    return asyncio.run(go())


SERVICES: list[Callable[[Database, Path, ProcessRole], Service]] = [grants_of, notifications_of]


@pytest.mark.parametrize("of", SERVICES)
def test_a_web_process_runs_nothing_beside_its_answers(
    of: Callable[[Database, Path, ProcessRole], Service], database: Database, tmp_path: Path
) -> None:
    assert running_in(of(database, tmp_path, ProcessRole.web)) - set(NOBODYS) == set()
    assert not (tmp_path / "checkpoints").exists()


def test_whatever_runs_in_the_background_runs_in_a_worker(database: Database, tmp_path: Path) -> None:
    work = [running_in(of(database, tmp_path, ProcessRole.worker)) - set(NOBODYS) for of in SERVICES]
    assert {"projections", "checkpointer", "inbox"} <= work[0] & work[1]
    begun = {name for name in work[0] | work[1] if not name.startswith("Task-")}  # what these begin themselves
    assert begun == named() - set(NOBODYS)
