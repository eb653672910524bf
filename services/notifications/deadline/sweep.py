"""The task that tells receivers of deadlines: looks at each when something has happened to it or another threshold has
passed, and puts what is to be told in the outbox, in the transaction that says when to look next.

Any number may run: whoever has a timer's row has that deadline, the others pass it by. Killed, nothing is told and the
timer stands. What is found to have ended a deadline, or begun it anew, is recorded first (`finding.py`), and told once
the register has followed that fact. What is told follows from the register and the gate's tables as they stand at that
moment, by the database's clock; so after a pause everything that fell due is found, and of each the latest alone is
told.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from prometheus_client import CollectorRegistry, Counter
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.calendar.days import day_of
from services.eventlog.background.sweeping import Sweeping
from services.eventlog.log import Log
from services.notifications.deadline.alerts import alerts_of, look_at
from services.notifications.deadline.deadline import start_of
from services.notifications.deadline.finding import record_found, stands
from services.notifications.deadline.listing import ASKED, ONE, DeadlineRow
from services.notifications.deadline.thresholds import OF_KIND, Thresholds, in_force, next_change
from services.notifications.receiver.outbox import Outgoing, put

TOGETHER = 100
LONGEST_SECONDS = 5.0
AGAIN = timedelta(hours=1)
"""How long one that could not be told is left before it is tried again."""
_NOW = "SELECT notifications.log_clock()"
_CLAIM = """
    SELECT deadline_id FROM notifications_view.deadline_timer WHERE look_at <= %s
    ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_NEXT = "UPDATE notifications_view.deadline_timer SET look_at = %s WHERE deadline_id = %s"

_log = logging.getLogger(__name__)


class Alerting:
    """Looks at what is to be looked at."""

    def __init__(
        self,
        log: Log,
        pool: AsyncConnectionPool,
        *,
        look_seconds: float = LONGEST_SECONDS,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._log, self._pool = log, pool
        self._sweeping = Sweeping("deadline-sweep", self.sweep, look_seconds=look_seconds)
        self.told = Counter("tilsagn_deadlines_told", "messages of deadlines, by type", ["type"], registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, between two batches."""
        await self._sweeping.stop()

    async def sweep(self) -> int:
        """Look at everything whose time has come. How many messages were told."""
        told = 0
        while True:
            looked, new = await self._step()
            told += new
            if looked < TOGETHER:
                return told

    async def _step(self) -> tuple[int, int]:
        """One batch, in one transaction: how many were looked at, and how many messages were told."""
        async with self._pool.connection() as connection, connection.transaction():
            now = await self._now(connection)
            claimed = [row[0] for row in await (await connection.execute(_CLAIM, (now, TOGETHER))).fetchall()]
            if not claimed:
                return 0, 0
            rows = await self._rows(connection, claimed)
            counting = await self._thresholds({row.kind for row in rows}, now)
            # One that is not in the register yet is looked at again shortly.
            ahead: dict[UUID, datetime | None] = dict.fromkeys(claimed, now + timedelta(seconds=LONGEST_SECONDS))
            told = 0
            for row in rows:
                thresholds, changed_on = counting[row.kind]
                try:
                    async with connection.transaction():  # a savepoint: what fails is undone alone
                        told += await self._tell(connection, alerts_of(row, thresholds, now=now))
                    ahead[row.deadline_id] = _sooner(look_at(row, thresholds, now=now), changed_on)
                    if stands(row) != row.stood and not await record_found(self._log, row):
                        ahead[row.deadline_id] = now + timedelta(seconds=LONGEST_SECONDS)
                except (psycopg.OperationalError, psycopg.InterfaceError):
                    raise
                except Exception:  # noqa: BLE001 - whatever is wrong with one deadline holds up no other
                    _log.exception("deadline %s could not be told", row.deadline_id)
                    ahead[row.deadline_id] = now + AGAIN
            async with connection.cursor() as cursor:
                await cursor.executemany(_NEXT, [(at, deadline_id) for deadline_id, at in sorted(ahead.items())])
        return len(claimed), told

    async def _tell(self, connection: psycopg.AsyncConnection[Any], alerts: Iterable[Outgoing]) -> int:
        """Put them in the outbox. How many were not there yet."""
        told = 0
        for alert in alerts:
            if await put(connection, alert):
                self.told.labels(alert.type).inc()
                told += 1
        return told

    @staticmethod
    async def _now(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> datetime:
        row = await (await connection.execute(_NOW)).fetchone()
        assert row is not None
        assert isinstance(row[0], datetime)
        return row[0]

    @staticmethod
    async def _rows(connection: psycopg.AsyncConnection[tuple[object, ...]], ids: Sequence[UUID]) -> list[DeadlineRow]:
        async with connection.cursor(row_factory=class_row(DeadlineRow)) as cursor:
            await cursor.execute(ONE, {"ids": ids, **ASKED})
            return await cursor.fetchall()

    async def _thresholds(self, kinds: Iterable[str], now: datetime) -> dict[str, tuple[Thresholds, date | None]]:
        """Those that count now, and the day from which others will."""
        histories = await self._log.load_all([OF_KIND + kind for kind in sorted(kinds)])
        today = day_of(now)
        sets = {kind: histories[OF_KIND + kind].events for kind in kinds}
        return {kind: (in_force(kind, its, on=today), next_change(its, on=today)) for kind, its in sets.items()}


def _sooner(look: datetime | None, changed_on: date | None) -> datetime | None:
    """When to look, where other thresholds count from a day on."""
    if look is None or changed_on is None:
        return look
    return min(look, start_of(changed_on))
