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
from tests.faults.database_roles import ELSEWHERE, ON_RECORDED, password, refused

ROLES = tuple(login.name for login in LOGINS if login.name != "tilsagn_migrator")
GRANTS = ("grants_service", "grants_reader")
RECORDED = ("event", "command", "fund", "entry", "mark")

COLUMN = {"event": "data", "command": "answer", "fund": "available_ore", "entry": "available_ore", "mark": "amount"}


@pytest.fixture(scope="module")
def filled(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database with something in every table; nothing tried here may change it."""
    with copied(cluster) as database:
        with played(database, tmp_path_factory.mktemp("roles")) as year:
            year.open_year()
            year.live_through(1)
        yield database


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
