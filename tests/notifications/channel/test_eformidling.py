"""eFormidling against a stand-in of the integration point: sent once whatever is cut off, and what is a receipt."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from dev.standin_integration_point import CutOff, Fault, IntegrationPoint, create_app
from services.notifications.channel.arkivmelding import NAMESPACE
from services.notifications.channel.eformidling import EFormidling
from services.notifications.channel.port import Arrived, CannotTell, Lost, NotSent, OutcomeUnknown, Sent
from tests.notifications.channel.envelopes import KEY, LETTER, envelope

DPF = "910000004"


class Cut(httpx.ASGITransport):
    """The stand-in's broken connections, as the client meets them."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except CutOff:
            raise httpx.ReadError("cut off", request=request) from None


def at(
    point: IntegrationPoint, do: Callable[[EFormidling], Coroutine[Any, Any, Any]], *, later: timedelta | None = None
) -> Any:
    """What the channel does at this integration point, now or so much later."""

    async def go() -> Any:
        async with httpx.AsyncClient(transport=Cut(create_app(point)), base_url="http://point.test") as client:
            now = datetime.now(UTC) + (later or timedelta())
            return await do(EFormidling(client, own_number="987879696", now=lambda: now))

    return asyncio.run(go())


def send(channel: EFormidling) -> Coroutine[Any, Any, Sent]:
    return channel.send(envelope())


def find(channel: EFormidling) -> Coroutine[Any, Any, Sent | None]:
    return channel.find(KEY)


def follow(channel: EFormidling) -> Coroutine[Any, Any, Arrived | Lost | None]:
    return channel.follow(KEY, KEY)


def test_a_letter_is_sent_with_its_bytes_and_an_archive_message() -> None:
    point = IntegrationPoint()
    assert at(point, send) == Sent(reference=KEY)
    message = point.messages[KEY]
    assert message.sent_off == 1
    assert message.files[LETTER.name] == LETTER.content
    header = message.document["standardBusinessDocumentHeader"]
    assert header["receiver"][0]["identifier"]["value"] == "0192:974760673"
    archive = ElementTree.fromstring(message.files["arkivmelding.xml"])
    assert archive.findtext(f"{{{NAMESPACE}}}antallFiler") == "1"


@pytest.mark.parametrize("step", ["make", "fill", "send"])
@pytest.mark.parametrize("kind", ["refuse", "fail", "cut-before", "cut-after"])
def test_whatever_goes_wrong_at_any_step_it_is_sent_once_in_the_end(step: Any, kind: Any) -> None:
    point = IntegrationPoint()
    point.faults.append(Fault(at=step, kind=kind))
    with pytest.raises((NotSent, OutcomeUnknown)) as problem:
        at(point, send)
    if isinstance(problem.value, NotSent):
        assert KEY not in point.messages or point.messages[KEY].sent_off == 0
    elif at(point, find, later=timedelta(minutes=11)) is not None:
        assert point.messages[KEY].sent_off == 1
    assert at(point, send) == Sent(reference=KEY)
    assert point.messages[KEY].sent_off == 1
    assert point.messages[KEY].files[LETTER.name] == LETTER.content


def test_a_lost_answer_is_settled_by_asking() -> None:
    point = IntegrationPoint()
    point.faults.append(Fault(at="send", kind="cut-after"))
    with pytest.raises(OutcomeUnknown):
        at(point, send)
    assert at(point, find) == Sent(reference=KEY)


def test_what_was_made_and_may_be_leaving_now_cannot_be_told_and_ten_minutes_later_it_was_not_sent() -> None:
    point = IntegrationPoint()
    point.faults.append(Fault(at="send", kind="cut-before"))
    with pytest.raises(OutcomeUnknown):
        at(point, send)
    with pytest.raises(CannotTell):
        at(point, find)
    assert at(point, find, later=timedelta(minutes=11)) is None


def test_what_was_never_made_is_certainly_not_there() -> None:
    assert at(IntegrationPoint(), find) is None


def test_a_point_that_does_not_answer_cannot_tell() -> None:
    point = IntegrationPoint()
    point.faults.append(Fault(at="ask", kind="fail", times=9))
    with pytest.raises(CannotTell):
        at(point, find)
    with pytest.raises(NotSent):  # not even asked: nothing is begun
        at(point, send)
    assert point.messages == {}


@pytest.mark.parametrize(
    ("number", "status", "received"),
    [("974760673", "MOTTATT", False), ("974760673", "LEVERT", True), (DPF, "LEVERT", False), (DPF, "LEST", True)],
)
def test_what_counts_as_received_depends_on_what_carried_it(number: str, status: str, received: bool) -> None:
    point = IntegrationPoint({DPF: "DPF"})
    at(point, lambda channel: channel.send(envelope(number=number)))
    instant = datetime(2020, 5, 20, 6, 40, 3, tzinfo=UTC)
    point.messages[KEY].become(status, instant)
    told = at(point, follow)
    assert (told is not None) is received
    if received:
        assert isinstance(told, Arrived)
        assert told.at == instant
        assert status in told.evidence


@pytest.mark.parametrize("status", ["FEIL", "LEVETID_UTLOPT"])
def test_what_will_never_arrive_is_told(status: str) -> None:
    point = IntegrationPoint()
    at(point, send)
    point.messages[KEY].become(status)
    assert isinstance(at(point, follow), Lost)


def test_a_receiver_without_a_number_cannot_be_reached() -> None:
    with pytest.raises(NotSent) as refused:
        at(IntegrationPoint(), lambda channel: channel.send(envelope(number=None)))
    assert refused.value.lasting
