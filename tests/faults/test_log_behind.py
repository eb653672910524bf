"""A log that lacks what was signed for takes nothing more: a restored backup, a table that was cut, one written anew.

What is recorded there takes positions that others have read as other facts, and nothing can be signed on it again.
"""

import asyncio
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from services.eventlog.checkpoints.behind import LogBehind, signed_at
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.eventlog.writing import recording
from services.eventlog.writing.writer import Writer
from services.grants.balance.digest import read_digest
from services.httpapi.callers.caller import Role
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.eventlog.played import EARMARK, KEY, played
from tests.faults.log_behind import fact, log_of, looking
from tests.faults.restored_gate import restored
from tests.faults.service import KARI, proposal, serving, settings_of, signed_in
from tests.faults.tampering import rechain, tamper
from tests.patience import PATIENCE_SECONDS, until, wait_until

CODE = "log-behind-its-checkpoints"


def test_a_restored_log_that_ends_before_what_was_signed_takes_nothing_and_says_why(
    database: Database, tmp_path: Path
) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.checkpointer.sign()

    async def ask(there: Database) -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        settings = replace(settings_of(there, tmp_path), checkpoint_dir=tmp_path / "checkpoints")
        who = signed_in(settings, KARI) | {"Idempotency-Key": "once"}
        async with serving(settings) as (_, client):
            ready = await client.get("/internal/isready")
            read = await client.get("/v1/posts?year=2020", headers=signed_in(settings, "revisor", Role.auditor))
            return ready, read, await client.post("/v1/cases", json=proposal(EARMARK, 100), headers=who)

    with restored(database) as backup:
        with played(database, tmp_path) as year:
            year.live_through(1)
            year.checkpointer.sign()
        ready, read, refused = asyncio.run(ask(backup))
        assert (ready.status_code, ready.json()["failing"]) == (503, ["writer"])
        assert ready.json()["because"] == {"writer": CODE}
        assert read.status_code == 200
        assert (refused.status_code, refused.json()["code"]) == (503, CODE)
        assert (refused.json()["signed_position"], refused.json()["head"]) == (6, 1)
        assert refused.headers["Retry-After"]
        assert len(log_of(backup)) == 1
    ready, _, taken = asyncio.run(ask(database))
    assert (ready.status_code, taken.status_code) == (200, 201), taken.text


def test_what_was_written_anew_where_it_was_signed_is_not_recorded_upon(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.live_through(1)
        year.checkpointer.sign()
        tamper(year, "UPDATE grants.event SET metadata = '{}' WHERE position = 2")
        rechain(year)
        writer = Writer(database.service_dsn, "grants", admit=looking(year))
        with pytest.raises(LogBehind, match="something else stands there"):
            writer.submit(fact(1)).result(PATIENCE_SECONDS)
        writer.close()
        assert len(log_of(database)) == 6


def test_a_database_that_is_exchanged_under_a_writer_is_looked_at_before_it_records(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on by itself when the right one is back."""
    monkeypatch.setattr(recording, "LOOK_AGAIN_SECONDS", inf)
    wrong = False

    def admit(_: Connection[Any]) -> None:
        if wrong:
            raise LogBehind("not this one")

    writer = Writer(database.service_dsn, "grants", admit=admit)
    assert writer.submit(fact(1)).result(PATIENCE_SECONDS).outcome == "recorded"
    wrong = True
    assert writer.submit(fact(2)).result(PATIENCE_SECONDS).outcome == "recorded"  # the connection stands
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND usename = %s",
            (database.name, "grants_service"),
        )
    for number in (3, 4):
        with pytest.raises(LogBehind):
            writer.submit(fact(number)).result(PATIENCE_SECONDS)
    assert len(log_of(database)) == 2
    wrong = False
    assert writer.submit(fact(5)).result(PATIENCE_SECONDS).outcome == "recorded"
    writer.close()


def test_a_log_that_is_cut_while_it_is_served_takes_nothing_more(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.live_through(1)
        writer = Writer(database.service_dsn, "grants", admit=looking(year))
        signing = Checkpointer(
            database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest, look_seconds=0.01,
            refused=writer.look_again,
        )  # fmt: skip

        async def cut() -> None:
            signing.start()
            await until(lambda: year.checkpoints.files())
            assert writer.submit(fact(1)).result(PATIENCE_SECONDS).outcome == "recorded"
            tamper(year, "DELETE FROM grants.event WHERE position > 3")
            await until(lambda: signing.alarm)
            await signing.stop()

        asyncio.run(cut())
        with pytest.raises(LogBehind):
            writer.submit(fact(2)).result(PATIENCE_SECONDS)
        writer.close()


def test_a_writer_beside_no_signer_looks_again_by_itself(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who signs is another process: a log that is cut under a connection that stands is seen within some seconds."""
    monkeypatch.setattr(recording, "LOOK_AGAIN_SECONDS", 0.0)
    with played(database, tmp_path) as year:
        year.open_year()
        year.live_through(1)
        year.checkpointer.sign()
        writer = Writer(database.service_dsn, "grants", admit=looking(year))
        assert writer.submit(fact(1)).result(PATIENCE_SECONDS).outcome == "recorded"
        tamper(year, "DELETE FROM grants.event WHERE position > 3")
        with pytest.raises(LogBehind):
            writer.submit(fact(2)).result(PATIENCE_SECONDS)
        writer.close()


def test_readiness_that_finds_it_has_the_writer_look_again(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.live_through(1)
        year.checkpointer.sign()
        settings = replace(
            settings_of(database, tmp_path), checkpoint_dir=year.checkpoints.directory, process_role=ProcessRole.web
        )
        who = signed_in(settings, KARI)

        async def ask() -> list[int]:
            async with serving(settings) as (_, client):
                taken = await client.post(
                    "/v1/cases", json=proposal(EARMARK, 100), headers=who | {"Idempotency-Key": "a"}
                )
                await asyncio.to_thread(tamper, year, "DELETE FROM grants.event WHERE position > 3")
                ready = await client.get("/internal/isready")
                after = await client.post(
                    "/v1/cases", json=proposal(EARMARK, 100), headers=who | {"Idempotency-Key": "b"}
                )
                return [taken.status_code, ready.status_code, after.status_code]

        assert asyncio.run(ask()) == [201, 503, 503]


def test_only_what_is_truly_signed_for_that_log_is_asked_for(database: Database, tmp_path: Path) -> None:
    """A stranger's file, or another log's, neither opens nor closes anything."""
    with played(database, tmp_path) as year:
        year.open_year()
        year.checkpointer.sign()
        first = year.checkpoints.files()[0]
        claims = first.read_bytes().replace(b'"position":1', b'"position":9')
        (first.parent / "00000002.json").write_bytes(claims)
        (first.parent / "00000003.json").write_bytes(b"not a checkpoint")
        writer = Writer(database.service_dsn, "grants", admit=looking(year))
        assert writer.submit(fact(1)).result(PATIENCE_SECONDS).outcome == "recorded"
        writer.close()
        other = signed_at(year.checkpoints.directory, schema="notifications")
        assert other is not None
        with psycopg.connect(database.notifications_dsn) as connection:
            other.look(connection)
        (first.parent / PUBLIC_KEY).unlink()
        with psycopg.connect(database.service_dsn) as connection:
            looking(year)(connection)
    wait_until(lambda: len(log_of(database)) == 2)
