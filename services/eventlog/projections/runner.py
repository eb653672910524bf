"""The thread that keeps a service's projections up to the log, and starts anew when it fails."""

import asyncio
import logging
import time
from collections.abc import Sequence
from threading import Event as Signal
from threading import Thread

from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import Engine, create_engine, text

from services.calendar.patience import at_most
from services.eventlog.connections.connecting import connect
from services.eventlog.projections.projection import Projection
from services.eventlog.projections.projector import Projector

MEASURE_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Runner:
    """Runs every projection of a service in one thread. A failure nobody foresaw ends the run, is counted, and the
    next one begins with new connections. What is parked is tried again with a growing pause, and at once by a new run,
    which may be the fix. `parked` tells how many streams of which projection are, as last counted."""

    def __init__(
        self,
        dsn: str,
        projections: Sequence[Projection],
        *,
        schema: str,
        views: str,
        look_seconds: float = 0.1,
        first_retry_seconds: float = 2.0,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._dsn = dsn
        self._projections = projections
        self._schema = schema
        self._views = views
        self._look_seconds = look_seconds
        self._first_retry_seconds = first_retry_seconds
        self._stopping = False
        self._woken = Signal()
        self._thread = Thread(target=self._supervise, name="projections", daemon=True)
        named = ["projection"]
        self._lag = Gauge("tilsagn_projection_lag_events", "events not yet in it", named, registry=registry)
        self._lag_seconds = Gauge(
            "tilsagn_projection_lag_seconds", "age of the oldest event not yet in it", named, registry=registry
        )
        self._parked = Gauge("tilsagn_projection_parked_streams", "streams it cannot follow", named, registry=registry)
        self._retried = Counter(
            "tilsagn_projection_retries", "rounds in which parked streams were tried again", named, registry=registry
        )
        self.parked: dict[str, int] = {}
        self._applied = Counter("tilsagn_projection_events", "events passed", named, registry=registry)
        self.restarts = Counter("tilsagn_projection_restarts", "runs that failed and began anew", registry=registry)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    async def stop(self, seconds: float = at_most(10)) -> None:
        """Finish the batch under way, then end. Others are served meanwhile."""
        await asyncio.to_thread(self.end, seconds)

    def end(self, seconds: float = at_most(10)) -> None:
        """The same for callers that may wait."""
        self._stopping = True
        self._woken.set()
        self._thread.join(seconds)

    def _supervise(self) -> None:
        while not self._stopping:
            engine = create_engine(
                "postgresql+psycopg://", creator=lambda: connect(self._dsn, "in the background"), pool_size=1
            )
            try:
                self._run(engine)
            except Exception:  # noqa: BLE001 - a thread that dies in silence is the worst answer
                _log.exception("the projections failed and begin anew")
                self.restarts.inc()
                self._rest(1.0)
            finally:
                engine.dispose()

    def _run(self, engine: Engine) -> None:
        projectors = [
            Projector(
                engine,
                projection,
                schema=self._schema,
                views=self._views,
                first_retry_seconds=self._first_retry_seconds,
            )
            for projection in self._projections
        ]
        for projector in projectors:
            projector.replay_parked()
        measured = 0.0
        while not self._stopping:
            passed, head = 0, self._head(engine)
            for projector in projectors:
                count = projector.step()
                self._applied.labels(projector.projection.name).inc(count)
                passed += count
            if time.monotonic() - measured > MEASURE_SECONDS:
                self._measure(engine)
                self._retry(projectors)
                measured = time.monotonic()
            if not passed:
                self._rest_until_more(engine, head, until=measured + MEASURE_SECONDS)

    def _rest_until_more(self, engine: Engine, head: int, *, until: float) -> None:
        """Until the log has more than `head`, or all are looked after again (monotonic seconds). One question asks for
        all: each of them asking for itself whether there is more was most of what an idle service did."""
        self._rest(self._look_seconds)
        while not self._stopping and time.monotonic() <= until and self._head(engine) == head:
            self._rest(self._look_seconds)

    def _head(self, engine: Engine) -> int:
        """The last position of the log; 0 of an empty one."""
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            position = connection.execute(text(f"SELECT max(position) FROM {self._schema}.event")).scalar()
        return position or 0

    def _retry(self, projectors: Sequence[Projector]) -> None:
        for projector in projectors:
            if self.parked.get(projector.projection.name) and projector.is_to_retry:
                self._retried.labels(projector.projection.name).inc()
                projector.retry_parked()

    def _rest(self, seconds: float) -> None:
        self._woken.wait(seconds)
        self._woken.clear()

    def _measure(self, engine: Engine) -> None:
        query = text(
            "SELECT p.projection, h.head - p.position AS lag,"
            " coalesce(extract(epoch FROM clock_timestamp() - n.recorded_at), 0),"
            f" (SELECT count(*) FROM {self._views}.parked k"
            "   WHERE k.projection = p.projection AND k.edition = p.edition)"
            f" FROM {self._views}.edition p"
            f" CROSS JOIN (SELECT coalesce(max(position), 0) AS head FROM {self._schema}.event) h"
            f" LEFT JOIN {self._schema}.event n ON n.position = p.position + 1 WHERE p.state = 'live'"
        )
        with engine.begin() as connection:
            rows = connection.execute(query).all()
        self.parked = {name: parked for name, _, _, parked in rows if parked}
        for name, lag, seconds, parked in rows:
            self._lag.labels(name).set(lag)
            self._lag_seconds.labels(name).set(float(seconds))
            self._parked.labels(name).set(parked)
