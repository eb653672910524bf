"""Nothing that is answered is lost with the primary: what a failover can lose is not said to be recorded.

A commit that waits for its synchronous standby can be seen by others. Its session is ended, or its wait is called off:
then the fact stands on the primary, and only there.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from services.eventlog.checkpoints.checkpoint import Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.eventlog.command import Command, Kept, Outcome
from services.eventlog.connections.standby import NotConfirmed
from services.eventlog.feeds.feed import Feed, FeedPage
from services.eventlog.feeds.head import Head
from services.eventlog.log import Earlier, Log
from services.eventlog.writing.writer import AnswerLost, Row, Waiting, Writer
from services.grants.balance.digest import read_digest
from tests.conftest import Database
from tests.dashboard.office import opened, settings_of
from tests.eventlog.played import KEY
from tests.faults.service import open_funds
from tests.faults.standby import Pair, pair
from tests.patience import PATIENCE_SECONDS, wait_until

T = TypeVar("T")

COMMANDS = "SELECT count(*), max(nth) FROM grants.command"
ENDINGS = {"its session is ended": "pg_terminate_backend", "its wait is called off": "pg_cancel_backend"}


@pytest.fixture(scope="module")
def both() -> Iterator[Pair]:
    with pair() as servers:
        yield servers


def test_the_dashboard_reads_the_standby_and_keeps_who_is_signed_in_at_the_primary(both: Pair, tmp_path: Path) -> None:
    there = Database(
        name="pair",
        admin_dsn=both.primary.dsn(),
        migrator_dsn=both.dsn(both.primary, "tilsagn_migrator"),
        service_dsn=both.service_dsn,
        reader_dsn=both.dsn(both.primary, "grants_reader"),
        notifications_dsn=both.dsn(both.primary, "notifications_service"),
        notifications_reader_dsn=both.dsn(both.primary, "notifications_reader"),
        dashboard_dsn=both.dsn(both.standby, "tilsagn_dashboard"),
        sessions_dsn=both.dsn(both.primary, "dashboard_sessions"),
    )
    open_funds(there, post_ore=1_000, ressursmiljo=1_000)
    now = datetime.now(UTC)

    async def read() -> None:
        async with opened(settings_of(there, tmp_path)) as office:
            browser = office.browser()
            seen = await browser.sign_in("ministry", "/poster/2020/291/71?gjelder=2020-12-31")
            assert (seen.status_code, "291/71" in seen.text) == (200, True), seen.text
            assert "Sidene leses fra en kopi av databasen." in seen.text
            assert "mistet forbindelsen" not in seen.text
            asked = f"/?aar=2020&kjent={(now - timedelta(hours=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
            assert (await browser.open(asked)).status_code == 200

    asyncio.run(read())


def fact(stream: str) -> Waiting:
    command = Command(actor="kari", key=f"key-{uuid4()}", request_hash=b"asked", answer=b"answered")
    row = Row(stream, 1, "award.returned.v1", b'{"reason":"-","returned_by":"kari"}', b"{}")
    return Waiting(command, [row], None)


def stands(dsn: str, command_id: UUID) -> bool:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return bool(connection.execute("SELECT 1 FROM grants.command WHERE id = %s", (command_id,)).fetchall())


def end_what_waits(both: Pair, how: str) -> None:
    wait_until(both.waiting_for_standby)
    for pid in both.waiting_for_standby():
        both.ask(f"SELECT {how}(%s)", pid)


def quiet_for(answer: "Future[Outcome]", seconds: float) -> bool:
    """Whether nothing is answered for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer.done():
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("how", ENDINGS.values(), ids=ENDINGS.keys())
def test_nothing_is_answered_while_the_standby_is_silent(both: Pair, how: str) -> None:
    writer = Writer(both.service_dsn, "grants")
    writer.submit(fact(f"case-{uuid4()}")).result(PATIENCE_SECONDS)
    both.silence()
    try:
        waiting = fact(f"case-{uuid4()}")
        answer = writer.submit(waiting)
        end_what_waits(both, how)
        wait_until(lambda: stands(both.service_dsn, waiting.command.id))
        assert quiet_for(answer, 3), f"answered {answer.result()} while only the primary had it"
    finally:
        both.hear()
    assert answer.result(PATIENCE_SECONDS).outcome == "recorded"
    wait_until(lambda: stands(both.dsn(both.standby), waiting.command.id))
    writer.close()


def test_a_standby_that_stays_silent_is_an_answer_that_is_not_known(both: Pair) -> None:
    writer = Writer(both.service_dsn, "grants", recall_seconds=2)
    both.silence()
    try:
        answer = writer.submit(fact(f"case-{uuid4()}"))
        end_what_waits(both, "pg_terminate_backend")
        with pytest.raises(AnswerLost):
            answer.result(PATIENCE_SECONDS)
    finally:
        both.hear()
    writer.close()


def left_on_the_primary_alone(both: Pair) -> Waiting:
    """A command whose session was ended while it waited for the silent standby: anybody can read it."""
    waiting = fact(f"case-{uuid4()}")
    writer = Writer(both.service_dsn, "grants", recall_seconds=0)
    answer = writer.submit(waiting)
    end_what_waits(both, "pg_terminate_backend")
    with pytest.raises(AnswerLost):
        answer.result(PATIENCE_SECONDS)
    writer.close()
    assert stands(both.service_dsn, waiting.command.id)
    return waiting


def test_an_earlier_answer_is_given_again_only_when_the_standby_has_it(both: Pair) -> None:
    async def ask(waiting: Waiting) -> Earlier | None:
        async with AsyncConnectionPool(both.service_dsn, min_size=1, kwargs={"autocommit": True}) as pool:
            log = Log(both.service_dsn, pool, schema="grants")
            try:
                async with asyncio.timeout(3):
                    return await log.find_earlier("kari", str(waiting.command.key))
            finally:
                log.close()

    both.silence()
    try:
        waiting = left_on_the_primary_alone(both)
        with pytest.raises((TimeoutError, NotConfirmed)):
            asyncio.run(ask(waiting))
    finally:
        both.hear()
    assert asyncio.run(ask(waiting)) == Earlier(b"asked", b"answered")


def test_nothing_is_signed_that_the_standby_does_not_have(
    both: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Checkpoints(tmp_path / "checkpoints")
    signing = Checkpointer(both.service_dsn, kept, KEY, log="grants", digest=read_digest, registry=CollectorRegistry())
    both.silence()
    try:
        left_on_the_primary_alone(both)
        with monkeypatch.context() as short:
            short.setattr("services.eventlog.checkpoints.checkpointer.CONFIRMED_WITHIN_SECONDS", 1)
            with pytest.raises(NotConfirmed):
                signing.sign()
        assert kept.files() == []
    finally:
        both.hear()
    assert signing.sign() is not None


def test_nothing_is_told_that_the_standby_does_not_have(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to another service, nor to whoever asks what became of a command."""

    async def ask(act: Callable[[Feed, Log], Awaitable[T]]) -> T:
        async with AsyncConnectionPool(both.service_dsn, min_size=1, kwargs={"autocommit": True}) as pool:
            log = Log(both.service_dsn, pool, schema="grants")
            head = Head(pool, schema="grants")
            try:
                return await act(Feed(pool, head, schema="grants", source="/grants", mappers={}), log)
            finally:
                await head.close()
                log.close()

    def read(feed: Feed, _: Log) -> Awaitable[FeedPage]:
        return feed.read(0, 10, 0)

    both.silence()
    try:
        waiting = left_on_the_primary_alone(both)

        def show(_: Feed, log: Log) -> Awaitable[Kept | None]:
            return log.find_command("kari", str(waiting.command.key))

        with monkeypatch.context() as short:
            for place in ("feeds.feed", "log"):
                short.setattr(f"services.eventlog.{place}.CONFIRMED_WITHIN_SECONDS", 1)
            with pytest.raises(NotConfirmed):
                asyncio.run(ask(read))
            with pytest.raises(NotConfirmed):
                asyncio.run(ask(show))
    finally:
        both.hear()
    kept = asyncio.run(ask(show))
    assert kept is not None
    assert asyncio.run(ask(read)).next_after >= int(kept.last_position or 0) > 0


def test_what_was_answered_is_there_when_the_primary_is_lost(
    both: Pair,
) -> None:
    """The last of these: the primary is lost in it. It stands still first, which breaks no connection and answers
    nobody; the next one is found, and takes what nobody was answered."""
    writer = Writer(both.service_dsn, "grants")
    both.silence()
    waiting = fact(f"case-{uuid4()}")
    answer = writer.submit(waiting)
    end_what_waits(both, "pg_terminate_backend")
    assert quiet_for(answer, 2), f"answered {answer.result()} while only the primary had it"
    both.hear()
    assert answer.result(PATIENCE_SECONDS).outcome == "recorded"
    writer.close()
    hosts = f"{both.primary.socket_directory},{both.standby.socket_directory}"
    dsn = make_conninfo(both.service_dsn, host=hosts, target_session_attrs="read-write", connect_timeout=2)
    going_on = Writer(dsn, "grants", patience_seconds=0.5)
    assert going_on.submit(fact(f"case-{uuid4()}")).result(PATIENCE_SECONDS).outcome == "recorded"
    before = int(str(both.ask(COMMANDS)[0][0]))
    both.freeze()
    answers = [going_on.submit(fact(f"case-{uuid4()}")) for _ in range(4)]
    both.take_over()
    assert {answer.result(PATIENCE_SECONDS).outcome for answer in answers} == {"recorded"}
    both.lose()
    assert stands(both.dsn(both.standby), waiting.command.id)
    with psycopg.connect(both.dsn(both.standby)) as connection:
        found = connection.execute(COMMANDS).fetchone()
    assert found == (before + 4, before + 4)
    going_on.close()
