"""What the tests of numbered build, for other tests to use as well."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.receiver.outbox import TYPES as EVERY_TYPE
from services.notifications.receiver.outbox import Outgoing, put
from services.notifications.webhook import rules
from services.notifications.webhook.delivery_log.deliveries import Deliveries
from services.notifications.webhook.events import Sealed, Subscription, Wanted
from services.notifications.webhook.rules import Endpoint, fold, stream_of
from services.notifications.webhook.sending.claims import Claimed, Claims, Ended
from services.notifications.webhook.sending.schedule import pause_after, pause_after_hand
from tests.conftest import Database
from tests.notifications.webhook.delivering import hurry

TYPES = ("notice.received", "letter.released")
ADDRESSES = tuple(f"https://{name}.example.no/hook" for name in "ab")
AT = datetime(2020, 6, 1, tzinfo=UTC)
Rule = Callable[[Endpoint], Sequence[Event]]


class Office:
    """One endpoint, what is done to it, and a worker that sends nothing."""

    def __init__(self, database: Database, log: Log, pool: AsyncConnectionPool) -> None:
        self.database = database
        self.id, self.log, self.pool = uuid4(), log, pool
        self.claims = Claims(pool, "worker")
        self.told = Subscription(
            url=ADDRESSES[0], types=TYPES[:1], wanted=Wanted(), ordered=False, rate_per_second=1_000, contract=1,
            description="", pulled_by=None,
        )  # fmt: skip
        self.let_through: list[UUID] = []
        self.pushed: list[UUID] = []
        self.has_consented = False

    async def does(self, rule: Rule) -> None:
        history = await self.log.load(stream_of(self.id))
        endpoint = fold(history.recorded)
        if facts := tuple(rule(endpoint)):
            outcome = await self.log.append(Command(actor="liv"), Write(history.stream, history.version, facts))
            assert outcome.outcome == "recorded"

    async def register(self) -> None:
        secret = Sealed(id=uuid4(), sha256="ab" * 32, public_key="whpk_1")
        await self.does(
            lambda it: rules.register(it, subscription=self.told, secret=secret, known=EVERY_TYPE, by="liv")
        )

    async def change(self, **told: Any) -> None:
        self.told = Subscription(**(vars(self.told) | told))
        await self.does(lambda it: rules.change(it, subscription=self.told, known=EVERY_TYPE, by="liv"))

    async def send(self, consents: bool = False) -> None:
        """Takes what is due; a challenge too, if it consents."""
        for claimed in await self.claims.begin(100, 100):
            if claimed.endpoint_id != self.id:
                continue
            if claimed.kind == "message":
                self.pushed.append(claimed.message_id)
            elif consents:
                await self.does(
                    partial(rules.consent, url=claimed.url, challenge_id=claimed.delivery_id, answered_at=AT)
                )
                self.has_consented = True
            await self.claims.end([ended(claimed, claimed.kind == "message" or consents)])

    async def resend(self, deliveries: Deliveries, delivery: UUID) -> int:
        """Asks by hand, and lets the time that must be between two pass."""
        resent = await deliveries.resend(uuid4(), self.id, [delivery], "liv")
        await hurry(self.database)
        return resent

    async def fails(self, *, turn: int, tries: int, by_hand: bool) -> None:
        """Its one message is tried, and fails."""
        await hurry(self.database)
        [claimed] = [each for each in await self.claims.begin(100, 100) if each.endpoint_id == self.id]
        assert (claimed.turns, claimed.tries, claimed.by_hand) == (turn, tries, by_hand)
        left = None if claimed.turn_at is None else claimed.turn_at - claimed.now_at
        pause = pause_after_hand(turn, draw=0.5, left=left) if by_hand else pause_after(turn, draw=0.5)
        await self.claims.end([replace(ended(claimed, taken=False), again_in=pause)])

    async def act(self, act: str) -> None:
        other = {ADDRESSES[0]: ADDRESSES[1], ADDRESSES[1]: ADDRESSES[0]}
        match act:
            case "consent":
                await self.send(consents=True)
            case "move":
                await self.change(url=other[self.told.url])
            case "filter":
                await self.change(types=TYPES if self.told.types == TYPES[:1] else TYPES[:1])
            case "pause":
                await self.does(lambda it: rules.pause(it, by="liv"))
            case "resume":
                await self.does(lambda it: rules.resume(it, by="liv") if it.paused or it.disabled else [])
            case "disable":
                await self.does(lambda it: rules.disable(it, reason="failing", failing_since=AT))
            case "rotate":
                secret = Sealed(id=uuid4(), sha256="cd" * 32, public_key="whpk_2")
                await self.does(lambda it: rules.rotate(it, secret=secret, revoke=False, by="liv"))
            case "hand on":
                await self.claims.hand_on()
            case kind:
                await self.put(kind)

    async def put(self, kind: str) -> None:
        """A worker hands it on some other time: it is let through by how the endpoint stands now."""
        said = Outgoing(id=uuid4(), type=kind, occurred_at=AT, subject={}, data={})
        async with self.pool.connection() as connection:
            await put(connection, said)
        if self.has_consented and kind in self.told.types:
            self.let_through.append(said.id)


def ended(claimed: Claimed, taken: bool) -> Ended:
    return Ended(
        attempt_id=claimed.attempt_id, outcome="delivered" if taken else "failed", status=200, problem=None, took_ms=1,
        again_in=None if taken else AT - AT,
    )  # fmt: skip
