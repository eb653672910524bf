"""A line of the log says in which trace it was written, and what a later release keeps of a fact hinders nobody."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.eventlog.mapper import encode, recorded
from services.inbox.events import FeedRead
from services.tracing import spans
from tests.httpapi.demo import client
from tests.httpapi.logged import logged_meanwhile
from tests.tracing.kept import CALLER, traced


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    with logged_meanwhile() as stream:
        yield stream


def test_a_line_says_in_which_trace_it_was_written(logged: io.StringIO) -> None:
    with traced() as kept:
        client().get("/v1/open", headers={"traceparent": CALLER})
        with spans.request(((b"traceparent", CALLER.encode()),)):
            logging.getLogger("some").warning("said meanwhile")
        spans_of = {span.name: span.context for span in kept.spans}
    every = [json.loads(line) for line in logged.getvalue().splitlines()]
    lines = [line for line in every if line["logger"] in ("access", "some")]
    assert [line["trace_id"] for line in lines] == [CALLER[3:35]] * 2
    assert {line["span_id"] for line in lines} == {f"{each.span_id:016x}" for each in spans_of.values() if each}


def test_a_line_says_nothing_of_traces_where_there_are_none(logged: io.StringIO) -> None:
    client().get("/v1/open", headers={"traceparent": CALLER})
    (line,) = (json.loads(each) for each in logged.getvalue().splitlines() if '"access"' in each)
    assert {"trace_id", "span_id"} & set(line) == set()


@pytest.mark.parametrize("more", [{}, {"traceparent": CALLER}, {"of_tomorrow": {"x": 1}}])
def test_what_a_later_release_keeps_beside_is_passed_over(more: dict[str, object]) -> None:
    said = {"actor": "kari", "command_id": "d", "correlation_id": "c", **more}
    fact = FeedRead(position=4, read_at=datetime(2020, 1, 1, tzinfo=UTC), hash=None, taken=(), passed_over=())
    row = (7, "inbox-x", 1, fact.TOPIC, encode(fact), json.dumps(said).encode(), datetime(2020, 1, 1, tzinfo=UTC))
    assert recorded(row).traceparent == more.get("traceparent")
    assert recorded(row).event == fact
