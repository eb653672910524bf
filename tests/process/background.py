"""What runs in the background of a process of either service: by name, from the source; and a process of each that is
told to do all of it."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

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
    "tracing-ends": "a process that traces lets its last spans go as it ends",
    "head-of-the-log": "asked for while somebody waits for it, by the process they wait in",
}
"""What a process begins for whoever asks it."""


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
