"""Over both services, to a collector of our own: what one request led to is one tree that reaches its statements,
and goes on in the other service. A collector that is dead or silent holds nobody up."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client import CollectorRegistry

from services.tracing import sending, spans
from services.tracing.sending import TracesTo, Tracing
from services.tracing.spans import Said
from tests.conftest import Database
from tests.faults.service import POST, open_funds, proposal, serving, settings_of, signed_in
from tests.grants.award.letter_routes import SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import OWED, Clock, Town, scheme, town
from tests.tracing.collector import Collector, collecting

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"
PROPOSED, APPROVED = "POST /v1/cases", "PUT /v1/cases/{case_id}/award/approval"
ALLOWED = set(Said.__annotations__)


def to(collector: Collector) -> TracesTo:
    return TracesTo(endpoint=collector.endpoint, service="tilsagn-grants")


def of_the_trace(collector: Collector) -> list[Span]:
    return [each for each in collector.spans if each.trace_id.hex() == TRACE]


def said_by(span: Span) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def above(span: Span, known: dict[bytes, Span]) -> list[str]:
    """What it is a part of, from the nearest on."""
    names = []
    while span.parent_span_id in known:
        span = known[span.parent_span_id]
        names.append(span.name)
    return names


def test_one_request_is_a_tree_that_reaches_its_statements_and_goes_on_in_the_other_service(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(OWED),)})
    cases: list[str] = []

    async def story(here: Town, _: Clock) -> None:
        here.client.headers["traceparent"] = CALLER
        case, award = await here.approved_award(instalments=[{"number": 1, "amount_ore": MILLION}])
        del here.client.headers["traceparent"]
        cases.append(case.rpartition("/")[2])
        await here.comes(award, lambda it: it["state"] == "held")

    with collecting() as collector:
        tracing = Tracing(to(collector), "1", None)
        town(database, tmp_path, story, free_ports)
        tracing.end()
    assert collector.services == {"tilsagn-grants"}
    known = {each.span_id: each for each in of_the_trace(collector)}
    trees = {(span.name, *above(span, known)) for span in known.values()}
    assert {("SELECT", PROPOSED), ("SELECT", APPROVED), ("append", APPROVED), ("SELECT", "append", APPROVED)} <= trees
    written = [said_by(each)["db.query.text"] for each in known.values() if "append" in above(each, known)[:1]]
    assert any("FROM grants.append(" in each for each in written)
    heard = [each for each in known.values() if each.name == "take in" and said_by(each)["tilsagn.of"] == "grants"]
    assert heard, "the other service's handling is not in the trace"
    assert any("FROM notifications.append(" in each for each in written), "nor is what it recorded"
    assert {said_by(each)["tilsagn.of"] for each in known.values() if each.name == "project"}
    check_nothing_is_told_of_anybody(collector, cases[0])


def check_nothing_is_told_of_anybody(collector: Collector, case: str) -> None:
    """Names we chose and counts, and no more: no id, no person, no amount."""
    for span in collector.spans:
        said = said_by(span)
        assert set(said) <= ALLOWED
        told = f"{span.name} {said} {list(span.events)} {span.status.message} {span.trace_state}"
        for value in (case, str(MILLION), "kari", "ola", SCHEME):
            assert value not in told


@pytest.mark.parametrize("silent", [True, False])
def test_a_collector_that_is_silent_or_dead_holds_up_no_request_and_no_end(
    database: Database, tmp_path: Path, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers nobody until the test is over, so whatever is answered and ends before that did not wait for it."""
    monkeypatch.setattr(sending, "END_SECONDS", 0.5)
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    lost: list[float] = []

    async def story(collector: Collector) -> None:
        settings = replace(settings_of(database, tmp_path), traces=to(collector))
        async with serving(settings) as (_, client):
            assert spans.is_on()
            for nth in range(3):
                key = {"Idempotency-Key": f"key-{nth}"}
                made = await client.post(
                    "/v1/cases", json=proposal(f"{POST}/ressursmiljo", 100), headers=signed_in(settings, "kari") | key
                )
                assert made.status_code == 201, made.text
            told = (await client.get("/internal/metrics")).text
            lost.append(float("tilsagn_spans_lost" in told))
        assert not collector.over.is_set()
        assert not spans.is_on()

    with collecting(silent=True) as collector:
        if not silent:
            collector.endpoint = "http://127.0.0.1:1/v1/traces"
        asyncio.run(story(collector))
    assert collector.spans == []
    assert lost == [1.0]


def test_what_is_too_much_is_thrown_away_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector takes nothing; a hundred more than there is room for are made, and nobody waits."""
    monkeypatch.setattr(sending, "WAITING_MOST", 10)
    monkeypatch.setattr(sending, "END_SECONDS", 0.5)
    registry = CollectorRegistry()
    with collecting(silent=True) as collector:
        tracing = Tracing(to(collector), "1", registry)
        for _ in range(110):
            with spans.request(()):
                pass
        full = registry.get_sample_value("tilsagn_spans_lost_total", {"why": "full"}) or 0
        tracing.end()
    assert full >= 90
    every = [registry.get_sample_value("tilsagn_spans_lost_total", {"why": why}) or 0 for why in ("full", "ended")]
    assert sum(every) <= 110
