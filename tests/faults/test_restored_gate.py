"""A15 for the notifications service: its database is restored from a backup that lacks the last of what happened. No
letter leaves twice, none leaves early, and the log and the gate hold.

The channel keeps what it was given: it is not part of the backup.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import psycopg

from dev.verifying.log import verify
from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import Receiver
from services.notifications.channel.post import Post
from services.notifications.channel.sender import Sender
from services.notifications.notice.notice_post import NoticePost
from services.notifications.release.letter_post import LetterPost
from tests.conftest import Database
from tests.faults.restored_gate import restored
from tests.notifications.leaving.parts import Parts, at_work, exempt_scheme, let_out, order
from tests.notifications.leaving.sweep import ordered
from tests.notifications.world import days, letter


def sent(outbox: Path) -> int:
    """How many letters it was ever given."""
    return len(list(outbox.glob("*/message.json")))


def sender(parts: Parts, outbox: Path) -> Sender:
    """One with the real file outbox."""
    notices = NoticePost(parts.files, Receiver(name="D"), parts.now)
    posts: dict[str, Post] = {"letter": LetterPost(parts.reading, parts.permits, parts.now), "notice": notices}
    return Sender(parts.reading.log, parts.pool, {"file-outbox": FileOutbox(outbox)}, posts, parts.now)


def going_on(database: Database, story: Callable[[Parts], Awaitable[None]]) -> None:
    """The story on a database that others have been at: the world knows again what its streams hold."""

    async def known(parts: Parts) -> None:
        with psycopg.connect(database.admin_dsn) as connection:
            streams = connection.execute("SELECT DISTINCT stream FROM notifications.event").fetchall()
        for (stream,) in streams:
            parts.world.facts += (await parts.reading.log.load(stream)).recorded
        parts.world.facts.sort(key=lambda fact: fact.position)
        await story(parts)

    at_work(database, known)


def test_what_left_after_the_backup_does_not_leave_again(database: Database, tmp_path: Path) -> None:
    async def before(parts: Parts) -> None:
        exempt_scheme(parts.world)
        let_out(parts.world, "released before the backup")
        order(parts.world, "ordered before the backup")
        ordered(parts, "owed days")

    async def after(parts: Parts) -> None:
        parts.world.now += timedelta(minutes=1)
        parts.world.set_clock(parts.world.now)
        assert await parts.sweep().sweep() == 1
        await sender(parts, tmp_path).sweep()

    async def once_more(parts: Parts) -> None:
        parts.world.now += timedelta(hours=1)
        parts.world.set_clock(parts.world.now)
        assert await parts.sweep().sweep() == 1  # the order is in the backup, the release is not
        await sender(parts, tmp_path).sweep()
        assert sent(tmp_path) == 2
        parts.world.now += days(15)
        parts.world.set_clock(parts.world.now)
        assert await parts.sweep().sweep() == 1
        await sender(parts, tmp_path).sweep()
        assert (await parts.topics(letter("owed days")))[-1] == "letter.dispatched.v1"

    at_work(database, before)
    with restored(database) as copy:
        going_on(database, after)
        assert sent(tmp_path) == 2
        going_on(copy, once_more)
        assert sent(tmp_path) == 3
        assert verify(copy.notifications_reader_dsn, None, None, schema="notifications")[1] == []
