"""Takes in messages of another service's feed: what they make happen and our place after them are one transaction.

Messages are decided on in the order of the feed, each on what those before it left, and recorded together: one reading
of all the streams they are about, one append. So a hundred cost little more than one.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg_pool import PoolTimeout

from services.eventlog.command import Command, Outcome, Write
from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.recorded import HeardAt, Recorded
from services.eventlog.refusal import Refusal
from services.inbox.contract import Message
from services.inbox.events import PassedOver
from services.inbox.rules import Place, evolve, read

Given = TypeVar("Given")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What a message is about: the stream, and the decision to make on it as it stands. The decision may refuse.

    `beside` are streams the decision reads too, given after the first. Nothing is written there, and only what this
    feed itself tells may stand there: then their order is the feed's, and none of them moves under the decision. What
    messages just before it made happen stands in the histories with no position of its own yet.
    """

    stream: str
    decide: Callable[..., Sequence[Event]]
    beside: tuple[str, ...] = ()

    @property
    def streams(self) -> tuple[str, ...]:
        """What is read for it: its own stream first."""
        return (self.stream, *self.beside)


MessageHandler = Callable[[str, Mapping[str, Any]], Reaction | tuple[Reaction, ...]]
"""From a message's id and data to what it asks of us, of one stream or of several. A ValueError says that the data
cannot be so."""


class LogOfPlace(Protocol):
    """What is needed of the log."""

    async def load_all(self, streams: Sequence[str]) -> dict[str, History]: ...
    async def find_latest(self, stream: str) -> Recorded | None: ...
    async def append(self, command: Command, *writes: Write) -> Outcome: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A message, and our place in the feed once it is read."""

    message: Message
    at: Place


@dataclass(kw_only=True, slots=True)
class Made:
    """What messages make happen, one after the other, on these histories."""

    histories: dict[str, History]
    writes: list[Write]
    taken: list[int]
    passed_over: list[PassedOver]

    def record(self, stream: str, events: Sequence[Event], at: datetime, heard: HeardAt | None) -> None:
        """The message made this happen: the next one is decided on it."""
        history = self.histories[stream]
        self.writes.append(Write(stream, history.version, tuple(events), heard))
        last = history.recorded[-1].position if history.recorded else 0
        new = [
            Recorded(last, stream, history.version + nth, event, at, "", "", "", heard)
            for nth, event in enumerate(events, 1)
        ]
        self.histories[stream] = History(stream, (*history.recorded, *new))


class Taking:
    """Takes in what one service tells. `heard` says, for each message type, what this service makes of it."""

    def __init__(self, log: LogOfPlace, source: str, heard: Mapping[str, MessageHandler]) -> None:
        self._log, self._source, self._heard = log, source, heard
        self._stream = f"inbox-{source}"

    async def place(self) -> Place:
        """How far the feed is taken in."""
        return (await self._place())[1]

    async def take(self, batch: Sequence[Placed], *, problem: str | None = None) -> tuple[str, Made]:
        """Record what these messages make happen together with our place after the last of them; with a `problem` that
        all of them are passed over for it. The outcome is the log's (`stale`: somebody else changed a stream or read
        the feed; `refused`: one of them cannot be recorded), or `known`: all of them were read earlier."""
        version, place = await self._place()
        new = _beyond(place, batch)
        at = datetime.now(UTC)
        made = (
            await self._decide(new, at) if problem is None else Made(histories={}, writes=[], taken=[], passed_over=[])
        )
        if problem is not None:
            made.passed_over += [_passed(each, problem) for each in new]
        to = new[-1].at if new else place
        facts = read(place, to=to, taken=made.taken, passed_over=made.passed_over, read_at=at)
        if not facts:
            return "known", made
        writes = (Write(self._stream, version, tuple(facts), self._heard_at(new[-1])), *made.writes)
        command = Command(actor=f"feed:{self._source}", correlation_id=f"{self._source}-{to.position}")
        try:
            outcome = await self._log.append(command, *writes)
        except (psycopg.DataError, ValueError):
            return "refused", made
        return outcome.outcome, made

    async def _place(self) -> tuple[int, Place]:
        latest = await self._log.find_latest(self._stream)
        return (latest.version, evolve(Place(), latest.event)) if latest else (0, Place())

    async def _decide(self, batch: Sequence[Placed], at: datetime) -> Made:
        """Everything these messages make happen. Only a database that is away is left to raise."""
        takes = [self._take_of(each.message) for each in batch]
        asked = {stream for take in takes if isinstance(take, tuple) for each in take for stream in each.streams}
        histories = await self._log.load_all(sorted(asked)) if asked else {}
        made = Made(histories=histories, writes=[], taken=[], passed_over=[])
        for each, take in zip(batch, takes, strict=True):
            problems = [self._make(each, one, made, at) for one in take] if isinstance(take, tuple) else [take]
            problem = next((said for said in problems if said is not None), None)
            if problem is not None:
                made.passed_over.append(_passed(each, problem))
            elif take is not None:
                made.taken.append(each.at.position)
        return made

    def _take_of(self, message: Message) -> tuple[Reaction, ...] | str | None:
        """What the message asks of us, or the problem with it; None when nobody here listens for it."""
        hear = self._heard.get(message.type)
        if message.problem or hear is None:
            return message.problem
        return self._guarded(lambda: reactions_to(hear, str(message.position), message.data))

    def _make(self, each: Placed, take: Reaction, made: Made, at: datetime) -> str | None:
        """Make it happen, or say what is wrong with it."""
        if is_heard(made.histories[take.stream], self._heard_at(each)):
            return None  # by who heard it before the feed was gone back in: the same place is the same message
        given = [made.histories[stream] for stream in take.streams]
        decided = self._guarded(lambda: tuple(take.decide(*given)))
        if isinstance(decided, str):
            return decided
        if decided:
            made.record(take.stream, decided, at, self._heard_at(each))
        return None

    def _guarded(self, act: Callable[[], Given]) -> Given | str:
        """What it gives, or the problem in words: of this message alone."""
        try:
            return act()
        except (psycopg.Error, PoolTimeout):
            raise
        except Refusal as refusal:
            return f"{refusal.code}: {refusal.detail}"
        except ValueError:
            return "malformed: a value that cannot be so"
        except Exception:  # noqa: BLE001 - our own mistake about one message must not hold up the others
            _log.exception("a message of the feed of %s could not be taken in", self._source)
            return "unexpected: the failure is logged"

    def _heard_at(self, each: Placed) -> HeardAt | None:
        stands = each.at.hash
        return None if stands is None else HeardAt(log=self._source, position=each.at.position, hash=stands)


def reactions_to(hear: MessageHandler, message_id: str, data: Mapping[str, Any]) -> tuple[Reaction, ...]:
    """What a message asks of each stream. Where one of them refuses, the others are written all the same."""
    asked = hear(message_id, data)
    return asked if isinstance(asked, tuple) else (asked,)


def is_heard(history: History, at: HeardAt | None) -> bool:
    """Whether what that place of the other log tells was made something of here already."""
    return at is not None and any(each.heard == at for each in history.recorded)


def _beyond(place: Place, batch: Sequence[Placed]) -> list[Placed]:
    """Those that are not read yet, each once."""
    new: list[Placed] = []
    for each in batch:
        if each.at.position > place.position:
            new.append(each)
            place = each.at
    return new


def _passed(each: Placed, problem: str) -> PassedOver:
    return PassedOver(position=each.at.position, message_type=each.message.type, problem=problem)
