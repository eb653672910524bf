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
    """What is known of one connection to a primary: what leads to its server, which timeline of which system it was
    made on, and since when somebody waits for it (monotonic seconds)."""

    __slots__ = ("__weakref__", "dsn", "pgconn", "system", "timeline", "waiting_since")

    def __init__(self, pgconn: PGconn, dsn: str, system: int, timeline: int) -> None:
        self.pgconn, self.dsn, self.system, self.timeline = pgconn, dsn, system, timeline
        self.waiting_since: float | None = None


class Timelines:
    """The newest timeline this process has met of each system, and the connections it holds. While somebody waits for
    longer than some seconds, `look` is called with the DSN: it connects, and so meets whoever leads."""

    def __init__(self, look: Callable[[str], None]) -> None:
        self._newest: dict[int, int] = {}
        self._kept: WeakSet[Kept] = WeakSet()
        self._lock = threading.Lock()
        self._look = look
        self._watching: threading.Thread | None = None

    def admit(self, pgconn: PGconn, dsn: str, system: int, timeline: int | None) -> Kept | None:
        """A new connection; None is given back for a standby's. Raises Overtaken if a newer primary of its system is
        known; is it itself newer, all older connections are shut."""
        if timeline is None:
            return None
        kept = Kept(pgconn, dsn, system, timeline)
        with self._lock:
            newest = self._newest.get(system, 0)
            if timeline < newest:
                raise Overtaken(f"the server writes timeline {timeline}, and timeline {newest} has begun elsewhere")
            self._newest[system] = timeline
            older = [each for each in self._kept if each.system == system and each.timeline < timeline]
            self._kept.difference_update(older)
            self._kept.add(kept)
            if self._watching is None:
                self._watching = threading.Thread(target=self._watch, name="overtaken", daemon=True)
                self._watching.start()
        for each in older:
            hang_up(each.pgconn)
        return kept

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            looking = [
                threading.Thread(target=self._look_at, args=(dsn,), name="overtaken", daemon=True)
                for dsn in self._waited_for()
            ]
            for each in looking:  # side by side: where one address leads to nobody, another is not found later for it
                each.start()
            for each in looking:
                each.join()

    def _look_at(self, dsn: str) -> None:
        with contextlib.suppress(psycopg.Error):  # nobody leads now; it is looked again
            self._look(dsn)

    def _waited_for(self) -> set[str]:
        before = time.monotonic() - SILENT_SECONDS
        with self._lock:
            return {each.dsn for each in self._kept if each.waiting_since is not None and each.waiting_since < before}


def hang_up(pgconn: PGconn) -> None:
    """Shut the connection under whoever uses it. Who waits for an answer learns at once that none comes; who holds it
    idle finds it hung up. One that was closed just now is let be: its number may be another's socket by now."""
    with contextlib.suppress(psycopg.Error, OSError):
        number = pgconn.socket
        with socket.socket(fileno=os.dup(number)) as other:
            if pgconn.socket == number:  # it is open still, and so what was copied is its own
                other.shutdown(socket.SHUT_RDWR)
