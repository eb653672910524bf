"""Whoever owns the database, or the whole cluster, changes what the rules rest on: `make verify` says what, by name."""

import psycopg
import pytest

from dev.verifying.shipped import DEMONSTRATION, check_schema
from dev.verifying.shipped import powers as check_powers
from migrations.roles import OWNER
from tests.conftest import Database

CLOCK = "CREATE OR REPLACE FUNCTION {}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE\n"
CLOCK += "SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() + '1 year'::interval $$"
DECIDED = "CREATE OR REPLACE FUNCTION notifications.decide_release() RETURNS trigger LANGUAGE plpgsql\n"
DECIDED += "SET search_path = pg_catalog, pg_temp AS $$ BEGIN NEW.released_at := now(); RETURN NEW; END $$"

FIRST = "postgres is the cluster's first superuser, and can do all that its owner can"
# what was done as the owner -> the thing that is named
BY_THE_OWNER = {
    DECIDED: "function notifications.decide_release(): changed",
    CLOCK.format("grants"): "function grants.log_clock(): changed",
    CLOCK.format("notifications"): "function notifications.log_clock(): changed",
    "ALTER TABLE grants.fund DROP CONSTRAINT fund_holds_what_is_committed": (
        "constraint grants.fund.fund_holds_what_is_committed: gone"
    ),
    "ALTER TABLE grants.fund DROP CONSTRAINT fund_holds_what_is_committed, ADD CONSTRAINT"
    " fund_holds_what_is_committed CHECK (true)": "constraint grants.fund.fund_holds_what_is_committed: changed",
    "GRANT SELECT, UPDATE ON grants.fund TO PUBLIC": "relation grants.fund: changed",
    "GRANT UPDATE (account_number) ON grants.payee_account TO grants_reader": (
        "column grants.payee_account.account_number: changed"
    ),
    "GRANT EXECUTE ON FUNCTION grants.append TO PUBLIC": "function grants.append(",
    "ALTER TABLE grants.event DISABLE TRIGGER event_is_final": "trigger grants.event.event_is_final: changed",
    "ALTER TABLE grants.event ENABLE TRIGGER event_is_final": "trigger grants.event.event_is_final: changed",
    "DROP TRIGGER release_is_final ON notifications.release": "trigger notifications.release.release_is_final: gone",
    "CREATE TABLE grants.another (id int)": "relation grants.another: added",
    "CREATE VIEW grants_view.post AS SELECT 1 AS position": "relation grants_view.post: added",
    "ALTER TABLE notifications.release ADD COLUMN why text": "column notifications.release.why: added",
    "ALTER TABLE grants.command ALTER COLUMN answer SET DEFAULT ''::bytea": "column grants.command.answer: changed",
    "CREATE RULE silent AS ON INSERT TO notifications.objection DO INSTEAD NOTHING": (
        "rule notifications.objection.silent: added"
    ),
    "ALTER TABLE notifications.objection ENABLE ROW LEVEL SECURITY": "relation notifications.objection: changed",
    "CREATE POLICY none ON notifications.objection USING (false)": "policy notifications.objection.none: added",
    "DROP INDEX grants.event_recorded_at": "index grants.event_recorded_at: gone",
    "GRANT USAGE, CREATE ON SCHEMA grants TO grants_service": "schema grants: changed",
    "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC": f"default right {OWNER} f: ",
    "UPDATE grants.alembic_version SET version_num = '0001'": "grants stands at revision 0001",
}
BY_THE_SUPERUSER = {
    "SELECT lo_create(0)": "built in large objects: changed",
    "CREATE SCHEMA hidden": "schema hidden: added",
    "ALTER TABLE grants.command OWNER TO grants_service": "relation grants.command: changed",
    "CREATE FUNCTION pg_catalog.sha256(text) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'": "built in functions",
    "ALTER TABLE notifications.notice_line DISABLE TRIGGER ALL": "constraint notifications.notice_line.",
    "CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'": "function public.seen()",
    "ALTER DATABASE {} SET session_replication_role = replica": "role setting anybody here: added",
    "ALTER ROLE grants_service IN DATABASE {} SET search_path = hidden": "role setting grants_service here: added",
}


def readers(database: Database) -> dict[str, str]:
    return {"grants": database.reader_dsn, "notifications": database.notifications_reader_dsn}


def found(database: Database) -> list[str]:
    return [fault.detail for fault in check_schema(readers(database))[0]]


def test_a_database_as_it_was_shipped_has_no_fault(database: Database) -> None:
    assert check_schema(readers(database)) == ([], [FIRST])


@pytest.mark.parametrize("act", BY_THE_OWNER)
def test_what_the_owner_changed_is_named(database: Database, act: str) -> None:
    with psycopg.connect(database.migrator_dsn) as connection:
        connection.execute(f"SET ROLE {OWNER}")
        connection.execute(act.encode())
    said = found(database)
    assert any(each.startswith(BY_THE_OWNER[act]) for each in said), said


@pytest.mark.parametrize("act", BY_THE_SUPERUSER)
def test_what_the_superuser_changed_is_named(database: Database, act: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute("SET allow_system_table_mods = on")
        connection.execute(act.format(f'"{database.name}"').encode())
    said = found(database)
    assert any(each.startswith(BY_THE_SUPERUSER[act]) for each in said), said


def test_only_whoever_verifies_can_say_that_a_clock_is_a_demonstrations(database: Database) -> None:
    with psycopg.connect(database.migrator_dsn) as connection:
        connection.execute(f"SET ROLE {OWNER}")
        connection.execute(CLOCK.format("notifications").encode())
    faults, told = check_schema(readers(database))
    assert [DEMONSTRATION in fault.detail for fault in faults] == [True]
    assert told == [FIRST]
    assert check_schema(readers(database), demonstration=True) == ([], [FIRST, DEMONSTRATION])


@pytest.mark.parametrize(
    "body",
    [
        "SELECT timestamptz '2020-01-01'",
        "SELECT clock_timestamp() + '1 year'::interval * random()",
        "SELECT clock_timestamp() + '1 year'::interval; SELECT clock_timestamp()",
    ],
)
def test_a_demonstrations_clock_is_its_own_and_no_other(database: Database, body: str) -> None:
    with psycopg.connect(database.migrator_dsn) as connection:
        connection.execute(f"SET ROLE {OWNER}")
        own = "SELECT clock_timestamp() + '1 year'::interval"
        connection.execute(CLOCK.format("grants").replace(own, body).encode())
    faults, told = check_schema(readers(database), demonstration=True)
    assert ["grants.log_clock(): changed" in fault.detail for fault in faults] == [True]
    assert told == [FIRST]


@pytest.mark.parametrize(
    "powers",
    [
        f"NOLOGIN IN ROLE {OWNER}",
        "NOLOGIN IN ROLE pg_write_all_data",
        "NOLOGIN IN ROLE pg_read_all_data",
        "SUPERUSER",
        "BYPASSRLS",
        "CREATEROLE",
    ],
)
def test_whoever_no_right_holds_back_is_named(database: Database, powers: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:  # and it is never committed: others verify here too
        connection.execute(f"CREATE ROLE stranger {powers}".encode())
        said = "role stranger can do what no role of ours can"
        for administrators, known in (((), False), (("stranger",), True)):
            told = dict(check_powers(connection, administrators))
            assert [each_known for each, each_known in told.items() if each.startswith(said)] == [known]
        connection.rollback()


def test_each_service_may_have_a_database_of_its_own(database: Database) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        for schema in ("notifications", "notifications_view"):
            connection.execute(f"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}".encode())
    faults, told = check_schema({"grants": database.reader_dsn})
    assert (faults, told) == ([], [FIRST, "the schema of notifications is not in this database"])
