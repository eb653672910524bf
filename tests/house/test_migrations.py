"""An empty database comes to the newest revision in one go, and nothing in it is anybody's who logs in."""

import psycopg

from migrations import description, list_applied, list_heads, upgrade
from migrations.roles import OWNER
from tests.conftest import Database

SCHEMAS = ("grants", "notifications")


def ask(database: Database, question: str) -> list[tuple[object, ...]]:
    """What the administrator sees."""
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(question, {"schemas": list(SCHEMAS), "owner": OWNER}).fetchall()


def test_history_has_one_newest_revision_and_a_new_database_stands_at_it(database: Database) -> None:
    assert len(list_heads()) == 1
    assert list_applied(database.admin_dsn) == list_heads()


def test_migrating_again_changes_nothing(database: Database) -> None:
    upgrade(database.migrator_dsn)
    assert list_applied(database.admin_dsn) == list_heads()


def test_what_is_shipped_is_what_a_fresh_database_holds(database: Database) -> None:
    """`make describe` after a migration; `make verify` holds running databases against it."""
    for dsn in (database.admin_dsn, database.reader_dsn, database.notifications_reader_dsn):
        with psycopg.connect(dsn) as connection:
            assert description.differences(description.read(connection), description.shipped()) == []


def test_everything_belongs_to_the_owner_who_cannot_log_in(database: Database) -> None:
    owners = ask(
        database,
        "SELECT DISTINCT owner::regrole::text FROM ("
        " SELECT relowner AS owner, relnamespace AS schema FROM pg_class"
        " UNION ALL SELECT proowner, pronamespace FROM pg_proc"
        " UNION ALL SELECT typowner, typnamespace FROM pg_type"
        ") AS made WHERE schema = ANY (%(schemas)s::regnamespace[])",
    )
    assert owners == [(OWNER,)]
    assert ask(database, "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = %(owner)s") == [(False, False)]


def test_no_function_is_everybodys(database: Database) -> None:
    open_to_all = ask(
        database,
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = ANY (%(schemas)s::regnamespace[])"
        " AND has_function_privilege('public', oid, 'EXECUTE')",
    )
    assert open_to_all == []


def test_a_function_with_the_owners_rights_has_its_search_path_pinned(database: Database) -> None:
    loose = ask(
        database,
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = ANY (%(schemas)s::regnamespace[])"
        " AND prosecdef AND NOT EXISTS"
        " (SELECT 1 FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%%')",
    )
    assert loose == []


def test_a_trigger_that_guards_guards_replicas_too(database: Database) -> None:
    sleeping = ask(
        database,
        "SELECT tgname::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relnamespace = ANY (%(schemas)s::regnamespace[]) AND NOT tgisinternal AND tgenabled <> 'A'",
    )
    assert sleeping == []


# Tables beside the log that the service adds rows to and never changes: each is guarded by a trigger of its own.
ADDS_ROWS_ONLY = {
    ("grants_service", "contact"): "contact persons, erasable",
    ("grants_service", "payee_account"): "accounts to pay to, erasable",
    ("grants_service", "payment_file"): "the bytes handed to accounting, by their hash",
    ("grants_service", "letter_file"): "the bytes of frozen letters, by their hash",
}


def test_no_role_that_logs_in_writes_a_table_itself(database: Database) -> None:
    granted = ask(
        database,
        "SELECT DISTINCT grantee::text, table_name::text, privilege_type::text"
        " FROM information_schema.role_table_grants WHERE table_schema = ANY (%(schemas)s)"
        " AND privilege_type <> 'SELECT' AND grantee <> %(owner)s",
    )
    assert set(granted) <= {(role, table, "INSERT") for role, table in ADDS_ROWS_ONLY}


def test_no_later_text_of_an_append_forgets_what_an_earlier_one_held_against_the_log() -> None:
    """The function is laid anew by whoever adds to it, and once left out what decisions rest on."""
    told = description.shipped()
    (applied,) = (text for name, text in told.items() if name.startswith("function grants.apply_effects("))
    held = {
        name.removeprefix("function ").partition("(")[0]
        for name in told
        if name.startswith("function grants.keep_")
        and name.partition("(")[2].startswith(("bigint[],jsonb[]", "bigint,"))
    }
    assert held >= {"grants.keep_unmoved", "grants.keep_authority", "grants.keep_months", "grants.keep_permits"}
    assert {name for name in held if f"{name}(" not in applied} == set()
