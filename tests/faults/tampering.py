"""What the tests of tampering build, for other tests to use as well."""

import psycopg
from psycopg import sql

from services.eventlog.checkpoints.chain import COLUMNS, GENESIS, StoredEvent, link
from tests.eventlog.played import Played

GUARDED = ("event", "command", "entry", "mark", "fund")


def tamper(year: Played, *statements: str) -> None:
    """What a superuser can do: the triggers are turned off first."""
    with psycopg.connect(year.database.admin_dsn) as connection:
        for table in GUARDED:
            connection.execute(sql.SQL("ALTER TABLE grants.{} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount > 0, statement


def rechain(year: Played, since: int = 1) -> None:
    """Make the chain agree with itself again, as somebody would who knows how it is made."""
    with psycopg.connect(year.database.admin_dsn) as connection:
        rows = [
            StoredEvent(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM grants.event ORDER BY position")
        ]
        previous = rows[since - 2].hash if since > 1 else GENESIS
        for row in rows[since - 1 :]:
            previous = link(previous, row)
            connection.execute("UPDATE grants.event SET hash = %s WHERE position = %s", (previous, row.position))
