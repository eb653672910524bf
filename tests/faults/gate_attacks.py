"""What the tests of gate attacks build, for other tests to use as well."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
    NoticeSendingBegun,
)
from services.notifications.facts.release import AfterNotice, Ground, LetterReleased
from tests.notifications.world import LETTER_SHA256, POLICY, KeptWorld, id_of, letter, line, notice, released


def tell(world: KeptWorld, number: str, name: str) -> None:
    """A notice of this letter as it is held: prepared, ordered, sent, received, at once."""
    prepare(world, number, name)
    world.record(notice(number), ordered())
    world.record(notice(number), NoticeSendingBegun(dispatch=1, channel="file-outbox", key="x"), dispatched(world))
    world.record(notice(number), receipt(world))


def prepare(world: KeptWorld, number: str, name: str) -> None:
    it = world.held(letter(name)).letter
    assert it is not None
    lines = (line(name, it.manifest_sha256),)
    about = About(kind="letter", id="x")
    world.record(
        notice(number), NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="kari")
    )


def ordered(**other: Any) -> NoticeOrdered:
    return NoticeOrdered(
        channel="file-outbox", policy=replace(POLICY, **other), document_sha256=LETTER_SHA256, ordered_by="ingrid"
    )


def dispatched(world: KeptWorld, *, ago: timedelta = timedelta()) -> NoticeDispatched:
    return NoticeDispatched(dispatch=1, channel="file-outbox", reference="x", said_at=world.now - ago)


def receipt(world: KeptWorld, *, ago: timedelta = timedelta(), **other: Any) -> NoticeReceived:
    told: dict[str, Any] = {"dispatch": 1, "evidence": "x", "evidence_sha256": None, "told_by": "channel:x"} | other
    return NoticeReceived(received_at=world.now - ago, **told)


def the_release(world: KeptWorld, ground: Ground | None = None, *, said_in: timedelta = timedelta()) -> LetterReleased:
    it = world.held(letter("a")).letter
    assert it is not None
    after = AfterNotice(notice_id=id_of("0"), opened_at=world.now)
    return released(it, ground or after, world.now + said_in)
