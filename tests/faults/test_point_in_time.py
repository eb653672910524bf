"""A15: a server that is written to is backed up, goes on, and is brought back to a chosen instant.

What stood then is there, whole and verified, and nothing that came after it; the log goes on once two people say so.
Who was erased after that instant is erased again, and the other service, which heard grants meanwhile, agrees with it.
"""

import asyncio
import random
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from dev import postgres
from dev.backup import back_up, backups_of
from dev.restore import CannotRestore, put_back, restore
from dev.verifying.heard import check_heard
from dev.verifying.log import verify
from dev.verifying.views import compare_views
from migrations.roles import LOGINS, url
from services.eventlog.checkpoints.behind import LogBehind, signed_at
from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.eventlog.outside.keeping import Keeping
from services.eventlog.outside.kept_outside import KeptOutside
from services.grants.balance.digest import read_digest
from services.grants.restoring import KEPT, take_up
from services.grants.staff.events import StaffEntryErased, StaffNamed
from services.grants.staff.rules import stream_of_staff
from services.httpapi.restoration.acting import Restoration
from tests.conftest import Cluster, Database, copied
from tests.eventlog.played import KEY, NEW_YEAR, played
from tests.faults.two_logs import Two
from tests.laid_servers import DATABASE, PASSWORD, start_migrated
from tests.patience import wait_until

SEED = 15


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-backup-"))
    folder.chmod(0o711)
    yield folder / "postgres"
    shutil.rmtree(folder, ignore_errors=True)


def database_of(server: postgres.Server) -> Database:
    """The server's database, as tests know theirs."""
    dsns = {login.name: url(server.dsn(), database=DATABASE, user=login.name, password=PASSWORD) for login in LOGINS}
    return Database(
        name=DATABASE,
        admin_dsn=url(server.dsn(), database=DATABASE),
        migrator_dsn=dsns["tilsagn_migrator"],
        service_dsn=dsns["grants_service"],
        reader_dsn=dsns["grants_reader"],
        notifications_dsn=dsns["notifications_service"],
        notifications_reader_dsn=dsns["notifications_reader"],
    )


class Load:
    """Cases lived through one after another, signed for as they go, until it is told to stop."""

    def __init__(self, database: Database, folder: Path, first: int) -> None:
        self._stop, self._folder, self._database = threading.Event(), folder, database
        self.lived, self._first = Counter[str](), first
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with played(self._database, self._folder) as year:
            number = self._first
            while not self._stop.is_set():
                year.live_through(number)
                number += 1
                self.lived["cases"] += 1
                if number % 3 == 0:
                    year.checkpointer.sign()

    def more(self, cases: int) -> None:
        """Returns when so many more cases are lived through."""
        upto = self.lived["cases"] + cases
        wait_until(lambda: self.lived["cases"] >= upto)


def facts(dsn: str) -> list[StoredEvent]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(f"SELECT {COLUMNS} FROM grants.event ORDER BY position").fetchall()
    return [StoredEvent(*row) for row in rows]


def server_instant(server: postgres.Server) -> datetime:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    at: datetime = row[0]
    return at.astimezone(UTC)


def both(database: Database) -> Two:
    """The two logs, in one database."""
    return Two(grants=database, notifications=database, key=Path("none"))


def name(database: Database, folder: Path, number: int) -> UUID:
    """Somebody is named in the register of staff."""
    entry, subject = UUID(int=number), f"ansatt-{number}"
    with psycopg.connect(database.service_dsn, autocommit=True) as connection:
        asked = (entry, subject, f"Kari Nordmann {number}", "rådgiver")
        row = connection.execute(
            "SELECT encode(digest, 'hex') FROM grants.keep_staff(%s, %s, %s, %s)", asked
        ).fetchone()
    assert row is not None
    told = StaffNamed(
        entry_id=entry, subject=subject, valid_from=NEW_YEAR, valid_until=None, digest=row[0], named_by="liv"
    )
    with played(database, folder) as year:
        year.say(stream_of_staff(subject), 0, told, actor="liv")
    return entry


def erase(database: Database, folder: Path, number: int, entry: UUID) -> None:
    """And is erased, which a worker keeps outside the database."""
    told = StaffEntryErased(entry_id=entry, reason="Har sluttet.", erased_on=NEW_YEAR, erased_by="liv")
    kept = KeptOutside(folder / "checkpoints", KEY, log="grants")
    with played(database, folder) as year:
        year.say(stream_of_staff(f"ansatt-{number}"), 1, told, actor="liv")
        keeping = Keeping(year.log, database.service_dsn, kept, schema="grants", topics=KEPT, take_up=take_up)
        asyncio.run(keeping.stop())


def named(database: Database) -> int:
    """How many of the register of staff are named."""
    with psycopg.connect(database.admin_dsn) as connection:
        row = connection.execute("SELECT count(*) FROM grants.staff WHERE name IS NOT NULL").fetchone()
    assert row is not None
    return int(row[0])


def test_a_server_is_brought_back_to_an_instant_under_load_and_goes_on(
    home: Path, tmp_path: Path, cluster: Cluster, long: bool
) -> None:
    draws = random.Random(SEED)
    server = start_migrated(home)
    try:
        with played(database_of(server), tmp_path) as year:
            year.open_year()
        number = 1
        for _ in range(10 if long else 1):
            database = database_of(server)
            entry = name(database, tmp_path, number)
            with Load(database, tmp_path, number) as load:
                load.more(2)
                back_up(server, tmp_path)
                both(database).follow()
                load.more(draws.randint(1, 6))
                chosen = server_instant(server)
                load.more(draws.randint(4, 8))
                erase(database, tmp_path, number, entry)
                both(database).follow()
            number += load.lived["cases"] + 1
            stood = facts(database.reader_dsn)
            server.stop()
            before = restore(home, chosen)
            server = postgres.start(home)
            shutil.rmtree(before)
            database = database_of(server)
            there = facts(database.reader_dsn)
            assert there == stood[: len(there)]
            # What is stamped was committed a moment later: of a command under way at that instant nothing is known.
            surely = [each for each in stood if each.recorded_at <= chosen - timedelta(seconds=1)]
            assert len(surely) <= len(there) < len(stood)
            assert there[-1].recorded_at <= chosen
            assert named(database) == 1
            _goes_on(database, tmp_path, cluster)
            assert named(database) == 0
        assert len(backups_of(home.resolve())) <= 2
    finally:
        server.stop()


def _goes_on(database: Database, folder: Path, cluster: Cluster) -> None:
    """Nothing is recorded until two people say so; then all holds, and the read models are what a replay gives."""
    signed = signed_at(folder / "checkpoints", schema="grants")
    assert signed is not None
    with psycopg.connect(database.service_dsn) as connection:
        with pytest.raises(LogBehind):
            signed.look(connection)
        with played(database, folder) as year:
            restoration = Restoration(
                database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest, outside=lambda _: (),
                take_up=take_up,
            )  # fmt: skip
            restoration.propose(reason="Tilbake til et valgt tidspunkt.", by="kari")
            restoration.confirm(by="ola")
            signed.look(connection)
            year.live_through(100_000 + len(facts(database.reader_dsn)))
        with played(database, folder) as anew:
            assert anew.checkpointer.sign()
    directory = folder / "checkpoints"
    counts, wrong = verify(database.reader_dsn, directory, directory / PUBLIC_KEY)
    assert wrong == []
    assert [name for name in counts if name.startswith("break after ")]
    both(database).follow()
    heard = check_heard({"grants": database.admin_dsn, "notifications": database.admin_dsn})
    assert [str(fault) for _, faults in heard.values() for fault in faults] == []
    assert heard["notifications"][0]["heard facts"] > 0
    with copied(cluster) as scratch:
        assert compare_views(database.reader_dsn, scratch.admin_dsn, "grants")[1] == []


def test_what_cannot_be_reached_changes_nothing(home: Path, tmp_path: Path) -> None:
    server = start_migrated(home)
    try:
        with pytest.raises(CannotRestore, match="No backup"):
            restore(home, None)
        (tmp_path / "checkpoints").mkdir()
        (tmp_path / "checkpoints" / "00000001.json").write_text("1")
        (tmp_path / "checkpoints" / ".unfinished-1").write_text("half a checkpoint, and gone the next moment")
        made = back_up(server, tmp_path)
        assert [path.name for path in (made.outside / "checkpoints").iterdir()] == ["00000001.json"]
        (tmp_path / "checkpoints" / "00000001.json").write_text("newer")
        assert put_back(made, tmp_path) == []
        (tmp_path / "checkpoints" / "00000001.json").unlink()
        assert put_back(made, tmp_path) == ["checkpoints/00000001.json"]
        with pytest.raises(CannotRestore, match="No backup"):
            restore(home, made.ended_at - timedelta(seconds=1))
        with pytest.raises(CannotRestore, match="still to come"):
            restore(home, datetime.now(UTC) + timedelta(days=1))
        with pytest.raises(postgres.AlreadyRunning):
            restore(home, made.ended_at)
        # An instant that nothing was written after cannot be told from one that is not reached.
        after = server_instant(server)
        server.stop()
        with pytest.raises(CannotRestore, match="all is as it was"):
            restore(home, after + timedelta(microseconds=1))
        server = postgres.start(home)
        assert server_instant(server)
        server.stop()
        restore(home, None)
        server = postgres.start(home)
    finally:
        server.stop()
