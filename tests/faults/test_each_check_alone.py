"""That one check of `make verify` cannot be made hides nothing that another finds: every table and function it asks is
taken away, all at once, and a fault of each other kind is still told."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bench.left import OF_A_LETTER, fill
from dev.verifying.log import verify
from dev.verifying.unreadable import Found, looked_at
from tests.conftest import Cluster, Database, copied
from tests.faults.two_contacts import name_two_contacts, name_two_members_of_staff
from tests.upgrade.earlier_databases import restored, upgraded

GONE = {
    "grants": (
        "command", "entry", "letter_permit", "case_number", "payee_account", "contact", "staff", "letter_file",
    ),
    "notifications": ("command", "objection", "waiver", "release_ending", "endpoint", "letter_file"),
}  # fmt: skip
CHANGED = {
    "grants": "UPDATE grants.event SET data = data || ' '::bytea WHERE position = 3",
    "notifications": "UPDATE notifications.release SET basis = 'x'",
}
FOUND = {"grants": "it is not what was recorded here", "notifications": "rows of releases"}
HIDDEN = "InFailedSqlTransaction"


@pytest.fixture(scope="module")
def demonstration(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster whose new databases are copies of the demonstration."""
    with tempfile.TemporaryDirectory() as folder, restored(cluster, "fa5cbcc-demo", Path(folder)) as dsns:
        upgraded(dsns)
        yield replace(cluster, template=str(conninfo_to_dict(dsns["grants_reader"])["dbname"]))


@pytest.fixture
def blank(cluster: Cluster) -> Iterator[Database]:
    with copied(cluster) as copy:
        yield copy


@pytest.fixture
def database(demonstration: Cluster) -> Iterator[Database]:
    with copied(demonstration) as copy:
        name_two_contacts(copy)
        name_two_members_of_staff(copy)
        yield copy


def done(database: Database, *statements: str) -> None:
    """As a superuser, with the triggers out of the way."""
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute("ALTER TABLE grants.event DISABLE TRIGGER ALL")
        owner.execute("ALTER TABLE notifications.release DISABLE TRIGGER ALL")
        for statement in statements:
            owner.execute(statement.encode())


@pytest.mark.parametrize("schema", GONE)
def test_what_cannot_be_looked_at_hides_nothing_else(database: Database, schema: str) -> None:
    gone = [f"ALTER TABLE {schema}.{table} RENAME TO taken_{table}" for table in GONE[schema]]
    done(database, CHANGED[schema], *gone)
    counts, faults = verify(database.admin_dsn, None, None, schema=schema)
    said = [f"{fault.kind}: {fault.detail}" for fault in faults]
    assert not [each for each in said if HIDDEN in each]
    assert [each for each in said if FOUND[schema] in each], said
    assert counts["events"] > 100
    for table in GONE[schema]:
        assert [each for each in said if f'{table}" does not exist' in each or f".{table}" in each], (
            table,
            "\n".join(said),
        )


LAST = "SELECT max(position) FROM grants.event WHERE topic = '{}'"


@pytest.mark.parametrize(
    ("changed", "by", "gone"),
    [
        ("award.approved.v1", " ", "ALTER TABLE grants.command RENAME TO taken_command"),
        ("award.approved.v1", " ", "ALTER TABLE grants.command DROP COLUMN actor"),
        ("log.rules-changed.v2", "no JSON", "SELECT 1"),
    ],
)
def test_what_the_chain_finds_is_told_whatever_else_of_the_log_cannot_be_read(
    database: Database, changed: str, by: str, gone: str
) -> None:
    """Facts that one command recorded are still taken together: nothing is said of balances that is not so."""
    with psycopg.connect(database.admin_dsn) as connection:
        [(position,)] = connection.execute(LAST.format(changed).encode()).fetchall()
    done(database, f"UPDATE grants.event SET data = data || '{by}'::bytea WHERE position = {position}", gone)
    _, faults = verify(database.admin_dsn, None, None)
    assert [fault.position for fault in faults if fault.kind == "changed"] == [position]
    beside = {fault.kind for fault in faults if fault.position != position}
    assert beside <= {"unreadable"}, "\n".join(map(str, faults))


@pytest.mark.parametrize("told_of", [True, False])
def test_a_check_that_fails_leaves_each_of_its_connections_as_it_was(database: Database, *, told_of: bool) -> None:
    with psycopg.connect(database.reader_dsn) as ours, psycopg.connect(database.reader_dsn) as theirs:
        for connection in (ours, theirs):
            connection.execute("SELECT 1")

        def failing() -> Found:
            for connection in (theirs, ours):
                with suppress(psycopg.Error) if told_of else nullcontext():
                    connection.execute("SELECT 1 / 0")
            return Counter(told=1), []

        counts, faults = looked_at(ours, "it", failing, theirs)
        assert (counts["told"], len(faults)) == ((1, 0) if told_of else (0, 1))
        for connection in (ours, theirs):
            assert connection.execute("SELECT 2").fetchone() == (2,)


def test_a_letter_whose_manifest_is_no_json_is_told_and_the_others_are_judged(blank: Database) -> None:
    fill(blank.notifications_dsn, blank.admin_dsn, 3 * OF_A_LETTER)
    spoilt = """
        UPDATE notifications.event SET data = convert_to(
            replace(convert_from(data, 'UTF8'), '"manifest_json":"{', '"manifest_json":"x'), 'UTF8')
        WHERE position = (SELECT min(position) FROM notifications.event WHERE topic = 'letter.held.v2')
    """
    done(blank, "ALTER TABLE notifications.event DISABLE TRIGGER ALL", spoilt)
    counts, faults = verify(blank.admin_dsn, None, None, schema="notifications")
    assert counts["releases"] == 3
    assert [fault.detail for fault in faults if "is not JSON" in fault.detail]
