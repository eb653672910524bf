"""S11 for the notifications log: whoever owns the database changes what the gate stands on, or lets something out by
hand. It is found, and where."""

import json
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from dev.verifying.log import verify
from dev.verifying.releases import days_in
from tests.conftest import Database
from tests.faults.gate_attacks import tell, the_release
from tests.notifications.leaving.parts import exempt_scheme, let_out
from tests.notifications.world import Kept, days, held, letter

TABLES = ("event", "item", "notice", "notice_line", "objection", "release")


@pytest.fixture
def told(database: Database) -> Database:
    """One letter out after its days, one that owed none, one that waits."""
    with Kept(database) as world:
        exempt_scheme(world)
        world.record(letter("a"), held("a"))
        tell(world, "0", "a")
        world.record(letter("waits"), held("waits"))
        world.now += days(16)
        world.set_clock(world.now)
        world.record(letter("a"), the_release(world))
        assert let_out(world, "free")
    return database


def found(database: Database) -> set[str]:
    faults = verify(database.notifications_reader_dsn, None, None, schema="notifications")[1]
    return {fault.kind for fault in faults}


def test_an_untouched_gate_holds_and_says_what_was_looked_at(told: Database) -> None:
    counts, faults = verify(told.notifications_reader_dsn, None, None, schema="notifications")
    assert faults == []
    assert (counts["items"], counts["notices"], counts["notice lines"], counts["releases"]) == (3, 1, 1, 2)


@pytest.mark.parametrize("shared_from", [1, 10_000], ids=["looked at by two", "by one"])
def test_the_ministrys_days_are_told_and_not_read_from_what_is_judged(
    told: Database, tmp_path: Path, shared_from: int
) -> None:
    """Fourteen by default; where the ministry has decided on more, what left after fourteen left early."""
    file = tmp_path / "days.json"
    for days_given, early in ((14, False), (21, True)):
        file.write_text(json.dumps([{"valid_from": "2020-01-01", "days": days_given}]), encoding="utf-8")
        faults = verify(
            told.notifications_reader_dsn,
            None,
            None,
            schema="notifications",
            days=days_in(file),
            shared_from=shared_from,
        )[1]
        said = [fault.detail for fault in faults]
        assert (
            any(f"the notice counted 14 days, and the ministry is given {days_given}" in each for each in said) == early
        )
        assert any("counts 14 days" in each for each in said) == early
        assert bool(said) == early


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notifications.item SET manifest_sha256 = sha256('x') WHERE NOT released",
        "UPDATE notifications.item SET exempt_source = 'Instruks 5.4' WHERE NOT released",
        "UPDATE notifications.scheme_policy SET confirmed_at = confirmed_at - interval '1 day'",
        "UPDATE notifications.scheme_policy SET written_by = '{ola}'",
        "UPDATE notifications.scheme_policy SET rule = 'notice'",
        "UPDATE notifications.decision SET decided_at = decided_at + interval '1 day'",
        "DELETE FROM notifications.decision",
        "UPDATE notifications.item SET opens_at = '-infinity' WHERE NOT released",
        "UPDATE notifications.item SET released = false WHERE exempt_source IS NULL AND released",
        "UPDATE notifications.notice SET received_at = received_at - interval '1 day'",
        "UPDATE notifications.notice_line SET manifest_sha256 = sha256('x')",
        "UPDATE notifications.release SET opens_at = opens_at - interval '3 days' WHERE ground = 'notice'",
        "UPDATE notifications.release SET released_at = released_at - interval '30 days' WHERE ground = 'notice'",
        "DELETE FROM notifications.release WHERE ground = 'notice'",
        "INSERT INTO notifications.release (item, position, manifest_sha256, ground, basis, said_at, recorded_at)"
        " SELECT item, position, manifest_sha256, 'notice', 'x', now(), now() FROM notifications.item"
        " WHERE NOT released",
        "UPDATE notifications.event SET data = convert_to(replace(convert_from(data, 'UTF8'), '100', '900'), 'UTF8')"
        " WHERE topic = 'letter.held.v2'",
    ],
)
def test_what_was_changed_by_hand_is_found(told: Database, statement: str) -> None:
    with psycopg.connect(told.admin_dsn) as connection:
        for table in TABLES:
            off = sql.SQL("ALTER TABLE notifications.{} DISABLE TRIGGER USER").format(sql.Identifier(table))
            connection.execute(off)
        assert connection.execute(statement.encode()).rowcount > 0
    assert found(told)
