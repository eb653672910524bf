"""The one append path: commands that arrive together leave together.

Under a lock that orders all writers, round trips are the cost. So each process has one writer: it takes every command
that waits and sends them in one call. The append function applies them together, and one by one where any is refused:
a full fund or a stale version refuses that command alone, and every caller gets its own answer.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

import psycopg
from prometheus_client import CollectorRegistry, Counter, Gauge
from psycopg import OperationalError
from psycopg.errors import DiskFull, LockNotAvailable, QueryCanceled, ReadOnlySqlTransaction

from services.calendar import clock
from services.eventlog.command import Command, Outcome
from services.eventlog.connections.connecting import PATIENCE_SECONDS
from services.eventlog.connections.standby import confirmed, within
from services.eventlog.writing import company
from services.eventlog.writing.clocks import ClocksApart
from services.eventlog.writing.recording import RECALL_SECONDS, Admit, Recording
from services.eventlog.writing.room import Room
from services.tracing import spans

_TYPES = "uuid text text bytea bytea integer text integer text bytea bytea jsonb"
# In binary, which spares both sides the escaping; JSON goes as text. Last, what this process's clock says.
_LISTS = ", ".join("%b::text[]::jsonb[]" if kind == "jsonb" else f"%b::{kind}[]" for kind in _TYPES.split())
_ARGUMENTS = f"{_LISTS}, %b"

_log = logging.getLogger(__name__)


class Row(NamedTuple):
    """One event as it will stand: stream, version, topic and exact bytes."""

    stream: str
    version: int
    topic: str
    data: bytes
    metadata: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decided command: its rows, what it does to inline projections, the trace it was decided in, if in
    any, and the caller who waits."""

    command: Command
    rows: Sequence[Row]
    effects: dict[str, Any] | None
    traceparent: str | None = None
    caller: "Future[Outcome]" = field(default_factory=Future)


class WriterClosed(Exception):
    """The process is stopping and takes no more commands."""


class AnswerLost(Exception):
    """The database went away and did not come back in time; whether the command was recorded is not known here.
    The same command may be sent again: its id and key make the repeat harmless."""


class Writer:
    """Sends what waits, resolves every caller whatever happens, and settles a lost connection by command id."""

    def __init__(
        self,
        dsn: str,
        schema: str,
        *,
        recall_seconds: float = RECALL_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS["recording"],
        admit: Admit | None = None,
        now: Callable[[], datetime] = clock.now,
        registry: CollectorRegistry | None = None,
    ) -> None:
        """`now` is this process's clock, which the database holds against its own with every append. `admit` looks at
        each new connection before anything is recorded on it, and refuses by raising. `patience_seconds` is how long
        the server may say nothing before it is given up: longer than it may take by its own deadlines."""
        self._recording = Recording(dsn, patience_seconds=patience_seconds, admit=admit)
        self._since: float | None = None
        self._now, self.room = now, Room()
        self._untimely = Counter("tilsagn_appends_untimely", "appends refused for the clocks", registry=registry)
        stalled = Gauge("tilsagn_writer_waiting_seconds", "how long the append under way lasts", registry=registry)
        stalled.set_function(self.stalled_seconds)
        self._recall_seconds = recall_seconds
        self._append = f"SELECT * FROM {schema}.append({_ARGUMENTS})"
        self._recall = (
            f"SELECT id, first_position, last_position, recorded_at, request_hash, answer FROM {schema}.recall(%s)"
        )
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._door, self._closed = Lock(), False
        self._thread = Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def submit(self, waiting: Waiting) -> "Future[Outcome]":
        """Hands a command over; the future resolves once it is committed, refused, or known to be lost."""
        with self._door:
            if self._closed:
                raise WriterClosed
            self._queue.put(waiting)
        return waiting.caller

    def close(self) -> None:
        """Writes what already waits, then stops."""
        with self._door:
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._recording.close()

    def look_again(self) -> None:
        """Look at the log once more before the next command is recorded. Safe from any thread."""
        self._recording.look_again()

    def stalled_seconds(self) -> float:
        """How long what is being recorded now has been under way; 0 when nothing is."""
        return 0.0 if (since := self._since) is None else time.monotonic() - since

    def _run(self) -> None:
        going_on, about = True, 0
        while going_on:
            together, going_on = company.gather(self._queue, about=about)
            # From here on a caller can no longer take the command back; one that already has is not written for.
            wanted = [waiting for waiting in together if waiting.caller.set_running_or_notify_cancel()]
            self._since = time.monotonic()
            with spans.together("append", [waiting.traceparent for waiting in wanted]):
                answers = self._write(wanted) if wanted else []
            self._since = None
            about = len(wanted) + self._queue.qsize()  # before they are answered: whoever is may be back at once
            for waiting, answer in zip(wanted, answers, strict=True):
                if isinstance(answer, Outcome):
                    waiting.caller.set_result(answer)
                else:
                    waiting.caller.set_exception(answer)

    def _write(self, together: Sequence[Waiting]) -> Sequence[Outcome | BaseException]:
        """An answer to every caller. What cannot even be sent (a NUL in a text) fails alone, not with its company."""
        try:
            outcomes = self._outcomes(together)
            assert len(outcomes) == len(together)
        except BaseException as failure:  # noqa: BLE001 - whatever happens, no caller is left waiting
            if len(together) > 1 and isinstance(failure, psycopg.DataError | ValueError):
                return [answer for waiting in together for answer in self._write([waiting])]
            return [failure] * len(together)
        return outcomes

    def _outcomes(self, together: Sequence[Waiting]) -> list[Outcome]:
        try:
            return self._send(together)
        except ReadOnlySqlTransaction:
            self._recording.close()  # what took commands is a standby now; the next connection finds the primary
            raise
        except (QueryCanceled, LockNotAvailable, DiskFull):
            raise  # called off before it was committed: nothing is recorded, and whoever asks again is not held up here
        except OperationalError as lost:
            _log.warning("the answer to %s commands is not known: %s", len(together), lost)
            return self._recalled(together, lost)

    def _send(self, together: Sequence[Waiting]) -> list[Outcome]:
        commands = [waiting.command for waiting in together]
        rows = [row for waiting in together for row in waiting.rows]
        asked = (
            [c.id for c in commands],
            [c.actor for c in commands],
            [c.key for c in commands],
            [c.request_hash for c in commands],
            [c.answer for c in commands],
            [len(waiting.rows) for waiting in together],
            *([row[nth] for row in rows] for nth in range(len(Row._fields))),
            [None if w.effects is None else json.dumps(w.effects) for w in together],
            self._now(),
        )
        connection = self._recording.connection()
        with self.room.needed(), confirmed(connection):
            outcomes = [Outcome(*row) for row in connection.execute(self._append, asked, binary=True)]
        if outcomes and outcomes[0].outcome == "untimely":
            self._untimely.inc()
            raise ClocksApart(f"Nothing was recorded: {outcomes[0].problem}.")
        return outcomes

    def _recalled(self, together: Sequence[Waiting], lost: OperationalError) -> list[Outcome]:
        """The connection broke, or the wait for the standby: before the commit, or after. Ask which commands are there,
        and send the others once more. An id that is there already would answer `repeated`, so this can never record
        anything twice."""
        deadline = time.monotonic() + self._recall_seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self._asked_again(together, left)
            except OperationalError:
                time.sleep(0.2)
        raise AnswerLost(str(lost)) from lost

    def _asked_again(self, together: Sequence[Waiting], seconds: float) -> list[Outcome]:
        ids = [waiting.command.id for waiting in together]
        connection = self._recording.connection()
        with within(connection, seconds):
            with confirmed(connection):
                there = {row[0]: _found(row) for row in connection.execute(self._recall, (ids,))}
            missing = [waiting for waiting in together if waiting.command.id not in there]
            if missing:
                there |= zip((w.command.id for w in missing), self._send(missing), strict=True)
        return [there[command_id] for command_id in ids]


def _found(row: tuple[Any, ...]) -> Outcome:
    """A command that turned out to be recorded after all."""
    command_id, first, last, recorded_at, request_hash, answer = row
    return Outcome("recorded", command_id, first, last, recorded_at, request_hash, answer, None, None)
