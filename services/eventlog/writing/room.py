"""Whether the database has room on its disk for what is recorded."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import DiskFull

from services.eventlog.refusal import Refusal

AGAIN_SECONDS = 10.0
"""How long after there was no room a process is said not to record. Then it is tried again, by whoever comes."""


class NoRoom(Refusal):
    """The database's disk is full, and nothing can be recorded. What stands can be read."""

    code = "no-room"
    status = 503
    title = "Det er ikke plass til flere registreringer"


class Room:
    """As the last append found it."""

    def __init__(self) -> None:
        self._full_at: float | None = None

    @contextmanager
    def needed(self) -> Iterator[None]:
        """Something is recorded in the block."""
        try:
            yield
        except DiskFull:
            self._full_at = time.monotonic()
            raise
        self._full_at = None

    def check(self) -> None:
        """Refuses NoRoom where there was none a moment ago."""
        if (at := self._full_at) is not None and time.monotonic() - at < AGAIN_SECONDS:
            raise NoRoom("The disk of the database is full. Make room there; nothing else is to be done.")
