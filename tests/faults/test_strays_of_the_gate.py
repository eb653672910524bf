"""A row in any of the gate's tables that follows from no stream at all, or from one of another kind, is found."""

import psycopg
import pytest

from dev.verifying.gate_tables import OF_BOTH, OF_ITEMS, OF_NOTICES, Kept
from tests.conftest import Database
from tests.notifications.leaving.parts import exempt_scheme, let_out
from tests.notifications.world import Kept as KeptWorld

ALL = (*OF_NOTICES, *OF_BOTH, *OF_ITEMS)


@pytest.mark.parametrize("kept", ALL, ids=lambda kept: kept.name)
def test_each_table_is_asked_for_rows_of_streams_that_are_not_there(database: Database, kept: Kept) -> None:
    with KeptWorld(database) as world:
        exempt_scheme(world)
        let_out(world, "a")
    table, column = kept.key.split(".")
    with psycopg.connect(database.admin_dsn) as owner:
        assert list(kept.strays(owner)) == []
        columns = "SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        named = {"e": "release_ending", "begun": "sending_permit"}.get(table, table)
        names = owner.execute(columns + " AND attnotnull", (f"notifications.{named}",)).fetchall()
        owner.execute(f"ALTER TABLE notifications.{named} DISABLE TRIGGER ALL".encode())
        for stream in ("letter-x", "scheme-x"):
            given = {
                "text": "'due'", "bigint": "99999", "integer": "1", "bytea": "sha256('x')", "boolean": "false",
                "timestamp with time zone": "now()",
            }  # fmt: skip
            values = ", ".join(f"'{stream}'" if name == column else given[kind] for name, kind in names)
            insert = f"INSERT INTO notifications.{named} ({', '.join(name for name, _ in names)}) VALUES ({values})"
            with owner.transaction(force_rollback=True):
                owner.execute(insert.encode())
                assert [row[0] for row in kept.strays(owner)] == [stream]


def test_a_permit_that_began_nothing_is_found_whatever_letter_it_names(database: Database) -> None:
    with KeptWorld(database) as world:
        exempt_scheme(world)
        let_out(world, "a")
    (kept,) = (each for each in OF_ITEMS if each.name == "permitted tries")
    with psycopg.connect(database.admin_dsn) as owner:
        (item,) = owner.execute("SELECT item FROM notifications.item").fetchone() or ()
        (held_at,) = owner.execute("SELECT position FROM notifications.item").fetchone() or ()
        owner.execute("ALTER TABLE notifications.sending_permit DISABLE TRIGGER ALL")
        for begun_at in (held_at, 99999):
            with owner.transaction(force_rollback=True):
                owner.execute(
                    "INSERT INTO notifications.sending_permit VALUES (9, sha256('x'), %s, 1, now(), now(), %s)",
                    (item, begun_at),
                )
                assert [row[:2] for row in kept.strays(owner)] == [(item, begun_at)]
                assert owner.execute(kept.of_streams.encode(), ([item],)).fetchall() == []
