"""A server that is frozen resets nothing and answers nobody: it is given up, the next is found, and what was under way
is settled by its id."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from services.eventlog.command import Command
from services.eventlog.connections.connecting import PATIENCE_SECONDS as PATIENCE
from services.eventlog.connections.connecting import Impatient, ImpatientAside, Silent
from services.eventlog.connections.pool import open_later, open_now
from services.eventlog.writing.writer import AnswerLost, Row, Waiting, Writer
from tests.conftest import Database
from tests.faults.service import KARI, open_funds, proposal, serving, settings_of, signed_in
from tests.patience import PATIENCE_SECONDS, until, wait_until

EARMARK = "2020/291/71/ressursmiljo"


def command(number: int) -> Waiting:
    row = Row(f"case-{UUID(int=number)}", 1, "award.returned.v1", b'{"reason":"-","returned_by":"kari"}', b"{}")
    return Waiting(Command(actor=KARI, key=f"key-{number}"), [row], None)


def recorded(database: Database) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute("SELECT count(*) FROM grants.event").fetchone()
    assert found is not None
    return int(found[0])


@contextmanager
def frozen(database: Database, last: str = "") -> Iterator[None]:
    """The sessions of grants' service whose last statement had this in it stand still meanwhile."""
    with psycopg.connect(database.admin_dsn) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = 'grants_service' AND query LIKE %s",
            (database.name, f"%{last}%"),
        ).fetchall()
    assert rows
    try:
        for (pid,) in rows:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for (pid,) in rows:
            os.kill(pid, signal.SIGCONT)


def soon_given_up(connection: object) -> None:
    """From now on, and this one alone: what comes before and after is waited for on any machine."""
    assert isinstance(connection, Impatient | ImpatientAside)
    assert connection.patience_seconds in PATIENCE.values()
    connection.patience_seconds = 0.3


def test_a_writer_gives_up_a_silent_server_and_records_once(database: Database) -> None:
    """The one that stood still finds the command afterwards, and records nothing."""
    writer = Writer(database.service_dsn, "grants")
    assert writer.submit(command(1)).result(PATIENCE_SECONDS).outcome == "recorded"
    soon_given_up(writer._recording.connection())
    with frozen(database, "append"):
        waiting = command(2)
        assert writer.submit(waiting).result(PATIENCE_SECONDS).outcome == "recorded"
    wait_until(lambda: sessions(database) == 1)
    assert recorded(database) == 2
    writer.close()


def sessions(database: Database) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'grants_service'", (database.name,)
        ).fetchone()
    assert found is not None
    return int(found[0])


def test_a_pool_gives_up_a_silent_server(database: Database) -> None:
    async def aside() -> None:
        pool = open_later(database.service_dsn)
        async with pool:
            async with pool.connection() as connection:
                await connection.execute("SELECT 'aside'")
                soon_given_up(connection)
                with frozen(database, "aside"), pytest.raises(Silent):
                    await connection.execute("SELECT 1")
            async with pool.connection() as connection:
                assert await (await connection.execute("SELECT 1")).fetchone() == (1,)

    asyncio.run(aside())
    pool = open_now(database.service_dsn)
    with pool.connection() as connection:
        connection.execute("SELECT 'now'")
        soon_given_up(connection)
        with frozen(database, "now"), pytest.raises(Silent):
            connection.execute("SELECT 1")
    pool.close()


def test_readiness_tells_of_a_writer_that_waits_and_answers_whatever_it_waits_for(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.eventlog.log.STALLED_SECONDS", 0.1)
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    settings = settings_of(database, tmp_path)

    async def story() -> None:
        async with serving(settings) as (_, client):

            async def post(key: str) -> int:
                who = signed_in(settings, KARI) | {"Idempotency-Key": key}
                return (await client.post("/v1/cases", json=proposal(EARMARK, 100), headers=who)).status_code

            assert await post("one") == 201
            with frozen(database, ".append("):
                waiting = asyncio.create_task(post("two"))
                not_ready = await until(lambda: client.get("/internal/isready"), lambda it: it.status_code == 503)
                assert not_ready.json()["failing"] == ["writer"]
            assert await waiting == 201
            assert (await client.get("/internal/isready")).status_code == 200

    asyncio.run(story())


def test_a_silent_server_that_nobody_replaces_is_an_answer_that_is_not_known(database: Database) -> None:
    writer = Writer(database.service_dsn, "grants", recall_seconds=0)
    assert writer.submit(command(1)).result(PATIENCE_SECONDS).outcome == "recorded"
    soon_given_up(writer._recording.connection())
    with frozen(database, "append"), pytest.raises(AnswerLost):
        writer.submit(command(2)).result(PATIENCE_SECONDS)
    writer.close()


def test_who_waits_on_purpose_is_not_given_up(database: Database) -> None:
    async def listen() -> None:
        pool = open_later(database.service_dsn)
        async with pool, pool.connection() as connection:
            assert [told async for told in connection.notifies(timeout=0.1)] == []
            await connection.execute("SELECT 1")

    asyncio.run(listen())
