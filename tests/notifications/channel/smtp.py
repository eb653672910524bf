"""What the tests of smtp build, for other tests to use as well."""

import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifications.settings import Smtp

SENDER = "tilskudd@direktorat.example"


class Server:
    """What the server does with a message: `answers` says, and `cut` breaks the line once it has it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers = "250 OK"
        self.cut = False

    async def handle_DATA(self, server: SMTP, session: Session, message: Envelope) -> str:  # noqa: N802, ARG002
        if self.answers.startswith("250"):
            self.taken.append(cast(bytes, message.content))
        if self.cut:
            cast(Any, server).transport.abort()
        return self.answers

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, message: Envelope, address: str, ___: list[str]
    ) -> str:
        if address.startswith("ukjent"):
            return "550 no such user"
        message.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Server, Smtp]]:
    """A server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, Smtp(host="127.0.0.1", port=port, sender=SENDER, starttls=False)
    finally:
        controller.stop()
