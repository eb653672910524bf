"""What the tests of closed again build, for other tests to use as well."""

from typing import Any

from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeObjected,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
    NoticeSendingBegun,
)
from tests.notifications.world import POLICY, KeptWorld, held, id_of, letter, line, notice

A, N = letter("a"), notice("n")


def received(world: KeptWorld) -> None:
    """The ministry has a notice of the letter, which is held."""
    world.record(A, held("a"))
    told(world, N)


def told(world: KeptWorld, stream: str) -> None:
    """The ministry is told of the letter, and has it."""
    about = About(kind="letter", id=str(id_of("a")))
    lines = (line("a", str(world.held(A).manifest_sha256)),)
    world.record(stream, NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="kari"))
    world.record(stream, NoticeOrdered(channel="smtp", policy=POLICY, document_sha256="ab" * 32, ordered_by="ingrid"))
    world.record(stream, NoticeSendingBegun(dispatch=1, channel="smtp", key="k"))
    world.record(stream, NoticeDispatched(dispatch=1, channel="smtp", reference="r", said_at=world.now))
    told_by: dict[str, Any] = {"evidence": "e", "evidence_sha256": None, "told_by": "marit"}
    world.record(stream, NoticeReceived(dispatch=1, received_at=world.now, **told_by))


def objected() -> NoticeObjected:
    return NoticeObjected(objection=1, items=(), text="Vent.", objected_by="marit")
