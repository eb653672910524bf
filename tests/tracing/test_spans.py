"""What is traced, and what is told of it: the template of a route and the text of a statement, never a value."""

import subprocess
import sys

import psycopg
import pytest
from psycopg import sql

from services.eventlog.connections.connecting import connect
from services.eventlog.mapper import encode_metadata
from services.tracing import spans
from services.tracing.statements import without_values
from tests.conftest import Database
from tests.house.tree import ROOT
from tests.tracing.kept import CALLER, traced

TRACE = int(CALLER[3:35], 16)


def asked(*headers: tuple[bytes, bytes]) -> None:
    """A request that is answered."""
    with spans.request(headers) as span:
        assert span is not None
        spans.answered(span, "GET", "/v1/cases/{case_id}", 200)


def test_a_request_goes_on_within_the_trace_of_whoever_sent_it() -> None:
    with traced() as kept:
        asked((b"traceparent", CALLER.encode()))
        (span,) = kept.spans
    assert span.context is not None
    assert (span.name, span.context.trace_id) == ("GET /v1/cases/{case_id}", TRACE)
    assert span.parent is not None
    assert span.parent.span_id == int(CALLER[36:52], 16)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"traceparent", b"not one"),),
        ((b"traceparent", CALLER.encode()), (b"traceparent", CALLER.encode())),
        ((b"traceparent", b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01"),),
        ((b"traceparent", CALLER.encode() + b"\xc3\xb8"),),
        ((b"traceparent", CALLER.encode() + b"\r\nX: y"),),
        ((b"traceparent", b"x" * 10_000),),
    ],
)
def test_what_is_no_place_in_a_trace_begins_one(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    with traced() as kept:
        asked(*headers)
        (span,) = kept.spans
    assert span.parent is None
    assert span.context is not None
    assert span.context.trace_id != TRACE


def test_what_a_caller_says_beside_its_trace_is_not_passed_on() -> None:
    with traced() as kept:
        asked((b"traceparent", CALLER.encode()), (b"tracestate", b"kari=olsen"), (b"baggage", b"name=kari"))
        (span,) = kept.spans
    assert span.context is not None
    assert not span.context.trace_state


def test_what_a_caller_did_not_sample_is_not_told() -> None:
    with traced() as kept:
        with spans.request(((b"traceparent", CALLER[:-1].encode() + b"0"),)):
            assert spans.traceparent() is None
            assert spans.passed_on() == {}
        assert kept.spans == ()


def test_a_share_of_none_keeps_none_that_begins_here() -> None:
    with traced(share=0.0) as kept:
        asked()
        assert kept.spans == ()


def test_nothing_is_traced_where_nothing_is_configured() -> None:
    assert not spans.is_on()
    assert (spans.ids(), spans.traceparent(), spans.passed_on()) == (None, None, {})
    with spans.request(()) as span, spans.part("x", {}) as part, spans.continuing("y", [CALLER], {}) as further:
        assert (span, part, further) == (None, None, None)


def test_a_service_that_traces_nothing_has_not_imported_what_traces() -> None:
    look = (
        "import sys, services.grants.main, services.notifications.main, services.dashboard.main\n"
        "print([name for name in ('opentelemetry.sdk', 'opentelemetry.exporter', 'google.protobuf')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_statement_is_a_part_of_the_request_and_is_told_without_its_values(database: Database) -> None:
    with traced() as kept:
        with connect(database.service_dsn, "answering", autocommit=True) as connection, spans.request(()):
            connection.execute("SELECT %s::text, 'Kari Olsen', 12345", ("Ola",))
            connection.execute(sql.SQL("SELECT {}").format(sql.Literal("Kari Olsen")))
            with pytest.raises(psycopg.Error):
                connection.execute("SELECT 'Kari Olsen'::integer")
        texts = [value for name, value in kept.said() if name == "db.query.text"]
        assert texts == ["SELECT %s::text, ?, ?", "SELECT ?", "SELECT ?::integer"]
        assert ("error.type", "22P02") in kept.said()
        assert "Kari" not in repr([(each.attributes, each.events, each.status.description) for each in kept.spans])
        assert {kept.above(each)[-1] for each in kept.named("SELECT")} == {"request"}


def test_a_statement_that_nobody_asked_for_is_not_told(database: Database) -> None:
    with traced() as kept:
        with connect(database.service_dsn, "in the background", autocommit=True) as connection:
            connection.execute("SELECT 1")
        assert kept.spans == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT a.b2 FROM grants.event\n  WHERE version > $1", "SELECT a.b2 FROM grants.event WHERE version > $1"),
        ("INSERT INTO x VALUES ('it''s', 4.5, E'a', 7)", "INSERT INTO x VALUES (?, ?, ?, ?)"),
        ("SELECT $body$ Kari $body$", "SELECT ?"),
        ("SELECT %b::text[]", "SELECT %b::text[]"),
    ],
)
def test_a_text_has_a_question_mark_for_each_value(text: str, told: str) -> None:
    assert without_values(text) == told


def test_a_command_of_several_traces_is_linked_to_each() -> None:
    other = CALLER.replace("0af7", "1af7")
    with traced() as kept:
        with spans.continuing("take in", [CALLER, None, other, CALLER], {"tilsagn.count": 4}):
            pass
        (span,) = kept.spans
    assert span.parent is None
    assert [link.context.trace_id for link in span.links] == [TRACE, int(other[3:35], 16)]


def test_what_is_written_together_is_told_in_the_trace_of_each() -> None:
    other = CALLER.replace("0af7", "1af7")
    with traced() as kept:
        with spans.together("append", [None, CALLER, other]), spans.part("statement", {}):
            pass
        first, second = (
            next(each for each in kept.named("append") if each.context and each.context.trace_id == int(one[3:35], 16))
            for one in (CALLER, other)
        )
        (statement,) = kept.named("statement")
    assert statement.parent is not None
    assert first.context is not None
    assert statement.parent.span_id == first.context.span_id
    assert [link.context.span_id for link in second.links] == [first.context.span_id]


def test_what_is_not_traced_is_stored_as_it_always_was() -> None:
    plain = encode_metadata(actor="kari", correlation_id="c", command_id="d")
    assert plain == b'{"actor":"kari","command_id":"d","correlation_id":"c"}'
    assert b"traceparent" in encode_metadata(actor="kari", correlation_id="c", command_id="d", traceparent=CALLER)
