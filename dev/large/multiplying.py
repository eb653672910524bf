"""A recorded year made into ten years of several agencies, row by row: what was written of the first agency's cases is
written of each agency's, and all of it for each year.

A copy is what recording the same again would have left: every sign of the year and the agency is another, each position
is where the copy comes, days and instants are whole years later, and the hashes of facts and commands are worked out
anew over what then stands. Which columns those are follows from their names and types, so a table that is new is
copied like the others; `make verify` of the result says whether that was right.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg

from dev.large.chaining import Chained
from dev.large.year import AGENCIES, CHAPTER, YEAR
from services.grants.case_number.events import CaseNumbered
from services.grants.overview.sums.view import BOOKED, LARGE, SMALL

SOURCE = "large_source"
POSITIONS = ("letter_awaited_from", "promised_at")
"""Columns that hold a position and are not named so."""
YEARS = ("year", "into_year", "until_year", "booked_year")
CODED = ("data", "metadata")
"""Bytes that are text."""
WHERE = ("first_position", "opened_position", "since_position", "made_position", "position")
"""What says where in the log a row came to be."""
EVENT = ("position", "stream", "version", "topic", "data", "metadata", "recorded_at")
COMMAND = ("id", "actor", "key", "request_hash", "answer", "first_position", "last_position", "recorded_at")
APART = ("event", "command", "award_recipient", "award_sum")
"""What is chained, or follows from other rows of all years."""
STAY = ("grants.alembic_version", "grants_view.edition")
COLUMNS = """
    SELECT c.oid::regclass::text, a.attname, format_type(a.atttypid, NULL)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname IN ('grants', 'grants_view') AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' ORDER BY 1, a.attnum
"""
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique
"""
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid = ANY (%s::regclass[]) AND tgenabled <> 'D'
"""
ENABLED = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
PLACED = f"""
    CREATE TABLE {SOURCE}.placed AS
    SELECT p AS position,
           CASE WHEN p <= {{shared}} THEN p
                ELSE {{shared}} + (c.first_position - 1 - {{shared}}) * {AGENCIES} + p - c.first_position + 1 END AS at,
           CASE WHEN p <= {{shared}} THEN 0 ELSE c.last_position - c.first_position + 1 END AS size
    FROM {SOURCE}.command c CROSS JOIN LATERAL generate_series(c.first_position, c.last_position) AS p
"""
"""Where each position of the year comes: of one command, those of all agencies follow each other."""
NUMBER = f"((r.version - 1) * {AGENCIES} + k.a + 1)"
"""Which number of the year a case has, and the fact that gives it its place in its stream: each gives one."""
FOLLOWS = f"""
    INSERT INTO grants_view.award_recipient (edition, read_as, organisation_number, since_position)
    SELECT a.edition, a.read_as, a.organisation_number, min(a.made_position) FROM grants_view.award a
    WHERE a.organisation_number IS NOT NULL GROUP BY 1, 2, 3;

    INSERT INTO grants_view.award_sum (edition, year, span, size, starts_on, block, scheme_id, call_id, round_id,
        {", ".join(BOOKED)})
    SELECT a.edition, a.year, w.span, w.size, date_trunc(w.span, m.effective_on::timestamp)::date, m.position >> w.size,
           a.scheme_id, coalesce(a.call_id, ''), coalesce(a.round_id::text, ''),
           {", ".join(f"sum(m.{name})::bigint" for name in BOOKED)}
    FROM grants_view.award_move m JOIN grants_view.award a ON a.edition = m.edition AND a.case_id = m.case_id
    CROSS JOIN (VALUES ('month', {LARGE}), ('month', {SMALL}), ('day', {LARGE}), ('day', {SMALL})) AS w (span, size)
    WHERE a.scheme_id IS NOT NULL AND ({" OR ".join(f"m.{name} <> 0" for name in BOOKED)})
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

    UPDATE grants_view.edition SET (position, hash) = (SELECT e.position, e.hash FROM grants.event e
        ORDER BY e.position DESC LIMIT 1)
"""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Table:
    """A table with rows of the year, and its columns with their types."""

    name: str
    columns: Sequence[tuple[str, str]]

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def kept(self) -> str:
        return f"{SOURCE}.{self.short}"


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One year's copy. `shared` positions of the year are every agency's, and `base` positions come before it."""

    year: int
    shared: int
    base: int

    def select(self, table: Table, only: Sequence[str] = ()) -> str:
        """The rows of a table for this year: of each agency `k.a`, from that of the first."""
        names = only or [name for name, _ in table.columns]
        types = dict(table.columns)
        made = ", ".join(f"{self._made(table, name, types[name])} AS {name}" for name in names)
        return (
            f"SELECT {made} FROM {table.kept} r CROSS JOIN generate_series(0, {AGENCIES - 1}) AS k (a){self._of(types)}"
        )

    def _of(self, types: dict[str, str]) -> str:
        if "parent_id" in types:
            return f" WHERE r.chapter = {CHAPTER}"
        where = next((name for name in WHERE if name in types), None)
        return f" WHERE k.a = 0 OR r.{where} > {self.shared}" if where else ""

    def _made(self, table: Table, name: str, type_: str) -> str:
        column = f"r.{name}"
        if (table.short, name) == ("case_number", "number"):
            return f"(({column} - 1) * {AGENCIES} + k.a + 1)"
        if type_ == "bigint" and (name.endswith("position") or name in POSITIONS):
            placed = f"SELECT {self.base} + p.at + k.a * p.size FROM {SOURCE}.placed p WHERE p.position = {column}"
            return f"({placed})"
        if type_ in ("date", "timestamp with time zone"):
            return f"({column} + make_interval(years => {self.year}))::{type_}"
        if type_ == "integer" and name in YEARS:
            return f"({column} + {self.year})"
        if type_ == "integer" and name == "chapter":
            return f"({column} + k.a * 100)"
        if type_ in ("text", "uuid", "jsonb", "text[]"):
            return f"{self._moved(f'{column}::text')}::{type_}"
        if (table.short, name) == ("event", "version"):
            return f"CASE WHEN r.topic = '{CaseNumbered.TOPIC}' THEN {NUMBER} ELSE r.version END"
        if type_ == "bytea" and name in CODED:
            text = self._moved(f"convert_from({column}, 'UTF8')")
            if name == "data":
                numbered = f"""regexp_replace({text}, '"first":[0-9]+', '"first":' || {NUMBER})"""
                text = f"CASE WHEN r.topic = '{CaseNumbered.TOPIC}' THEN {numbered} ELSE {text} END"
            return f"convert_to({text}, 'UTF8')"
        return column

    def _moved(self, text: str) -> str:
        """The text with the signs of another year and of agency `k.a`; days of the year after move first."""
        for sign in (
            f"{YEAR + 1}-",
            f"{YEAR}-",
            f"{YEAR}/",
            f"-{YEAR}",
            f"{YEAR}a000",
            f"{YEAR}c000",
            f'"year":{YEAR}',
        ):
            was = str(YEAR + 1) if sign.startswith(str(YEAR + 1)) else str(YEAR)
            if self.year:
                text = f"replace({text}, '{sign}', '{sign.replace(was, str(int(was) + self.year))}')"
        for before, after in ("//", "--"):
            zero = "0" if before == "-" else ""
            other = f"'{before}{zero}' || {CHAPTER} + k.a * 100 || '{after}'"
            text = f"replace({text}, '{before}{zero}{CHAPTER}{after}', {other})"
        return text


def multiply(owner_dsn: str, *, years: int, shared: int, say: Say) -> int:
    """So many years. `shared` facts at the beginning are every agency's, what comes after is the first one's. How many
    facts there are then."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection, psycopg.connect(owner_dsn) as reading:
        for each in (connection, reading):
            each.execute("SET work_mem = '64MB'; SET timezone = 'UTC'; SET jit = off")
        reading.commit()
        connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
        connection.execute("SET session_replication_role = replica")
        tables = list(_tables(connection))
        with _untriggered(connection, [table.name for table in tables]):
            _set_aside(connection, tables, shared)
            with _unindexed(connection, [table.name for table in tables]):
                chained = Chained(reading, connection)
                for year in range(years):
                    say(f"the year {YEAR + year}, from fact {chained.head + 1:,}")
                    _copy(connection, tables, Copy(year=year, shared=shared, base=chained.head), chained)
                say("what follows from all years")
                for statement in FOLLOWS.split(";\n"):
                    connection.execute(statement.encode())
                say("indexes")
            connection.execute(f"DROP SCHEMA {SOURCE} CASCADE".encode())
        say("statistics")
        connection.execute("VACUUM ANALYZE")
        return chained.head


def _copy(connection: psycopg.Connection[Any], tables: Sequence[Table], copy: Copy, chained: Chained) -> None:
    for table in tables:
        if table.short not in APART:
            names = ", ".join(name for name, _ in table.columns)
            connection.execute(f"INSERT INTO {table.name} ({names}) {copy.select(table)}".encode())
    for table in tables:
        if table.short == "event":
            chained.facts(f"{copy.select(table, EVENT)} ORDER BY 1")
        elif table.short == "command":
            chained.commands(f"{copy.select(table, COMMAND)} ORDER BY first_position")


def _tables(connection: psycopg.Connection[Any]) -> Iterator[Table]:
    for name, columns in groupby(connection.execute(COLUMNS).fetchall(), key=lambda row: row[0]):
        its = [(column, type_) for _, column, type_ in columns]
        if name not in STAY and connection.execute(f"SELECT FROM {name} LIMIT 1".encode()).rowcount:
            yield Table(name, its)


def _set_aside(connection: psycopg.Connection[Any], tables: Sequence[Table], shared: int) -> None:
    connection.execute(f"CREATE SCHEMA {SOURCE}".encode())
    for table in tables:
        connection.execute(f"CREATE TABLE {table.kept} AS TABLE {table.name}".encode())
    connection.execute(f"TRUNCATE {', '.join(table.name for table in tables)} CASCADE".encode())
    connection.execute(PLACED.format(shared=shared).encode())
    connection.execute(f"CREATE UNIQUE INDEX ON {SOURCE}.placed (position)".encode())
    connection.execute(f"ANALYZE {', '.join([f'{SOURCE}.placed', *(table.kept for table in tables)])}".encode())


@contextmanager
def _untriggered(connection: psycopg.Connection[Any], tables: list[str]) -> Iterator[None]:
    """What guards these tables looks away meanwhile, and then guards them as it did."""
    guards = connection.execute(TRIGGERS, (tables,)).fetchall()
    for table in tables:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    try:
        yield
    finally:
        for table, name, enabled in guards:
            connection.execute(f"ALTER TABLE {table} {ENABLED[enabled]} TRIGGER {name}".encode())


@contextmanager
def _unindexed(connection: psycopg.Connection[Any], tables: list[str]) -> Iterator[None]:
    """Indexes that keep nothing apart are made once all rows are there."""
    indexes = connection.execute(INDEXES, (tables,)).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}".encode())
    yield
    for _, definition in indexes:
        connection.execute(definition.encode())
