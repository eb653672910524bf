"""Verifying asks once for each checkpoint at which balances had moved; however many there are, it needs no more
connections than a handful."""

import psycopg

from dev.verifying.reading import Snapshot
from tests.conftest import Database

OURS = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'grants_reader' AND datname = current_database()"
TIMES = 30


def test_what_is_read_to_its_end_gives_its_connection_back(database: Database) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner, Snapshot(database.reader_dsn) as snapshot:
        for _ in range(TIMES):
            assert [row[0] for row in snapshot.ahead("SELECT generate_series(1, 3)")] == [1, 2, 3]
        row = owner.execute(OURS).fetchone()
        assert row is not None
        assert row[0] <= 2  # its own, and one that PostgreSQL is still taking leave of
        assert snapshot.connection.execute("SELECT 1").fetchone() == (1,)
