"""Once a receiver has consented, everything its endpoint lets through has a number: whatever is done to the endpoint in
whatever order, and what is pulled is what is pushed."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.notifications.webhook import rules
from services.notifications.webhook.delivery_log.deliveries import Deliveries
from services.notifications.webhook.following import Following
from tests.conftest import Database
from tests.notifications.notice.rules import PREPARED, WITHDRAWN
from tests.notifications.webhook.numbered import TYPES, Office

ACTS = ("consent", "move", "filter", "pause", "resume", "disable", "rotate", "hand on", *TYPES)


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
