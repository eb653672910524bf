"""Somebody holds what they can get hold of. Who writes is served, or answered in time; nobody waits for ever."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from services.calendar.patience import at_most
from services.eventlog.command import Command, Write
from services.eventlog.connections.connecting import IDLE_SECONDS, LOCK_SECONDS, PATIENCE_SECONDS, session
from services.eventlog.connections.pool import open_later
from services.eventlog.connections.rights import RoleChanged, refuse_changed_role
from services.eventlog.log import Log
from services.grants.settings import Settings
from tests.conftest import Database
from tests.eventlog.played import NEW_YEAR, fund, letter
from tests.faults.service import (
    ANNE,
    APPROVAL,
    INGRID,
    KARI,
    POST,
    open_funds,
    proposal,
    serving,
    settings_of,
    signed_in,
)
from tests.house.advisory_locks import PURPOSES
from tests.patience import until

MODES = (
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
TURNS = ("grants.log_turn", "grants.tending_turn", "notifications.log_turn")


def record(database: Database, number: int) -> None:
    """A letter appended, which waits for nobody: whoever holds something holds it until afterwards."""
    log = Log(database.service_dsn, None, schema="grants")  # type: ignore[arg-type]
    facts = (letter(number, NEW_YEAR, (POST, 100), funds=(fund(POST, "post", "Tilskudd"),)),)
    assert log.append_now(Command(actor=ANNE), Write(f"allocation-{2020 + number}", 0, facts)).outcome == "recorded"
    log.close()


def roles_of(database: Database) -> Sequence[str]:
    return (
        database.service_dsn,
        database.reader_dsn,
        database.notifications_dsn,
        database.notifications_reader_dsn,
    )


def test_nobody_who_can_log_in_holds_a_turn(database: Database) -> None:
    for dsn in roles_of(database):
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            for turn in TURNS:
                for mode in MODES:
                    with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                        connection.execute(f"LOCK TABLE {turn} IN {mode} MODE".encode())


def test_who_holds_all_they_can_get_holds_up_no_writer(database: Database) -> None:
    """Every advisory lock there is, and all that reading as of now takes, in transactions that do not end."""
    held = [psycopg.connect(dsn) for dsn in roles_of(database)]
    for connection in held[:2]:
        connection.execute("SELECT grants.position_at(clock_timestamp())")
    for number in PURPOSES:
        held[1].execute("SELECT pg_advisory_lock(%s)", (number,))
    for number in range(3):
        record(database, number)
        with psycopg.connect(database.reader_dsn, options="-c lock_timeout=2s") as reading:
            assert reading.execute("SELECT grants.position_at(clock_timestamp())").fetchone() == (number + 1,)
    for connection in held:
        connection.close()


def test_what_is_known_now_waits_for_an_append_that_has_taken_its_time(database: Database) -> None:
    """Else an answer given for an instant would change."""
    with psycopg.connect(database.migrator_dsn) as owner, psycopg.connect(database.reader_dsn) as reader:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute("SELECT grants.take_turn()")
        reader.execute("SET lock_timeout = '200ms'")
        with pytest.raises(errors.LockNotAvailable):
            reader.execute("SELECT grants.position_at(clock_timestamp())")
        reader.rollback()
        assert reader.execute("SELECT grants.position_at(%s)", (datetime(2020, 1, 1, tzinfo=UTC),)).fetchone() == (0,)


def test_who_cannot_get_the_turn_is_told_in_time_and_nothing_is_recorded(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_funds(database, post_ore=1_000_000_00)
    settings: Settings = settings_of(database, tmp_path)
    monkeypatch.setattr("services.eventlog.connections.connecting.LOCK_SECONDS", 1)  # of one that is not let go

    async def go() -> None:
        async with serving(settings) as (_, client):
            said = signed_in(settings, KARI) | {"Idempotency-Key": "held"}
            with psycopg.connect(database.migrator_dsn) as owner:
                owner.execute("SET ROLE tilsagn_owner")
                owner.execute("SELECT grants.take_turn()")
                for _ in range(2):
                    answer = await client.post("/v1/cases", json=proposal(POST, 1_000_00), headers=said)
                    assert (answer.status_code, answer.json()["code"]) == (503, "database-busy")
                    assert answer.headers["Retry-After"] == "1"
                assert owner.execute("SELECT count(*) FROM grants.event WHERE stream ^@ 'case-'").fetchone() == (0,)
            answer = await until(  # what runs beside has the turn for a moment too, or for longer on a busy machine
                lambda: client.post("/v1/cases", json=proposal(POST, 1_000_00), headers=said),
                lambda answer: answer.status_code != 503,
            )
            assert answer.status_code == 201

    asyncio.run(go())


def test_a_version_of_a_thing_that_had_not_begun_is_stale_once_it_has(database: Database, tmp_path: Path) -> None:
    """It was once said not to be there, for nobody looked."""
    open_funds(database, post_ore=1_000_000_00)
    settings: Settings = settings_of(database, tmp_path)

    async def go() -> None:
        async with serving(settings) as (_, client):
            said = signed_in(settings, KARI) | {"Idempotency-Key": "opened"}
            case = (await client.post("/v1/cases", json=proposal(POST, 1_000_00), headers=said)).headers["Location"]
            said = signed_in(settings, INGRID) | {"Idempotency-Key": "approved", "If-Match": '"0"'}
            stale = await client.put(f"{case}/award/approval", json=APPROVAL, headers=said)
            assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (412, "stale-version", 1)
            unknown = await client.put(f"/v1/cases/{uuid4()}/award/approval", json=APPROVAL, headers=said)
            assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")

    asyncio.run(go())


ANSWERED_WITHIN = f"{1000 * round(PATIENCE_SECONDS['answering'] - at_most(2))}"
SETTINGS = {
    "synchronous_commit": ("off", "on"),
    "default_transaction_read_only": ("on", "off"),
    "default_transaction_isolation": ("'repeatable read'", "read committed"),
    "search_path": ("grants_view", "pg_catalog"),
    "statement_timeout": ("0", ANSWERED_WITHIN),
    "lock_timeout": ("0", f"{1000 * LOCK_SECONDS}"),
    "idle_in_transaction_session_timeout": ("0", f"{1000 * IDLE_SECONDS}"),
    "timezone": ("'Europe/Oslo'", "UTC"),
    "datestyle": ("'German'", "ISO, MDY"),
}


def setting_of(connection: psycopg.Connection, name: str) -> str:
    """As it is in this session; what is a time in milliseconds."""
    found = connection.execute("SELECT setting FROM pg_settings WHERE lower(name) = lower(%s)", (name,)).fetchone()
    assert found is not None
    return str(found[0])


@pytest.mark.parametrize("name", SETTINGS)
def test_what_a_session_depends_on_is_no_matter_of_its_role(database: Database, name: str) -> None:
    """The role changes itself, as nothing forbids; sessions go on as they were, and no service starts on it."""
    changed, wanted = SETTINGS[name]
    with psycopg.connect(database.service_dsn, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE grants_service IN DATABASE {database.name} SET {name} = {changed}".encode())
    with psycopg.connect(session(database.service_dsn, "answering")) as connection:
        assert setting_of(connection, name) == wanted

    async def start() -> None:
        async with open_later(database.service_dsn) as pool:
            await refuse_changed_role(pool, "grants")

    with pytest.raises(RoleChanged, match=f"(?i){name}"):
        asyncio.run(start())


def test_a_role_as_it_was_made_is_started_on(database: Database) -> None:
    async def start() -> None:
        for dsn, schema in ((database.service_dsn, "grants"), (database.notifications_dsn, "notifications")):
            async with open_later(dsn) as pool:
                await refuse_changed_role(pool, schema)

    asyncio.run(start())


def test_what_the_address_of_the_database_sets_stays(database: Database) -> None:
    dsn = psycopg.conninfo.make_conninfo(database.service_dsn, options="-c work_mem=9MB -c statement_timeout=7s")
    with psycopg.connect(session(dsn, "recording")) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("9MB",)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("7s",)
        assert setting_of(connection, "lock_timeout") == f"{1000 * LOCK_SECONDS}"
