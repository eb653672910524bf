"""Statements, each a part of the trace it was sent in: its text as we wrote it, and none of its values."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from opentelemetry.trace import SpanKind
from psycopg import AsyncCursor, Cursor
from psycopg.sql import Composable

from services.tracing import spans

LONGEST_TEXT = 2_000
_VALUE = re.compile(r"(?<![\w$%.])(?:E|U&)?'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|(?<![\w$%.\"])\d[\d.]*", re.DOTALL)


@lru_cache(2_000)
def without_values(text: str) -> str:
    """The statement in one line, with a question mark for whatever was written into it as a value."""
    return _VALUE.sub("?", " ".join(text.split()))[:LONGEST_TEXT]


@contextmanager
def statement(query: Any, cursor: Any) -> Iterator[None]:
    """It is sent and answered meanwhile. Nothing where nothing is traced."""
    if not spans.is_on():
        yield
        return
    text = without_values(_text_of(query, cursor))
    verb = text.partition(" ")[0].upper()
    said: spans.Said = {"db.system.name": "postgresql", "db.operation.name": verb, "db.query.text": text}
    with spans.part(verb, said, SpanKind.CLIENT):
        yield


def _text_of(query: Any, cursor: Any) -> str:
    if isinstance(query, Composable):
        return query.as_string(cursor)
    return query.decode(errors="replace") if isinstance(query, bytes) else str(query)


class Traced(Cursor[Any]):
    """A cursor that tells of what it sends."""

    def execute(self, query: Any, *given: Any, **more: Any) -> Any:
        with statement(query, self):
            return super().execute(query, *given, **more)

    def executemany(self, query: Any, *given: Any, **more: Any) -> None:
        with statement(query, self):
            super().executemany(query, *given, **more)


class TracedAside(AsyncCursor[Any]):
    """The same, where others are served meanwhile."""

    async def execute(self, query: Any, *given: Any, **more: Any) -> Any:
        with statement(query, self):
            return await super().execute(query, *given, **more)

    async def executemany(self, query: Any, *given: Any, **more: Any) -> None:
        with statement(query, self):
            await super().executemany(query, *given, **more)
