"""Spans kept in this process, for tests to look at."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.tracing.sending import TracesTo, Tracing

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
"""Where a front-end stands in a trace of its own."""


class Kept:
    """All that was traced."""

    def __init__(self, tracing: Tracing, exporter: InMemorySpanExporter) -> None:
        self.tracing, self._exporter = tracing, exporter

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        self.tracing.flush()
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def said(self) -> list[tuple[str, Any]]:
        """Each attribute of each span."""
        return [(name, value) for span in self.spans for name, value in (span.attributes or {}).items()]

    def above(self, span: ReadableSpan) -> list[str]:
        """The names of what it is a part of, from the nearest on."""
        known = {each.context.span_id: each for each in self.spans if each.context}
        names, at = [], span.parent
        while at is not None and at.span_id in known:
            names.append(known[at.span_id].name)
            at = known[at.span_id].parent
        return names


@contextlib.contextmanager
def traced(*, share: float = 1.0) -> Iterator[Kept]:
    """This process traces into memory."""
    exporter = InMemorySpanExporter()
    tracing = Tracing(TracesTo(endpoint="", service="test", share=share), "1", None, exporter)
    try:
        yield Kept(tracing, exporter)
    finally:
        tracing.end()
