"""The sweep: lets out what is ordered and has come to its time. A timer is an alarm clock; the gate decides at the act.

Several may run: one of them gets each letter, for the letter's own version lets one through. What it costs follows from
what is due, not from what waits. A letter that stays keeps none of the others back: each sweep goes through all.
"""

import logging
from collections.abc import Callable
from datetime import datetime

import psycopg
from prometheus_client import CollectorRegistry, Counter, Gauge
from psycopg_pool import PoolTimeout

from services.eventlog.background.sweeping import Sweeping
from services.eventlog.command import Command, Write
from services.eventlog.refusal import Refusal
from services.notifications.facts.hands import words_in
from services.notifications.gate.decision import check
from services.notifications.gate.reading import GateReading
from services.notifications.held.file_store import KeptFiles
from services.notifications.release.rules import release

TOGETHER = 100
ACTOR = "release-sweep"

_log = logging.getLogger(__name__)


class Sweep:
    """Looks every so often for letters that may leave."""

    def __init__(
        self,
        reading: GateReading,
        files: KeptFiles,
        now: Callable[[], datetime],
        *,
        look_seconds: float = 1.0,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._reading, self._files, self._now = reading, files, now
        self._sweeping = Sweeping("release-sweep", self.sweep, look_seconds=look_seconds)
        self.released = Counter("tilsagn_letters_released", "letters the sweep let out", registry=registry)
        self._skew = Gauge("tilsagn_clock_skew_seconds", "our clock less the database's", registry=registry)
        self._overdue = Gauge(
            "tilsagn_letters_overdue", "letters that were open and stayed in the last sweep", registry=registry
        )
        self._stopped = Gauge("tilsagn_releases_stopped", "1 while the clocks disagree", registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, between two letters."""
        await self._sweeping.stop()

    async def sweep(self) -> int:
        """Let out what may leave now, and say how many letters that were."""
        clocks = await self._reading.clocks(self._now())
        self._skew.set((clocks.said_at - clocks.database_at).total_seconds())
        self._stopped.set(0 if clocks.agree else 1)
        if not clocks.agree:
            return 0
        let_out, looked_at, last = 0, 0, None
        while due := await self._reading.list_due(TOGETHER, after=last):
            for each in due:
                let_out += await self._let_out_alone(each.item)
            looked_at += len(due)
            last = due[-1]
        self._overdue.set(looked_at - let_out)
        return let_out

    async def _let_out_alone(self, item: str) -> bool:
        """Whatever is wrong with one keeps no other back."""
        try:
            return await self._let_out(item)
        except (psycopg.Error, PoolTimeout):
            raise
        except Exception:  # noqa: BLE001 - of this letter alone, and told
            _log.exception("%s could not be let out", item)
            return False

    async def _let_out(self, item: str) -> bool:
        standing = await self._reading.standing(item)
        letter = standing.held.letter
        if letter is None or await self._files.find(letter.letter_sha256) is None:
            return False
        clocks = await self._reading.clocks(self._now())
        by = standing.held.ordered.ordered_by if standing.held.ordered else ACTOR
        try:
            ground = check(item, standing.held, standing.told, clocks)
            words = words_in(each.notice for each in standing.told)
            facts = release(standing.held, ground=ground, said_at=clocks.said_at, words=words, released_by=by)
        except Refusal as refusal:
            _log.info("%s stays: %s", item, refusal.code)
            return False
        write = Write(item, standing.history.version, tuple(facts))
        outcome = await self._reading.log.append(Command(actor=ACTOR), write)
        if outcome.outcome == "refused":
            _log.warning("%s stays: %s", item, outcome.problem)
        if outcome.outcome == "recorded":
            self.released.inc()
        return outcome.outcome == "recorded"
