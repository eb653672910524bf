"""Follows another service's feed, page by page, as a task of the process.

Each message counts exactly once, whoever is killed and whenever, also with several processes following at once: what
messages make happen and our place are one transaction (taking.py), and the place's own version lets one of them
through. Either service may be down; the other is asked again, every two seconds at the least. A message we cannot use
is passed over, recorded as such, counted and logged: it never holds up those after it. Where the other log has gone on
otherwise than we read it, nothing more is taken in, and that is an alarm.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry, Counter, Gauge

from services.calendar.patience import at_most
from services.eventlog.background.ending import end
from services.eventlog.background.sweeping import BACK_SECONDS
from services.inbox.contract import Contract, Message
from services.inbox.rules import Place
from services.inbox.taking import LogOfPlace, Made, MessageHandler, Placed, Taking
from services.tracing.spans import continuing

LIMIT, WAIT_SECONDS, PATIENCE_SECONDS = 500, 20, at_most(10)
FIRST_PAUSE_SECONDS, ALARM_PAUSE_SECONDS = 0.5, 30.0
TOGETHER, TRIES = 250, 20
DIVERGED = ("log-diverged", "ahead-of-the-log")

_log = logging.getLogger(__name__)


class FeedUnreadable(Exception):
    """What answered is no feed: not a batch of messages with a position to ask from next."""


class FeedDiverged(Exception):
    """What stands at our place in the other log is not what we read there: somebody must look. We hold facts of what
    was told and is told no longer, and going on would hide it."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whose feed it is (the name its contracts stand under), where it is, and the file with the token that opens it
    (read at every request: tokens change)."""

    name: str
    url: str
    token_file: Path | None = None

    def headers(self) -> dict[str, str]:
        if self.token_file is None:
            return {}
        return {"Authorization": f"Bearer {self.token_file.read_text(encoding='utf-8').strip()}"}


class Follower:
    """One follower of one feed. `heard` says, for each message type, what this service makes of it; `together` is how
    many messages are taken in by one append."""

    def __init__(
        self,
        log: LogOfPlace,
        source: Source,
        heard: Mapping[str, MessageHandler],
        *,
        client: httpx.AsyncClient | None = None,
        registry: CollectorRegistry | None = None,
        wait_seconds: int = WAIT_SECONDS,
        together: int = TOGETHER,
    ) -> None:
        self._source, self._heard = source, heard
        self._taking = Taking(log, source.name, heard)
        self._contract = Contract(source.name, heard)
        self._client = client or httpx.AsyncClient(timeout=wait_seconds + PATIENCE_SECONDS)
        self._wait_seconds, self._together = wait_seconds, together
        self._at = Place()
        self._task: asyncio.Task[None] | None = None
        outcomes = ["outcome"]
        self.messages = Counter("tilsagn_inbox_messages", "messages, by what came of them", outcomes, registry=registry)
        self.failures = Counter("tilsagn_inbox_failures", "times the feed could not be read on", registry=registry)
        self._position = Gauge("tilsagn_inbox_position", "how far the feed is taken in", registry=registry)
        self._answered = Gauge("tilsagn_inbox_answered_seconds", "Unix time of the last answer", registry=registry)
        self._diverged = Gauge(
            "tilsagn_inbox_diverged", "1 while the other log is another than we read", registry=registry
        )

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="inbox")

    async def stop(self) -> None:
        """End. What is not yet recorded is read again by whoever follows next."""
        await end(self._task)
        await self._client.aclose()

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.follow()
                pause = FIRST_PAUSE_SECONDS
            except Exception as failure:  # noqa: BLE001 - a follower that dies in silence is the worst answer
                self.failures.inc()
                alarm = isinstance(failure, FeedDiverged)
                level = logging.CRITICAL if alarm else logging.WARNING
                words = "the feed of %s was not read: %s: %s"
                _log.log(level, words, self._source.name, type(failure).__name__, failure)
                await asyncio.sleep(ALARM_PAUSE_SECONDS if alarm else pause)
                pause = min(pause * 2, BACK_SECONDS)

    async def follow(self) -> None:
        """Ask once, and take in what is answered. Raises when the feed or the database is away or makes no sense, and
        FeedDiverged when the other log is not the one we have read."""
        kept = await self._taking.place()
        self._at = kept if kept.position >= self._at.position else self._at
        messages, following = await self._ask(self._at)
        page = _in_order(messages, following)
        ours = [each for each in page if each.message.problem or each.message.type in self._heard]
        self.messages.labels("not_ours").inc(len(page) - len(ours))
        # What nobody here listens for costs nothing but the place, at the end of the page.
        await self._take_in(ours if not page or ours[-1:] == page[-1:] else [*ours, page[-1]])
        self._at = following

    async def _ask(self, at: Place) -> tuple[list[Message], Place]:
        query: dict[str, str | int] = {"after": at.position, "limit": LIMIT, "wait": self._wait_seconds}
        if at.hash is not None:
            query["hash"] = at.hash
        answer = await self._client.get(self._source.url, params=query, headers=self._source.headers())
        diverged = answer.status_code == httpx.codes.CONFLICT and code_of(answer) in DIVERGED
        self._diverged.set(1 if diverged else 0)
        if diverged:
            self._at = Place()  # what is not recorded is nobody's place; the next look begins at what is
            raise FeedDiverged(f"it is another log than we have read to position {at.position}: {code_of(answer)}")
        answer.raise_for_status()
        batch, following = answer.json(), answer.headers.get("Next-After", "")
        if not isinstance(batch, list) or not following.isascii() or not following.isdigit():
            raise FeedUnreadable("no batch, or no Next-After")
        if int(following) < at.position:
            raise FeedUnreadable(f"it goes back to {following} from {at.position}")
        self._answered.set_to_current_time()
        next_place = Place(position=int(following), hash=answer.headers.get("Next-Hash"))
        return [self._contract.read(told) for told in batch], next_place

    async def _take_in(self, page: Sequence[Placed]) -> None:
        """All of the page, as many at once as goes well. Whoever else changes a stream, or reads the feed, at the same
        moment leaves us to decide anew, on fewer; so does a message that cannot be recorded, until it is found."""
        left, together, tries, problem = list(page), self._together, 0, None
        while left:
            batch = left[: 1 if problem else together]
            traced = [each.message.traceparent for each in batch]
            with continuing("take in", traced, {"tilsagn.of": self._source.name, "tilsagn.count": len(batch)}):
                outcome, made = await self._taking.take(batch, problem=problem)
            if outcome in ("recorded", "known"):
                self._tell(batch, made)
                left, together, tries, problem = left[len(batch) :], min(together * 2, self._together), 0, None
            elif outcome == "stale":
                tries += 1
                if tries == TRIES:
                    raise FeedUnreadable(f"what follows {self._at.position} could not be recorded in {TRIES} tries")
                together = max(1, together // 2)
            elif len(batch) > 1:
                together = len(batch) // 2
            elif problem:
                raise FeedUnreadable(f"that {batch[0].at.position} is passed over could not be recorded: {outcome}")
            else:
                problem = f"not recorded: {outcome}"

    def _tell(self, batch: Sequence[Placed], made: Made) -> None:
        taken, passed = set(made.taken), {each.position: each.problem for each in made.passed_over}
        for each in batch:
            position, message = each.at.position, each.message
            problem = passed.get(position) or (message.problem if message.position is None else None)
            self._position.set(position)
            if problem:
                _log.error("message %s of the feed of %s is passed over: %s", position, self._source.name, problem)
                self.messages.labels("passed_over").inc()
            elif position in taken:
                self.messages.labels("taken").inc()


def _in_order(messages: Sequence[Message], following: Place) -> list[Placed]:
    """By position. What has none of its own comes after everything that has."""
    ordered = sorted(messages, key=lambda each: (each.position is None, each.position or 0))
    return [
        Placed(
            message=each,
            at=following if each.position is None else Place(position=each.position, hash=each.hash),
        )
        for each in ordered
    ]


def code_of(answer: httpx.Response) -> str | None:
    """The code of a refusal; None of anything else."""
    try:
        told = answer.json()
    except ValueError:
        return None
    return told.get("code") if isinstance(told, dict) else None
