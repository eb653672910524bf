"""Letters that come due one after another while nodes die, with two senders at them, in a database of their own whose
clock is moved (nobody waits a fortnight for a test). None may leave early, and none twice."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import uuid4

import psycopg

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.eventlog.refusal import Refusal
from services.eventlog.writing.writer import AnswerLost
from services.notifications.facts.channel import Channel
from services.notifications.facts.notice import About, NoticeDispatched, NoticeOrdered, NoticePrepared, NoticeReceived
from services.notifications.facts.release import LetterReleaseOrdered
from services.notifications.gate.counting import opens_at
from tests.failover.cluster import Cluster
from tests.faults.letters_at_work import Plan, clock_of, noted, run_clock, work
from tests.fresh import FRESH
from tests.notifications.world import (
    BEGAN,
    LETTER_SHA256,
    POLICY,
    Kept,
    bound_to,
    decided,
    held,
    letter,
    line,
)
from tests.notifications.world import notice as notice_stream
from tests.patience import PATIENCE_SECONDS, wait_until

DATABASE = "letters"
CHANNEL: Channel = "eformidling"
"""A channel that keeps a book of its own: what it is handed twice stands there twice."""

SENDERS = 2
AT_ONCE = 10
"""Ordered before they are open; the others are ordered one after another, open."""


@dataclass
class Letters:
    """Those that are to leave, when each may, and who sends them."""

    folder: Path
    dsn: str
    every_seconds: float
    orders: dict[str, LetterReleaseOrdered] = field(default_factory=dict)
    opening: dict[str, datetime] = field(default_factory=dict)
    senders: list[BaseProcess] = field(default_factory=list)
    ordered: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _ordering: Future[None] | None = None

    def start(self) -> None:
        for _ in range(SENDERS):
            process = FRESH.Process(target=work, args=(self.dsn, self.folder, Plan()), daemon=True)
            process.start()
            self.senders.append(process)
        orders = ThreadPoolExecutor(1, thread_name_prefix="orders")
        self._ordering = orders.submit(self._order)
        orders.shutdown(wait=False)

    def _order(self) -> None:
        """One order after the other, each until it stands, and never twice: it has a key."""
        log = Log(self.dsn, None, schema="notifications", now=lambda: clock_of(self.folder))  # type: ignore[arg-type]
        for count, stream in enumerate(self.opening):
            if count >= AT_ONCE and self._stopped.wait(self.every_seconds):
                break
            command = Command(actor="ingrid", key=f"order-{stream}", id=uuid4(), request_hash=b"-" * 32)
            write = Write(stream, 2, (self.orders[stream],))
            while not self._recorded(log, command, write):
                time.sleep(0.5)
            self.ordered += 1
        log.close()

    def _recorded(self, log: Log, command: Command, write: Write) -> bool:
        try:
            outcome = log.append_now(command, write)
        except (Refusal, AnswerLost, psycopg.Error):
            return False
        assert outcome.outcome in ("recorded", "repeated"), outcome
        return True

    def end(self) -> None:
        """No more orders. What kept them from being given is raised here."""
        self._stopped.set()
        if self._ordering is not None:
            self._ordering.result(PATIENCE_SECONDS)

    def check(self) -> None:
        """Every letter has left once, none before it was open, and both senders are at work still."""
        assert all(process.is_alive() for process in self.senders), "a sender has ended"
        due = set(list(self.opening)[: self.ordered])
        wait_until(lambda: set(self.left()) >= due)
        book = Counter(noted(self.folder / f"book-{CHANNEL}"))
        twice = {key: number for key, number in book.items() if number > 1}
        assert not twice, f"sent twice: {twice}"
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute(
                "SELECT stream, recorded_at FROM notifications.event WHERE topic LIKE 'letter.sending-begun.%'"
            ).fetchall()
        early = [stream for stream, at in rows if stream in self.opening and at < self.opening[stream]]
        assert not early, f"left too early: {early}"
        assert len(book) == self.ordered, f"{len(book)} in the channel's book of {self.ordered}"

    def left(self) -> list[str]:
        with psycopg.connect(self.dsn) as connection:
            query = "SELECT stream FROM notifications.sending WHERE state IN ('sent', 'done')"
            return [str(row[0]) for row in connection.execute(query)]


@contextmanager
def letters(cluster: Cluster, folder: Path, *, number: int, seconds: float) -> Iterator[Letters]:
    """So many, which come due evenly over so many seconds from when the senders start."""
    database = cluster.make_database(DATABASE)
    these = Letters(folder, database.notifications_dsn, every_seconds=seconds / number)
    with Kept(database) as world:
        world.now = BEGAN
        for count in range(number):
            name = f"failover-{count}"
            it = bound_to(held(name), channel=CHANNEL)
            world.record(letter(name), decided(), it)
            these.orders[letter(name)] = LetterReleaseOrdered(manifest_sha256=it.manifest_sha256, ordered_by="ingrid")
            prepared = NoticePrepared(
                about=About(kind="round", id="x"),
                lines=(line(name, it.manifest_sha256),),
                planned_on=None,
                renews=None,
                prepared_by="kari",
            )
            told = NoticeOrdered(channel=CHANNEL, policy=POLICY, document_sha256=LETTER_SHA256, ordered_by="ingrid")
            sent = NoticeDispatched(dispatch=1, channel=CHANNEL, reference="x", said_at=world.now)
            received = NoticeReceived(
                dispatch=1,
                received_at=world.now,
                evidence="x",
                evidence_sha256=None,
                told_by=f"channel:{CHANNEL}",
            )
            world.record(notice_stream(name), prepared, told, sent, received)
            these.opening[letter(name)] = opens_at(world.now, POLICY)
        first = min(these.opening.values()) - timedelta(seconds=2)
        run_clock(world.owner, folder, to=first)
    try:
        these.start()
        yield these
    finally:
        these.end()
        for process in these.senders:
            process.kill()
            process.join()
