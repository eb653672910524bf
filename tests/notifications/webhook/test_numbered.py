"""Once a receiver has consented, everything its endpoint lets through has a number: whatever is done to the endpoint in
whatever order, and what is pulled is what is pushed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.receiver.outbox import TYPES as EVERY_TYPE
from services.notifications.receiver.outbox import Outgoing, put
from services.notifications.webhook import rules
from services.notifications.webhook.claims import Claimed, Claims, Ended
from services.notifications.webhook.deliveries import Deliveries
from services.notifications.webhook.events import Sealed, Subscription, Wanted
from services.notifications.webhook.following import Following
from services.notifications.webhook.rules import Endpoint, fold, stream_of
from services.notifications.webhook.schedule import pause_after, pause_after_hand
from tests.conftest import Database
from tests.notifications.notice.test_rules import PREPARED, WITHDRAWN
from tests.notifications.webhook.test_delivering import hurry

TYPES = ("notice.received", "letter.released")
ADDRESSES = tuple(f"https://{name}.example.no/hook" for name in "ab")
ACTS = ("consent", "move", "filter", "pause", "resume", "disable", "rotate", "hand on", *TYPES)
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


async def lives_through(database: Database, acts: Sequence[str]) -> Office:
    async with AsyncConnectionPool(database.notifications_dsn, min_size=1, max_size=2) as pool:
        log = Log(database.notifications_dsn, pool, schema="notifications")
        try:
            office = Office(database, log, pool)
            await office.register()
            for act in acts:
                await office.act(act)
            for last in ("resume", "consent", "resume", "consent", "hand on"):
                await office.act(last)
            await office.send()
            pulled = await Deliveries(pool).list_messages(office.id, after=0, limit=500)
            assert [row["sequence"] for row in pulled] == list(range(1, len(pulled) + 1))
            assert [row["message_id"] for row in pulled] == office.let_through, acts
            assert sorted(office.pushed) == sorted(office.let_through), acts
            await office.does(lambda it: rules.delete(it, reason=None, by="liv"))
            return office
        finally:
            log.close()


def test_everything_let_through_since_the_first_consent_has_a_number(database: Database, long: bool) -> None:
    reached: set[str] = set()

    @settings(max_examples=300 if long else 12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.permutations(ACTS * 2))
    def property(acts: list[str]) -> None:
        office = asyncio.run(lives_through(database, acts))
        if office.let_through:
            reached.update(acts)

    property()
    assert reached == set(ACTS), "no story reached that far"


def test_what_comes_while_another_address_is_asked_waits_for_its_consent(database: Database) -> None:
    office = asyncio.run(lives_through(database, ["consent", TYPES[0], "move", TYPES[0], "pause", TYPES[0], "move"]))
    assert len(office.let_through) == 3


def test_nothing_is_numbered_before_the_first_consent(database: Database) -> None:
    office = asyncio.run(lives_through(database, [TYPES[0], "move", TYPES[0], "pause", TYPES[0], "resume"]))
    assert office.let_through == []


def test_what_was_put_before_a_filter_changed_is_judged_by_the_one_before(database: Database) -> None:
    acts = ["consent", TYPES[1], "filter", TYPES[1], "filter", TYPES[1], TYPES[0], "filter"]
    office = asyncio.run(lives_through(database, acts))
    assert len(office.let_through) == 2


def test_a_fact_is_told_by_the_filter_of_its_time_however_late_the_log_is_read(database: Database) -> None:
    """The worker was down: the notice was withdrawn while the receiver wanted to hear of that, and no more."""

    async def go() -> list[tuple[int, str]]:
        async with AsyncConnectionPool(database.notifications_dsn, min_size=1, max_size=2) as pool:
            log = Log(database.notifications_dsn, pool, schema="notifications")
            office = Office(database, log, pool)
            await office.register()
            await office.send(consents=True)
            for nth, types in enumerate((("notice.superseded",), ("letter.released",), ("*",))):
                await office.change(types=types)
                outcome = await log.append(
                    Command(actor="liv"), Write(f"notice-{UUID(int=nth)}", 0, (PREPARED, WITHDRAWN))
                )
                assert outcome.outcome == "recorded", outcome
            await office.change(types=("letter.delivered",))
            await Following(log, pool).follow()
            await office.claims.hand_on()
            told = await Deliveries(pool).list_messages(office.id, after=0, limit=500)
            log.close()
            return [(row["sequence"], row["subject"]["notice_id"]) for row in told]

    told = asyncio.run(go())
    assert told == [(1, str(UUID(int=0))), (2, str(UUID(int=2)))]


PUT = "SELECT notifications.put_message(gen_random_uuid(), 'notice.received', now(), '{}', '{}', NULL)"
ASKED = """SELECT coalesce(sum(calls), 0)::integer FROM pg_stat_xact_user_functions
           WHERE funcname IN ('wanted_then', 'lets_through')"""


def test_endpoints_are_asked_of_what_is_handed_on_and_of_nothing_before_it(database: Database) -> None:
    """However many messages there have been."""
    endpoints = 10

    async def open_all() -> None:
        async with AsyncConnectionPool(database.notifications_dsn, open=False, kwargs={"autocommit": True}) as pool:
            log = Log(database.notifications_dsn, pool, schema="notifications")
            for _ in range(endpoints):
                office = Office(database, log, pool)
                await office.register()
                await office.send(consents=True)
            log.close()

    asyncio.run(open_all())
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(f"{PUT} FROM generate_series(1, 300)".encode())
        connection.execute("SELECT notifications.hand_on_messages(1000)")
        connection.execute("ANALYZE notifications.message, notifications.endpoint")
        connection.execute("SET track_functions = 'all'")
        with connection.transaction():
            connection.execute(PUT.encode())
            assert connection.execute("SELECT notifications.hand_on_messages(1000)").fetchone() == (1,)
            ((asked,),) = connection.execute(ASKED)
    assert endpoints <= asked <= 2 * endpoints
