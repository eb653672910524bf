"""What is recorded stays: no row of these tables is changed, taken away or emptied out, not even by a superuser."""

import psycopg
import pytest

from tests.conftest import Database

FINAL = (
    *("grants.case_number", "grants.command", "grants.entry", "grants.event", "grants.held_over_entry"),
    *("grants.held_over_order", "grants.letter_file", "grants.mark", "notifications.attempt"),
    *("notifications.attempt_outcome", "notifications.command", "notifications.delivery_request"),
    *("notifications.endpoint_secret", "notifications.event", "notifications.letter_file", "notifications.message"),
    *("notifications.release", "notifications.release_ending", "notifications.sending_permit"),
)
CHANGED, DELETED, EMPTIED = "UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"
REFUSED: list[tuple[str, tuple[str, ...]]] = [(table, (CHANGED, DELETED, EMPTIED)) for table in FINAL]
REFUSED += [("grants.fund", (DELETED, EMPTIED)), ("grants.payment_file", (CHANGED,))]
"""A fund goes on, and a file is erased when its time is up."""
GUARDED = """
    SELECT DISTINCT c.oid::regclass::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    JOIN pg_proc p ON p.oid = g.tgfoid WHERE p.proname = 'refuse_change'
"""
FIRST = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1"


@pytest.mark.parametrize("replica", [False, True], ids=["as usual", "as a replica"])
def test_what_is_recorded_stays(database: Database, replica: bool) -> None:
    taken = []
    with psycopg.connect(database.admin_dsn) as connection:
        assert {table for (table,) in connection.execute(GUARDED)} == {table for table, _ in REFUSED}
        if replica:
            connection.execute("SET session_replication_role = replica")
        connection.commit()
        for table, acts in REFUSED:
            [column] = connection.execute(FIRST, (table,)).fetchone() or [""]
            for act in acts:
                try:
                    with connection.transaction(force_rollback=True):
                        connection.execute(act.format(table, column).encode())
                except psycopg.errors.InsufficientPrivilege:
                    continue
                taken.append(act.format(table, column))
    assert taken == []
