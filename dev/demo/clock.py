"""The demonstration's clock: the day of the year that is played, for its own database and nobody else's.

The owner of the demonstration's database replaces the function that each service's log, and so the gate and the permit
to send, reads the time with. No setting does that, and no role that a service has may; a service on the machine's own
clock refuses to start on such a database.
"""

from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from migrations import LOGS
from migrations.roles import OWNER

REPLACED = """
    CREATE OR REPLACE FUNCTION {}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() + {} $$
"""
MORNING = "T08:00:00+00:00"


class SimulatedClock:
    """Time in the demonstration's database, which only goes forward. `dsn` is the migrator's."""

    def __init__(self, dsn: str, *, begins_on: str | None = None) -> None:
        """Sets it to the morning it begins on; without, reads what another has set."""
        self._owner = psycopg.connect(dsn, autocommit=True)
        self._owner.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        if begins_on:
            self._set(datetime.fromisoformat(begins_on + MORNING))

    def now(self) -> datetime:
        """The instant it is, UTC."""
        row = self._owner.execute("SELECT notifications.log_clock()").fetchone()
        assert row is not None
        at: datetime = row[0]
        return at.astimezone(UTC)

    def go_to(self, day: str) -> None:
        """The morning of that day (YYYY-MM-DD), if it is still to come."""
        morning = datetime.fromisoformat(day + MORNING)
        if morning > self.now():
            self._set(morning)

    def reads(self, question: LiteralString, *asked: object) -> Any:
        """The first value of what the owner of the database reads there."""
        row = self._owner.execute(question, asked).fetchone()
        assert row is not None
        return row[0]

    def close(self) -> None:
        self._owner.close()

    def _set(self, at: datetime) -> None:
        ahead = at - datetime.now(UTC)
        with self._owner.transaction():  # both services' clocks at once
            for schema in LOGS:
                self._owner.execute(sql.SQL(REPLACED).format(sql.Identifier(schema), sql.Literal(ahead)))


class DatabaseClock:
    """What the database says it is, for a service put together on it. `asked` is a question its role may put."""

    def __init__(self, dsn: str, asked: LiteralString) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._asked = asked

    def now(self) -> datetime:
        row = self._connection.execute(self._asked).fetchone()
        assert row is not None
        at: datetime = row[0]
        return at
