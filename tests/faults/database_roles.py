"""What the tests of database roles build, for other tests to use as well."""

import psycopg

from migrations.roles import url
from tests.conftest import Database

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
