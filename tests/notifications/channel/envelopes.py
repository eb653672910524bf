"""Things to send."""

from datetime import date
from uuid import UUID

from services.notifications.channel.port import Envelope, File, Matter, Receiver

KEY = "0b8e5e0e-7f0a-5c59-9a51-1d9f0a1b2c3d"
CASE = UUID("6a0c1f0e-2b63-4a55-8f5f-0d8b8f4b7a11")
LETTER = File(
    name="tilskuddsbrev.pdf", title="Tilskuddsbrev", media_type="application/pdf", content=b"%PDF-1.7 et tilskuddsbrev"
)


def envelope(
    *,
    key: str = KEY,
    name: str = "Stiftelsen Oppdiktet",
    number: str | None = "974760673",
    address: str | None = None,
    title: str = "Tilskuddsbrev",
    files: tuple[File, ...] = (LETTER,),
    matter: str | None = "2020/17",
) -> Envelope:
    return Envelope(
        key=key,
        kind="letter",
        receiver=Receiver(name=name, number=number, address=address),
        matter=Matter(id=CASE, title=f"Tilskudd til {name}", dated_on=date(2020, 5, 18), number=matter),
        title=title,
        text="Vedlagt følger tilskuddsbrevet.",
        files=files,
    )
