"""Production cannot have a simulated clock.

The demonstration and tests have one: the owner of their database replaces its function, and their process composes the
service with a clock of its own. Neither can be reached from where a deployment can reach: not by a role that logs in,
not by a setting, and not by a database whose clock was replaced, on which the service does not start.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from migrations.roles import LOGINS, OWNER, url
from services.calendar import clock
from services.eventlog.connections.rights import OWN_CLOCK, ClockReplaced
from services.grants.main import create_app as create_grants
from services.grants.settings import Settings as GrantsSettings
from services.httpapi.issuer import DevelopmentIssuer
from services.notifications.main import create_app
from services.notifications.settings import Settings
from tests.conftest import Cluster, Database
from tests.faults.service import ROOT, notifications_settings_of, settings_of
from tests.patience import PATIENCE_SECONDS

SCHEMAS = ("grants", "notifications")
REPLACED = """CREATE OR REPLACE FUNCTION {schema}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$ SELECT timestamptz '2020-03-01' $$"""
ATTEMPTS = {
    "replace": REPLACED,
    "drop": "DROP FUNCTION {schema}.log_clock() CASCADE",
    "rename": "ALTER FUNCTION {schema}.log_clock() RENAME TO old_clock",
    "own": "ALTER FUNCTION {schema}.log_clock() OWNER TO CURRENT_USER",
    "its search path": "ALTER FUNCTION {schema}.log_clock() SET search_path = pg_temp",
    "another beside it": "CREATE FUNCTION {schema}.log_clock(at timestamptz DEFAULT now()) RETURNS timestamptz"
    " LANGUAGE sql AS 'SELECT at'",
    "the machine's own": "CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
    " AS $$SELECT timestamptz '2020-03-01'$$",
    "the catalogue": "UPDATE pg_proc SET prosrc = 'SELECT now()' WHERE proname = 'log_clock'",
}
SETTINGS = (
    "SET search_path = pg_temp, pg_catalog",
    "SET notifications.log_clock = '2020-03-01'",
    "SET timezone = 'Pacific/Kiritimati'",
    "SET datestyle = 'German'",
)
# What becomes of the owner's function when somebody has been at it.
MEDDLED = {
    "another time": REPLACED,
    "another spelling": "CREATE OR REPLACE FUNCTION {schema}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
    " SET search_path = pg_catalog, pg_temp AS 'SELECT now()'",
    "another search path": "ALTER FUNCTION {schema}.log_clock() RESET ALL",
    "stable": "ALTER FUNCTION {schema}.log_clock() STABLE",
    "one beside it": ATTEMPTS["another beside it"],
    "gone": "ALTER FUNCTION {schema}.log_clock() RENAME TO old_clock",
}


SETTINGS_OF: dict[str, Callable[[Database, Path], Settings | GrantsSettings]] = {
    "grants": settings_of,
    "notifications": notifications_settings_of,
}


def by_owner(database: Database, statement: str) -> None:
    """As the owner of a test's own database can."""
    with psycopg.connect(database.migrator_dsn, autocommit=True) as connection:
        connection.execute(f"SET ROLE {OWNER}")
        connection.execute(statement.encode())


def starts(settings: Settings | GrantsSettings, *, now: Callable[[], datetime] = clock.now) -> None:
    """The service comes up, and is stopped. Raises what it refuses with."""

    async def go() -> None:
        if isinstance(settings, GrantsSettings):
            app = create_grants(settings, now=now)
        else:
            app = create_app(settings, now=now)
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(go())


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_migrated_database_has_the_machines_own_clock_and_nobody_who_logs_in_owns_it(
    database: Database, schema: str
) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute(
            "SELECT pg_get_functiondef(p.oid), p.prosrc, r.rolname, r.rolcanlogin FROM pg_proc p"
            " JOIN pg_roles r ON r.oid = p.proowner WHERE p.proname = 'log_clock'"
            " AND p.pronamespace = %s::regnamespace",
            (schema,),
        ).fetchall()
    assert found == [(OWN_CLOCK.format(schema=schema), "SELECT clock_timestamp()", OWNER, False)]


@pytest.mark.parametrize("login", [login.name for login in LOGINS])
def test_no_role_that_logs_in_can_change_the_clock(cluster: Cluster, database: Database, login: str) -> None:
    dsn = url(cluster.admin_dsn, database=database.name, user=login, password=cluster.password)
    for schema in SCHEMAS:
        for statement in ATTEMPTS.values():
            with psycopg.connect(dsn) as connection:
                connection.read_only = False
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.format(schema=schema).encode())


@pytest.mark.parametrize("login", ["notifications_service", "notifications_reader"])
def test_no_setting_of_a_session_moves_the_clock(cluster: Cluster, database: Database, login: str) -> None:
    dsn = url(cluster.admin_dsn, database=database.name, user=login, password=cluster.password)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(setting.encode())
        found = connection.execute("SELECT extract(epoch FROM notifications.log_clock())").fetchone()
    assert found is not None
    assert abs(float(found[0]) - datetime.now(UTC).timestamp()) < 60  # what two clocks may differ by


def test_the_services_have_no_setting_for_a_clock() -> None:
    names = {field.name for kind in (Settings, GrantsSettings) for field in fields(kind)}
    names -= {"typesetting_seconds", "pay_out_warning_days"}  # how long a letter is set, how early a deadline is told
    assert not [name for name in names if any(word in name for word in ("clock", "time", "now", "days", "simulat"))]
    for service in SCHEMAS:
        read = (ROOT / "services" / service / "settings.py").read_text(encoding="utf-8")
        assert "CLOCK" not in read
        assert "create_app(told)" in (ROOT / "services" / service / "main.py").read_text(encoding="utf-8")


def test_no_service_knows_of_development_or_of_tests() -> None:
    files = sorted((ROOT / "services").rglob("*.py"))
    assert files
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not line.strip().startswith(("from dev", "import dev", "from tests", "import tests")), file


@pytest.mark.parametrize("meddled", MEDDLED)
def test_the_service_does_not_start_on_a_database_whose_clock_was_replaced(
    database: Database, tmp_path: Path, meddled: str
) -> None:
    for schema in SCHEMAS:
        settings = SETTINGS_OF[schema](database, tmp_path)
        starts(settings)
        by_owner(database, MEDDLED[meddled].format(schema=schema))
        with pytest.raises(ClockReplaced, match="clock-replaced"):
            starts(settings)


def test_composed_with_a_clock_of_its_own_it_starts_on_its_owners_database(database: Database, tmp_path: Path) -> None:
    for schema in SCHEMAS:
        by_owner(database, REPLACED.format(schema=schema))
        starts(SETTINGS_OF[schema](database, tmp_path), now=lambda: datetime(2020, 3, 1, tzinfo=UTC))


def test_the_deployed_process_ends_and_says_why_whatever_its_environment_says(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    by_owner(database, REPLACED.format(schema="notifications"))
    DevelopmentIssuer.from_file(tmp_path / "issuer.json", issuer="tilsagn-development", audience="tilsagn")
    environment = os.environ | {
        "TILSAGN_ENVIRONMENT": "development",
        "DATABASE_URL": database.notifications_dsn,
        "TILSAGN_OUTBOX": str(tmp_path),
        "TILSAGN_DEV_ISSUER_KEY_FILE": str(tmp_path / "issuer.json"),
        "TILSAGN_PORT": str(free_ports[0]),
        "TILSAGN_CLOCK": "simulated",
        "TILSAGN_NOTIFICATIONS_CLOCK": "database",
        "TILSAGN_SIMULATED_CLOCK": "yes",
    }
    command = [sys.executable, "-m", "services.notifications.main"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    assert ended.returncode != 0
    assert "clock-replaced: notifications.log_clock() is not" in ended.stdout + ended.stderr
