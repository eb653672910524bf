"""The library's recorder seam, filled with our own append path.

`eventsourcing` finds this module by PERSISTENCE_MODULE and builds its event store and notification log on it. The
library's own PostgreSQL recorder locks the table and notifies on every save; ours calls one SQL function (see
docs/decisions/0003). Every fact of every service is recorded here. Reading is plain SQL by key, for the library's own
callers; requests read more of each row than the library's events hold, and wait for it otherwise (log.py).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import repeat
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from eventsourcing.utils import Environment
from prometheus_client import CollectorRegistry
from psycopg_pool import ConnectionPool

from services.calendar import clock
from services.calendar.patience import at_most
from services.eventlog.command import Command, Outcome, RecordingRefused
from services.eventlog.connections.pool import open_now
from services.eventlog.mapper import encode_metadata
from services.eventlog.recorded import HeardAt
from services.eventlog.writing.recording import Admit
from services.eventlog.writing.writer import Row, Waiting, Writer
from services.tracing.spans import traceparent

STALLED_SECONDS = at_most(10)
"""How long what was handed over may be without an answer before the process says that it is not ready."""


class LogRecorder(ApplicationRecorder):
    """Writes through the one append path, reads events and notifications by key."""

    def __init__(self, pool: ConnectionPool, writer: Writer, schema: str) -> None:
        self._pool = pool
        self._writer = writer
        self._schema = schema

    @staticmethod
    def waiting(
        stored: Sequence[StoredEvent],
        command: Command,
        effects: dict[str, Any] | None = None,
        heard: Sequence[HeardAt | None] = (),
    ) -> Waiting:
        """A command's events as they go to the writer. Each row keeps who asked and why (correlation), and where
        another log says it, if `heard` tells so of each."""
        here = traceparent()
        said = partial(
            encode_metadata,
            actor=command.actor,
            correlation_id=command.correlation_id,
            command_id=str(command.id),
            traceparent=here,
        )
        own = said()
        rows = [
            Row(str(each.originator_id), each.originator_version, each.topic, each.state, said(heard=at) if at else own)
            for each, at in zip(stored, heard or repeat(None), strict=False)
        ]
        return Waiting(command, rows, effects, here)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's way in: `log.save(*facts, command=..., effects=...)`. Raises RecordingRefused with the outcome
        when the log refuses."""
        outcome = self._writer.submit(self.waiting(stored_events, kwargs["command"], kwargs.get("effects"))).result()
        if outcome.outcome not in ("recorded", "repeated"):
            raise RecordingRefused(outcome)
        return _positions(outcome)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        direction = "DESC" if desc else "ASC"
        query = (
            f"SELECT stream, version, topic, data FROM {self._schema}.event"
            " WHERE stream = %s AND version > %s AND version <= %s"
            f" ORDER BY version {direction} LIMIT %s"
        )
        with self._pool.connection() as connection:
            rows = connection.execute(query, (str(originator_id), gt or 0, lte or 2**31 - 1, limit), binary=True)
            return [StoredEvent(*row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        query = (
            f"SELECT stream, version, topic, data, position FROM {self._schema}.event"
            " WHERE position > %s AND position <= %s AND (cardinality(%s::text[]) = 0 OR topic = ANY (%s::text[]))"
            " ORDER BY position LIMIT %s"
        )
        after = (start or 0) - (1 if inclusive_of_start else 0)
        wanted = list(topics)
        with self._pool.connection() as connection:
            rows = connection.execute(query, (after, stop or 2**63 - 1, wanted, wanted, limit), binary=True)
            return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        with self._pool.connection() as connection:
            found = connection.execute(f"SELECT max(position) FROM {self._schema}.event").fetchone()
        return found[0] if found else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        raise NotImplementedError("a log is followed by its feed (feed.py)")


def _positions(outcome: Outcome) -> list[int]:
    if outcome.first_position is None or outcome.last_position is None:
        return []
    return list(range(outcome.first_position, outcome.last_position + 1))


class LogFactory(InfrastructureFactory[TrackingRecorder]):
    """Builds the recorder from the environment the library hands over: LOG_DSN and LOG_SCHEMA. `now`, `registry` and
    `admit` are the log's own (log.py)."""

    now: Callable[[], datetime] = staticmethod(clock.now)
    registry: CollectorRegistry | None = None
    admit: Admit | None = None

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        self._opened: list[Writer | ConnectionPool] = []

    def application_recorder(self) -> LogRecorder:
        dsn, schema = self.env.get("LOG_DSN"), self.env.get("LOG_SCHEMA")
        assert dsn, "LOG_DSN is not set"
        assert schema, "LOG_SCHEMA is not set"
        pool = open_now(dsn)
        self.writer = Writer(dsn, schema, admit=self.admit, now=self.now, registry=self.registry)
        self._opened += (pool, self.writer)
        return LogRecorder(pool, self.writer, schema)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        raise NotImplementedError("snapshots are not used: states fold from few events")

    def tracking_recorder(self, *_: Any, **__: Any) -> TrackingRecorder:
        raise NotImplementedError("projections keep their place in their own commit (projector.py)")

    def process_recorder(self) -> ProcessRecorder:
        raise NotImplementedError("projections keep their place in their own commit (projector.py)")

    def close(self) -> None:
        """What was made is closed, the last first: a writer writes what waits before it stops."""
        while self._opened:
            self._opened.pop().close()
