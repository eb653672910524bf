"""The rows that acts left behind, brought in once more, bare: the floors a round is held against (see rounds.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench.ground import Ground
from bench.measure import timed

Connection = psycopg.Connection[Any]

# Every table the act writes rows to, and which of its rows those are.
BARE = {
    "event": "position > %(after)s",
    "command": "last_position > %(after)s",
    "entry": "position > %(after)s",
    "fund": "id = ANY (%(streams)s)",
}


@dataclass(frozen=True)
class Rows:
    """Rows of one table as the driver gave them, and the types of their columns."""

    types: list[int]
    rows: list[tuple[Any, ...]]


def bare_rows(ground: Ground, after: int) -> tuple[float, float, float]:
    """Seconds to bring in the rows recorded after that position once more, bare, in one commit: by COPY, a row at a
    time, and inside the database."""
    with psycopg.connect(ground.admin_dsn) as connection:
        streams = "SELECT array_agg(stream) FROM grants.event WHERE position > %s AND topic = 'award.approved.v1'"
        found = connection.execute(streams, (after,)).fetchone()
        asked = {"after": after, "streams": (found and found[0]) or []}
        kept = {table: kept_rows(connection, table, asked) for table in BARE}
        return (
            timed_on_empty(connection, partial(copied, connection, kept)),
            timed_on_empty(connection, partial(by_row, connection, kept)),
            timed_on_empty(connection, partial(inside, connection, asked)),
        )


def kept_rows(connection: Connection, table: str, asked: dict[str, Any]) -> Rows:
    """The act's rows of one table, and an empty table to bring them into."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS bare_{table} (LIKE grants.{table} INCLUDING INDEXES)")
    cursor = connection.execute(f"SELECT * FROM grants.{table} WHERE {BARE[table]}", asked, binary=True)
    rows = [tuple(Jsonb(value) if isinstance(value, dict) else value for value in row) for row in cursor.fetchall()]
    return Rows([column.type_code for column in cursor.description or ()], rows)


def copied(connection: Connection, kept: dict[str, Rows]) -> None:
    """One COPY a table."""
    for table, its in kept.items():
        with connection.cursor().copy(f"COPY bare_{table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(its.types)
            for row in its.rows:
                copy.write_row(row)
    connection.commit()


def by_row(connection: Connection, kept: dict[str, Rows]) -> None:
    """A row at a time, pipelined and prepared."""
    with connection.cursor() as cursor:
        for table, its in kept.items():
            places = ", ".join(["%s"] * len(its.types))
            cursor.executemany(f"INSERT INTO bare_{table} VALUES ({places})", its.rows)
    connection.commit()


def inside(connection: Connection, asked: dict[str, Any]) -> None:
    """Without leaving the database."""
    for table, which in BARE.items():
        connection.execute(f"INSERT INTO bare_{table} SELECT * FROM grants.{table} WHERE {which}", asked)
    connection.commit()


def timed_on_empty(connection: Connection, act: Callable[[], object]) -> float:
    """Seconds the act takes on empty tables."""
    connection.execute(f"TRUNCATE {', '.join(f'bare_{table}' for table in BARE)}")
    connection.commit()
    return timed(act)
