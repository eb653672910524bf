"""A fault that somebody plants: who they are, what they do, and what `make verify` must say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, LiteralString

import psycopg
from psycopg import sql

from services.calendar import clock
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from tests.conftest import Database
from tests.faults.planted.lived import appending

Who = Literal["owner", "superuser", "grants_service", "notifications_service", "keeper of the checkpoints"]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What the fault is planted in: a copy of the database lived in, and of its checkpoints."""

    database: Database
    folder: Path
    letters: dict[str, str]

    def ask(self, question: str) -> str:
        """The one thing that is found, as text."""
        with psycopg.connect(self.database.admin_dsn) as connection:
            found = connection.execute(question.encode()).fetchone()
        assert found is not None, question
        return str(found[0])

    def as_owner(self, *statements: str) -> None:
        """What the owner of the tables can do: the triggers are put to sleep first, and woken again as they were."""
        with psycopg.connect(self.database.migrator_dsn) as connection:
            connection.execute("SET ROLE tilsagn_owner")
            hush(connection, statements)

    def as_superuser(self, *statements: str) -> None:
        with psycopg.connect(self.database.admin_dsn) as connection:
            hush(connection, statements)

    def as_service(self, schema: str, statement: str) -> None:
        """What that service's own role can do with a statement of its own."""
        dsn = {"grants": self.database.service_dsn, "notifications": self.database.notifications_dsn}[schema]
        with psycopg.connect(dsn) as connection:
            assert connection.execute(statement.encode()).rowcount > 0, statement

    def append(
        self, schema: str, stream: str, *facts: Event, actor: str = "kari",
        now: Callable[[], datetime] = clock.now, **log: Any,
    ) -> int:  # fmt: skip
        """What the service's own role can do: record facts, true or not. The position of the last."""
        service = appending(self.database, schema, now, **log)
        try:
            after = int(self.ask(f"SELECT count(*) FROM {schema}.event WHERE stream = '{stream}'"))
            outcome = service.append_now(Command(actor=actor), Write(stream, after, facts))
        finally:
            service.close()
        assert outcome.outcome == "recorded", outcome
        assert outcome.last_position is not None
        return outcome.last_position


TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT tgisinternal AND nspname IN ('grants', 'grants_view', 'notifications')
    ORDER BY 1, 2
"""
WOKEN: dict[str, LiteralString] = {"A": "ENABLE ALWAYS", "O": "ENABLE"}


def hush(connection: psycopg.Connection, statements: tuple[str, ...]) -> None:
    """Each statement with every trigger asleep; afterwards each is as it was, so that it does not tell."""
    triggers = connection.execute(TRIGGERS).fetchall()
    for table, name, _ in triggers:
        connection.execute(switch(table, "DISABLE", name))
    for statement in statements:
        done = connection.execute(statement.encode())
        assert done.rowcount != 0, statement
    for table, name, enabled in triggers:
        connection.execute(switch(table, WOKEN[enabled], name))


def switch(table: str, how: LiteralString, trigger: str) -> sql.Composed:
    names = sql.Identifier(*table.split("."))
    return sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(names, sql.SQL(how), sql.Identifier(trigger))


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """`does` plants it and may give what is put in place of `{at}` in `found`, which one line of what is said must
    match. `touches` are the tables, or whatever else, it is planted in."""

    name: str
    by: Who
    does: Callable[[Copy], object]
    found: str
    touches: tuple[str, ...]
