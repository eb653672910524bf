"""Who answers does nothing beside: whatever runs in the background anywhere in a service, a worker runs, and a web
process does not."""

import ast
import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.grants import main as grants
from services.httpapi.app import Service
from services.notifications import main as notifications
from services.notifications.settings import Smtp
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.faults.service import notifications_settings_of, settings_of
from tests.house.tree import list_modules

NOBODYS = {
    "log-writer": "each process records what it decides",
    "aside": "what is large is folded beside the event loop, for whoever asked for it",
    "looking-up": "names of receivers, looked up for whoever asks",
    "overtaken": "each process looks, while it waits for long, whether its primary was overtaken",
    "schema": "each process looks whether the database still serves it",
    "head-of-the-log": "asked for while somebody waits for it, by the process they wait in",
}
"""What a process begins for whoever asks it."""
OF_THE_LIBRARIES = ("pool-", "asyncio")


def named() -> set[str]:
    """The name of everything that any module of either service, or of the ground they share, runs in the background."""
    found: set[str] = set()
    for path, _, syntax in list_modules("services"):
        if path.startswith(("services/dashboard", "services/sandbox")):
            continue
        constants = {
            target.id: node.value.value
            for node in syntax.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(syntax):
            if isinstance(node, ast.Call) and (name := name_given(node, constants)):
                found.add(name)
    return found


def name_given(call: ast.Call, constants: Mapping[str, object]) -> str | None:
    """The name that this call gives to what it begins; None if it begins nothing that lasts."""
    callee = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    by_keyword = {keyword.arg: keyword.value for keyword in call.keywords}
    match callee:
        case "Sweeping":
            given: ast.expr | None = call.args[0]
        case "Thread":
            given = by_keyword["name"]
        case "create_task":
            given = by_keyword.get("name")  # one without is of the moment: it is waited for
        case "ThreadPoolExecutor":
            given = by_keyword.get("thread_name_prefix") or call.args[1]
        case _:
            return None
    if isinstance(given, ast.Constant):
        return str(given.value)
    return str(constants[given.id]) if isinstance(given, ast.Name) else None


def grants_of(database: Database, folder: Path, role: ProcessRole) -> Service:
    """With all it can be told to do."""
    settings = settings_of(database, folder)
    return grants.create_app(
        replace(
            settings,
            process_role=role,
            accounting_outbox=folder,
            tells_deadlines=True,
            notifications_feed="http://127.0.0.1:9/v1/feed",
            checkpoint_dir=folder / "checkpoints",
            checkpoint_key=signing_key(folder),
        )
    )


def notifications_of(database: Database, folder: Path, role: ProcessRole) -> Service:
    settings = notifications_settings_of(database, folder)
    return notifications.create_app(
        replace(
            settings,
            process_role=role,
            grants_url="http://127.0.0.1:9",
            projects=True,
            delivers=True,
            smtp=Smtp(host="127.0.0.1", port=9, sender="a@b.no"),
            digests={"attestor": "a@b.no"},
            checkpoint_dir=folder / "checkpoints",
            checkpoint_key=signing_key(folder),
        )
    )


def signing_key(folder: Path) -> Path:
    key = folder / "checkpoint-key.pem"
    key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


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
