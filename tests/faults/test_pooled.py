"""Behind a pooler that lends a connection for one transaction at a time, both services and the pages work as without:
each transaction may come to another session, so nothing is kept in one."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from services.calendar.patience import PATIENCE
from services.eventlog.connections.connecting import POOLED, POOLER, connect, connect_query
from services.eventlog.connections.rights import PoolerUnset
from services.grants.wiring import PROJECTIONS
from services.httpapi.callers.caller import Role
from services.httpapi.environment import SettingsInvalid, refuse_unknown_pooler
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.faults.pooling import POOLERS, pooled
from tests.faults.service import (
    APPROVAL,
    INGRID,
    KARI,
    LONG_AGO,
    allow_back_dating,
    notifications_settings_of,
    open_funds,
    proposal,
    serving,
    settings_of,
    signed_in,
)
from tests.faults.two_versions import followed
from tests.house.tree import ROOT
from tests.patience import until

EARMARK = "2020/291/71/ressursmiljo"
CALLERS, EACH, EACH_LONG = 8, 6, 40


@pytest.fixture
def transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(POOLER, "transaction")


@pytest.mark.usefixtures("transaction")
@pytest.mark.parametrize("kind", POOLERS)
def test_whoever_asks_is_answered_and_the_read_models_follow(
    kind: str, database: Database, tmp_path: Path, long: bool
) -> None:
    settings = settings_of(database, tmp_path)
    open_funds(database, 10_000_000_00, ressursmiljo=8_000_000_00)
    allow_back_dating(database)
    answers: Counter[str] = Counter()

    async def caller(client: httpx.AsyncClient, nth: int) -> None:
        for turn in range(EACH_LONG if long else EACH):
            kari, ingrid = signed_in(settings, KARI), signed_in(settings, INGRID)
            auditor = signed_in(settings, "rita", Role.auditor)
            key = {"Idempotency-Key": f"{nth}-{turn}"}
            proposed = await client.post("/v1/cases", json=proposal(EARMARK, 1_00), headers=kari | key)
            there = proposed.headers["Location"].removesuffix("/award")
            approved = await client.put(
                f"{there}/award/approval",
                json=APPROVAL | LONG_AGO,
                headers=ingrid | {"If-Match": proposed.headers["ETag"], "Idempotency-Key": f"a-{nth}-{turn}"},
            )
            again = await client.post("/v1/cases", json=proposal(EARMARK, 1_00), headers=kari | key)
            listed = await client.get("/v1/cases", headers=auditor)
            shown = await client.get(there, headers=auditor)
            for answer in (proposed, approved, again, listed, shown):
                answers[f"{answer.request.method} {answer.status_code}"] += 1

    async def story(dsn: str) -> None:
        async with serving(replace(settings, database_url=dsn, process_role=ProcessRole.both)) as (_, client):
            assert (await client.get("/internal/isready")).status_code == 200
            await asyncio.gather(*(caller(client, nth) for nth in range(CALLERS)))
            await until(lambda: followed(database), lambda count: count == len(PROJECTIONS))

    with pooled(kind, database.service_dsn, tmp_path) as dsn:
        asyncio.run(story(dsn))
    rounds = CALLERS * (EACH_LONG if long else EACH)
    assert answers == {"POST 201": 2 * rounds, "PUT 200": rounds, "GET 200": 2 * rounds}


@pytest.mark.usefixtures("transaction")
@pytest.mark.parametrize("kind", POOLERS)
def test_the_other_service_works_there_too(kind: str, database: Database, tmp_path: Path) -> None:
    settings = notifications_settings_of(database, tmp_path)

    async def story(dsn: str) -> None:
        async with serving(replace(settings, database_url=dsn, projects=True)) as (_, client):
            for _ in range(20):
                assert (await client.get("/internal/isready")).status_code == 200
                auditor = signed_in(settings, "rita", Role.auditor)
                assert (await client.get("/v1/publications", headers=auditor)).status_code == 200

    with pooled(kind, database.notifications_dsn, tmp_path) as dsn:
        asyncio.run(story(dsn))


@pytest.mark.usefixtures("transaction")
@pytest.mark.parametrize("kind", POOLERS)
def test_a_pooler_that_sets_nothing_is_refused_with_what_to_write(
    kind: str, database: Database, tmp_path: Path
) -> None:
    async def start(dsn: str) -> None:
        async with serving(replace(settings_of(database, tmp_path), database_url=dsn)):
            pass

    with pooled(kind, database.service_dsn, tmp_path, sets=False) as dsn, pytest.raises(PoolerUnset) as refused:
        asyncio.run(start(dsn))
    assert connect_query() in str(refused.value)


@pytest.mark.parametrize("kind", POOLERS)
def test_without_the_setting_nothing_works_there(kind: str, database: Database, tmp_path: Path) -> None:
    """The control: this pooler does break what is kept in a session."""
    with pooled(kind, database.service_dsn, tmp_path) as dsn:
        with pytest.raises(psycopg.OperationalError, match="options"):
            connect(dsn, "answering")
        with psycopg.connect(dsn, autocommit=True) as one, psycopg.connect(dsn, autocommit=True) as other:
            for connection in (one, other):
                connection.prepare_threshold = 0
            with pytest.raises(psycopg.ProgrammingError, match="prepared statement"):
                ask_both(one, other)


def ask_both(*connections: psycopg.Connection) -> None:
    for _ in range(20):
        for connection in connections:
            connection.execute("SELECT 1")


def test_what_an_operator_is_told_to_write_is_what_is_looked_for() -> None:
    """With limits as they are written: in the tests they are longer."""
    asked = [sys.executable, "-c", f"from {connect_query.__module__} import connect_query; print(connect_query())"]
    told = subprocess.run(
        asked, cwd=ROOT, env=os.environ | {PATIENCE: "1"}, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert told in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").replace("\n", " ")
    assert all(name in told for name in POOLED)


def test_another_way_of_pooling_is_no_setting() -> None:
    refuse_unknown_pooler({POOLER: "transaction"})
    refuse_unknown_pooler({})
    with pytest.raises(SettingsInvalid, match="TILSAGN_POOLER"):
        refuse_unknown_pooler({POOLER: "session"})
