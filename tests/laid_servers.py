"""A PostgreSQL of a test's own, with every table and nothing in them: laid where it wants it, and not made anew.

To make its folder and walk through every migration takes seconds of processor, for each test that kills, parts, fills
up or brings back a server of its own. It is made once in a test process, and copied.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from dev import account as accounts
from dev import postgres
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, prepare, url
from services.eventlog.connections.connecting import timelines
from tests.conftest import HOME

DATABASE = "tilsagn"
PASSWORD = "of-the-pair"


def start_migrated(home: Path) -> postgres.Server:
    """A server that is run as any other, in a folder that is laid there first."""
    account = accounts.server_account()
    place, made = accounts.place_for(home, account), migrated()
    shutil.copytree(made / "data", place / "data", symlinks=True)
    for path in (place / "data", *(place / "data").rglob("*")):
        accounts.give(path, account)
    postgres.write_private(place / "password", (made / "password").read_text())
    timelines._newest.clear()  # each copy bears one system's number: who was promoted in a test before was another
    return postgres.start(home)


@cache
def migrated() -> Path:
    """What copies are taken of: a server that has stopped, and is gone when no more tests are run."""
    folder = Path(tempfile.mkdtemp(dir=postgres.place_to_throw_away(), prefix=HOME))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    server = postgres.start(folder / "postgres", durable=False)
    try:
        prepare(server.dsn(), DATABASE, {login.name: PASSWORD for login in LOGINS})
        for service in SERVICES:
            upgrade(url(server.dsn(), database=DATABASE, user="tilsagn_migrator", password=PASSWORD), service)
    finally:
        server.stop()
    atexit.register(postgres.hold(server.place).close)  # until then nobody takes it for what a killed run left behind
    return server.place
