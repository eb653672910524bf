"""The channels a deployment has. Only this service has their credentials."""

from collections.abc import Mapping

import httpx

from services.notifications.channel.eformidling import SECONDS, EFormidling
from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import Carrier, Receiver
from services.notifications.channel.smtp import SmtpChannel
from services.notifications.facts.channel import Channel
from services.notifications.settings import Settings

MINISTRY = "Departementet"


def carriers_of(settings: Settings) -> Mapping[Channel, Carrier]:
    """The file outbox always; e-mail and eFormidling where they are set up."""
    assert settings.outbox is not None, "who sends is told where to (settings)"
    carriers: dict[Channel, Carrier] = {"file-outbox": FileOutbox(settings.outbox)}
    if settings.smtp:
        carriers["smtp"] = SmtpChannel(settings.smtp)
    if settings.integration_point:
        client = httpx.AsyncClient(base_url=settings.integration_point, timeout=SECONDS)
        carriers["eformidling"] = EFormidling(client, own_number=settings.own_number, own_name=settings.own_name)
    return carriers


def ministry_of(settings: Settings) -> Receiver:
    """Whom notices go to."""
    return Receiver(name=MINISTRY, number=settings.ministry_number, address=settings.ministry_address)
