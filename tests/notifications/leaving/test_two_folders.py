"""Two workers on two hosts, each with a folder of its own that nobody shares: what the one handed over the other cannot
see, and would send again. The log knows one folder, and in another nothing is done."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import Carrier, Envelope, Receiver, Sent
from services.notifications.channel.post import Post
from services.notifications.channel.sender import Sender
from services.notifications.facts.channel import Channel
from services.notifications.notice.notice_post import NoticePost
from services.notifications.outbox import OUTBOX
from services.notifications.release.letter_post import LetterPost
from services.outbox.known import KnownOutbox
from services.outbox.rules import OutboxNotKnown
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts
from tests.notifications.leaving.sender import BEGUN, SENT, sending, since_release


class Killed(BaseException):
    """The worker dies between handing over and recording it."""


class Dying(FileOutbox):
    """Lays it in the folder, and dies."""

    async def send(self, envelope: Envelope) -> Sent:
        await super().send(envelope)
        raise Killed


def worker(
    parts: Parts, folder: Path, carrier: FileOutbox, *, held: bool, registry: CollectorRegistry | None = None
) -> Sender:
    """`held`: it is held to the folder the log knows."""
    posts: dict[str, Post] = {
        "letter": LetterPost(parts.reading, parts.permits, parts.now),
        "notice": NoticePost(parts.files, Receiver(name="D"), parts.now),
    }
    known = KnownOutbox(parts.reading.log, folder, name=OUTBOX, makes=True, registry=registry) if held else None
    log, carriers = parts.reading.log, dict[Channel, Carrier]({"file-outbox": carrier})
    return Sender(log, parts.pool, carriers, posts, parts.now, patience_seconds=0, outbox=known, registry=registry)


def laid_in(*folders: Path) -> int:
    return sum(len(list(folder.glob("*/message.json"))) for folder in folders)


@pytest.mark.parametrize(("held", "copies"), [(True, 1), (False, 2)])
def test_what_one_handed_over_is_not_sent_again_by_the_other(
    held: bool, copies: int, database: Database, tmp_path: Path
) -> None:
    """The control is a sender that is held to no folder: the letter leaves twice."""
    one, other = tmp_path / "one", tmp_path / "other"

    async def story(parts: Parts) -> None:
        with pytest.raises(Killed):
            await worker(parts, one, Dying(one), held=held).sweep()
        for minutes in (10, 20, 30):
            parts.world.now += timedelta(minutes=minutes)
            parts.world.set_clock(parts.world.now)
            await worker(parts, other, FileOutbox(other), held=held).sweep()
        assert laid_in(one, other) == copies
        if held:
            assert await since_release(parts) == [BEGUN]
            await worker(parts, one, FileOutbox(one), held=held).sweep()
            assert await since_release(parts) == [BEGUN, SENT]
            assert laid_in(one, other) == 1

    sending(database, story)


def test_it_is_told_in_metrics_and_readiness_and_nothing_is_marked(database: Database, tmp_path: Path) -> None:
    one, other, registry = tmp_path / "one", tmp_path / "other", CollectorRegistry()

    async def story(parts: Parts) -> None:
        await worker(parts, one, FileOutbox(one), held=True).sweep()
        assert laid_in(one) == 1
        there = KnownOutbox(parts.reading.log, other, name=OUTBOX, makes=True, registry=registry)
        with pytest.raises(OutboxNotKnown):
            await there.admit()
        assert registry.get_sample_value("tilsagn_outbox_not_known") == 1
        assert (await there.count_refused(), await there.is_known()) == (1, False)
        assert not other.exists()

    sending(database, story)


def test_moved_to_another_folder_it_leaves_by_that_and_no_more_by_the_first(database: Database, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    async def story(parts: Parts) -> None:
        log = parts.reading.log
        await KnownOutbox(log, one, name=OUTBOX, makes=True).admit()
        await KnownOutbox(log, other, name=OUTBOX, makes=True).move(reason="The disk of one is gone.", moved_by="kari")
        await worker(parts, one, FileOutbox(one), held=True).sweep()
        assert laid_in(one, other) == 0
        await worker(parts, other, FileOutbox(other), held=True).sweep()
        assert (laid_in(one), laid_in(other)) == (0, 1)

    sending(database, story)


def test_of_two_folders_at_the_same_moment_one_is_taken(database: Database, tmp_path: Path) -> None:
    async def story(parts: Parts) -> None:
        both = [KnownOutbox(parts.reading.log, tmp_path / name, name=OUTBOX, makes=True) for name in ("one", "other")]
        came = await asyncio.gather(*(each.admit() for each in both), return_exceptions=True)
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "OutboxNotKnown"]

    sending(database, story)
