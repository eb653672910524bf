"""A database as it stood at one instant, read on as many connections as there are matters to hold it against."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from types import TracebackType
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, IsolationLevel, ServerCursor

Row = tuple[Any, ...]
Given = Sequence[Any] | Mapping[str, Any]
TOGETHER = 5_000
"""Rows in memory at a time, of each query that is read along."""
# What a session may have been given by whoever owns the role is set aside, and time may pass while others are read.
SESSION: tuple[LiteralString, ...] = (
    "SET search_path = pg_catalog",
    "SET idle_in_transaction_session_timeout = 0",
    "SET work_mem = '64MB'",
)


class Snapshot:
    """One state of a database. The first connection is `connection`; `another` sees exactly what it sees."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._opened: list[Connection[Any]] = []
        self._fetching = ThreadPoolExecutor()
        self._asking: list[ThreadPoolExecutor] = []
        self.connection = self._open()
        found = self.connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert found is not None
        self._name = str(found[0])

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._opened:
            connection.cancel_safe()
        for threads in (self._fetching, *self._asking):
            threads.shutdown(cancel_futures=True)
        for connection in self._opened:
            connection.close()

    def another(self) -> Connection[Any]:
        """One more connection, that sees the same."""
        connection = self._open()
        connection.execute(f"SET TRANSACTION SNAPSHOT '{self._name}'".encode())
        return connection

    def ahead(self, query: str, given: Given = ()) -> Iterator[Row]:
        """What a query finds, on a connection of its own: while some rows are looked at, the next are fetched. It is
        begun at once."""
        cursor = self.another().cursor(name="ahead", binary=True)
        cursor.execute(query.encode(), given)
        return chain.from_iterable(self._batches(cursor, self._fetching.submit(cursor.fetchmany, TOGETHER)))

    def beside(self) -> "Callable[[str, Given], Future[list[Row]]]":
        """A way to ask while other things are done: one question after the other, on a connection of its own. For few
        rows."""
        threads = ThreadPoolExecutor(max_workers=1)
        self._asking.append(threads)
        connection = self.another()
        return lambda query, given: threads.submit(_answered, connection, query, given)

    def _batches(self, cursor: ServerCursor[Row], coming: "Future[list[Row]]") -> Iterator[list[Row]]:
        while batch := coming.result():
            coming = self._fetching.submit(cursor.fetchmany, TOGETHER)
            yield batch

    def _open(self) -> Connection[Any]:
        connection = psycopg.connect(self._dsn)
        self._opened.append(connection)
        for setting in SESSION:
            connection.execute(setting)
        connection.commit()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection


def _answered(connection: Connection[Any], query: str, given: Given) -> list[Row]:
    return connection.execute(query.encode(), given, binary=True).fetchall()


def rows(connection: Connection[Any], name: str, query: str, given: Sequence[Any] = ()) -> Iterator[Row]:
    """What a query finds, some thousand rows in memory at a time. When all are read the name is free again."""
    with connection.cursor(name=name, binary=True) as cursor:
        cursor.itersize = TOGETHER
        cursor.execute(query, given)
        yield from cursor


class Following:
    """Rows in order of position, read along with the log."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def upto(self, position: int) -> list[Row]:
        """Each row up to a position that was not given before."""
        found = []
        while self._next is not None and self._next[0] <= position:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found
