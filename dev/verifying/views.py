"""The part of `make verify` that looks at the read models: each is filled anew from the log, by the code that fills the
one that stands, and compared row by row.

It is filled in an empty database on a server of its own, which is thrown away. What stands is read in one snapshot: an
edition's rows, its place and the log up to it belong together. A thousand facts or rows in memory at a time.
"""

import contextlib
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel
from sqlalchemy import Table, create_engine
from sqlalchemy.pool import NullPool

from dev import postgres
from dev.verifying.unreadable import Found, looked_at
from dev.verifying.view_rows import Shape, counted, differences
from migrations import upgrade
from migrations.roles import LOGINS, MIGRATOR, prepare, url
from services.eventlog.checkpoints.chain import COLUMNS, Fault
from services.eventlog.mapper import recorded
from services.eventlog.projections.projection import Projection
from services.grants.wiring import PROJECTIONS as OF_GRANTS
from services.notifications.wiring import PROJECTIONS as OF_NOTIFICATIONS

SCRATCH = "scratch"
PROJECTIONS = {"grants": OF_GRANTS, "notifications": OF_NOTIFICATIONS}
TOGETHER = 1_000
TOLD_AT_MOST = 100  # of one table, row by row
EDITION = 1  # of what is filled here
FACTS = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM {schema}.event
    WHERE position > %s AND position <= %s ORDER BY position LIMIT %s
"""
OF_STREAM = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM {schema}.event
    WHERE stream = %s AND position BETWEEN %s AND %s AND topic = ANY (%s) ORDER BY position
"""
EVER = 2**63 - 1
SESSION = "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A projection's live edition: which it is, how far it says it has come, and the streams it could not follow, each
    from which position on."""

    projection: Projection
    edition: int
    position: int
    parked: Mapping[str, int]


def check_views(dsn: str, schema: str = "grants") -> tuple[Counter[str], list[Fault], list[str]]:
    """What was compared of one service's, what is otherwise than its log gives, and what is told beside. Reads only, as
    that service's reader."""
    with empty_database(schema) as scratch_dsn:
        return compare_views(dsn, scratch_dsn, schema)


def compare_views(dsn: str, scratch_dsn: str, schema: str) -> tuple[Counter[str], list[Fault], list[str]]:
    """The same, with an empty database that is there already."""
    counts: Counter[str] = Counter()
    with psycopg.connect(dsn) as connection, psycopg.connect(scratch_dsn) as scratch:
        for side in (connection, scratch):
            side.execute(SESSION)
            side.commit()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        # Both sides take turns, and one waits in its transaction while the other works.
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        head = _head(connection, schema)
        standing, faults, told = _standing(connection, schema, head)
        try:
            _copy_log(connection, scratch, schema)
            for each in standing:
                if (failed := _fill(scratch_dsn, schema, each)) is not None:
                    faults.append(failed)
                    continue
                faults += _unexplained(scratch_dsn, schema, each)
                for table in each.projection.tables:
                    compared = partial(_compared, connection, scratch, each, table, counts)
                    faults += looked_at(connection, table.fullname, compared, scratch)[1]
        except psycopg.Error as failure:  # the log holds what none can hold
            faults.append(Fault(0, "view", f"not all could be compared: {str(failure).splitlines()[0]}"))
    return counts, faults, told


@contextlib.contextmanager
def empty_database(*schemas: str) -> Iterator[str]:
    """An empty database with this release's tables, and the way in as its superuser."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-views-", dir="/tmp") as home:
        Path(home).chmod(0o711)
        server = postgres.start(Path(home) / "postgres", durable=False)
        try:
            password = secrets.token_urlsafe(16)
            prepare(server.dsn(), SCRATCH, {login.name: password for login in LOGINS})
            for schema in schemas:
                upgrade(url(server.dsn(), database=SCRATCH, user=MIGRATOR, password=password), schema)
            yield server.dsn(SCRATCH)
        finally:
            server.stop()


def _head(connection: Connection[Any], schema: str) -> int:
    found = connection.execute(f"SELECT coalesce(max(position), 0) FROM {schema}.event".encode()).fetchone()
    return int(found[0]) if found else 0


def _standing(connection: Connection[Any], schema: str, head: int) -> tuple[list[Standing], list[Fault], list[str]]:
    """The live editions that can be compared, and why others cannot."""
    asked = f"SELECT projection, edition, version, position, state FROM {schema}_view.edition".encode()
    known: dict[str, dict[str, tuple[int, int, int]]] = {}
    for name, edition, version, position, state in connection.execute(asked):
        known.setdefault(name, {})[state] = edition, version, position
    standing: list[Standing] = []
    faults: list[Fault] = []
    told: list[str] = []
    for projection in PROJECTIONS[schema]:
        name, editions = projection.name, known.get(projection.name, {})
        if "building" in editions:
            told.append(f"{name}: an edition is being filled, at position {editions['building'][2]} of {head}")
        if "live" not in editions:
            if "retired" in editions:
                faults.append(Fault(0, "view", f"{name}: every edition is retired, and none is read"))
            else:
                told.append(f"{name}: no edition is live yet; not compared")
            continue
        edition, version, position = editions["live"]
        if position > head:
            faults.append(Fault(position, "view", f"{name} says it has come here; the log ends at {head}"))
        elif version != projection.version:
            told.append(
                f"{name}: filled by version {version} of its code, and this is {projection.version}; not compared"
            )
        else:
            parked = _parked(connection, schema, name, edition)
            told += [f"{name}: {stream} is parked, and compared as it was before" for stream in sorted(parked)]
            if position < head:
                told.append(f"{name}: compared as of position {position}; the log ends at {head}")
            standing.append(Standing(projection=projection, edition=edition, position=position, parked=parked))
    return standing, faults, told


def _parked(connection: Connection[Any], schema: str, name: str, edition: int) -> dict[str, int]:
    asked = f"SELECT stream, position FROM {schema}_view.parked WHERE projection = %s AND edition = %s".encode()
    return dict(connection.execute(asked, (name, edition)).fetchall())


def _copy_log(connection: Connection[Any], scratch: Connection[Any], schema: str) -> None:
    """The log's rows as they lie there: what fills a read model looks whole streams up in them."""
    scratch.execute(f"ALTER TABLE {schema}.event DISABLE TRIGGER ALL".encode())
    scratch.execute(f"DELETE FROM {schema}.event".encode())
    from_there = f"COPY (SELECT {COLUMNS} FROM {schema}.event ORDER BY position) TO STDOUT (FORMAT binary)"
    to_here = f"COPY {schema}.event ({COLUMNS}) FROM STDIN (FORMAT binary)"
    with (
        connection.cursor().copy(from_there.encode()) as read,
        scratch.cursor().copy(to_here.encode()) as written,
    ):
        for part in read:
            written.write(part)
    scratch.execute(f"ANALYZE {schema}.event".encode())
    scratch.commit()


def _fill(dsn: str, schema: str, standing: Standing) -> Fault | None:
    """Fill the projection from nothing, up to where the live edition stands. What fails there, if something does."""
    projection = standing.projection
    topics, parked = {event.TOPIC for event in projection.events}, standing.parked
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    at = 0
    try:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            while found := driver.execute(
                FACTS.format(schema=schema), (at, standing.position, TOGETHER), binary=True
            ).fetchall():
                wanted = [row for row in found if row[3] in topics and row[0] < parked.get(row[1], EVER)]
                if wanted:
                    projection.project(connection, EDITION, [recorded(row) for row in wanted])
                at = found[-1][0]
                connection.commit()
    except Exception as failure:  # noqa: BLE001 - whatever a log that was changed makes it fail with, it is told
        said = f"{projection.name} cannot be filled beyond this: {type(failure).__name__}: {failure}"
        return Fault(at, "view", said.splitlines()[0])
    finally:
        engine.dispose()
    return None


def _unexplained(dsn: str, schema: str, standing: Standing) -> Iterator[Fault]:
    """The streams that are parked, and that are followed here all the way: nothing in the log explains it."""
    projection = standing.projection
    topics = [event.TOPIC for event in projection.events]
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    for stream, position in sorted(standing.parked.items()):
        try:
            with engine.connect() as connection:  # and nothing is committed: the rows stand as they were before
                driver: Any = connection.connection.driver_connection
                asked = (stream, position, standing.position, topics)
                projection.project(
                    connection,
                    EDITION,
                    [recorded(row) for row in driver.execute(OF_STREAM.format(schema=schema), asked)],
                )
        except Exception:  # noqa: BLE001 - whatever it fails with, it could not be followed
            continue
        yield Fault(position, "view", f"{projection.name}: {stream} is parked, and nothing in the log explains it")
    engine.dispose()


def _compared(
    connection: Connection[Any], scratch: Connection[Any], standing: Standing, table: Table, counts: Counter[str]
) -> Found:
    """One table; that it is not there, or lacks a column, hides no other."""
    return Counter(), list(_compare(connection, scratch, standing, table, counts))


def _compare(
    connection: Connection[Any], scratch: Connection[Any], standing: Standing, table: Table, counts: Counter[str]
) -> Iterator[Fault]:
    """One table of the live edition, held against the same table filled here."""
    shape = Shape.of(table)
    with (
        connection.cursor(name="stands", binary=True) as stands,
        scratch.cursor(name="given", binary=True) as given,
    ):
        stands.itersize = given.itersize = TOGETHER
        stands.execute(shape.query(standing.edition).encode())
        given.execute(shape.query(EDITION).encode())
        compared = counted(iter(stands), counts, f"rows of {table.fullname}")
        different = differences(shape, compared, iter(given))
        for said in islice(different, TOLD_AT_MOST):
            yield Fault(standing.position, "view", said)
        if more := sum(1 for _ in different):
            yield Fault(standing.position, "view", f"{table.fullname}: {more:,} more rows differ")
