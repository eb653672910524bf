"""A14: a release goes out while people work. The last one's processes go on as the schema is changed under them and the
next one's come beside: no command fails, nobody waits a second for a lock, and what only the next knows is answered by
it, and not guessed at by the last."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from services.eventlog.command import Command
from services.eventlog.mapper import encode_metadata
from services.eventlog.writing.writer import Row, Waiting, Writer
from tests.conftest import Cluster, Database
from tests.failover.load import Load
from tests.faults.releases import (
    NEWER,
    Beside,
    Release,
    database_of,
    last_release,
    lay_last,
    lay_next,
    migrate,
    of_next,
)
from tests.faults.service import allow_back_dating, issuer_of, open_funds, settings_of
from tests.patience import PATIENCE_SECONDS, wait_until

SECONDS, LONG_SECONDS = 6.0, 300.0
LONGEST_LOCK_SECONDS = 1.0
LOCKS = """
    SELECT extract(epoch FROM clock_timestamp() - waitstart)::float8, coalesce(relation::regclass::text, locktype), mode
    FROM pg_locks WHERE NOT granted AND waitstart IS NOT NULL ORDER BY waitstart LIMIT 1
"""
APPROVED = "SELECT stream FROM grants.event WHERE topic LIKE 'award.approved.%' ORDER BY position DESC LIMIT 1"


@dataclass
class Locks:
    """How long anybody waited for a lock, looked at all the time."""

    dsn: str
    longest_seconds: float = 0.0
    looks: int = 0
    longest: str = "nobody waited"
    during: str = "before"
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._look, name="locks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        assert self._thread is not None
        self._thread.join(PATIENCE_SECONDS)

    def _look(self) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self._over.wait(0.02):
                found = connection.execute(LOCKS).fetchone()
                if found is not None and found[0] > self.longest_seconds:
                    self.longest_seconds = found[0]
                    self.longest = f"{found[2]} of {found[1]}, {self.during}"
                self.looks += 1


def newer_fact(database: Database) -> str:
    """What only the next release knows, on a case that is approved. Its id."""
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(APPROVED).fetchone()
        assert found is not None
        last = connection.execute("SELECT max(version) FROM grants.event WHERE stream = %s", found).fetchone()
    assert last is not None
    stream = str(found[0])
    writer = Writer(database.service_dsn, "grants")
    command = Command(actor="next")
    said = encode_metadata(actor="next", correlation_id="-", command_id=str(command.id))
    row = Row(stream, int(last[0]) + 1, NEWER, b'{"what":"new"}', said)
    outcome = writer.submit(Waiting(command, [row], None)).result(PATIENCE_SECONDS).outcome
    writer.close()
    assert outcome == "recorded"
    return stream.removeprefix("case-")


def shown(release: Release, beside: Beside, case: str) -> tuple[int, str]:
    answer = httpx.get(f"{release.address}/v1/cases/{case}", headers=beside.signed_in("rita"), timeout=PATIENCE_SECONDS)
    return answer.status_code, str(answer.json().get("code", ""))


def parked(database: Database) -> set[str]:
    with psycopg.connect(database.admin_dsn) as connection:
        return {stream for (stream,) in connection.execute("SELECT DISTINCT stream FROM grants_view.parked")}


@pytest.fixture
def release(request: pytest.FixtureRequest) -> str | None:
    return last_release(request.config.getoption("--release"))


def test_the_last_release_and_the_next_work_side_by_side(
    cluster: Cluster, tmp_path: Path, free_ports: tuple[int, int], long: bool, release: str | None
) -> None:
    last_tree, next_tree = lay_last(tmp_path / "last", release), lay_next(tmp_path / "next")
    with database_of(last_tree, cluster) as database:
        settings = settings_of(database, tmp_path)
        beside = Beside(issuer_of(settings))
        open_funds(database, 10_000_000_00, ressursmiljo=8_000_000_00)
        allow_back_dating(database)
        told = {
            "TILSAGN_ENVIRONMENT": "test",
            "DATABASE_URL": database.service_dsn,
            "TILSAGN_DEV_ISSUER_KEY_FILE": str(settings.dev_issuer_key),
            "TILSAGN_PORT": str(free_ports[0]),
            "TILSAGN_TELLS_DEADLINES": "no",
        }
        last = Release(last_tree, free_ports[0], told, tmp_path / "last.log")
        coming = of_next(last, next_tree, free_ports[1])
        load, locks = Load(beside, tmp_path / "book"), Locks(database.admin_dsn)
        seconds = LONG_SECONDS if long else SECONDS
        concerned: list[str] = []
        try:
            last.start()
            last.wait_ready()
            beside.grants = [last]
            load.start()
            locks.start()
            wait_until(lambda: len(load.answered), lambda count: count > 10)
            locks.during = "migrating"
            migrate(next_tree, cluster, database.name)
            locks.during = "side by side"
            before = len(load.answered)
            wait_until(lambda: len(load.answered), lambda count: count > before + 10)  # the last, on the new schema
            coming.start()
            coming.wait_ready()
            beside.grants = [last, coming]
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                concerned.append(newer_fact(database))
                assert shown(last, beside, concerned[-1]) == (503, "newer-facts")
                assert shown(coming, beside, concerned[-1]) == (200, "")
                threading.Event().wait(seconds / 10)
            beside.goes(last)
            last.end()
            wait_until(lambda: parked(database), lambda left: not left)
            assert {shown(coming, beside, case) for case in concerned} == {(200, "")}
        finally:
            load.stop()
            locks.stop()
            last.end()
            coming.end()
        print(
            f"\n{len(load.answered)} commands, {dict(load.statuses)}, otherwise {dict(load.otherwise)}; the"
            f" longest wait for a lock {locks.longest_seconds:.3f} s ({locks.longest}) in {locks.looks} looks;"
            f" {len(concerned)} facts of the next;"
            f" the last release is {release or 'this code, for none has been made'}"
        )
        assert load.otherwise == {}
        assert {each.status for each in load.answered} == {200, 201}
        assert {each.process for each in load.answered} == {0, 1}
        if long:  # of a machine that does nothing else; a busy one says nothing of it
            assert locks.longest_seconds < LONGEST_LOCK_SECONDS, locks.longest
        recorded_once(database, load)


def recorded_once(database: Database, load: Load) -> None:
    """Everything that was answered stands in the log, and once."""
    with psycopg.connect(database.admin_dsn) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM grants.command WHERE key IS NOT NULL")]
    told = [each.key for each in load.answered]
    assert len(told) == len(set(told))
    assert set(told) <= set(keys)
    assert len(keys) == len(set(keys))
