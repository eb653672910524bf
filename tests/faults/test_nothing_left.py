"""A6 and A10: a transaction that nobody ends, and a database that takes no more connections. Whoever asks is answered
in time, nothing is skipped or lost, and all goes on by itself."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from services.eventlog.command import Command, Write
from services.eventlog.connections.connecting import session
from services.eventlog.log import Log
from services.grants.case.events.award import AwardReturned
from tests.conftest import Database
from tests.faults.service import KARI, open_funds, proposal, serving, settings_of, signed_in
from tests.kept_pools import soon_given_up
from tests.patience import PATIENCE_SECONDS, until, wait_until

EARMARK = "2020/291/71/ressursmiljo"
BEGUN = """
    SELECT * FROM grants.append(ARRAY[gen_random_uuid()], '{left-open}', '{NULL}', '{NULL}', '{NULL}', '{1}',
        ARRAY['case-' || gen_random_uuid()], '{1}', '{award.returned.v1}',
        ARRAY[convert_to('{}', 'UTF8')], ARRAY[convert_to('{}', 'UTF8')], '{NULL}', now())
"""


def record(database: Database) -> str:
    log = Log(database.service_dsn, None, schema="grants")  # type: ignore[arg-type]
    try:
        fact = AwardReturned(reason="-", returned_by=KARI)
        return log.append_now(Command(actor=KARI), Write(f"case-{uuid4()}", 0, (fact,))).outcome
    finally:
        log.close()


def test_a_transaction_left_open_is_ended_and_no_position_is_skipped(database: Database) -> None:
    """It holds the log's turn, and nobody commits it. The session's own deadline, of a minute, is a second here."""
    assert positions(database) == []
    briefly = make_conninfo(database.service_dsn, options="-c idle_in_transaction_session_timeout=1s")
    left = psycopg.connect(session(briefly, "recording"))
    left.execute(BEGUN)
    with ThreadPoolExecutor(1) as beside:
        assert beside.submit(record, database).result(PATIENCE_SECONDS) == "recorded"
    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        left.execute("SELECT 1")
    assert positions(database) == [1, 2], "the fact, and the number its case was given"


def positions(database: Database) -> list[int]:
    with psycopg.connect(database.admin_dsn) as connection:
        rows = connection.execute("SELECT position FROM grants.event ORDER BY position").fetchall()
    return [position for (position,) in rows]


def test_without_a_connection_left_everybody_is_told_and_it_goes_on_when_there_are_some(
    database: Database, tmp_path: Path
) -> None:
    settings = settings_of(database, tmp_path)
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)

    async def go() -> None:
        async with serving(settings) as (_, client):

            async def open_case(key: str) -> int:
                headers = signed_in(settings, KARI) | {"Idempotency-Key": key}
                answer = await client.post("/v1/cases", json=proposal(EARMARK, 100), headers=headers)
                if answer.status_code != 201:
                    assert (answer.status_code, bool(answer.headers["Retry-After"])) == (503, True), answer.text
                return answer.status_code

            assert await open_case("before") == 201
            take_no_more(database)
            with soon_given_up():
                assert await asyncio.gather(*(open_case(f"meanwhile-{n}") for n in range(3))) == [503] * 3
                assert (await client.get("/internal/isready")).status_code == 503
            owner(database, "ALTER DATABASE {} CONNECTION LIMIT -1")
            for n in range(3):
                assert await until(partial(open_case, f"meanwhile-{n}"), lambda status: status == 201)
            assert await until(lambda: client.get("/internal/isready"), lambda ready: ready.status_code == 200)

    asyncio.run(go())
    with psycopg.connect(database.admin_dsn) as connection:
        cases = connection.execute("SELECT count(DISTINCT stream) FROM grants.event WHERE stream LIKE 'case-%'")
        assert cases.fetchone() == (4,)


def owner(database: Database, statement: str) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(statement.format(f'"{database.name}"').encode())


def take_no_more(database: Database) -> None:
    """Nobody but the administrator has a connection, or gets one."""
    owner(database, "ALTER DATABASE {} CONNECTION LIMIT 0")

    def gone() -> bool:
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename LIKE %s",
                (database.name, "%_service"),
            ).fetchall()
        return not ended

    wait_until(gone)
