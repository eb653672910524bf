"""S11 for every table there is: whoever owns the database changes a row, adds one or takes one away. It is found, and
the table is named. Done to a whole demonstration of an earlier release, upgraded: it has rows in nearly all of them."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from dev.tables import RELATIONS
from dev.verifying.log import verify
from tests.conftest import Cluster, Database, copied
from tests.faults.two_contacts import name_two_contacts, name_two_members_of_staff
from tests.upgrade.earlier_databases import restored, upgraded

# What is done to a table, and what is said of it, beside its name. Some have no rows here: one is put there.
TAMPERED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "grants.event": (("UPDATE grants.event SET data = data || ' ' WHERE position = 700", "changed"),),
    "grants.command": (
        ("UPDATE grants.command SET answer = '{}' WHERE nth IS NULL AND answer IS NOT NULL", "commands"),
        ("UPDATE grants.command SET request_hash = sha256('x') WHERE request_hash IS NOT NULL", "commands"),
    ),
    "grants.fund": (
        ("UPDATE grants.fund SET disbursed_ore = disbursed_ore + 1 WHERE kind = 'post'", "holds"),
        ("UPDATE grants.fund SET parent_id = NULL WHERE parent_id IS NOT NULL", "holds"),
        ("UPDATE grants.fund SET name = 'x' WHERE kind = 'post'", "its events give"),
    ),
    "grants.entry": (("UPDATE grants.entry SET cite = 'x' WHERE cite IS NOT NULL", "entries differ"),),
    "grants.mark": (("UPDATE grants.mark SET amount = amount + 1", "marks differ"),),
    "grants.authority": (
        (
            "INSERT INTO grants.authority SELECT id, 1, '2020-01-01', 2021, 100, 1 FROM grants.fund LIMIT 1",
            "commitment authorities differ",
        ),
    ),
    "grants.authority_use": (
        ("INSERT INTO grants.authority_use SELECT id, 1 FROM grants.fund LIMIT 1", "promised on authorities differ"),
    ),
    "grants.month_taken": (
        ("UPDATE grants.month_taken SET standing = NOT standing", "months taken differ"),
        ("DELETE FROM grants.month_taken", "months taken differ"),
    ),
    "grants.case_number": (
        ("UPDATE grants.case_number SET number = number + 1000", "follows from nothing"),
        ("UPDATE grants.case_number SET position = position + 1", "follows from nothing"),
        ("DELETE FROM grants.case_number WHERE number = 1", "was opened and has no number"),
        (
            "INSERT INTO grants.case_number (year, number, case_id, position) VALUES (2019, 1, gen_random_uuid(), 1)",
            "case numbers stand, and the facts give",
        ),
    ),
    "grants.held_over": (
        (
            "INSERT INTO grants.held_over (stream, into_year, post_id, from_post_id, ground, promised_on, promised_at,"
            " position) SELECT id, 2021, '2021/291/71', '2020/291/71', 'transferable', '2020-02-03', 1, 1"
            " FROM grants.fund WHERE kind = 'commitment' LIMIT 1",
            "promises held over differ",
        ),
    ),
    "grants.held_over_entry": (
        (
            "INSERT INTO grants.held_over_entry (position, line, stream, into_year, post_id, effective_on, recorded_at,"
            " claimed_ore, paid_ore, withheld_ore)"
            " VALUES (700, 9999, 'case-x', 2021, '2021/291/71', '2021-01-01', now(), 1, 0, 0)",
            "claims of held-over promises differ",
        ),
    ),
    "grants.held_over_order": (
        (
            "INSERT INTO grants.held_over_order (post_id, effective_on, position, place, stream)"
            " VALUES ('2021/291/71', '2021-05-03', 700, 1, 'case-x')",
            "order of claims differ",
        ),
    ),
    "grants.letter_permit": (
        (
            "INSERT INTO grants.letter_permit VALUES ('case-x', 1, 1, sha256('x'), now(), now(), 'sent')",
            "stands there and follows from nothing",
        ),
    ),
    "grants.letter_file": (
        ("DELETE FROM grants.letter_file", "grant letters: "),
        (
            "UPDATE grants.letter_file SET content = content || 'x', sha256 = sha256(content || 'x')",
            "is named and not there",
        ),
    ),
    "grants.payment_file": (
        ("DELETE FROM grants.payment_file", "payment files: "),
        ("UPDATE grants.payment_file SET batch_id = gen_random_uuid()", "said to be of something else"),
    ),
    "grants.contact": (
        ("UPDATE grants.contact SET name = 'Ole' WHERE erased_at IS NULL", "is not the one that was bound"),
        ("UPDATE grants.contact SET email = 'x' WHERE erased_at IS NULL", "is not the one that was bound"),
        ("UPDATE grants.contact SET phone = '' WHERE erased_at IS NULL", "is not the one that was bound"),
        ("UPDATE grants.contact SET case_id = id WHERE erased_at IS NULL", "is not the one that was bound"),
        ("UPDATE grants.contact SET salt = sha256('x') WHERE erased_at IS NULL", "is not the one that was bound"),
        ("DELETE FROM grants.contact WHERE erased_at IS NULL", "is gone"),
        ("UPDATE grants.contact SET id = gen_random_uuid()", "is gone"),
        (
            "UPDATE grants.contact SET name = 'Ole' WHERE erased_at IS NOT NULL",
            "is said to be erased and is still there",
        ),
        ("UPDATE grants.contact SET erased_at = NULL", "is said to be erased and is still there"),
        (
            "UPDATE grants.contact SET name = NULL, email = NULL, phone = NULL, salt = NULL, erased_at = now()",
            "is erased and no fact says so",
        ),
        ("UPDATE grants.contact SET erased_at = now() WHERE erased_at IS NULL", "is erased and no fact says so"),
    ),
    "grants.payee_account": (
        ("UPDATE grants.payee_account SET account_number = '12345678903'", "is not the one that was bound"),
        ("UPDATE grants.payee_account SET organisation_number = '974760673'", "is not the one that was bound"),
        ("UPDATE grants.payee_account SET salt = sha256('x')", "is not the one that was bound"),
        ("DELETE FROM grants.payee_account", "is gone"),
    ),
    "grants.staff": (
        ("UPDATE grants.staff SET name = 'Ole' WHERE erased_at IS NULL", "is not the one that was bound"),
        ("UPDATE grants.staff SET title = 'x' WHERE erased_at IS NULL", "is not the one that was bound"),
        ("UPDATE grants.staff SET subject = 'ole' WHERE erased_at IS NULL", "is not the one that was bound"),
        ("DELETE FROM grants.staff", "is gone"),
        ("UPDATE grants.staff SET name = NULL, title = NULL, salt = NULL, erased_at = now()", "and no fact says so"),
        (
            "WITH gone AS (DELETE FROM grants.staff WHERE erased_at IS NOT NULL RETURNING id, subject)"
            " INSERT INTO grants.staff (id, subject, name, title, salt)"
            " SELECT id, subject, 'Kari', 'x', sha256('x') FROM gone",
            "is said to be erased and is still there",
        ),
    ),
    "notifications.event": (("DELETE FROM notifications.event WHERE position = 400", "missing"),),
    "notifications.command": (
        (
            "UPDATE notifications.command SET key = 'x' WHERE key IS NOT NULL AND id IN ("
            "SELECT id FROM notifications.command WHERE key IS NOT NULL LIMIT 1)",
            "commands",
        ),
    ),
    "notifications.item": (
        ("UPDATE notifications.item SET scheme_id = 'x'", "items"),
        ("UPDATE notifications.item SET round_id = gen_random_uuid()::text", "items"),
        ("UPDATE notifications.item SET opens_at = now()", "items"),
    ),
    "notifications.notice": (("UPDATE notifications.notice SET withdrawn = true", "notices"),),
    "notifications.notice_line": (("DELETE FROM notifications.notice_line", "notice lines"),),
    "notifications.objection": (("UPDATE notifications.objection SET lifted_at = NULL", "objections"),),
    "notifications.scheme_policy": (("UPDATE notifications.scheme_policy SET rule = 'exempt'", "policies"),),
    "notifications.decision": (
        ("INSERT INTO notifications.decision SELECT item, 1, now() FROM notifications.item LIMIT 1", "decisions"),
    ),
    "notifications.waiver": (
        (
            "INSERT INTO notifications.waiver SELECT item, manifest_sha256, sha256('x'), 'kari', 'ola', 1"
            " FROM notifications.item LIMIT 1",
            "waivers",
        ),
    ),
    "notifications.sending": (
        ("UPDATE notifications.sending SET state = 'due'", "sendings"),
        ("UPDATE notifications.sending SET attempt = attempt + 1", "sendings"),
        ("UPDATE notifications.sending SET next_at = next_at + interval '1 year'", "sendings"),
        ("UPDATE notifications.sending SET left_here = NOT left_here", "sendings"),
        ("DELETE FROM notifications.sending", "sendings"),
    ),
    "notifications.release": (
        ("UPDATE notifications.release SET recorded_at = recorded_at - interval '1 hour'", "rows of releases"),
        ("UPDATE notifications.release SET number = 2", "rows of releases"),
        ("UPDATE notifications.release SET basis = 'x'", "rows of releases"),
        ("UPDATE notifications.release SET letter_sha256 = sha256('x')", "rows of releases"),
        ("UPDATE notifications.release SET released_at = released_at + interval '30 days'", "rows of releases"),
    ),
    "notifications.release_ending": (
        (
            "INSERT INTO notifications.release_ending VALUES ('x', 9, 1)",
            "ended releases",
        ),
    ),
    "notifications.sending_permit": (
        ("INSERT INTO notifications.sending_permit VALUES (1, sha256('x'), 'letter-x', 1, now(), now(), 1)", "tries"),
    ),
    "notifications.policy": (
        ("UPDATE notifications.policy SET days = 1, min_hours = 24", "the list says 14"),
        ("UPDATE notifications.policy SET day_of_notice_counted = true", "does not stand as the notice froze it"),
        (
            "INSERT INTO notifications.policy SELECT 'x', '2020-01-02', days, true, starts, min_hours,"
            " roll_forward, tz, basis, stale_after_days FROM notifications.policy",
            "the policy x counts 13 days from 2020-01-02: the list says 14",
        ),
    ),
    "notifications.letter_file": (
        ("UPDATE notifications.letter_file SET content = content || 'x'", "the bytes of"),
        ("DELETE FROM notifications.letter_file", "is named and not there"),
    ),
}
# Held against this release's own by `check_schema`: tests/faults/test_tampered_schema.py.
ELSEWHERE = {"grants.alembic_version", "notifications.alembic_version"}
# Read models are filled anew by `check_views`: tests/faults/test_tampered_views.py.
ELSEWHERE |= {name for name in RELATIONS if name.startswith(("grants_view.", "notifications_view."))}
# The demonstration has no endpoints: tests/faults/planted/endpoints.py has some to tamper with.
ELSEWHERE |= {"notifications.endpoint", "notifications.endpoint_secret"}


@pytest.fixture(scope="module")
def demonstration(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster whose new databases are copies of the demonstration."""
    with tempfile.TemporaryDirectory() as folder, restored(cluster, "fa5cbcc-demo", Path(folder)) as dsns:
        upgraded(dsns)
        name = conninfo_to_dict(dsns["grants_reader"])["dbname"]
        yield replace(cluster, template=str(name))


@pytest.fixture
def tampered(demonstration: Cluster) -> Iterator[Database]:
    """One of them, whose triggers and constraints are out of the way as for a superuser."""
    with copied(demonstration) as database:
        name_two_contacts(database)
        name_two_members_of_staff(database)
        yield database


def tamper(database: Database, table: str, statement: str) -> None:
    """What whoever owns the table can do: no trigger or check is in the way."""
    with psycopg.connect(database.admin_dsn) as connection:
        name = sql.Identifier(*table.split("."))
        checks = connection.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", (table,)
        ).fetchall()
        for (check,) in checks:
            connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(check)))
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(name))
        assert connection.execute(statement.encode()).rowcount > 0, statement


def found(database: Database, table: str) -> list[str]:
    schema = "notifications" if table.startswith("notifications.") else "grants"
    dsn = database.notifications_reader_dsn if schema == "notifications" else database.reader_dsn
    return [str(fault) for fault in verify(dsn, None, None, schema=schema)[1]]


def test_untouched_it_holds_and_says_what_was_looked_at(tampered: Database) -> None:
    counts, faults = verify(tampered.reader_dsn, None, None)
    assert faults == []
    assert (counts["grant letters"], counts["payment files"], counts["months taken"]) == (37, 11, 18)
    assert counts["accounts bound by a digest"] == 37
    assert (counts["contacts bound by a digest"], counts["contacts erased"]) == (2, 1)
    counts, faults = verify(tampered.notifications_reader_dsn, None, None, schema="notifications")
    assert faults == []
    assert (counts["letters and notices that left"], counts["sendings"], counts["rows of releases"]) == (42, 42, 37)


@pytest.mark.parametrize(
    ("table", "statement", "said"), [(table, *each) for table, done in TAMPERED.items() for each in done]
)
def test_what_was_changed_by_hand_is_found_and_named(tampered: Database, table: str, statement: str, said: str) -> None:
    tamper(tampered, table, statement)
    assert any(said in fault for fault in found(tampered, table)), found(tampered, table)


def test_every_table_that_is_looked_at_was_tampered_with() -> None:
    looked_at = {name for name, relation in RELATIONS.items() if relation.holds != "nothing"}
    assert looked_at - ELSEWHERE == TAMPERED.keys()
