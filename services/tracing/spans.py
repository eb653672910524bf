"""Spans, as the services make them. Nothing is made unless a collector is configured (sending.py), and nothing beside a
trace that somebody began: what looks every second whether there is something to do tells nobody of it.

A span says what was done and how long it took, never to what: the template of a route and not its address, a
statement's text and not its values. What may stand in one is `Said`; a collector is no place for what people wrote.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypedDict

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

HEADER = "traceparent"
MOST_LINKS = 32
"""Of one batch: so many traces are named in its span, and what else is in it goes on untold."""

Said = TypedDict(
    "Said",
    {
        "http.request.method": str,  # one of those HTTP knows
        "http.route": str,  # the template: /v1/cases/{case_id}
        "http.response.status_code": int,
        "db.system.name": str,
        "db.operation.name": str,  # the statement's first word
        "db.query.text": str,  # without a value
        "error.type": str,  # a class, or PostgreSQL's five characters
        "tilsagn.of": str,  # whose feed, which projection
        "tilsagn.count": int,  # of messages, facts or commands done together
        "tilsagn.outcome": str,  # of a try to deliver, or of a command
    },
    total=False,
)
"""All that a span may say. A type of our own words, so that a name that is not here is found before anything runs."""

_propagator = TraceContextTextMapPropagator()
_tracer: Tracer | None = None


def use(tracer: Tracer | None) -> None:
    """Spans are made by this from now on; None: none are."""
    global _tracer
    _tracer = tracer


def is_on() -> bool:
    """Whether anything is traced by this process."""
    return _tracer is not None


def ids() -> tuple[str, str] | None:
    """The trace and the span (hex) of what is done here, for lines of the log; None outside of one."""
    if _tracer is None:
        return None
    found = trace.get_current_span().get_span_context()
    return (trace.format_trace_id(found.trace_id), trace.format_span_id(found.span_id)) if found.is_valid else None


def traceparent() -> str | None:
    """What W3C Trace Context calls this place, for whoever goes on from it elsewhere; None where nothing is traced, or
    this trace is not sampled."""
    if _tracer is None or not (found := trace.get_current_span().get_span_context()).is_valid:
        return None
    return _named(found) if found.trace_flags.sampled else None


def passed_on() -> dict[str, str]:
    """The headers that a request to another service of ours goes with."""
    return {HEADER: here} if (here := traceparent()) else {}


def _named(found: SpanContext) -> str:
    return f"00-{trace.format_trace_id(found.trace_id)}-{trace.format_span_id(found.span_id)}-{found.trace_flags:02x}"


def _place(named: str) -> Context:
    """What came from elsewhere, to go on from. What is no traceparent begins a trace of its own. What callers say
    beside it (tracestate, baggage) is theirs, and is not taken up."""
    return _propagator.extract({HEADER: named}, Context())


def _context_of(named: str) -> SpanContext | None:
    found = trace.get_current_span(_place(named)).get_span_context()
    return found if found.is_valid else None


@contextmanager
def request(headers: Sequence[tuple[bytes, bytes]]) -> Iterator[Span | None]:
    """One request, from whoever sent it. `answered` says what it was, once that is known."""
    if (tracer := _tracer) is None:
        yield None
        return
    said = [value for name, value in headers if name == b"traceparent"]
    # several are nobody's; what is no text of ASCII is none either
    place = _place(said[0].decode("ascii", "replace")) if len(said) == 1 else Context()
    with _made(tracer, "request", place, SpanKind.SERVER) as span:
        yield span


def answered(span: Span, method: str, route: str, status: int) -> None:
    """The request was of this kind, and this came of it."""
    span.update_name(f"{method} {route}")
    say(span, {"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.set_status(StatusCode.ERROR)


@contextmanager
def part(name: str, said: Said, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span | None]:
    """A part of what is traced here; none where nothing is."""
    if (tracer := _tracer) is None or not trace.get_current_span().is_recording():
        yield None
        return
    with _made(tracer, name, None, kind) as span:
        say(span, said)
        yield span


@contextmanager
def continuing(
    name: str, named: Sequence[str | None], said: Said, kind: SpanKind = SpanKind.CONSUMER
) -> Iterator[Span | None]:
    """What is done here because of what was traced elsewhere: within that trace where it is one, and linked to each
    where they are several. None where nothing of it was traced."""
    tracer = _tracer
    known = {each: found for each in dict.fromkeys(named) if each and (found := _context_of(each))} if tracer else {}
    if tracer is None or not known:
        yield None
        return
    links = [Link(found) for found in list(known.values())[:MOST_LINKS]]
    alone = len({found.trace_id for found in known.values()}) == 1
    with _made(tracer, name, _place(next(iter(known))) if alone else Context(), kind, links) as span:
        say(span, said)
        yield span


@contextmanager
def together(name: str, callers: Sequence[str | None]) -> Iterator[None]:
    """What is done once for several who wait, in none of whose contexts: the first's span is where it is done, and the
    others' are linked to that."""
    tracer, waiting = _tracer, [each for each in callers if each]
    if tracer is None or not waiting:
        yield
        return
    with _made(tracer, name, _place(waiting[0]), SpanKind.INTERNAL) as first:
        say(first, {"tilsagn.count": len(callers)})
        links = [Link(first.get_span_context())]
        others = [tracer.start_span(name, _place(each), links=links) for each in waiting[1:]]
        try:
            yield
        finally:
            for span in others:
                say(span, {"tilsagn.count": len(callers)})
                span.end()


def say(span: Span, said: Said) -> None:
    """Tell this in the span."""
    for name, value in said.items():
        assert isinstance(value, str | int)
        span.set_attribute(name, value)


@contextmanager
def _made(
    tracer: Tracer, name: str, place: Context | None, kind: SpanKind, links: Sequence[Link] = ()
) -> Iterator[Span]:
    """A span, where what is done meanwhile belongs. Of a failure its kind is told: what it says may quote anything."""
    span = tracer.start_span(name, place, kind=kind, links=list(links))
    token = contexts.attach(trace.set_span_in_context(span))
    try:
        yield span
    except Exception as failure:
        say(span, {"error.type": kind_of(failure)})
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        contexts.detach(token)
        span.end()


def kind_of(failure: BaseException) -> str:
    """PostgreSQL's five characters, or the class."""
    return str(getattr(failure, "sqlstate", None) or type(failure).__name__)
