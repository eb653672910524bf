"""E-mail against a real server of the library's: what it took, what it refused, and what nobody can know."""

import asyncio
from email import message_from_bytes, policy

import pytest

from services.notifications.channel.port import CannotTell, NotSent, OutcomeUnknown
from services.notifications.channel.smtp import SmtpChannel
from services.notifications.settings import Smtp
from tests.notifications.channel.envelopes import KEY, LETTER, envelope
from tests.notifications.channel.smtp import SENDER, Server
from tests.notifications.channel.smtp import server as server

ADDRESS = "post@mottaker.example"


def test_the_letter_arrives_byte_for_byte_under_an_id_made_of_the_key(server: tuple[Server, Smtp]) -> None:
    handler, settings = server
    sent = asyncio.run(SmtpChannel(settings).send(envelope(address=ADDRESS)))
    assert sent.reference == f"<{KEY}@direktorat.example>"
    message = message_from_bytes(handler.taken[0], policy=policy.default)
    assert message["Message-ID"] == sent.reference
    assert message["To"].addresses[0].addr_spec == ADDRESS
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == (LETTER.name, LETTER.content)


def test_a_name_cannot_put_headers_into_the_message(server: tuple[Server, Smtp]) -> None:
    handler, settings = server
    hostile = envelope(name="Stiftelsen\r\nBcc: tredje@part.example", address=ADDRESS)
    with pytest.raises(NotSent) as refused:
        asyncio.run(SmtpChannel(settings).send(hostile))
    assert refused.value.lasting
    assert handler.taken == []


def test_no_address_is_no_sending(server: tuple[Server, Smtp]) -> None:
    with pytest.raises(NotSent) as refused:
        asyncio.run(SmtpChannel(server[1]).send(envelope()))
    assert refused.value.lasting


@pytest.mark.parametrize(("answer", "lasting"), [("451 later", False), ("554 never", True)])
def test_what_the_server_refuses_was_not_sent(server: tuple[Server, Smtp], answer: str, lasting: bool) -> None:
    handler, settings = server
    handler.answers = answer
    with pytest.raises(NotSent) as refused:
        asyncio.run(SmtpChannel(settings).send(envelope(address=ADDRESS)))
    assert refused.value.lasting is lasting


def test_a_receiver_the_server_does_not_know_is_a_lasting_refusal(server: tuple[Server, Smtp]) -> None:
    with pytest.raises(NotSent) as refused:
        asyncio.run(SmtpChannel(server[1]).send(envelope(address="ukjent@mottaker.example")))
    assert refused.value.lasting


def test_an_answer_lost_after_the_message_was_given_is_unknown_and_cannot_be_asked_for(
    server: tuple[Server, Smtp],
) -> None:
    handler, settings = server
    handler.cut = True
    channel = SmtpChannel(settings)
    with pytest.raises(OutcomeUnknown):
        asyncio.run(channel.send(envelope(address=ADDRESS)))
    assert len(handler.taken) == 1
    with pytest.raises(CannotTell):
        asyncio.run(channel.find(KEY))
    assert asyncio.run(channel.follow(KEY, "x")) is None


def test_a_server_that_is_away_was_given_nothing() -> None:
    away = Smtp(host="127.0.0.1", port=1, sender=SENDER, starttls=False)
    with pytest.raises(NotSent) as refused:
        asyncio.run(SmtpChannel(away).send(envelope(address=ADDRESS)))
    assert not refused.value.lasting


def test_a_server_without_tls_is_given_nothing_unless_a_deployment_says_so(server: tuple[Server, Smtp]) -> None:
    handler, settings = server
    strict = Smtp(host=settings.host, port=settings.port, sender=SENDER)
    with pytest.raises(NotSent):
        asyncio.run(SmtpChannel(strict).send(envelope(address=ADDRESS)))
    assert handler.taken == []
