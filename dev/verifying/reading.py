"""A database as it stood at one instant, read on as many connections as there are matters to hold it against."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
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
# Several questions are asked at once, each by a session of its own: that one of them takes several processors besides
# was dearer on the two that the smallest machine has (a sum over 600,000 entries 2.9 s by three, 2.1 s by one).
SESSION: tuple[LiteralString, ...] = (
    "SET search_path = pg_catalog",
    "SET idle_in_transaction_session_timeout = 0",
    "SET work_mem = '64MB'",
    "SET max_parallel_workers_per_gather = 0",
)


class Snapshot:
    """One state of a database. The first connection is `connection`; `another` sees exactly what it sees, and so does
    a snapshot of the same `name`, made elsewhere while this one is open."""

    def __init__(self, dsn: str, name: str | None = None) -> None:
        self.dsn = dsn
        self._opened: list[Connection[Any]] = []
        self._fetching = ThreadPoolExecutor()
        self._asking: list[ThreadPoolExecutor] = []
        self.connection = self._open()
        if name is not None:
            self.name = name
            self._see_the_same(self.connection)
            return
        found = self.connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert found is not None
        self.name = str(found[0])

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
        self._see_the_same(connection)
        return connection

    def ahead(self, query: str, given: Given = ()) -> Iterator[Row]:
        """What a query finds, on a connection of its own: while some rows are looked at, the next are fetched. It is
        begun at once, and the connection is given back when all is read: some ask once for each checkpoint."""
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
        self._opened.remove(cursor.connection)
        cursor.connection.close()

    def _see_the_same(self, connection: Connection[Any]) -> None:
        connection.execute(f"SET TRANSACTION SNAPSHOT '{self.name}'".encode())

    def _open(self) -> Connection[Any]:
        connection = psycopg.connect(self.dsn)
        self._opened.append(connection)
        for setting in SESSION:
            connection.execute(setting)
        connection.commit()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection


def _answered(connection: Connection[Any], query: str, given: Given) -> list[Row]:
    """What a question finds. One that cannot be answered spoils none of those after it."""
    with connection.transaction():
        return connection.execute(query.encode(), given, binary=True).fetchall()


RARELY = 200_000
"""So many more objects than there were are looked through for those that hold each other."""


@contextmanager
def rarely_looked_through() -> Iterator[None]:
    """What is read is let go of as it was taken up; to look for what is not, again and again, took a fourth of the
    time. What was loaded before stays."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(RARELY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def rows(
    connection: Connection[Any], name: str, query: str, given: Sequence[Any] = (), *, together: int = TOGETHER
) -> Iterator[Row]:
    """What a query finds, some thousand rows in memory at a time; so many `together` where each is large. When all are
    read the name is free again."""
    with connection.cursor(name=name, binary=True) as cursor:
        cursor.itersize = together
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
