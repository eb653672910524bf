"""S10: what each database role may not do, tried by each of them. The service writes through one function, and no role
that logs in owns, changes or empties anything that is recorded."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from migrations.roles import LOGINS, url
from services.eventlog.command import Command, Write
from services.grants.case.events.award import AwardReturned
from tests.conftest import Cluster, Database, copied
from tests.eventlog.played import played

ROLES = tuple(login.name for login in LOGINS if login.name != "tilsagn_migrator")
GRANTS = ("grants_service", "grants_reader")
RECORDED = ("event", "command", "fund", "entry", "mark")

ON_RECORDED = {
    "insert": "INSERT INTO grants.{0} SELECT * FROM grants.{0} LIMIT 1",
    "insert overriding": "INSERT INTO grants.{0} OVERRIDING SYSTEM VALUE SELECT * FROM grants.{0} LIMIT 1",
    "update": "UPDATE grants.{0} SET {1} = {1}",
    "update nothing": "UPDATE grants.{0} SET {1} = {1} WHERE false",
    "delete": "DELETE FROM grants.{0}",
    "merge": "MERGE INTO grants.{0} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "truncate": "TRUNCATE grants.{0} CASCADE",
    "copy in": "COPY grants.{0} FROM STDIN",
    "lock": "LOCK TABLE grants.{0} IN ACCESS EXCLUSIVE MODE",
    "for update": "SELECT * FROM grants.{0} FOR UPDATE",
    "drop": "DROP TABLE grants.{0} CASCADE",
    "rename": "ALTER TABLE grants.{0} RENAME TO gone",
    "add column": "ALTER TABLE grants.{0} ADD COLUMN more text",
    "disable trigger": "ALTER TABLE grants.{0} DISABLE TRIGGER ALL",
    "own": "ALTER TABLE grants.{0} OWNER TO CURRENT_USER",
    "grant, then use": "GRANT ALL ON grants.{0} TO CURRENT_USER; DELETE FROM grants.{0} WHERE false",
    "rule": "CREATE RULE r AS ON INSERT TO grants.{0} DO INSTEAD NOTHING",
    "trigger": "CREATE TRIGGER t BEFORE INSERT ON grants.{0} FOR EACH ROW EXECUTE FUNCTION grants.refuse_change()",
    "index": "CREATE INDEX more ON grants.{0} ({1})",
    "policy": "ALTER TABLE grants.{0} ENABLE ROW LEVEL SECURITY",
    "inherit": "CREATE TABLE grants_view.child () INHERITS (grants.{0})",
}
COLUMN = {"event": "data", "command": "answer", "fund": "available_ore", "entry": "available_ore", "mark": "amount"}

ELSEWHERE = {
    "create table": "CREATE TABLE grants.more (id int)",
    "create table in public": "CREATE TABLE public.more (id int)",
    "create view table": "CREATE TABLE grants_view.more (id int)",
    "create temporary table": "CREATE TEMPORARY TABLE event (id int)",
    "create schema": "CREATE SCHEMA more",
    "create function": "CREATE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    "replace the clock": "CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql"
    " AS $$SELECT timestamptz '1999-01-01'$$",
    "drop the clock": "DROP FUNCTION grants.log_clock()",
    "alter append": "ALTER FUNCTION grants.append SECURITY INVOKER",
    "go on from another time": "SELECT grants.correct_clock(1, 'x', repeat('0', 64), 'siri', 'liv', now())",
    "speak for the log": "SELECT grants.tell_of_log('upgrade', 'log.rules-changed.v1', '{\"rules\":3}', now())",
    "read the heads": "SELECT grants.read_heads()",
    "seal commands": "SELECT grants.seal_commands()",
    "call record": "SELECT grants.record('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','now',0,'',0,'')",
    "call apply_effects": "SELECT grants.apply_effects(ARRAY[0::bigint], ARRAY['{}'::jsonb], now())",
    "call move": "SELECT grants.move(ARRAY[0::bigint], ARRAY['{}'::jsonb], now())",
    "call open_funds": "SELECT grants.open_funds('[]')",
    "call set_marks": "SELECT grants.set_marks(ARRAY[0::bigint], ARRAY['{}'::jsonb], now())",
    "do as the owner": "SET ROLE tilsagn_owner",
    "do as the migrator": "SET ROLE tilsagn_migrator",
    "log in as another": "SET SESSION AUTHORIZATION tilsagn_owner",
    "join the owner": "GRANT tilsagn_owner TO CURRENT_USER",
    "become superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "create role": "CREATE ROLE stranger LOGIN",
    "create database": "CREATE DATABASE more",
    "switch triggers off": "SET session_replication_role = replica",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "run a program in": "COPY grants_view.case_row FROM PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/tmp/tilsagn-written'",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "list files": "SELECT pg_ls_dir('/')",
    "large object in": "SELECT lo_import('/etc/passwd')",
    "large object of its own": "SELECT lo_from_bytea(0, 'x')",
    "empty large object": "SELECT lo_create(0)",
    "empty large object, as before": "SELECT lo_creat(-1)",
    "load a library": "LOAD '/tmp/tilsagn.so'",
    "drop extension": "DROP EXTENSION plpgsql",
    "server settings": "ALTER SYSTEM SET fsync = off",
    "event trigger": "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION grants.refuse_change()",
    "read passwords": "SELECT * FROM pg_authid",
    "edit the catalogue": "UPDATE pg_trigger SET tgenabled = 'D'",
    "checkpoint the server": "CHECKPOINT",
    "empty a view": "TRUNCATE grants_view.case_row",
    "change a view": "ALTER TABLE grants_view.case_row ADD COLUMN more text",
    "drop a view": "DROP TABLE grants_view.case_row",
    "the migrations' place": "UPDATE grants.alembic_version SET version_num = '0000'",
    "prepare in two phases": "PREPARE TRANSACTION 'stuck'",
}
# The last line of defence, which no role should reach.
BY_A_TRIGGER = "is refused: what is recorded is never changed"
NEVER_IN_A_TRANSACTION = ("CREATE DATABASE", "ALTER SYSTEM")
NOT_ALLOWED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.InvalidSchemaName,
)


@pytest.fixture(scope="module")
def filled(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database with something in every table; nothing tried here may change it."""
    with copied(cluster) as database:
        with played(database, tmp_path_factory.mktemp("roles")) as year:
            year.open_year()
            year.live_through(1)
        yield database


def as_role(database: Database, role: str) -> psycopg.Connection:
    return psycopg.connect(url(database.reader_dsn, user=role, password=password(database)))


def password(database: Database) -> str:
    return psycopg.conninfo.conninfo_to_dict(database.reader_dsn)["password"]  # type: ignore[return-value]


def refused(database: Database, role: str, statement: str) -> bool:
    """Whether the role is refused. A read-only default is no guard, for anybody may switch it off: so it is off."""
    with as_role(database, role) as connection:
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        connection.commit()
        connection.autocommit = statement.startswith(NEVER_IN_A_TRANSACTION)
        try:
            if statement.endswith("FROM STDIN"):
                with connection.cursor().copy(statement.encode()) as copy:
                    copy.write(b"")
            else:
                connection.execute(statement.encode())
        except NOT_ALLOWED as error:
            return BY_A_TRIGGER not in str(error)
        finally:
            connection.rollback()
        return False


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", RECORDED)
def test_no_role_touches_what_is_recorded(filled: Database, role: str, table: str) -> None:
    tried = {name: refused(filled, role, text.format(table, COLUMN[table])) for name, text in ON_RECORDED.items()}
    assert [name for name, was_refused in tried.items() if not was_refused] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_round_the_one_way_in(filled: Database, role: str) -> None:
    tried = {name: refused(filled, role, statement) for name, statement in ELSEWHERE.items()}
    assert [name for name, was_refused in tried.items() if not was_refused] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("elsewhere", ["postgres", "template1"])
def test_no_role_reaches_what_else_the_server_holds(filled: Database, role: str, elsewhere: str) -> None:
    dsn = url(filled.reader_dsn, database=elsewhere, user=role, password=password(filled))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(dsn)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "grants_service"])
def test_only_the_service_appends_or_writes_views(filled: Database, role: str) -> None:
    for statement in (
        "SELECT * FROM grants.append('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}',now())",
        "SELECT * FROM grants.recall('{}')",
        "INSERT INTO grants_view.case_row DEFAULT VALUES",
        "UPDATE grants_view.edition SET position = 0",
        "DELETE FROM grants_view.parked",
    ):
        assert refused(filled, role, statement), statement


@pytest.mark.parametrize(
    ("role", "table"),
    list(
        product(
            ("notifications_service", "notifications_reader"), ("grants.event", "grants.fund", "grants_view.case_row")
        )
    ),
)
def test_the_other_service_does_not_even_read(filled: Database, role: str, table: str) -> None:
    assert refused(filled, role, f"SELECT * FROM {table}")


def test_a_database_without_sequences_has_none_to_set(filled: Database) -> None:
    with psycopg.connect(filled.admin_dsn) as connection:
        assert connection.execute("SELECT relname FROM pg_class WHERE relkind = 'S'").fetchall() == []


def test_nothing_is_owned_by_or_open_to_a_role_that_logs_in(filled: Database) -> None:
    with psycopg.connect(filled.admin_dsn) as connection:
        owners = connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname IN ('grants', 'grants_view', 'notifications')"
            " UNION SELECT pg_get_userbyid(proowner) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE nspname IN ('grants', 'grants_view', 'notifications')"
        ).fetchall()
        open_to_all = connection.execute(
            "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace,"
            " aclexplode(coalesce(proacl, acldefault('f', proowner))) a"
            " WHERE nspname IN ('grants', 'grants_view', 'notifications') AND a.grantee = 0"
        ).fetchall()
        loose = connection.execute(
            "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE"
            " nspname IN ('grants', 'grants_view', 'notifications') AND prosecdef"
            " AND NOT coalesce(proconfig::text, '') LIKE '%search_path=%'"
        ).fetchall()
        asleep = connection.execute(
            "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n"
            " ON n.oid = relnamespace WHERE nspname IN ('grants', 'notifications')"
            " AND NOT tgisinternal AND tgenabled <> 'A'"
        ).fetchall()
    assert owners == [("tilsagn_owner",)]
    assert (open_to_all, loose, asleep) == ([], [], [])


@pytest.mark.parametrize("table", RECORDED)
def test_even_the_owner_is_stopped_by_the_triggers(filled: Database, table: str) -> None:
    for statement in (f"DELETE FROM grants.{table}", f"TRUNCATE grants.{table} CASCADE"):
        with psycopg.connect(filled.migrator_dsn) as connection:
            connection.execute("SET ROLE tilsagn_owner")
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="what is recorded is never changed"):
                connection.execute(statement.encode())


def test_a_temporary_table_of_the_caller_is_never_taken_for_the_log(database: Database, tmp_path: Path) -> None:
    """The append function looks in its own schema only, also for a caller who has found a way to make tables."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
        owner.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO grants_service").format(sql.Identifier(database.name)))
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        service.execute("CREATE TEMPORARY TABLE event (position bigint, hash bytea, recorded_at timestamptz)")
        service.execute("INSERT INTO pg_temp.event VALUES (41, sha256('forged'), now())")
        service.execute("SET search_path = pg_temp, grants")
        answered = service.execute(
            "SELECT outcome, first_position FROM grants.append(ARRAY[gen_random_uuid()], '{kari}', '{NULL}', '{NULL}',"
            " '{NULL}', '{1}', '{case-a}', '{1}', '{award.returned.v1}', ARRAY['{}'::bytea], ARRAY['{}'::bytea],"
            " '{NULL}', now())"
        ).fetchone()
    assert answered == ("recorded", 1)
    with played(database, tmp_path) as year:
        fact = AwardReturned(reason="x", returned_by="ola")
        assert year.log.append_now(Command(actor="kari"), Write("case-b", 0, (fact,))).first_position == 2
