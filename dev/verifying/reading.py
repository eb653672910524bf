"""Rows of a database, read some thousand at a time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from psycopg import Connection


class Following:
    """Rows in order of position, read along with the log."""

    def __init__(self, rows: Iterator[tuple[Any, ...]], shape: Callable[[tuple[Any, ...]], Any]) -> None:
        self._rows = rows
        self._shape = shape
        self._next = next(rows, None)

    def upto(self, position: int) -> Iterator[tuple[int, Any, Any]]:
        """(position, row, when it was recorded) of each row up to a position that was not given before."""
        while self._next is not None and self._next[0] <= position:
            yield self._next[0], self._shape(self._next), self._next[-1]
            self._next = next(self._rows, None)


def rows(connection: Connection[Any], name: str, query: str, given: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """What a query finds, some thousand rows in memory at a time."""
    cursor = connection.cursor(name=name, binary=True)
    cursor.itersize = 5_000
    cursor.execute(query, given)
    return iter(cursor)


def untupled(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arrays as tuples, which compare with what was worked out."""
    return tuple(tuple(field) if isinstance(field, list) else field for field in row)
