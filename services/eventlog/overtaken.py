"""A server that another has overtaken is hung up on: nobody waits for it, and nobody is told what it still believes.

A primary that was frozen while another was promoted resets no connection. Whoever waits for it would wait as long as
the slowest statement may take; and when it is thawed it answers, for the moment until it is told that it leads no more,
with what stood there before. PostgreSQL says itself who is newer: each promotion begins a new timeline. So each
connection knows which timeline it was made on, and when a newer one of the same system is met, every older connection
of this process is shut, idle or not. While somebody waits for long, it is looked whether there is a newer one.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from weakref import WeakSet

import psycopg
from psycopg.pq.abc import PGconn

WHO = """SELECT system_identifier, CASE WHEN pg_is_in_recovery() THEN NULL
ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint END FROM pg_control_system()"""
"""The system, and the timeline it writes; NULL on a standby, which overtakes nobody and is followed on purpose."""

SILENT_SECONDS = 3.0
"""How long somebody waits before it is looked whether the server has been overtaken."""
LOOK_SECONDS = 1.0


class Overtaken(psycopg.OperationalError):
    """The server answers, and another has been promoted since it led: what it says may be old."""


class Kept:
    """What is known of one connection: what leads to its server, which timeline it was made on, and since when somebody
    waits for it (monotonic seconds)."""

    __slots__ = ("__weakref__", "dsn", "pgconn", "system", "timeline", "waiting_since")

    def __init__(self, pgconn: PGconn, dsn: str) -> None:
        self.pgconn, self.dsn = pgconn, dsn
        self.system: int | None = None
        self.timeline: int | None = None
        self.waiting_since: float | None = None


class Timelines:
    """The newest timeline this process has met of each system, and the connections it holds."""

    def __init__(self, *, silent_seconds: float = SILENT_SECONDS, look_seconds: float = LOOK_SECONDS) -> None:
        self._newest: dict[int, int] = {}
        self._kept: WeakSet[Kept] = WeakSet()
        self._lock = threading.Lock()
        self._silent_seconds, self._look_seconds = silent_seconds, look_seconds
        self._watching: threading.Thread | None = None

    def admit(self, kept: Kept, system: int, timeline: int | None) -> None:
        """A new connection. Raises Overtaken if a newer primary of its system is known; is it itself newer, all older
        connections are shut."""
        kept.system, kept.timeline = system, timeline
        if timeline is None:
            return
        with self._lock:
            newest = self._newest.get(system, 0)
            if timeline < newest:
                raise Overtaken(f"the server writes timeline {timeline}, and timeline {newest} has begun elsewhere")
            self._newest[system] = timeline
            self._kept.add(kept)
            older = [each for each in self._kept if each.system == system and (each.timeline or timeline) < timeline]
            for each in older:
                self._kept.discard(each)
        for each in older:
            hang_up(each.pgconn)

    def watch(self, look: Callable[[str], None]) -> None:
        """From now on, while somebody waits for longer than some seconds, it is looked behind the same DSN."""
        with self._lock:
            if self._watching is None:
                self._watching = threading.Thread(target=self._watch, args=(look,), name="overtaken", daemon=True)
                self._watching.start()

    def _watch(self, look: Callable[[str], None]) -> None:
        while True:
            time.sleep(self._look_seconds)
            for dsn in self._waited_for():
                with contextlib.suppress(psycopg.Error):  # nobody leads now; it is looked again
                    look(dsn)

    def _waited_for(self) -> set[str]:
        before = time.monotonic() - self._silent_seconds
        with self._lock:
            return {each.dsn for each in self._kept if each.waiting_since is not None and each.waiting_since < before}


def hang_up(pgconn: PGconn) -> None:
    """Shut the connection under whoever uses it. Who waits for an answer learns at once that none comes; who holds it
    idle finds it hung up."""
    with contextlib.suppress(psycopg.Error, OSError):
        other = socket.socket(fileno=os.dup(pgconn.socket))
        with other:
            other.shutdown(socket.SHUT_RDWR)


timelines = Timelines()
"""Of this process."""
