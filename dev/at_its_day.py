"""Acts that are done on the day they name: for the demonstration, and for tests, whose stories have many days.

The service is composed with `acted_on` for the day that acts are held to, and stands behind `AtItsDay`: while it
answers a request that names the day of an act, it is that day. A test of back-dating itself says which day it is.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.calendar.clock import today
from services.grants.back_dating.acts import ACTS

NAMES = frozenset(path.rpartition(".")[2] for path in ACTS.values()) | {"taken_back_on", "on"}
"""What the day of an act is called in a request."""

_DAY: ContextVar[date | None] = ContextVar("the day it is", default=None)


def acted_on() -> date:
    """The day it is for the request that is answered now."""
    return _DAY.get() or today()


def is_said() -> bool:
    """Whether somebody has said which day it is."""
    return _DAY.get() is not None


@contextmanager
def on(day: date | None) -> Iterator[None]:
    """It is that day, for every request within; the machine's own for None."""
    was = _DAY.set(day)
    try:
        yield
    finally:
        _DAY.reset(was)


class AtItsDay:
    """The service, each act on the last day it names, and everything else on the machine's own. It reads each body
    before the service does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT"):
            await self._app(scope, receive, send)
            return
        read: list[Message] = []
        while not read or read[-1].get("more_body"):
            read.append(await receive())

        async def again() -> Message:
            return read.pop(0) if read else await receive()

        content = b"".join(message.get("body", b"") for message in read)
        named = {*days_in(parse_qsl(scope["query_string"].decode())), *days_of_body(content)}
        with on(max(named, default=None)):  # said for each: the server may hand on the day of the request before
            await self._app(scope, again, send)


def days_of_body(content: bytes) -> Iterator[date]:
    """The days of acts in a body of JSON, and one step below; none in any other."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return
    for inner in (body, *(body.values() if isinstance(body, dict) else ())):
        if isinstance(inner, dict):
            yield from days_in(inner.items())


def days_in(pairs: Iterable[tuple[str, Any]]) -> Iterator[date]:
    for name, value in pairs:
        if name in NAMES and isinstance(value, str):
            try:
                yield date.fromisoformat(value)
            except ValueError:
                continue
