"""The database ends every connection there is, as a restart or a failover does. Whoever asks next is answered."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg_pool import PoolTimeout
from psycopg_pool.base import AttemptWithBackoff

from services.eventlog.connections.pool import LEAST, MOST, MOST_SYNCHRONOUS, open_later, open_now
from services.grants.settings import Settings as GrantsSettings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.cutting import Line, line
from tests.faults.service import (
    APPROVAL,
    INGRID,
    KARI,
    POST,
    Settings,
    notifications_settings_of,
    open_funds,
    proposal,
    serving,
    settings_of,
    signed_in,
)
from tests.patience import PATIENCE_SECONDS


def end_all(database: Database) -> int:
    """Ends every other connection to this database, and says how many there were."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND usename LIKE %s",
            (database.name, "%_service"),
        ).fetchone()
    assert ended is not None
    return int(ended[0])


READS: dict[str, Sequence[str]] = {
    "grants": ("/v1/posts?year=2020", "/v1/feed", "/internal/isready"),
    "notifications": ("/v1/notices", "/v1/feed", "/internal/isready"),
}


@pytest.mark.parametrize("name", READS)
def test_who_reads_after_every_connection_has_died_is_answered(database: Database, tmp_path: Path, name: str) -> None:
    settings: Settings = settings_of(database, tmp_path)
    if name == "notifications":
        settings = notifications_settings_of(database, tmp_path)
    headers = signed_in(settings, "revisor", Role.auditor)

    async def together(client: httpx.AsyncClient, each: int) -> list[tuple[str, int]]:
        asked = [path for path in READS[name] for _ in range(each)]
        answers = await asyncio.gather(*(client.get(path, headers=headers) for path in asked))
        return sorted({(path, answer.status_code) for path, answer in zip(asked, answers, strict=True)})

    async def go() -> None:
        async with serving(settings) as (_, client):
            well = [(path, 200) for path in sorted(READS[name])]
            for _ in range(3):
                assert await together(client, MOST) == well  # so many that the pool grows
                assert await asyncio.to_thread(end_all, database) >= LEAST
                assert await together(client, 1) == well
                assert await together(client, MOST) == well

    asyncio.run(go())


def test_who_writes_after_every_connection_has_died_is_answered(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000_000_00)
    settings: GrantsSettings = settings_of(database, tmp_path)

    async def go() -> None:
        async with serving(settings) as (_, client):
            for number in range(3):
                said = signed_in(settings, KARI) | {"Idempotency-Key": f"open-{number}"}
                opened = await client.post("/v1/cases", json=proposal(POST, 1_000_00), headers=said)
                assert opened.status_code == 201, opened.text
                await asyncio.to_thread(end_all, database)
                said = signed_in(settings, INGRID) | {"Idempotency-Key": f"approve-{number}", "If-Match": '"1"'}
                address = f"{opened.headers['Location']}/award/approval"
                approved = await client.put(address, json=APPROVAL, headers=said)
                assert approved.status_code == 200, approved.text
                await asyncio.to_thread(end_all, database)

    asyncio.run(go())


def test_a_pool_that_is_all_dead_lends_what_lives_at_the_first_asking(database: Database) -> None:
    """More dead than a pool would meet one by one before it gives up."""

    async def go() -> None:
        async with open_later(database.service_dsn) as pool:
            lent = [await pool.getconn() for _ in range(MOST)]
            for connection in lent:
                await pool.putconn(connection)
            assert await asyncio.to_thread(end_all, database) == MOST
            async with pool.connection() as connection:
                assert await (await connection.execute("SELECT 1")).fetchone() == (1,)

    asyncio.run(go())


def test_the_pool_of_threads_lends_what_lives(database: Database) -> None:
    with open_now(database.service_dsn) as pool:
        lent = [pool.getconn() for _ in range(MOST_SYNCHRONOUS)]
        for connection in lent:
            pool.putconn(connection)
        assert end_all(database) == MOST_SYNCHRONOUS
        with pool.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_first_who_asks_after_an_outage_is_served(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that doubles its pauses for minutes would make them wait for the end of the pause it is in."""
    monkeypatch.setattr("services.eventlog.connections.pool.RECONNECT_SECONDS", 0.1)
    monkeypatch.setattr(AttemptWithBackoff, "INITIAL_DELAY", 0.05)
    monkeypatch.setattr(AttemptWithBackoff, "DELAY_BACKOFF", 100 * PATIENCE_SECONDS)

    async def go(wire: Line) -> None:
        async with open_later(wire.dsn) as pool:
            await pool.wait()
            await asyncio.to_thread(wire.sever)
            for _ in range(8):  # the second pause of one attempt is longer than anybody here waits
                with pytest.raises(PoolTimeout):
                    await pool.getconn(timeout=0.1)
            await asyncio.to_thread(wire.mend)
            async with pool.connection(timeout=PATIENCE_SECONDS) as connection:
                assert await (await connection.execute("SELECT 1")).fetchone() == (1,)

    with line(database.service_dsn) as wire:
        asyncio.run(go(wire))
