"""E-mail, for deployments that have nothing better. A server's 250 says that it took the message, and no more: that is
never a receipt, and an e-mail never starts the ministry's days. Somebody must record the answer.

An answer lost after the message was handed over cannot be asked for later: whether it left stays unknown until a person
says (`find` always refuses).
"""

import asyncio
import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, formatdate

from services.calendar.patience import at_most
from services.notifications.channel.port import Arrived, CannotTell, Envelope, Lost, NotSent, OutcomeUnknown, Sent
from services.notifications.facts.channel import Channel
from services.notifications.settings import Smtp

SECONDS = at_most(30)


class SmtpChannel:
    """The server of one deployment."""

    name: Channel = "smtp"

    def __init__(self, settings: Smtp, *, seconds: float = SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds

    async def send(self, envelope: Envelope) -> Sent:
        """Handed over under a Message-ID made of the key. Raises NotSent, OutcomeUnknown."""
        if envelope.receiver.address is None:
            raise NotSent("no e-mail address is known for the receiver", lasting=True)
        try:
            message = message_of(envelope, sender=self._settings.sender)
        except ValueError as hostile:
            raise NotSent("the receiver's name or address cannot stand in an e-mail", lasting=True) from hostile
        await asyncio.to_thread(self._hand_over, message)
        return Sent(reference=message["Message-ID"])

    async def find(self, key: str) -> Sent | None:  # noqa: ARG002 - no server can be asked
        """Always raises CannotTell: no mail server says afterwards what it was given."""
        raise CannotTell("e-mail cannot be asked for afterwards")

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:  # noqa: ARG002
        """Nothing: e-mail has no receipts that bind."""
        return None

    def _hand_over(self, message: EmailMessage) -> None:
        server = self._connected()
        try:
            self._transfer(server, message)
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):  # it is decided by now; leaving is a courtesy
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        told = self._settings
        server = smtplib.SMTP(timeout=self._seconds)
        try:
            server.connect(told.host, told.port)
            if told.starttls:
                server.starttls(context=ssl.create_default_context())
            if told.user and told.password_file:
                server.login(told.user, told.password_file.read_text(encoding="utf-8").strip())
        except (smtplib.SMTPException, OSError) as problem:
            server.close()
            raise NotSent(f"the mail server did not let us in: {_named(problem)}", lasting=_lasts(problem)) from problem
        return server

    def _transfer(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        """From here on the server may have it. Only its own refusal says that it has not."""
        try:
            server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
            raise NotSent(f"e-mail was refused: {_named(refused)}", lasting=_lasts(refused)) from refused
        except (smtplib.SMTPException, OSError) as lost:
            raise OutcomeUnknown(f"the mail server's answer is lost: {_named(lost)}") from lost


def message_of(envelope: Envelope, *, sender: str) -> EmailMessage:
    """The message, the same each time but for its date. Header injection is refused by the library (ValueError)."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = formataddr((envelope.receiver.name, envelope.receiver.address or ""))
    message["Subject"] = envelope.title
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{envelope.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(envelope.text)
    for file in envelope.files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def _lasts(problem: Exception) -> bool:
    """Whether the server said that trying again is of no use (5xx)."""
    codes = [problem.smtp_code] if isinstance(problem, smtplib.SMTPResponseException) else []
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in problem.recipients.values()]
    return bool(codes) and min(codes) >= 500


def _named(problem: Exception) -> str:
    """What went wrong, without the server's own words: they may repeat addresses."""
    code = f" {problem.smtp_code}" if isinstance(problem, smtplib.SMTPResponseException) else ""
    return f"{type(problem).__name__}{code}"
