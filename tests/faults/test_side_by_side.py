"""A14: a release goes out while people work. The last one's processes go on as the schema is changed under them and the
next one's come beside: no command fails, nobody waits a second for a lock, and what only the next knows is answered by
it, and not guessed at by the last."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from services.eventlog.command import Command
from services.eventlog.mapper import encode_metadata
from services.eventlog.writing.writer import Row, Waiting, Writer
from tests.conftest import Cluster, Database
from tests.failover.load import Asks, Load, Round, award
from tests.faults.releases import (
    GRANTS,
    NOTIFICATIONS,
    Beside,
    Release,
    Side,
    database_of,
    last_release,
    lay_last,
    lay_next,
    migrate,
    of_next,
)
from tests.faults.service import allow_back_dating, issuer_of, open_funds, settings_of
from tests.patience import PATIENCE_SECONDS, wait_until

SECONDS, LONG_SECONDS = 3.0, 300.0
LONGEST_LOCK_SECONDS = 1.0
LOCKS = """
    SELECT extract(epoch FROM clock_timestamp() - waitstart)::float8, coalesce(relation::regclass::text, locktype), mode
    FROM pg_locks WHERE NOT granted AND waitstart IS NOT NULL ORDER BY waitstart LIMIT 1
"""
PLAN = {"title": "Evaluering av Jobbsjansen", "document_sha256": "ef" * 32}


async def publication(ask: Asks, name: str) -> None:
    """Planned, told of by a notice, planned otherwise, and called off."""
    made = await ask("POST", "/v1/publications", "kari", f"plan-{name}", PLAN)
    address, seen = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    about = {"about": {"kind": "publication", "id": address.rpartition("/")[2]}}
    await ask("POST", "/v1/notices", "kari", f"notice-{name}", about)
    again = await ask("PUT", f"{address}/plan", "kari", f"otherwise-{name}", PLAN | {"title": f"Nr. {name}"}, seen)
    because, seen = {"reason": "Utsettes."}, {"If-Match": again.headers["ETag"]}
    await ask("PUT", f"{address}/cancellation", "kari", f"cancel-{name}", because, seen)


@dataclass(frozen=True, kw_only=True)
class Play:
    """One service: what is done to it, how it is told what it needs beside its database, and which facts end a stream
    that callers have done with, where it is read."""

    side: Side
    round: Round
    opens: Callable[[Database], None]
    told: Callable[[Path], dict[str, str]]
    ended: str
    stream: str
    address: str

    def dsn(self, database: Database) -> str:
        return database.service_dsn if self.side is GRANTS else database.notifications_dsn


def open_books(database: Database) -> None:
    open_funds(database, 10_000_000_00, ressursmiljo=8_000_000_00)
    allow_back_dating(database)


PLAYS = {
    "grants": Play(
        side=GRANTS,
        round=award,
        opens=open_books,
        told=lambda _: {"TILSAGN_TELLS_DEADLINES": "no"},
        ended="award.approved.",
        stream="case-",
        address="/v1/cases/",
    ),
    "notifications": Play(
        side=NOTIFICATIONS,
        round=publication,
        opens=lambda _: None,
        told=lambda folder: {"TILSAGN_OUTBOX": str(folder / "outbox")},
        ended="publication.cancelled.",
        stream="publication-",
        address="/v1/publications/",
    ),
}


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


def newer_fact(play: Play, database: Database) -> str:
    """What only the next release knows, on a stream that callers have done with: a case that is approved, a publication
    that is called off. Its id."""
    schema = play.side.schema
    newest = f"SELECT stream FROM {schema}.event WHERE topic LIKE %s ORDER BY position DESC LIMIT 1"
    highest = f"SELECT max(version) FROM {schema}.event WHERE stream = %s"
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(newest.encode(), (f"{play.ended}%",)).fetchone()
        assert found is not None
        last = connection.execute(highest.encode(), found).fetchone()
    assert last is not None
    stream = str(found[0])
    writer = Writer(play.dsn(database), schema)
    command = Command(actor="next")
    said = encode_metadata(actor="next", correlation_id="-", command_id=str(command.id))
    row = Row(stream, int(last[0]) + 1, play.side.newer, b'{"what":"new"}', said)
    outcome = writer.submit(Waiting(command, [row], None)).result(PATIENCE_SECONDS).outcome
    writer.close()
    assert outcome == "recorded"
    return stream.removeprefix(play.stream)


def shown(play: Play, release: Release, beside: Beside, id: str) -> tuple[int, str]:
    address = f"{release.address}{play.address}{id}"
    answer = httpx.get(address, headers=beside.signed_in("rita"), timeout=PATIENCE_SECONDS)
    return answer.status_code, str(answer.json().get("code", ""))


def parked(play: Play, database: Database) -> set[str]:
    query = f"SELECT DISTINCT stream FROM {play.side.schema}_view.parked"
    with psycopg.connect(database.admin_dsn) as connection:
        return {stream for (stream,) in connection.execute(query.encode())}


@pytest.fixture
def release(request: pytest.FixtureRequest) -> str | None:
    return last_release(request.config.getoption("--release"))


@pytest.mark.parametrize("which", PLAYS)
def test_the_last_release_and_the_next_work_side_by_side(
    which: str, cluster: Cluster, tmp_path: Path, free_ports: tuple[int, int], long: bool, release: str | None
) -> None:
    play = PLAYS[which]
    last_tree, next_tree = lay_last(tmp_path / "last", release), lay_next(tmp_path / "next", play.side)
    with database_of(last_tree, cluster) as database:
        settings = settings_of(database, tmp_path)
        beside = Beside(issuer_of(settings))
        play.opens(database)
        told = {
            "TILSAGN_ENVIRONMENT": "test",
            "DATABASE_URL": play.dsn(database),
            "TILSAGN_DEV_ISSUER_KEY_FILE": str(settings.dev_issuer_key),
            "TILSAGN_PORT": str(free_ports[0]),
            **play.told(tmp_path),
        }
        last = Release(play.side, last_tree, free_ports[0], told, tmp_path / "last.log")
        coming = of_next(last, next_tree, free_ports[1])
        load, locks = Load(beside, tmp_path / "book", play.round), Locks(database.admin_dsn)
        seconds = LONG_SECONDS if long else SECONDS
        concerned: list[str] = []
        try:
            last.start()
            last.wait_ready()
            beside.answering = [last]
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
            beside.answering = [last, coming]
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                concerned.append(newer_fact(play, database))
                assert shown(play, last, beside, concerned[-1]) == (503, "newer-facts")
                assert shown(play, coming, beside, concerned[-1]) == (200, "")
                threading.Event().wait(seconds / 10)
            beside.goes(last)
            last.end()
            wait_until(lambda: parked(play, database), lambda left: not left)
            assert {shown(play, coming, beside, id) for id in concerned} == {(200, "")}
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
        recorded_once(play, database, load)


def recorded_once(play: Play, database: Database, load: Load) -> None:
    """Everything that was answered stands in the log, and once."""
    query = f"SELECT key FROM {play.side.schema}.command WHERE key IS NOT NULL"
    with psycopg.connect(database.admin_dsn) as connection:
        keys = [key for (key,) in connection.execute(query.encode())]
    told = [each.key for each in load.answered]
    assert len(told) == len(set(told))
    assert set(told) <= set(keys)
    assert len(keys) == len(set(keys))
