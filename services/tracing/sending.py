"""How spans leave: in batches, by a thread of their own, to a collector that speaks OTLP over HTTP.

Nobody waits for it. What it does not take in time is thrown away and counted: so many spans wait at most, and as the
process ends they are given two seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter

from services.calendar.patience import at_most
from services.tracing import spans

WAITING_MOST, TOGETHER = 4_096, 512
EVERY_SECONDS, ANSWER_SECONDS, END_SECONDS = 1.0, at_most(5), at_most(2)


@dataclass(frozen=True, kw_only=True)
class TracesTo:
    """Where spans go (`endpoint`, a whole URL), by which name the process is known there, and which share (0 to 1) of
    the traces that begin here is kept. One that began elsewhere is kept if it was there."""

    endpoint: str
    service: str
    share: float = 1.0


class Tracing:
    """What traces in this process. `lost` counts the spans that the collector never got."""

    def __init__(self, to: TracesTo, version: str, registry: CollectorRegistry | None, exporter: Any = None) -> None:
        # Imported where it is configured and nowhere else: it is no part of a process that traces nothing
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

        self._exporter = exporter or OTLPSpanExporter(to.endpoint, timeout=ANSWER_SECONDS)
        self.lost = Counter("tilsagn_spans_lost", "spans the collector did not get", ["why"], registry=registry)
        self._bounded = Bounded(self._exporter, self.lost)
        self._batches = BatchSpanProcessor(
            cast(Any, self._bounded),
            max_queue_size=WAITING_MOST + TOGETHER,
            schedule_delay_millis=EVERY_SECONDS * 1000,
            max_export_batch_size=TOGETHER,
        )
        provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(to.share)),
            resource=Resource.create({"service.name": to.service, "service.version": version}),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(self._bounded.before(self._batches))
        spans.use(provider.get_tracer("tilsagn", version))

    def flush(self) -> None:
        """Send what waits, and return when it is sent. For whoever looks at once."""
        self._batches.force_flush()

    def end(self) -> None:
        """Trace no more, and give what waits two seconds."""
        spans.use(None)
        ending = Thread(target=self._batches.shutdown, name="tracing-ends", daemon=True)
        ending.start()
        ending.join(END_SECONDS)
        if ending.is_alive():
            self._exporter.shutdown()  # a try that goes on ends with the process
        self._bounded.over()


class Bounded:
    """The way to the exporter, which knows how many spans wait for it. Beyond the bound the newest is thrown away."""

    def __init__(self, exporter: Any, lost: Counter) -> None:
        self._exporter, self._lost = exporter, lost
        self._waiting, self._turn = 0, Lock()

    def before(self, batches: Any) -> Any:
        """What puts spans into these batches as long as there is room."""
        from opentelemetry.sdk.trace import SpanProcessor

        bounded = self

        class Admits(SpanProcessor):
            def on_end(self, span: Any) -> None:
                if not span.context.trace_flags.sampled:
                    return
                if bounded.has_room():
                    batches.on_end(span)

        return Admits()

    def has_room(self) -> bool:
        with self._turn:
            if self._waiting < WAITING_MOST:
                self._waiting += 1
                return True
        self._lost.labels("full").inc()
        return False

    def export(self, batch: Sequence[Any]) -> Any:
        """A batch is on its way. What is not taken is not kept."""
        from opentelemetry.sdk.trace.export import SpanExportResult

        with self._turn:
            self._waiting -= len(batch)
        try:
            result = self._exporter.export(batch)
        except Exception:
            self._lost.labels("not-taken").inc(len(batch))
            raise
        if result is not SpanExportResult.SUCCESS:
            self._lost.labels("not-taken").inc(len(batch))
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 0) -> bool:
        return bool(self._exporter.force_flush(timeout_millis))

    def over(self) -> None:
        """What still waits is lost."""
        with self._turn:
            left, self._waiting = self._waiting, 0
        self._lost.labels("ended").inc(left)
