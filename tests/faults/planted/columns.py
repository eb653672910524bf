"""One value of one column changed by whoever owns the table, and laid back as it was.

What is done to it is told by the column's own type: another value, a near one where another row could not hold it
already; nothing, where it may hold nothing; and something, where a row holds nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql

# By type: another value, and one to put where there is none. `{0}` is the column.
OTHERWISE = {
    "boolean": ("NOT {0}", "true"),
    "integer": ("{0} + 1000000", "1"),
    "bigint": ("{0} + 1000000", "1"),
    "text": ("{0} || 'x'", "'x'"),
    "character varying": ("{0} || 'x'", "'x'"),
    "bytea": ("set_byte({0}, 0, get_byte({0}, 0) # 1)", "sha256('x')"),
    "uuid": ("gen_random_uuid()", "gen_random_uuid()"),
    "date": ("{0} + 1", "'2020-03-02'"),
    "timestamp with time zone": ("{0} + interval '1 microsecond'", "'2020-03-02 08:00:00+00'"),
    "jsonb": ("jsonb_build_object('x', {0})", "jsonb_build_object('x', 1)"),
    "ARRAY of text": ("{0} || 'x'::text", "ARRAY['x']"),
    "ARRAY of uuid": ("{0} || gen_random_uuid()", "ARRAY[gen_random_uuid()]"),
    "ARRAY of bigint": ("({0}[1] + 1) || {0}[2:]", "ARRAY[1]"),
}
WITHIN = {"timestamp with time zone": "isfinite({0})"}
"""Which values a neighbour can be found of, where that is not all."""
COLUMNS = """
    SELECT a.attname::text, CASE WHEN t.typelem <> 0 AND t.typlen = -1
                                 THEN 'ARRAY of ' || format_type(t.typelem, NULL)
                                 ELSE format_type(a.atttypid, NULL) END,
           NOT a.attnotnull, a.attgenerated <> ''
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: what it holds, whether it may hold nothing, and whether PostgreSQL fills it."""

    table: str
    name: str
    type: str
    nullable: bool
    generated: bool

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is put in the place of a value, and of which rows one is taken."""

    name: str
    value: str
    rows: str


def columns(connection: Connection[Any], table: str) -> list[Column]:
    """Those of a table, in their order."""
    return [
        Column(table=table, name=name, type=of, nullable=nullable, generated=generated)
        for name, of, nullable, generated in connection.execute(COLUMNS, (table,))
    ]


def changes(column: Column) -> Iterator[Change]:
    """All that is done to a column."""
    other, new = OTHERWISE[column.type]
    there = f"{column.name} IS NOT NULL AND " + WITHIN.get(column.type, "true").format(column.name)
    yield Change(name="another value", value=other.format(column.name), rows=there)
    if column.nullable:
        yield Change(name="nothing", value="NULL", rows=f"{column.name} IS NOT NULL")
        yield Change(name="something", value=new.format(column.name), rows=f"{column.name} IS NULL")


def open_to_the_owner(connection: Connection[Any], tables: list[str]) -> None:
    """No trigger, check or key of theirs is in the way of whoever owns them."""
    for table in tables:
        name = sql.Identifier(*table.split("."))
        asked = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')"
        for (check,) in connection.execute(asked, (table,)).fetchall():
            connection.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}").format(name, sql.Identifier(check))
            )
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(name))


@contextmanager
def changed(connection: Connection[Any], column: Column, change: Change, *, among: str = "true") -> Iterator[bool]:
    """Whether there was a row to change, `among` some: the last of those there are. Afterwards it is as it was."""
    table, name = column.table, column.name
    last = f"SELECT ctid::text FROM {table} WHERE {change.rows} AND {among} ORDER BY ctid DESC LIMIT 1"
    row = connection.execute(last.encode()).fetchone()
    if row is None:
        yield False
        return
    stood = f"stood_{table.replace('.', '_')}"
    connection.execute(f"CREATE TEMPORARY TABLE {stood} AS SELECT {name} FROM {table} WHERE ctid = '{row[0]}'".encode())
    put = f"UPDATE {table} SET {name} = {change.value} WHERE ctid = '{row[0]}' RETURNING ctid::text"
    [(at,)] = connection.execute(put.encode()).fetchall()
    try:
        yield True
    finally:
        laid_back = f"UPDATE {table} SET {name} = (SELECT {name} FROM {stood}) WHERE ctid = '{at}'"
        assert connection.execute(laid_back.encode()).rowcount == 1
        connection.execute(f"DROP TABLE {stood}".encode())


def change_all(connection: Connection[Any], table: str, its: Sequence[Column], *, among: str) -> int:
    """Every one of these columns at once, in the first and the last row `among` some; how many rows that was."""
    put = ", ".join(f"{each.name} = {either(each)}" for each in its)
    ends = f"SELECT min(ctid) FROM {table} WHERE {among} UNION SELECT max(ctid) FROM {table} WHERE {among}"
    return connection.execute(f"UPDATE {table} SET {put} WHERE ctid IN ({ends})".encode()).rowcount


def either(column: Column) -> str:
    """Another value where there is one, and one where there is none."""
    other, new = OTHERWISE[column.type]
    return f"CASE WHEN {column.name} IS NULL THEN {new} ELSE {other.format(column.name)} END"


def as_owner(dsn: str) -> Connection[Any]:
    """A connection whose every statement is there at once for whoever verifies."""
    return psycopg.connect(dsn, autocommit=True)
