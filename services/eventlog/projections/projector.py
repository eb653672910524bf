"""Brings one projection up to the log: a thousand events a commit, the place saved in the same commit.

What the database cannot do just now is tried again for as long as it takes. What fails for a reason of its own is tried
a few times, then event by event: the stream that fails is parked, and the others go on.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from services.eventlog.events import TOPICS
from services.eventlog.mapper import UnknownTopic, recorded
from services.eventlog.projections.parking import Parking
from services.eventlog.projections.pausing import grown
from services.eventlog.projections.projection import Edition, Editions, Parked, Projection
from services.tracing.spans import continuing

Row = tuple[Any, ...]
POSITION, STREAM, TOPIC = 0, 1, 3

_log = logging.getLogger(__name__)

FEW = 100
"""Facts done at once that somebody may still look for the trace of. More than that are a read model filled anew."""


class Projector:
    """Applies one projection. Any number of them may run at once, in any process: the place's lock gives turns."""

    def __init__(
        self,
        engine: Engine,
        projection: Projection,
        *,
        schema: str,
        views: str,
        together: int = 1_000,
        attempts: int = 4,
        first_pause_seconds: float = 0.1,
        longest_pause_seconds: float = 15.0,
        first_retry_seconds: float = 2.0,
        longest_retry_seconds: float = 600.0,
    ) -> None:
        self.projection = projection
        self.editions = Editions(projection, views)
        self.parking = Parking(projection.name, views)
        self.engine = engine
        self._topics = frozenset(event.TOPIC for event in projection.events)
        self._columns = f"SELECT position, stream, version, topic, data, metadata, recorded_at FROM {schema}.event"
        self._together = together
        self._attempts = attempts
        self._pauses = first_pause_seconds, longest_pause_seconds
        self._failures = 0  # of the batch that is next, for reasons of its own
        self._unlucky = 0  # times in a row that the database could not
        self._not_before = 0.0
        self._retries = first_retry_seconds, longest_retry_seconds
        self._futile = 0  # rounds of parked streams in a row of which none caught up
        self._retry_not_before = 0.0

    def step(self) -> int:
        """Apply at most one batch to each edition this code fills. How many events were passed; 0 when there was
        nothing to do, another runner is at it, or it pauses after a failure."""
        if time.monotonic() < self._not_before:
            return 0
        try:
            with self.engine.begin() as connection:
                editions = self.editions.prepare(connection)
            passed = sum(self._advance(edition) for edition in editions)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the batch was rolled back and is tried again
            self._pause(failure)
            return 0
        self._failures = self._unlucky = 0
        return passed

    def replay_parked(self) -> int:
        """Try every parked stream again from the event that failed. How many have caught up."""
        return self._replay_all(wait=True)

    def retry_parked(self) -> int:
        """The same, once its pause is over: the reason may have gone since. The pause doubles for each round of which
        no stream caught up, up to ten minutes. Nothing while another runner is at it."""
        if not self.is_to_retry:
            return 0
        freed = self._replay_all(wait=False)
        self._futile = 0 if freed else self._futile + 1
        self._retry_not_before = time.monotonic() + grown(self._retries, self._futile)
        return freed

    @property
    def is_to_retry(self) -> bool:
        """Whether the pause since parked streams were last tried is over."""
        return time.monotonic() >= self._retry_not_before

    def _replay_all(self, *, wait: bool) -> int:
        freed = 0
        with self.engine.begin() as connection:
            editions = self.editions.prepare(connection)
        for edition in editions:
            with self.engine.begin() as connection:
                place = self.editions.lock(connection, edition, wait=wait)
                for parked in self.parking.list_all(connection, edition) if place else ():
                    freed += self._replay(connection, parked, place.position if place else 0)
        return freed

    def rebuild(self) -> None:
        """Ask for a new edition, filled from nothing. The runners fill it; the old one is read until then."""
        with self.engine.begin() as connection:
            self.editions.begin(connection)

    def _advance(self, edition: int) -> int:
        with self.engine.begin() as connection:
            place = self.editions.lock(connection, edition)
            if place is None:
                return 0
            if not place.stands:
                self.editions.begin_anew(connection, place)
                return 0  # readiness tells of it
            rows = self._rows(connection, "position > %s ORDER BY position LIMIT %s", (place.position, self._together))
            parked = {parked.stream for parked in self.parking.list_all(connection, edition)}
            if parked:
                self.parking.hold(connection, edition, (row[STREAM] for row in rows if row[STREAM] in parked))
            todo = [row for row in rows if row[STREAM] not in parked]
            if self._failures < self._attempts:
                self._apply(connection, edition, todo)
            else:
                self._apply_one_by_one(connection, edition, todo)
            if rows:
                self.editions.save(connection, edition, rows[-1][POSITION])
            if place.state == "building" and len(rows) < self._together:
                self._take_over(connection, place)
        return len(rows)

    def _take_over(self, connection: Connection, place: Edition) -> None:
        self.editions.switch(connection, place.edition)
        self.editions.clear_retired(connection)
        _log.info("%s: edition %s is live", self.projection.name, place.edition)

    def _apply(self, connection: Connection, edition: int, rows: Sequence[Row]) -> None:
        facts = [recorded(row) for row in rows if self._folds(connection, row)]
        if not facts:
            return
        traced = [fact.traceparent for fact in facts] if len(facts) <= FEW else ()
        with continuing("project", traced, {"tilsagn.of": self.projection.name, "tilsagn.count": len(facts)}):
            self.projection.project(connection, edition, facts)

    def _apply_one_by_one(self, connection: Connection, edition: int, rows: Iterable[Row]) -> None:
        failed: set[str] = set()
        for row in rows:
            if row[STREAM] in failed:
                self.parking.hold(connection, edition, (row[STREAM],))
                continue
            try:
                with connection.begin_nested():
                    self._apply(connection, edition, (row,))
            except Exception as failure:
                if is_passing(failure):
                    raise
                failed.add(row[STREAM])
                error = f"{type(failure).__name__}: {failure}"
                self.parking.park(
                    connection,
                    Parked(edition, row[STREAM], row[POSITION], row[TOPIC], error, self._failures, held=1),
                )
                _log.error("%s: %s is parked from position %s", self.projection.name, row[STREAM], row[POSITION])

    def _replay(self, connection: Connection, parked: Parked, upto: int) -> int:
        rows = self._rows(
            connection,
            "stream = %s AND position BETWEEN %s AND %s ORDER BY position",
            (parked.stream, parked.position, upto),
        )
        try:
            with connection.begin_nested():
                self._apply(connection, parked.edition, rows)
                self.parking.free(connection, parked)
        except Exception as failure:
            if is_passing(failure):
                raise
            self.parking.fail_again(connection, parked, f"{type(failure).__name__}: {failure}")
            return 0
        return 1

    def _folds(self, connection: Connection, row: Row) -> bool:
        """Whether the projection folds this fact. One of a kind that no class here is known for, as another version of
        us records it, might be one that matters in a stream it follows, and raises UnknownTopic. A stream it follows
        nothing of is none of its own, whatever is recorded there."""
        topic = row[TOPIC]
        if topic not in self._topics and topic not in TOPICS and self._follows(connection, row[STREAM]):
            raise UnknownTopic(topic)
        return topic in self._topics

    def _follows(self, connection: Connection, stream: str) -> bool:
        """Whether anything of the stream is folded here."""
        return bool(self._rows(connection, "stream = %s AND topic = ANY (%s) LIMIT 1", (stream, list(self._topics))))

    def _rows(self, connection: Connection, condition: str, given: tuple[object, ...]) -> list[Row]:
        """Events straight from the driver, in binary, in the same transaction."""
        driver: psycopg.Connection[Row] = connection.connection.driver_connection  # type: ignore[assignment]
        return driver.execute(f"{self._columns} WHERE {condition}", given, binary=True).fetchall()

    def _pause(self, failure: Exception) -> None:
        if is_passing(failure):
            self._unlucky += 1
        else:
            self._failures += 1
        pause = grown(self._pauses, self._unlucky + self._failures - 1)
        self._not_before = time.monotonic() + pause
        _log.warning("%s: tried again in %.1f s: %s: %s", self.projection.name, pause, type(failure).__name__, failure)


def is_passing(failure: Exception) -> bool:
    """Whether the same may well succeed later: the connection, a deadlock, a time-out, a full disk."""
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
