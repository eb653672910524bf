"""The task that delivers: claims what is due, makes each message, signs it, sends it, and says what came of it.

Any number of them may run. Whatever a receiver does is an outcome of a try: nothing it answers, or does not, holds up
another's. Making the message is inside the try, so one that cannot be made is seen as failed and never ends a worker.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry, Counter, Gauge
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.ending import end
from services.eventlog.log import Log
from services.notifications.receiver.addresses import AddressRefused
from services.notifications.webhook.sending.claims import Claimed, Claims, Ended, Outcome
from services.notifications.webhook.sending.composing import CannotCompose
from services.notifications.webhook.sending.endpoint_check import EndpointCheck, Stopped
from services.notifications.webhook.sending.reaching import Answered, NotReached, Reaching
from services.notifications.webhook.sending.schedule import pause_after, pause_after_hand
from services.notifications.webhook.sending.sealing import CannotUnseal, Secrets
from services.notifications.webhook.sending.trying import Trying
from services.tracing.spans import continuing, say

MEASURE_SECONDS = 5.0
SLOTS, EACH = 256, 16
"""Tries under way in one worker, and of one endpoint in all of them."""

_log = logging.getLogger(__name__)


class Delivering:
    """Delivers until it is stopped."""

    def __init__(
        self,
        log: Log,
        pool: AsyncConnectionPool,
        secrets: Secrets,
        reaching: Reaching,
        *,
        look_seconds: float = 0.1,
        draw: Callable[[], float] = random.random,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._trying = Trying(log, secrets, reaching)
        self._claims = Claims(pool, uuid4().hex)
        self._look_seconds, self._draw = look_seconds, draw
        self._running: set[asyncio.Task[None]] = set()
        self._ended: list[Ended] = []
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.outcomes = Counter("tilsagn_deliveries", "what came of tries to deliver", ["outcome"], registry=registry)
        self._failing = Gauge("tilsagn_endpoints_failing", "endpoints that take nothing now", registry=registry)
        self._measured = 0.0
        self._under_way = Gauge("tilsagn_deliveries_under_way", "tries begun and not ended", registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="delivering")

    async def stop(self) -> None:
        """Begin nothing more, and let what is under way come to its end."""
        await end(self._task)
        if self._running:
            await asyncio.wait(self._running)
        if self._ended:
            await self._settle()

    async def _run(self) -> None:
        while True:
            try:
                busy = await self.step()
            except (psycopg.Error, PoolTimeout) as failure:
                _log.warning("deliveries could not be claimed or settled: %s", type(failure).__name__)
                busy = False
            except Exception:  # noqa: BLE001 - a worker that dies in silence is the worst answer
                _log.exception("delivering failed and goes on")
                busy = False
            if not busy:
                await self._wait()

    async def _wait(self) -> None:
        """Until a try has ended, or it is time to look again."""
        self._stirred.clear()
        if self._ended:
            return
        try:
            async with asyncio.timeout(self._look_seconds):
                await self._stirred.wait()
        except TimeoutError:
            return

    async def step(self) -> bool:
        """Settle what has ended, hand on what waits, begin what is due. Whether there was anything."""
        settled = bool(self._ended)
        if settled:
            await self._settle()
        handed = await self._claims.hand_on()
        free, known_at = SLOTS - len(self._running), time.monotonic()
        begun = await self._claims.begin(free, EACH) if free > 0 else []
        for claimed in begun:
            task = asyncio.create_task(self._try(claimed, EndpointCheck(self._claims, claimed, known_at=known_at)))
            self._running.add(task)
            task.add_done_callback(self._is_over)
        self._under_way.set(len(self._running))
        if time.monotonic() - self._measured > MEASURE_SECONDS:
            self._measured = time.monotonic()
            self._failing.set(await self._claims.count_failing())
        return settled or bool(begun) or handed > 0

    def _is_over(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._stirred.set()

    async def _settle(self) -> None:
        ended, self._ended = self._ended, []
        try:
            failing = await self._claims.end(ended)
        except BaseException:
            self._ended = [*ended, *self._ended]
            raise
        for each in ended:
            self.outcomes.labels(each.outcome).inc()
        for one in failing:
            if one.worn_out:
                await self._trying.wear_out(one)

    async def _try(self, claimed: Claimed, standing: EndpointCheck) -> None:
        """One try, whatever comes of it."""
        with continuing("deliver", [await self._claims.trace_of(claimed)], {}, SpanKind.PRODUCER) as span:
            ended = await self._tried(claimed, standing)
            if ended is not None:
                self._ended.append(ended)
            if span is not None:
                say(span, {"tilsagn.outcome": ended.outcome if ended else "lost"})

    async def _tried(self, claimed: Claimed, standing: EndpointCheck) -> Ended | None:
        """What came of it; None where that is not known."""
        began = time.monotonic()
        answered: Answered | None = None
        outcome: Outcome = "failed"
        try:
            answered = await self._trying.send(claimed, standing)
            problem = await self._trying.judge(claimed, answered)
        except (CannotCompose, CannotUnseal, AddressRefused) as wrong:
            problem = f"not sent: {wrong}"
        except Stopped as stopped:
            problem, outcome = str(stopped), "stopped"
        except NotReached as failure:
            problem = str(failure)
        except (psycopg.Error, PoolTimeout) as failure:
            _log.warning("a try could not be carried out: %s", type(failure).__name__)
            return None  # it counts as lost when its time is over, and is tried again
        except Exception:  # noqa: BLE001 - of this try alone, and told
            _log.exception("a try to deliver failed in a way nobody foresaw")
            problem = "our own mistake; it is in the worker's log"
        ms = int((time.monotonic() - began) * 1000)
        return self._outcome(claimed, answered, problem, ms, outcome if problem else "delivered")

    def _outcome(
        self, claimed: Claimed, answered: Answered | None, problem: str | None, ms: int, outcome: Outcome
    ) -> Ended:
        status = answered.status if answered else None
        retry_after = answered.retry_after if answered else None
        return Ended(
            attempt_id=claimed.attempt_id,
            outcome=outcome,
            status=status,
            problem=problem,
            took_ms=ms,
            again_in=self._pause(claimed, retry_after, ms) if outcome == "failed" else None,
        )

    def _pause(self, claimed: Claimed, retry_after: float | None, ms: int) -> timedelta | None:
        if not claimed.by_hand:
            return pause_after(claimed.turns, draw=self._draw(), retry_after=retry_after)
        over = claimed.now_at + timedelta(milliseconds=ms)
        left = None if claimed.turn_at is None else claimed.turn_at - over
        return pause_after_hand(claimed.turns, draw=self._draw(), left=left, retry_after=retry_after)
