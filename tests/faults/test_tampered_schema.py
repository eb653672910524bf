"""Whoever owns the database, or the whole cluster, changes what the rules rest on: `make verify` says what, by name."""

import re

import psycopg
import pytest

from dev.verifying.shipped import DEMONSTRATION, check_schema
from dev.verifying.shipped import powers as check_powers
from migrations.description import QUESTIONS, differences, read, shipped
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
    "ALTER TABLE grants.event FORCE ROW LEVEL SECURITY": "relation grants.event: changed",
    "GRANT USAGE ON TYPE grants.event TO grants_reader WITH GRANT OPTION": "relation grants.event: changed",
    "GRANT USAGE ON TYPE notifications.claimed TO notifications_service": "type notifications.claimed: changed",
    "CREATE STATISTICS grants.told ON stream, version FROM grants.event": "added statistics told: added",
    "UPDATE grants.alembic_version SET version_num = '0001'": "grants stands at revision 0001",
}
BY_THE_SUPERUSER = {
    "SELECT lo_create(0)": "built in large objects: changed",
    "CREATE SCHEMA hidden": "schema hidden: added",
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO notifications_service": (
        "given function pg_read_file(text): added"
    ),
    "GRANT CREATE ON SCHEMA pg_catalog TO grants_service": "given schema pg_catalog: added",
    "GRANT SELECT ON pg_authid TO grants_service": "given relation pg_authid: added",
    "GRANT SELECT (rolpassword) ON pg_authid TO grants_reader": "given column pg_authid.rolpassword: added",
    "GRANT USAGE ON LANGUAGE plpgsql TO grants_service": "given language plpgsql: added",
    "ALTER FUNCTION pg_sleep(float8) SET search_path = hidden": "built in functions: changed",
    "CREATE PUBLICATION told FOR TABLE grants.payee_account": "added publication told: added",
    "CREATE FOREIGN DATA WRAPPER elsewhere": "added foreign data wrapper elsewhere: added",
    "ALTER TABLE grants.command OWNER TO grants_service": "relation grants.command: changed",
    "CREATE FUNCTION pg_catalog.sha256(text) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'": "built in functions",
    "ALTER TABLE notifications.notice_line DISABLE TRIGGER ALL": "constraint notifications.notice_line.",
    "CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'": "function public.seen()",
    "ALTER DATABASE {} SET session_replication_role = replica": "role setting anybody here: added",
    "ALTER ROLE grants_service IN DATABASE {} SET search_path = hidden": "role setting grants_service here: added",
}
# The same, of what all databases of a cluster share.
OF_THE_CLUSTER = {
    "CREATE SUBSCRIPTION heard CONNECTION 'dbname=elsewhere' PUBLICATION told WITH (connect = false)": (
        "added subscription heard: added"
    ),
    "GRANT SET ON PARAMETER session_replication_role TO notifications_service": (
        "given setting session_replication_role: added"
    ),
    "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO grants_service": (
        "given setting synchronous_standby_names: added"
    ),
    "GRANT CREATE ON TABLESPACE pg_default TO grants_service": "given tablespace pg_default: added",
    "ALTER ROLE grants_service NOINHERIT": "role grants_service: changed",
}
# Catalogs of PostgreSQL in which nothing can be changed that this would not show, each with the reason.
SHOWN_ELSEWHERE = {
    "pg_amop": "of an operator class or family, which are shown",
    "pg_amproc": "of an operator class or family, which are shown",
    "pg_authid": "pg_roles shows it without the passwords",
    "pg_depend": "what hangs on what decides what goes with it, and no answer",
    "pg_description": "comments",
    "pg_foreign_table": "a relation of its own kind",
    "pg_largeobject": "the bytes of what pg_largeobject_metadata counts",
    "pg_partitioned_table": "a relation of its own kind",
    "pg_publication_namespace": "of a publication, which is shown",
    "pg_publication_rel": "of a publication, which is shown",
    "pg_range": "a type of its own kind",
    "pg_replication_origin": "where something was read from; it writes nothing",
    "pg_seclabel": "pg_seclabels counts it",
    "pg_shdepend": "what hangs on what",
    "pg_shdescription": "comments",
    "pg_shseclabel": "pg_seclabels counts it",
    "pg_statistic": "figures that choose a plan, and no answer",
    "pg_statistic_ext_data": "figures that choose a plan, and no answer",
    "pg_subscription_rel": "of a subscription, which is shown",
    "pg_ts_config_map": "of a text search configuration: PostgreSQL's own are not used",
    "pg_user_mapping": "of a foreign server, which is shown",
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


@pytest.mark.parametrize("act", OF_THE_CLUSTER)
def test_what_the_superuser_changed_in_the_cluster_is_named(database: Database, act: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:  # and it is never committed: others verify here too
        connection.execute(act.encode())
        said = differences(read(connection), shipped())
        connection.rollback()
    assert said == [OF_THE_CLUSTER[act]]


def test_no_catalog_is_forgotten(database: Database) -> None:
    """Whatever this PostgreSQL keeps of a database's making is looked at, or said to be shown elsewhere."""
    with psycopg.connect(database.reader_dsn) as connection:
        catalogs = {
            name
            for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"
            )
        }
    looked_at = {name for name in catalogs if re.search(rf"\b{name}\b", " ".join(QUESTIONS.values()))}
    assert catalogs - looked_at == SHOWN_ELSEWHERE.keys()


def test_every_kind_of_right_is_looked_at(database: Database) -> None:
    with psycopg.connect(database.reader_dsn) as connection:
        rights = {
            name
            for (name,) in connection.execute(
                "SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                " WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r'"
                " AND atttypid = 'aclitem[]'::regtype"
            )
        }
    unseen = {name for name in rights if not re.search(rf"\b{name}\b", " ".join(QUESTIONS.values()))}
    assert unseen == {"fdwacl", "srvacl", "lomacl"}  # of what is added: none of these is shipped


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
