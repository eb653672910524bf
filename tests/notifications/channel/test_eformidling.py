"""eFormidling against a stand-in of the integration point: sent once whatever is cut off, and what is a receipt."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.standin_integration_point import (
    STATUSES,
    CutOff,
    Fault,
    IntegrationPoint,
    Message,
    Refused,
    Status,
    create_app,
)
from services.notifications.channel.arkivmelding import NAMESPACE
from services.notifications.channel.eformidling import EFormidling
from services.notifications.channel.port import Arrived, CannotTell, Lost, NotSent, OutcomeUnknown, Sent
from tests.in_process import InProcess
from tests.notifications.channel.envelopes import KEY, LETTER, envelope

DPF = "910000004"
DPV = "910000012"
OWN = "Integrerings- og mangfoldsdirektoratet"
RECEIPTS = {"974760673": {"LEVERT", "LEST"}, DPV: {"LEVERT", "LEST"}, DPF: {"LEST"}}


class Cut(InProcess):
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
            return await do(EFormidling(client, own_number="987879696", own_name=OWN, now=lambda: now))

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
    [
        ("974760673", "MOTTATT", False),
        ("974760673", "LEVERT", True),
        (DPF, "LEVERT", False),
        (DPF, "LEST", True),
        (DPV, "ANNET", False),
        (DPV, "LEVERT", True),
        (DPV, "LEST", True),
    ],
)
def test_what_counts_as_received_depends_on_what_carried_it(number: str, status: Status, received: bool) -> None:
    point = IntegrationPoint({DPF: "DPF", DPV: "DPV"})
    at(point, lambda channel: channel.send(envelope(number=number)))
    instant = datetime(2020, 5, 20, 6, 40, 3, tzinfo=UTC)
    point.messages[KEY].become(status, instant)
    told = at(point, follow)
    assert (told is not None) is received
    if received:
        assert isinstance(told, Arrived)
        assert told.at == instant
        assert status in told.evidence


def test_an_upload_whose_answer_was_lost_is_not_refused_for_ever_when_it_is_tried_again() -> None:
    point = IntegrationPoint({DPV: "DPV"})
    for _ in range(2):  # the letter, and then the archive message
        point.faults.append(Fault(at="fill", kind="cut-after"))
        with pytest.raises(NotSent) as cut:
            at(point, lambda channel: channel.send(envelope(number=DPV)))
        assert not cut.value.lasting
    assert at(point, lambda channel: channel.send(envelope(number=DPV))) == Sent(reference=KEY)
    assert point.messages[KEY].sent_off == 1
    assert set(point.messages[KEY].files) == {LETTER.name, "arkivmelding.xml"}


def test_a_file_refused_for_another_reason_is_not_taken_for_there() -> None:
    point = IntegrationPoint({DPV: "DPV"})
    untitled = replace(LETTER, title=" ")
    with pytest.raises(NotSent) as refused:
        at(point, lambda channel: channel.send(envelope(number=DPV, files=(untitled,))))
    assert refused.value.lasting
    assert point.messages[KEY].sent_off == 0


@settings(max_examples=40, deadline=None)
@given(title=st.text(min_size=1, max_size=30).filter(str.strip), name=st.text("aøå ;\"'%,€", min_size=1, max_size=20))
def test_every_file_comes_under_its_own_name_and_title(title: str, name: str) -> None:
    point = IntegrationPoint({DPV: "DPV"})
    file = replace(LETTER, title=title, name=name)
    at(point, lambda channel: channel.send(envelope(number=DPV, files=(file,))))
    assert point.messages[KEY].titles[name] == title
    assert point.messages[KEY].sent_off == 1


told_statuses = st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(0, 9)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(number=st.sampled_from(sorted(RECEIPTS)), told=told_statuses)
def test_it_arrived_at_the_earliest_status_that_counts_in_any_order_and_repeated(
    number: str, told: list[tuple[Status, int]]
) -> None:
    point = IntegrationPoint({DPF: "DPF", DPV: "DPV"})
    at(point, lambda channel: channel.send(envelope(number=number)))
    for status, minute in told:
        point.messages[KEY].become(status, datetime(2020, 5, 20, 6, minute, tzinfo=UTC))
    counting = [minute for status, minute in told if status in RECEIPTS[number]]
    came = at(point, follow)
    if counting:
        assert isinstance(came, Arrived)
        assert came.at == datetime(2020, 5, 20, 6, min(counting), tzinfo=UTC)
    else:
        assert isinstance(came, Lost) is any(status in ("FEIL", "LEVETID_UTLOPT") for status, _ in told)


def test_the_stand_in_refuses_what_the_real_one_refuses() -> None:
    point = IntegrationPoint()
    at(point, send)
    made = point.messages[KEY].document
    with pytest.raises(Refused, match="already exists"):
        point.make(made)
    with pytest.raises(Refused, match="not found"):
        point.outgoing(KEY)
    fresh = Message(made, "DPO")
    with pytest.raises(Refused, match="at least one file"):
        fresh.leave()
    with pytest.raises(Refused, match="Saksmappe"):
        fresh.take("arkivmelding.xml", "", b"<a/>")
    fresh.take("arkivmelding.xml", "", point.messages[KEY].files["arkivmelding.xml"])
    with pytest.raises(Refused, match=LETTER.name):
        fresh.leave()


@pytest.mark.parametrize("status", ["FEIL", "LEVETID_UTLOPT"])
def test_what_will_never_arrive_is_told(status: Status) -> None:
    point = IntegrationPoint()
    at(point, send)
    point.messages[KEY].become(status)
    assert isinstance(at(point, follow), Lost)


def test_a_receiver_without_a_number_cannot_be_reached() -> None:
    with pytest.raises(NotSent) as refused:
        at(IntegrationPoint(), lambda channel: channel.send(envelope(number=None)))
    assert refused.value.lasting
