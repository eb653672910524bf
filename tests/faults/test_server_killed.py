"""A2: PostgreSQL is killed under eight writers, again and again. Nothing that was acknowledged is lost, and the log's
chain and every balance verify; without waiting for the disk something is lost, so this could see it."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dev import postgres
from dev.verifying.log import verify
from migrations.roles import url
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.eventlog.writing.writer import AnswerLost
from services.grants.balance.movements import effects
from tests.eventlog.played import EARMARK, NEW_YEAR, POST, case, fund, letter, life
from tests.laid_servers import DATABASE, PASSWORD, start_migrated
from tests.patience import PATIENCE_SECONDS, wait_until

WRITERS = 8
KILLS, EACH = {False: 2, True: 20}, {False: 10, True: 2_500}
"""How often it is killed, and how many facts are acknowledged between two deaths."""


@dataclass
class Killed:
    """A server that is killed and started again where it was."""

    server: postgres.Server

    def dsn(self, role: str) -> str:
        return url(self.server.dsn(), database=DATABASE, user=role, password=PASSWORD)

    def kill(self) -> None:
        """Every process of it is ended at once, with what they had not written."""
        assert self.server.process is not None
        os.killpg(self.server.process.pid, signal.SIGKILL)
        self.server = postgres.start_again(self.server)


@pytest.fixture
def server() -> Iterator[Killed]:
    home = Path(tempfile.mkdtemp(dir="/tmp", prefix="tilsagn-killed-"))
    home.chmod(0o711)
    killed = Killed(start_migrated(home / "postgres"))
    try:
        yield killed
    finally:
        killed.server.stop()
        shutil.rmtree(home, ignore_errors=True)


@dataclass
class Writers:
    """Eight that live through cases, each with a log of its own, and keep a book of what was acknowledged."""

    dsn: str
    acknowledged: set[tuple[str, int]] = field(default_factory=set)
    failed: list[BaseException] = field(default_factory=list)
    over: bool = False

    def __enter__(self) -> "Writers":
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)

    def _write(self, writer: int) -> None:
        log = Log(self.dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
        number = writer
        try:
            while not self.over:
                self._live_through(log, number)
                number += WRITERS
        except BaseException as failure:  # noqa: BLE001 - whoever waits for the writers is told
            self.failed.append(failure)
        finally:
            log.close()

    def _live_through(self, log: Log, number: int) -> None:
        for version, event in enumerate(life(number, 6)):
            command = Command(actor="kari", key=f"{number}-{version}")
            while not self.over:
                with suppress(AnswerLost, psycopg.Error):
                    outcome = log.append_now(command, Write(case(number), version, (event,)))
                    assert outcome.outcome in ("recorded", "repeated"), outcome
                    self.acknowledged.add((case(number), version + 1))
                    break

    def more(self, facts: int) -> None:
        """Return when so many more are acknowledged. A busy machine is waited for as long as it comes further."""
        upto = len(self.acknowledged) + facts
        while (have := len(self.acknowledged)) < upto:
            wait_until(partial(self._has_gone_on, have))
            assert self.failed == []

    def _has_gone_on(self, have: int) -> bool:
        return bool(self.failed) or len(self.acknowledged) > have


def open_year(dsn: str) -> None:
    log = Log(dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    funds = (fund(POST, "post", "Tilskudd"), fund(EARMARK, "earmark", "Ressursmiljø"))
    facts = (letter(0, NEW_YEAR, (POST, 10_000_000), (EARMARK, 6_000_000), funds=funds),)
    assert log.append_now(Command(actor="anne"), Write("allocation-2020", 0, facts)).outcome == "recorded"
    log.close()


def standing(killed: Killed) -> set[tuple[str, int]]:
    with psycopg.connect(killed.dsn("grants_reader")) as connection:
        rows = connection.execute("SELECT stream, version FROM grants.event WHERE stream LIKE 'case-%'").fetchall()
    return {(stream, version) for stream, version in rows}


def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(server: Killed, long: bool) -> None:
    open_year(server.dsn("grants_service"))
    with Writers(server.dsn("grants_service")) as writers:
        for _ in range(KILLS[long]):
            writers.more(EACH[long])
            server.kill()
        writers.more(EACH[long])
    assert writers.failed == []
    stands = standing(server)
    assert writers.acknowledged <= stands, f"{len(writers.acknowledged - stands)} acknowledged facts are lost"
    counts, faults = verify(server.dsn("grants_reader"), None, None)
    assert [str(fault) for fault in faults if fault.kind not in ("duties", "deadline")] == []
    assert counts["events"] == len(stands) + 1


def test_without_waiting_for_the_disk_something_is_lost(server: Killed) -> None:
    """The control: were acknowledged facts lost, they would be missed here."""
    open_year(server.dsn("grants_service"))
    hasty = make_conninfo(server.dsn("grants_service"), options="-c synchronous_commit=off")
    with Writers(hasty) as writers:

        def lost() -> bool:
            writers.more(20)
            server.kill()
            return bool(set(writers.acknowledged) - standing(server))

        wait_until(lost)
