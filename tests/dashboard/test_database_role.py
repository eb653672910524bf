"""What the dashboard's two roles may do in the database: one reads what the pages show and writes nothing, on any
table; the other knows who is signed in, and nothing else."""

import psycopg
import pytest

from tests.conftest import Database

OURS = ("grants", "grants_view", "notifications", "notifications_view", "dashboard")
TABLES = """
    SELECT c.oid::regclass::text, (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                                   AND NOT a.attisdropped ORDER BY a.attnum LIMIT 1)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1
"""
WRITES = (
    "INSERT INTO {0} ({1}) SELECT {1} FROM {0} WHERE false",
    "INSERT INTO {0} DEFAULT VALUES",
    "UPDATE {0} SET {1} = {1} WHERE false",
    "DELETE FROM {0} WHERE false",
    "TRUNCATE {0}",
    "SELECT FROM {0} FOR UPDATE",
    "LOCK TABLE {0} IN ROW EXCLUSIVE MODE",
    "COPY {0} FROM PROGRAM 'true'",
    "ALTER TABLE {0} ADD COLUMN more text",
    "DROP TABLE {0}",
)
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.WrongObjectType,
    psycopg.errors.ObjectNotInPrerequisiteState,  # a view that nobody can write through
)
FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (%s) AND has_function_privilege(%s, p.oid, 'EXECUTE') ORDER BY 1
"""
READ = {
    "grants.authority", "grants.authority_use", "grants.case_fact", "grants.case_number", "grants.disputed_case",
    "grants.entry", "grants.fund", "grants.held_over", "grants.held_over_entry", "grants.held_over_order",
    "grants.letter_fact", "grants.mark", "grants.notice_heard", "grants.round_fact", "grants.scheme_fact",
    "grants.turned_before",
    "grants_view.award", "grants_view.award_move", "grants_view.award_recipient", "grants_view.award_sum",
    "grants_view.case_notice", "notifications.letter_publication", "notifications.notice_fact",
    "notifications.notice_line",
    "notifications.attempt_outcome", "notifications_view.deadline",
}  # fmt: skip
"""Everything the pages show comes of these, and of which stream a position in the log is of."""

OF_RECEIVERS = """
    SELECT e.url, e.types, e.ordered, e.rate_per_second, e.consented, e.paused, e.disabled, e.deleted,
        c.last, c.committed, c.failing_since, d.state, d.next_at, d.sequence, d.tries, d.made_at, d.settled_at,
        d.expires_at, m.type, a.number, a.begun_at, a.by_hand, o.outcome, o.status, o.problem, o.took_ms, o.ended_at
    FROM notifications.endpoint e JOIN notifications.endpoint_count c ON c.endpoint_id = e.id
    JOIN notifications.delivery d ON d.endpoint_id = e.id AND d.kind = 'message'
    JOIN notifications.message m ON m.id = d.message_id LEFT JOIN notifications.attempt a ON a.delivery_id = d.id
    LEFT JOIN notifications.attempt_outcome o ON o.attempt_id = a.id LIMIT 1
"""
OF_LETTERS = """
    SELECT r.ground, r.released_at, r.opens_at, r.letter_sha256, i.ended, i.stale_at, n.received_at, n.withdrawn
    FROM notifications.release r JOIN notifications.item i USING (item)
    LEFT JOIN notifications.notice_line l USING (item) LEFT JOIN notifications.notice n USING (notice) LIMIT 1
"""
SECRET = {
    "endpoint": ("secret_id", "previous_secret_id", "wanted", "pulled_by"),
    "delivery": ("challenge", "url"),
    "message": ("subject", "data"),
    "attempt": ("worker",),
    "release": ("basis", "manifest_sha256"),
    "item": ("exempt_source",),
}

OF_CASES = """
    SELECT c.edition, c.case_id, c.opened_position, c.fund_id, c.year, c.chapter, c.post, c.recipient,
           c.organisation_number, c.municipality_number, c.scheme_id, c.state
    FROM grants_view.case_row c JOIN grants_view.edition e USING (edition) WHERE e.projection = 'cases' LIMIT 1
"""


def refused(dsn: str, statement: str) -> bool:
    """Whether the role is refused it, also with the read-only default of its session switched off."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        connection.commit()
        try:
            connection.execute(statement.encode())
        except REFUSED:
            return True
        finally:
            connection.rollback()
    return False


@pytest.fixture
def tables(database: Database) -> list[tuple[str, str | None]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(TABLES, (list(OURS),)).fetchall()


def test_every_write_on_every_table_is_refused_to_who_reads(
    database: Database, tables: list[tuple[str, str | None]]
) -> None:
    assert len(tables) > 50
    with psycopg.connect(database.dashboard_dsn) as connection:
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        connection.commit()
        allowed = []
        for table, column in tables:
            for write in WRITES:
                if column is None and "{1}" in write:
                    continue  # a table that only whoever writes locks
                try:
                    connection.execute(write.format(table, f'"{column}"').encode())
                    allowed.append((table, write))
                except REFUSED:
                    pass
                connection.rollback()
    assert allowed == []


def test_it_reads_what_the_pages_show_and_nothing_more(
    database: Database, tables: list[tuple[str, str | None]]
) -> None:
    read = set()
    with psycopg.connect(database.dashboard_dsn, autocommit=True) as connection:
        for table, _ in tables:
            try:
                connection.execute(f"SELECT * FROM {table} LIMIT 0".encode())
                read.add(table)
            except psycopg.errors.InsufficientPrivilege:
                pass
        connection.execute("SELECT position, stream FROM grants.event LIMIT 1")
        for column in ("data", "metadata", "topic", "version", "hash", "recorded_at"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {column} FROM grants.event LIMIT 1".encode())
        connection.execute(OF_RECEIVERS.encode())
        connection.execute(OF_CASES.encode())
        for column in ("proposed_by", "approved_by", "established_project"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {column} FROM grants_view.case_row LIMIT 1".encode())
        connection.execute(OF_LETTERS.encode())
        for table, column in ((table, column) for table, columns in SECRET.items() for column in columns):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {column} FROM notifications.{table} LIMIT 1".encode())
        for table in ("message", "endpoint_secret", "attempt", "delivery_request", "letter_file", "event"):
            assert f"notifications.{table}" not in read
    assert read == READ


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (
            "tilsagn_dashboard",
            [
                "grants.balance_at(text,date,bigint)",
                "grants.coded(text,text)",
                "grants.coded_with_lists(text,text)",
                "grants.folded(text)",
                "grants.how_fresh()",
                "grants.kept_of(text,boolean)",
                "grants.lines_paid_beyond(text,date,bigint)",
                "grants.paid_beyond(text,date,bigint)",
                "grants.pieces(text)",
                "grants.place_of(text[])",
                "grants.place_of_deep(text[])",
                "grants.position_at(timestamp with time zone)",
                "grants.schema_version()",
                "grants.set_aside_at(text,date,bigint)",
                "grants.untold(integer)",
                "grants.untold_of(text[])",
                "grants.words(text)",
                "notifications.coded(text,text)",
                "notifications.how_fresh()",
                "notifications.log_clock()",
                "notifications.schema_version()",
            ],
        ),
        (
            "dashboard_sessions",
            [
                "dashboard.begin_session(bytea,bytea,text,text,text[],integer,integer)",
                "dashboard.end_session(bytea)",
                "dashboard.end_sessions_of(text)",
                "dashboard.find_own_token(bytea)",
                "dashboard.forget_own_tokens()",
                "dashboard.keep_own_token(bytea,bytea,integer)",
                "dashboard.look_at_session(bytea)",
                "dashboard.schema_version()",
                "dashboard.use_session(bytea)",
            ],
        ),
    ],
)
def test_each_calls_its_own_functions_and_no_other(database: Database, role: str, may: list[str]) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        assert [name for (name,) in connection.execute(FUNCTIONS, (list(OURS), role)).fetchall()] == may


def test_who_keeps_the_sessions_reads_no_fact_and_no_session_but_by_its_secret(
    database: Database, tables: list[tuple[str, str | None]]
) -> None:
    for table, _ in tables:
        assert refused(database.sessions_dsn, f"SELECT FROM {table} LIMIT 1"), table
    for statement in (
        "INSERT INTO dashboard.session SELECT * FROM dashboard.session",
        "UPDATE dashboard.session SET roles = '{auditor}'",
        "DELETE FROM dashboard.session",
        "CREATE TABLE dashboard.more (id int)",
    ):
        assert refused(database.sessions_dsn, statement), statement
    assert refused(database.dashboard_dsn, "SELECT * FROM dashboard.use_session('x')")


def test_a_letter_is_seen_and_no_other_fact(database: Database) -> None:
    with psycopg.connect(database.dashboard_dsn) as connection:
        plan = connection.execute("SELECT pg_get_viewdef('grants.letter_fact'::regclass)").fetchone()
    assert plan is not None
    assert "^@ 'allocation-'" in plan[0]
