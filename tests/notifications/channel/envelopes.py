"""Things to send."""

from services.notifications.channel.port import Envelope, File, Receiver

KEY = "0b8e5e0e-7f0a-5c59-9a51-1d9f0a1b2c3d"
LETTER = File(name="tilskuddsbrev.pdf", media_type="application/pdf", content=b"%PDF-1.7 et tilskuddsbrev")


def envelope(
    *, key: str = KEY, name: str = "Stiftelsen Oppdiktet", number: str | None = "974760673", address: str | None = None
) -> Envelope:
    return Envelope(
        key=key,
        kind="letter",
        receiver=Receiver(name=name, number=number, address=address),
        title="Tilskuddsbrev",
        text="Vedlagt følger tilskuddsbrevet.",
        files=(LETTER,),
    )
