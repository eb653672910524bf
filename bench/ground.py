"""What the benches stand on: a durable PostgreSQL of their own, migrated, with a post to spend from."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from dev import postgres
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, prepare, url
from services.eventlog.command import Command
from services.eventlog.events import Event
from services.eventlog.writing.writer import Row, Waiting, Writer

POST, EARMARK = "2020/291/71", "2020/291/71/ressursmiljo"
DATA = b'{"fund_id":"2020/291/71/ressursmiljo","amount_ore":100,"approved_on":"2020-05-05","approved_by":"ingrid"}'
METADATA = b'{"actor":"ingrid","command_id":"00000000-0000-0000-0000-000000000000","correlation_id":"bench"}'


@dataclass(frozen=True, kw_only=True)
class Opened(Event, topic="bench.opened.v1"):
    """The benches' funds were opened."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One database: how the services and the administrator reach it."""

    service_dsn: str
    notifications_dsn: str
    admin_dsn: str


@contextmanager
def ground() -> Iterator[Ground]:
    """A fresh cluster with fsync on, thrown away afterwards."""
    home = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-bench-"))
    home.chmod(0o711)
    server = postgres.start(home / "postgres", durable=True)
    try:
        passwords = {login.name: "bench" for login in LOGINS}
        prepare(server.dsn(), "bench", passwords)
        for service in SERVICES:
            upgrade(url(server.dsn(), database="bench", user="tilsagn_migrator", password="bench"), service)
        admin_dsn = url(server.dsn(), database="bench")
        with psycopg.connect(admin_dsn, autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE bare (id bigserial PRIMARY KEY, stream text, version int, topic text, data bytea)"
            )
            connection.execute("GRANT ALL ON bare TO PUBLIC; GRANT USAGE ON SEQUENCE bare_id_seq TO PUBLIC")
            connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        service_dsn = url(admin_dsn, database="bench", user="grants_service", password="bench")
        give_money(service_dsn)
        notifications_dsn = url(admin_dsn, database="bench", user="notifications_service", password="bench")
        yield Ground(service_dsn=service_dsn, notifications_dsn=notifications_dsn, admin_dsn=admin_dsn)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def give_money(dsn: str) -> None:
    """A post and an earmark under it with room for everything a bench commits."""
    writer = Writer(dsn, "grants")
    post = {"kind": "post", "year": 2020, "chapter": 291, "post": 71, "name": "Tilskudd", "hard_stop": True}
    earmark = {"kind": "earmark", "name": "Ressursmiljø", "hard_stop": True}
    funds = [{"id": POST, "parent_id": None, **post}, {"id": EARMARK, "parent_id": POST, **earmark}]
    given = {"nth": 1, "day": "2020-01-01", "forced": True, "ground": "allocated", "available": 10**14}
    movements = [given | {"line": 1, "fund": POST, "earmarked": 10**14}, given | {"line": 2, "fund": EARMARK}]
    effects = {"alone": True, "funds": funds, "movements": movements}
    outcome = writer.submit(
        Waiting(Command(actor="bench"), [Row("allocation-2020", 1, Opened.TOPIC, DATA, METADATA)], effects)
    )
    assert outcome.result().outcome == "recorded"
    writer.close()


def waiting(*, amount_ore: int = 100, day: str = "2020-05-05", streams: int = 1) -> Waiting:
    """A command of so many awards, each on a stream of its own, committing on the earmark and so on its post."""
    command = Command(actor="ingrid", id=uuid4(), key=None)
    # Named like a case, and none: what is measured is the recording of an award, and not that a case is opened with it.
    names = [f"case-{uuid4().hex}" for _ in range(streams)]
    rows = [Row(name, 1, "award.approved.v1", DATA, metadata(command.id)) for name in names]
    movements: list[dict[str, Any]] = [
        {"nth": n, "line": n, "fund": EARMARK, "day": day, "committed": amount_ore, "ground": "award.approved.v1"}
        for n in range(1, streams + 1)
    ]
    return Waiting(command, rows, {"movements": movements})


def metadata(command_id: UUID) -> bytes:
    return METADATA.replace(b"00000000-0000-0000-0000-000000000000", str(command_id).encode())
