"""Follows another service's feed: what a message makes happen and our place in the feed are one transaction.

So every message counts exactly once, whoever is killed and whenever, also with several processes following at once:
the place's own version lets one of them through. Either service may be down; the other is asked again, ever slower. A
message we cannot use is passed over, recorded as such, counted and logged: it never holds up those after it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import psycopg
from prometheus_client import CollectorRegistry, Counter, Gauge
from psycopg_pool import PoolTimeout

from services.eventlog.command import Command, Outcome, Write
from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.recorded import HeardAt, Recorded
from services.eventlog.refusal import Refusal
from services.inbox.contract import Contract, Message
from services.inbox.rules import Place, evolve, read

LIMIT, WAIT_SECONDS, PATIENCE_SECONDS = 100, 20, 10
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
TRIES = 20

_log = logging.getLogger(__name__)


class FeedUnreadable(Exception):
    """What answered is no feed: not a batch of messages with a position to ask from next."""


@dataclass(frozen=True, kw_only=True)
class Take:
    """What a message is about: the stream, and the decision to make on it as it stands. The decision may refuse.

    `beside` are streams the decision reads too, given after the first. Nothing is written there, and only what this
    feed itself tells may stand there: then their order is the feed's, and none of them moves under the decision.
    """

    stream: str
    decide: Callable[..., Sequence[Event]]
    beside: tuple[str, ...] = ()


Hear = Callable[[str, Mapping[str, Any]], Take]
"""From a message's id and data to what it asks of us. A ValueError says that the data cannot be so."""


class LogOfPlace(Protocol):
    """What is needed of the log."""

    async def load(self, stream: str) -> History: ...
    async def find_latest(self, stream: str) -> Recorded | None: ...
    async def append(self, command: Command, *writes: Write) -> Outcome: ...


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whose feed it is (the name its contracts stand under), where it is, and the file with the token that opens it
    (read at every request: tokens change)."""

    name: str
    url: str
    token_file: Path | None = None

    @property
    def stream(self) -> str:
        """Where our place in it is kept."""
        return f"inbox-{self.name}"

    def headers(self) -> dict[str, str]:
        if self.token_file is None:
            return {}
        return {"Authorization": f"Bearer {self.token_file.read_text(encoding='utf-8').strip()}"}


class Follower:
    """One follower of one feed. `heard` says, for each message type, what this service makes of it."""

    def __init__(
        self,
        log: LogOfPlace,
        source: Source,
        heard: Mapping[str, Hear],
        *,
        client: httpx.AsyncClient | None = None,
        registry: CollectorRegistry | None = None,
        wait_seconds: int = WAIT_SECONDS,
    ) -> None:
        self._log, self._source, self._heard = log, source, heard
        self._contract = Contract(source.name, heard)
        self._client = client or httpx.AsyncClient(timeout=wait_seconds + PATIENCE_SECONDS)
        self._wait_seconds = wait_seconds
        self._after = 0
        self._task: asyncio.Task[None] | None = None
        outcomes = ["outcome"]
        self.messages = Counter("tilsagn_inbox_messages", "messages, by what came of them", outcomes, registry=registry)
        self.failures = Counter("tilsagn_inbox_failures", "times the feed could not be read on", registry=registry)
        self._position = Gauge("tilsagn_inbox_position", "how far the feed is taken in", registry=registry)
        self._answered = Gauge("tilsagn_inbox_answered_seconds", "Unix time of the last answer", registry=registry)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="inbox")

    async def stop(self) -> None:
        """End. What is not yet recorded is read again by whoever follows next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._client.aclose()

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.follow()
                pause = FIRST_PAUSE_SECONDS
            except Exception as failure:  # noqa: BLE001 - a follower that dies in silence is the worst answer
                self.failures.inc()
                _log.warning("the feed of %s was not read: %s: %s", self._source.name, type(failure).__name__, failure)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def follow(self) -> None:
        """Ask once, and take in what is answered. Raises when the feed or the database is away or makes no sense."""
        _, place = await self._place()
        self._after = max(self._after, place.position)
        messages, next_after = await self._ask(self._after)
        # What has no position of its own comes after everything that has.
        ordered = sorted(messages, key=lambda each: (each.position is None, each.position or 0))
        for message in ordered:
            await self._take(message, message.position or next_after, last=message is ordered[-1])
        self._after = next_after

    async def _ask(self, after: int) -> tuple[list[Message], int]:
        query = {"after": after, "limit": LIMIT, "wait": self._wait_seconds}
        answer = await self._client.get(self._source.url, params=query, headers=self._source.headers())
        answer.raise_for_status()
        batch, following = answer.json(), answer.headers.get("Next-After", "")
        if not isinstance(batch, list) or not following.isascii() or not following.isdigit():
            raise FeedUnreadable("no batch, or no Next-After")
        if int(following) < after:
            raise FeedUnreadable(f"it goes back to {following} from {after}")
        self._answered.set_to_current_time()
        return [self._contract.read(told) for told in batch], int(following)

    async def _place(self) -> tuple[int, Place]:
        latest = await self._log.find_latest(self._source.stream)
        return (latest.version, evolve(Place(), latest.event)) if latest else (0, Place())

    async def _take(self, message: Message, position: int, *, last: bool) -> None:
        """Record what the message makes happen together with our place. Somebody else may change the case, or read the
        feed, at the same moment: then it is decided anew on what is there now."""
        if message.problem is None and message.type not in self._heard:
            self.messages.labels("not_ours").inc()
            if not last:  # the place is kept once, at the end of them
                return
        unrecorded: str | None = None
        for _ in range(TRIES):
            version, place = await self._place()
            write, problem = await self._decide(message) if unrecorded is None else (None, unrecorded)
            facts = read(
                place, position=position, message_type=message.type, problem=problem, read_at=datetime.now(UTC)
            )
            if not facts:  # read earlier, by us or by another process
                if message.position is None:
                    self._tell(message, position, problem)
                return
            source = self._source.name
            writes = (Write(self._source.stream, version, tuple(facts)), *([write] if write else []))
            if message.hash is not None:
                heard = HeardAt(log=source, position=position, hash=message.hash)
                writes = tuple(replace(each, heard=heard) for each in writes)
            command = Command(actor=f"feed:{source}", correlation_id=f"{source}-{position}")
            outcome = await self._log.append(command, *writes)
            if outcome.outcome == "recorded":
                self._tell(message, position, problem)
                return
            if outcome.outcome != "stale":
                unrecorded = f"not recorded: {outcome.outcome}"
        raise FeedUnreadable(f"message {position} could not be recorded in {TRIES} tries")

    async def _decide(self, message: Message) -> tuple[Write | None, str | None]:
        """What to record of the message, or the problem with it. Only a database that is away is left to raise."""
        hear = self._heard.get(message.type)
        if message.problem or hear is None:
            return None, message.problem
        try:
            take = hear(str(message.position), message.data)
            history = await self._log.load(take.stream)
            events = tuple(take.decide(history, *[await self._log.load(each) for each in take.beside]))
        except (psycopg.Error, PoolTimeout):
            raise
        except Refusal as refusal:
            return None, f"{refusal.code}: {refusal.detail}"
        except ValueError:
            return None, "malformed: a value that cannot be so"
        except Exception:  # noqa: BLE001 - our own mistake about one message must not hold up the others
            _log.exception("a message of the feed of %s could not be taken in", self._source.name)
            return None, "unexpected: the failure is logged"
        return (Write(take.stream, history.version, events) if events else None), None

    def _tell(self, message: Message, position: int, problem: str | None) -> None:
        self._position.set(position)
        if problem:
            _log.error("message %s of the feed of %s is passed over: %s", position, self._source.name, problem)
            self.messages.labels("passed_over").inc()
        elif message.type in self._heard:
            self.messages.labels("taken").inc()
