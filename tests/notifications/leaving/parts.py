"""What runs beside the requests, put together one by one on a test's database; and a channel the test steers."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.notifications.channel.port import Arrived, Envelope, Lost, Receiver, Sent
from services.notifications.channel.post import Post
from services.notifications.channel.sender import Sender
from services.notifications.facts.channel import Channel
from services.notifications.facts.release import LetterReleaseOrdered, SchemeExempt
from services.notifications.gate.reading import GateReading
from services.notifications.held.file_store import KeptFiles
from services.notifications.notice.notice_post import NoticePost
from services.notifications.release.letter_post import LetterPost
from services.notifications.release.sweep import Sweep
from tests.conftest import Database
from tests.notifications.permits import Granted
from tests.notifications.world import FREE, SOURCE, Kept, KeptWorld, freed, letter, policy, released


@dataclass
class Steered:
    """A channel that does as it is told. `due` is what the next sendings come to, None where all goes well; `has` what
    it took under each key, as often as it took it."""

    name: Channel = "file-outbox"
    due: deque[Exception | None] = field(default_factory=deque)
    has: Counter[str] = field(default_factory=Counter)
    silent: Exception | None = None
    takes_before_failing: bool = False
    became: Arrived | Lost | None = None
    asked: int = 0

    async def send(self, envelope: Envelope) -> Sent:
        fault = self.due.popleft() if self.due else None
        if fault is None or self.takes_before_failing:
            self.has[envelope.key] += 1
        if fault is not None:
            raise fault
        return Sent(reference=envelope.key)

    async def find(self, key: str) -> Sent | None:
        self.asked += 1
        if self.silent is not None:
            raise self.silent
        return Sent(reference=key) if self.has[key] else None

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:
        return self.became if self.has[key] and reference == key else None


@dataclass(kw_only=True)
class Parts:
    """One process's worth of them, on the world's clock."""

    world: KeptWorld
    reading: GateReading
    files: KeptFiles
    pool: AsyncConnectionPool
    carrier: Steered
    permits: Granted

    def now(self) -> datetime:
        return self.world.now

    def sweep(self, now: Callable[[], datetime] | None = None) -> Sweep:
        return Sweep(self.reading, self.files, now or self.now)

    def sender(self) -> Sender:
        posts: dict[str, Post] = {
            "letter": LetterPost(self.reading, self.permits, self.now),
            "notice": NoticePost(self.files, Receiver(name="D"), self.now),
        }
        return Sender(self.reading.log, self.pool, {"file-outbox": self.carrier}, posts, self.now, patience_seconds=0)

    async def topics(self, stream: str) -> list[str]:
        """What the log says happened to it."""
        return [event.TOPIC for event in (await self.reading.log.load(stream)).events]


def at_work(database: Database, story: Callable[[Parts], Awaitable[None]]) -> None:
    """Play the story on a kept world's database."""

    async def play() -> None:
        with Kept(database) as world:
            async with opened(database, world) as parts:
                await story(parts)

    asyncio.run(play())


@asynccontextmanager
async def opened(database: Database, world: KeptWorld) -> AsyncIterator[Parts]:
    pool = AsyncConnectionPool(database.notifications_dsn, open=False, kwargs={"autocommit": True})
    async with pool:
        log = Log(database.notifications_dsn, pool, schema="notifications", now=lambda: world.now)
        try:
            reading = GateReading(log, pool)
            yield Parts(
                world=world,
                reading=reading,
                files=KeptFiles(pool),
                pool=pool,
                carrier=Steered(),
                permits=Granted(lambda: world.now),
            )
        finally:
            log.close()


def exempt_scheme(world: KeptWorld) -> None:
    """Grants told that a scheme owes no notice, so that its letters may leave at once."""
    world.record(f"scheme-{FREE}", policy())


def order(world: KeptWorld, name: str) -> None:
    """A letter that owes no days is held and ordered out."""
    decision, it = freed(name)
    world.record(
        letter(name), decision, it, LetterReleaseOrdered(manifest_sha256=it.manifest_sha256, ordered_by="ingrid")
    )


def let_out(world: KeptWorld, name: str) -> str:
    """A letter that owes no days, out of the gate. Its stream."""
    order(world, name)
    it = world.held(letter(name)).letter
    assert it is not None
    world.record(letter(name), released(it, SchemeExempt(source=SOURCE), world.now))
    return letter(name)
