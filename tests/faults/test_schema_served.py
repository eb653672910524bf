"""A14: a process does not begin on a schema that is older than its code, nor on one that has taken away what its code
uses; it says so in a sentence and ends. One that meets such a migration while it runs stops, and answers 503."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from migrations import list_heads
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.httpapi.server import REFUSES_TO_START
from services.process.role import ProcessRole
from services.process.schema import RELEASE
from tests.conftest import Database
from tests.faults.service import (
    KARI,
    ROOT,
    open_funds,
    proposal,
    serving,
    settings_of,
    signed_in,
)
from tests.patience import PATIENCE_SECONDS, until

NEWER = "9000"
EARMARK = "2020/291/71/ressursmiljo"


def says(database: Database, schema: str, revision: str, stopped: str | None = None, *more: str) -> None:
    """As a migration ends: what it changed, and what the schema says of itself, in one transaction."""
    literal = "NULL" if stopped is None else f"'{stopped}'"
    with psycopg.connect(database.admin_dsn) as connection:
        for statement in more:
            connection.execute(statement.encode())
        connection.execute(
            f"CREATE OR REPLACE FUNCTION {schema}.schema_version() RETURNS TABLE (revision text, stopped text)"
            f" LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp"
            f" AS $$ SELECT '{revision}'::text, {literal}::text $$".encode()
        )


def environment_of(database: Database, folder: Path, port: int, role: str) -> dict[str, str]:
    DevelopmentIssuer.from_file(folder / "issuer.json", issuer="tilsagn-development", audience="tilsagn")
    return os.environ | {
        "TILSAGN_ENVIRONMENT": "development",
        "TILSAGN_ROLE": role,
        "TILSAGN_OUTBOX": str(folder),
        "TILSAGN_DEV_ISSUER_KEY_FILE": str(folder / "issuer.json"),
        "TILSAGN_DASHBOARD_ADDRESS": f"http://127.0.0.1:{port}",
        "SESSIONS_DATABASE_URL": database.sessions_dsn,
        "TILSAGN_PORT": str(port),
    }


STANDS_ON = {"grants": ("grants",), "notifications": ("notifications",), "dashboard": ("grants", "dashboard")}
BEGUN = [
    ("grants", "web", True),
    ("grants", "worker", False),
    ("notifications", "worker", True),
    ("dashboard", "web", False),
]


@pytest.mark.parametrize(("service", "role", "older"), BEGUN)
def test_it_ends_with_one_plain_sentence(
    service: str, role: str, older: bool, database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    schema = STANDS_ON[service][-1]
    says(database, schema, "0001" if older else NEWER, None if older else RELEASE)
    dsn = {
        "grants": database.service_dsn,
        "notifications": database.notifications_dsn,
        "dashboard": database.dashboard_dsn,
    }[service]
    ended = subprocess.run(
        [sys.executable, "-m", f"services.{service}.main"],
        cwd=ROOT,
        env=environment_of(database, tmp_path, free_ports[0], role) | {"DATABASE_URL": dsn},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == REFUSES_TO_START, said
    assert "Traceback" not in said
    needed = list_heads(schema)[0]
    sentence = (
        f"schema-older: The schema of {schema} stands at revision 0001, and release {RELEASE} needs {needed}:"
        " run the migrations first (python -m migrations)."
        if older
        else f"schema-serves-no-more: The schema of {schema} stands at revision {NEWER} and serves no release up to"
        f" {RELEASE}, and this is {RELEASE}: run a later one."
    )
    assert said.count(sentence) == 1


def test_a_database_from_before_it_said_so_is_older_and_so_is_one_without_the_schema(
    database: Database, tmp_path: Path
) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute("DROP FUNCTION grants.schema_version()")

    async def start() -> None:
        async with serving(settings_of(database, tmp_path)):
            pass

    with pytest.raises(Exception, match="stands at revision unknown"):
        asyncio.run(start())


def test_a_newer_schema_that_only_added_is_served(database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    open_funds(database, 10_000_000_00, ressursmiljo=8_000_000_00)
    says(database, "grants", NEWER, "0.0.9", "ALTER TABLE grants.contact ADD COLUMN tomorrow text")

    async def story() -> None:
        async with serving(settings) as (_, client):
            assert (await client.get("/internal/isready")).status_code == 200
            assert (await prepare(client, signed_in(settings, KARI), "a")).status_code == 201

    asyncio.run(story())


async def prepare(client: httpx.AsyncClient, who: dict[str, str], key: str) -> httpx.Response:
    return await client.post("/v1/cases", json=proposal(EARMARK, 100_000_00), headers=who | {"Idempotency-Key": key})


async def met(database: Database, story: Callable[[httpx.AsyncClient], Awaitable[None]], folder: Path) -> None:
    async with serving(replace(settings_of(database, folder), process_role=ProcessRole.both)) as (_, client):
        assert (await client.get("/internal/isready")).status_code == 200
        await story(client)


def test_one_that_runs_stops_and_says_why_and_never_answers_500(database: Database, tmp_path: Path) -> None:
    """The first who meets what is gone is told the same as those who come after, also in the second before it is
    looked."""
    settings = settings_of(database, tmp_path)
    open_funds(database, 10_000_000_00, ressursmiljo=8_000_000_00)
    kari = signed_in(settings, KARI)

    async def story(client: httpx.AsyncClient) -> None:
        assert (await prepare(client, kari, "before")).status_code == 201
        renamed = "ALTER TABLE grants.event RENAME COLUMN topic TO kind"
        says(database, "grants", NEWER, RELEASE, renamed)
        answers = [await prepare(client, kari, f"after-{nth}") for nth in range(3)]
        answers.append(await client.get("/v1/cases", headers=signed_in(settings, "rita", Role.auditor)))
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "schema-serves-no-more")}
        assert all(answer.headers["Retry-After"] for answer in answers)
        ready = await client.get("/internal/isready")
        assert (ready.status_code, ready.json()["because"]) == (503, {"schema": "schema-serves-no-more"})
        assert (await client.get("/internal/isalive")).status_code == 200
        await until(lambda: [each.name for each in threading.enumerate()], lambda names: "projections" not in names)

    asyncio.run(met(database, story, tmp_path))


def test_once_the_schema_serves_it_again_it_answers_again(database: Database, tmp_path: Path) -> None:
    """As after an upgrade that was taken back by restoring."""
    settings = settings_of(database, tmp_path)
    auditor = signed_in(settings, "rita", Role.auditor)

    async def story(client: httpx.AsyncClient) -> None:
        async def listed() -> int:
            return (await client.get("/v1/cases", headers=auditor)).status_code

        says(database, "grants", NEWER, RELEASE)
        await until(listed, lambda status: status == 503)
        says(database, "grants", list_heads("grants")[0])
        await until(listed, lambda status: status == 200)

    asyncio.run(met(database, story, tmp_path))
