"""Workers that let letters out and send them, each an operating system's process of its own, which dies without a word
at the step it is told; and channels that keep books of their own, in which a letter sent twice stands twice."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Outcome, Write
from services.eventlog.log import Log
from services.notifications.channel import file_outbox
from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import Arrived, CannotTell, Carrier, Envelope, Lost, Receiver, Sent
from services.notifications.channel.post import Post
from services.notifications.channel.sender import Sender
from services.notifications.facts.channel import Channel
from services.notifications.gate.reading import GateReading
from services.notifications.held.file_store import KeptFiles
from services.notifications.notice.notice_post import NoticePost
from services.notifications.release.letter_post import LetterPost
from services.notifications.release.sweep import Sweep
from tests.notifications.permits import Granted

LOOK_SECONDS = 0.01
RECORDING = ("released", "sending-begun", "dispatched", "delivered")
ANSWERING = ("dispatched", "dispatch-failed", "dispatch-unknown")
WHEN = ("before", "during", "after")
LETTING_OUT = (
    *(f"{when} {what}" for what in RECORDING for when in WHEN),
    "before it is handed over",
    "half written",
    "handed over",
)
ASKING = (*(f"{when} {what}" for what in ANSWERING for when in WHEN), "before it is asked for", "asked for")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where a worker dies: the `nth` time it comes to the step. During an append, after so many seconds of it."""

    step: str = ""
    nth: int = 1
    seconds: float = 0.0


class Cut:
    """A worker's way to its plan. What is noted in the folder outlives it."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan, self._left = folder, plan, plan.nth

    def reach(self, step: str) -> None:
        """Die here, if that is the plan."""
        if step != self.plan.step:
            return
        self._left -= 1
        if self._left == 0:
            note(self.folder / "killed", step)
            os.kill(os.getpid(), signal.SIGKILL)


def note(book: Path, line: str) -> None:
    """One line more, whole, whoever else writes."""
    handle = os.open(book, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def noted(book: Path) -> list[str]:
    """Every line of it."""
    return book.read_text(encoding="utf-8").splitlines() if book.exists() else []


class CutLog(Log):
    """Cut around each append, and in the middle of it: it may be recorded after its sender is dead, or not."""

    cut: Cut

    async def append(self, command: Command, *writes: Write) -> Outcome:
        what = writes[0].events[0].TOPIC.split(".")[1]
        self.cut.reach(f"before {what}")
        under_way = asyncio.ensure_future(super().append(command, *writes))
        if self.cut.plan.step == f"during {what}":
            await asyncio.sleep(self.cut.plan.seconds)
            self.cut.reach(f"during {what}")
        outcome = await under_way
        self.cut.reach(f"after {what}")
        return outcome


class CutOutbox(FileOutbox):
    """The real one, cut before, in the middle of and after what it writes."""

    def __init__(self, directory: Path, cut: Cut) -> None:
        super().__init__(directory)
        self._cut = cut
        write = file_outbox._write

        def cut_write(path: Path, content: bytes) -> None:
            write(path, content)
            cut.reach("half written")

        file_outbox._write = cut_write  # in this process alone

    async def send(self, envelope: Envelope) -> Sent:
        self._cut.reach("before it is handed over")
        sent = await super().send(envelope)
        self._cut.reach("handed over")
        return sent

    async def find(self, key: str) -> Sent | None:
        return await asked_for(self._cut, key, super().find(key))


class Book:
    """A channel that takes whatever it is given as often as it is given it: one line each. It can be asked what it has,
    or, `silent`, never can."""

    def __init__(self, name: Channel, cut: Cut, *, silent: bool = False) -> None:
        self._name: Channel = name
        self._cut, self._silent = cut, silent
        self._book = cut.folder / f"book-{name}"

    @property
    def name(self) -> Channel:
        return self._name

    async def send(self, envelope: Envelope) -> Sent:
        self._cut.reach("before it is handed over")
        note(self._book, envelope.key)
        self._cut.reach("handed over")
        return Sent(reference=envelope.key)

    async def find(self, key: str) -> Sent | None:
        return await asked_for(self._cut, key, self._find(key))

    async def _find(self, key: str) -> Sent | None:
        if self._silent:
            raise CannotTell("it tells nobody")
        return Sent(reference=key) if key in noted(self._book) else None

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:
        assert key == reference
        return None


async def asked_for(cut: Cut, key: str, finding: Awaitable[Sent | None]) -> Sent | None:
    """Cut around a question."""
    cut.reach("before it is asked for")
    note(cut.folder / "asked", key)
    found = await finding
    cut.reach("asked for")
    return found


def clock_of(folder: Path) -> datetime:
    """What time it is in this world: the machine's clock, moved as far as is written there."""
    microseconds = int((folder / "moved").read_text())
    return datetime.now(UTC) + timedelta(microseconds=microseconds)


def run_clock(owner: psycopg.Connection, folder: Path, *, to: datetime) -> None:
    """From now on every clock of this world goes, beginning there: that of the database and of the workers. Nobody is
    at work meanwhile."""
    moved = (to - datetime.now(UTC)) // timedelta(microseconds=1)
    (folder / "moved").write_text(str(moved))
    owner.execute(
        "CREATE OR REPLACE FUNCTION notifications.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
        " SET search_path = pg_catalog, pg_temp"
        f" AS $$ SELECT clock_timestamp() + {moved} * interval '1 microsecond' $$"
    )


def work(dsn: str, folder: Path, plan: Plan) -> None:
    """One process of the service, but for its routes. It ends when whoever started it is gone."""
    asyncio.run(_work(dsn, Cut(folder, plan)))


async def _work(dsn: str, cut: Cut) -> None:
    Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    async with AsyncConnectionPool(dsn, min_size=1, max_size=4, kwargs={"autocommit": True}) as pool:
        log = CutLog(dsn, pool, schema="notifications", now=lambda: clock_of(cut.folder))
        log.cut = cut
        for task in parts(log, pool, cut):
            task.start()
        await asyncio.Event().wait()


def end_with(process: int) -> None:
    """No worker outlives who started it."""
    while os.getppid() == process:
        time.sleep(0.2)
    os._exit(0)


def parts(log: Log, pool: AsyncConnectionPool, cut: Cut) -> Iterable[Sweep | Sender]:
    """As the service puts them together."""

    def now() -> datetime:
        return clock_of(cut.folder)

    files, reading = KeptFiles(pool), GateReading(log, pool)
    posts: dict[str, Post] = {
        "letter": LetterPost(reading, Granted(now), now),
        "notice": NoticePost(files, Receiver(name="Departementet"), now),
    }
    outbox: Carrier = CutOutbox(cut.folder / "outbox", cut)
    carriers: dict[Channel, Carrier] = {
        "file-outbox": outbox,
        "eformidling": Book("eformidling", cut),
        "smtp": Book("smtp", cut, silent=True),
    }
    sender = Sender(log, pool, carriers, posts, now, look_seconds=LOOK_SECONDS, patience_seconds=0.05)
    return Sweep(reading, files, now, look_seconds=LOOK_SECONDS), sender
