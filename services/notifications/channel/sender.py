"""The sender: the third lock. It takes what the log says is to leave, and nothing else has the channels' credentials.

Several may run. Each claims by recording that it begins, on the version it read: one gets it. Killed at any step, the
next finds the claim without an outcome, and asks the channel for the key before anything is done. So each thing leaves
once, or is known not to have left, or is known to be unknown. After a restore that lost facts the log may lack a claim:
what can have left in the lost span is asked for first, too.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import psycopg
from prometheus_client import CollectorRegistry, Counter
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.sweeping import Sweeping
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import History, Log
from services.eventlog.recorded import HeardAt
from services.notifications.channel.lost_span import may_have_left
from services.notifications.channel.port import Arrived, CannotTell, Carrier, Lost, NotSent, OutcomeUnknown
from services.notifications.channel.post import BytesDiffer, NotNow, Post, Sending
from services.notifications.channel.rests import Rests
from services.notifications.facts.channel import Channel
from services.outbox.known import KnownOutbox

TOGETHER = 100
MOST_SECONDS_TO_HAND_OVER = 45.0
ACTOR = "sender"
_DUE = """
    SELECT stream FROM notifications.sending
    WHERE state NOT IN ('stuck', 'done') AND next_at <= notifications.log_clock() AND stream > %s
    ORDER BY stream LIMIT %s
"""
_STILL_DUE = """
    SELECT FROM notifications.sending
    WHERE stream = %s AND state NOT IN ('stuck', 'done') AND next_at <= notifications.log_clock()
"""

_log = logging.getLogger(__name__)


class Sender:
    """Sends what is due, asks for what is unknown, follows what is on its way. `posts` by the streams' first word.

    What leaves by the file outbox is neither sent, asked for nor followed in another folder than the log knows
    (`outbox`): an empty one would say that nothing has left."""

    def __init__(
        self,
        log: Log,
        pool: AsyncConnectionPool,
        carriers: Mapping[Channel, Carrier],
        posts: Mapping[str, Post],
        now: Callable[[], datetime],
        *,
        look_seconds: float = 0.5,
        patience_seconds: float = 15.0,
        outbox: KnownOutbox | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._log, self._pool = log, pool
        self._carriers, self._posts = carriers, posts
        self._now, self._outbox = now, outbox
        self._rests = Rests(patience_seconds)
        self.outcomes = Counter("tilsagn_sendings", "what came of sendings", ["outcome"], registry=registry)
        self._sweeping = Sweeping(
            "sender", self.sweep, look_seconds=look_seconds, failed=self.outcomes.labels("unexpected").inc
        )

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End. What is begun is asked for by whoever sends next."""
        await self._sweeping.stop()

    async def sweep(self) -> None:
        """Do what is to be done now for everything that is on its way out."""
        after = ""
        while streams := await self._list_due(after):
            for stream in streams:
                if self._rests.is_over(stream):
                    await self._advance_alone(stream)
            after = streams[-1]

    async def _advance_alone(self, stream: str) -> None:
        """One step for one stream. Whatever is wrong with it keeps no other back."""
        try:
            await self.advance(stream)
        except (psycopg.Error, PoolTimeout):
            raise
        except Exception:  # noqa: BLE001 - of this stream alone, and told
            _log.exception("%s could not be taken further", stream)
            self.outcomes.labels("unexpected").inc()
            self._rests.begin(stream)

    async def advance(self, stream: str) -> None:
        """One step for one stream."""
        post = self._posts[stream.partition("-")[0]]
        history = await self._log.load(stream)
        if not await self._is_due(stream):  # another took it since it was listed, and is sending it at this moment
            return
        sending = post.sending(history)
        if sending.channel == "file-outbox" and self._outbox and not await self._outbox.is_usable():
            self._rests.begin(stream)
            return
        match sending.next:
            case "send":
                await self._begin(stream, post, history, sending)
            case "ask":
                await self._ask(stream, post, history, sending)
            case "follow":
                await self._follow(stream, post, history, sending)
            case "wait":
                self._rests.begin(stream)

    async def _begin(self, stream: str, post: Post, history: History, sending: Sending) -> None:
        """Take it, if it may leave at this moment; then hand it over."""
        since = time.monotonic()
        try:
            beginning = await post.begin(history)
        except NotNow as silent:
            _log.info("%s waits: %s", stream, silent)
            self.outcomes.labels("waits").inc()
            self._rests.begin(stream)
            return
        if not beginning.sends:
            await self._tell(stream, "stopped", beginning.facts, history)
        elif await self._record(stream, history, beginning.facts, heard=beginning.heard):
            if await may_have_left(self._log, history, sending):
                begun = await self._log.load(stream)
                await self._ask(stream, post, begun, post.sending(begun))
            else:
                await self._send(stream, post, sending, since=since)

    async def _send(self, stream: str, post: Post, sending: Sending, *, since: float) -> None:
        """Hand it over. It is begun: whatever happens from here on, the log knows that it was. Whoever stood still
        since hands nothing over, for what it was begun on may be over."""
        history = await self._log.load(stream)
        try:
            envelope = await post.envelope(history)
            if time.monotonic() - since > MOST_SECONDS_TO_HAND_OVER:
                raise NotSent("the sender stood still before it handed it over", lasting=False)
            sent = await self._carriers[sending.channel].send(envelope)
        except (BytesDiffer, KeyError) as wrong:
            _log.error("%s is not sent: %s", stream, wrong)
            await self._tell(stream, "stuck", post.failed(history, problem=f"not sent: {wrong}", lasting=True), history)
        except NotSent as failure:
            facts = post.failed(history, problem=str(failure), lasting=failure.lasting)
            await self._tell(stream, "failed", facts, history)
        except OutcomeUnknown as lost:
            await self._tell(stream, "unknown", post.unknown(history, problem=str(lost)), history)
        else:
            facts = post.taken(history, reference=sent.reference, said_at=self._now())
            await self._tell(stream, "sent", facts, history)

    async def _ask(self, stream: str, post: Post, history: History, sending: Sending) -> None:
        """Somebody began and did not say what came of it."""
        try:
            sent = await self._carriers[sending.channel].find(sending.key)
        except CannotTell as silent:
            await self._tell(stream, "unknown", post.unknown(history, problem=str(silent)), history)
            self._rests.begin(stream)
            return
        if sent is None:
            facts = post.failed(history, problem="the channel has nothing under the key", lasting=False)
            await self._tell(stream, "failed", facts, history)
        else:
            facts = post.taken(history, reference=sent.reference, said_at=self._now())
            await self._tell(stream, "found", facts, history)

    async def _follow(self, stream: str, post: Post, history: History, sending: Sending) -> None:
        """Whether it has arrived."""
        outcome: Arrived | Lost | None = None
        with suppress(CannotTell):
            outcome = await self._carriers[sending.channel].follow(sending.key, sending.reference or "")
        match outcome:
            case Arrived(at=at, evidence=evidence):
                await self._tell(stream, "arrived", post.arrived(history, at=at, evidence=evidence), history)
            case Lost(problem=problem):
                await self._tell(stream, "lost", post.failed(history, problem=problem, lasting=True), history)
            case None:
                self._rests.begin(stream)

    async def _tell(self, stream: str, outcome: str, facts: Sequence[Event], history: History) -> None:
        """Record what came of it. If the stream has moved meanwhile, the next look decides on what is there then."""
        if await self._record(stream, history, facts):
            self.outcomes.labels(outcome).inc()

    async def _record(
        self, stream: str, history: History, facts: Sequence[Event], *, heard: HeardAt | None = None
    ) -> bool:
        if not facts:
            return False
        write = Write(stream, history.version, tuple(facts), heard)
        outcome = await self._log.append(Command(actor=ACTOR), write)
        if outcome.outcome == "refused":
            _log.error("%s: %s", stream, outcome.problem)
            self._rests.begin_refused(stream)
        elif outcome.outcome == "recorded":
            self._rests.forget(stream)
        return outcome.outcome == "recorded"

    async def _is_due(self, stream: str) -> bool:
        """Asked after the history is read: what is due then, was due in that history, or the history is outdated."""
        async with self._pool.connection() as connection:
            return (await connection.execute(_STILL_DUE, (stream,))).rowcount > 0

    async def _list_due(self, after: str) -> list[str]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_DUE, (after, TOGETHER))).fetchall()
        return [row[0] for row in rows]
