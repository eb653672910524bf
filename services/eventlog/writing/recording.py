"""The connection a writer records on: made anew when the one before is gone, and looked at before it is used."""

import time
from collections.abc import Callable
from typing import Any

from psycopg import Connection

from services.calendar.patience import at_most
from services.eventlog.connections.connecting import connect, preparing

RECALL_SECONDS = at_most(30)
"""How long it is asked what became of a command whose connection broke."""
LOOK_AGAIN_SECONDS = 10.0
"""How long what was seen of a connection holds. Who signs is another process, and cannot tell of what it finds."""

Admit = Callable[[Connection[Any]], None]
"""Looks at a connection before anything is recorded on it; refuses by raising."""


class Recording:
    """One at a time, for one thread. A server that says nothing for `patience_seconds` is given up. What is recorded on
    is looked at when it is new, and again as something is recorded, for what was seen holds ten seconds."""

    def __init__(self, dsn: str, *, patience_seconds: float, admit: Admit | None) -> None:
        self._dsn, self._patience_seconds, self._admit = dsn, patience_seconds, admit
        self._connection: Connection[Any] | None = None
        self._admitted_until = 0.0

    def connection(self) -> Connection[Any]:
        """The one that stands, or a new one. What `admit` refuses is looked at anew each time."""
        if self._connection is None or self._connection.closed:
            self._admitted_until = 0.0
            self._connection = connect(
                self._dsn,
                "recording",
                patience_seconds=self._patience_seconds,
                autocommit=True,
                **preparing(0),
            )
        if self._admit is not None and time.monotonic() >= self._admitted_until:
            self._admit(self._connection)
            self._admitted_until = time.monotonic() + LOOK_AGAIN_SECONDS
        return self._connection

    def look_again(self) -> None:
        """Before the next command is recorded, it is looked at once more. Safe from any thread."""
        self._admitted_until = 0.0

    def close(self) -> None:
        """End it; the next is a new one."""
        if self._connection is not None:
            self._connection.close()
