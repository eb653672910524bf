"""How fast an endpoint is told, how it is paused, and when it has failed for too long."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.notifications.webhook import rules
from tests.conftest import Database
from tests.notifications.webhook.numbered import Office
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.works import Works, at_work, message
from tests.patience import a_while

CLOCK = """
    CREATE OR REPLACE FUNCTION notifications.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
        SET search_path = pg_catalog, pg_temp AS $$ SELECT '{}'::timestamptz $$
"""
DUE = """
    UPDATE notifications.delivery SET state = 'waiting', attempt_id = NULL,
        next_at = '{1}'::timestamptz + CASE endpoint_id WHEN '{0}' THEN interval '0' ELSE interval '1 hour' END
    WHERE kind = 'message'
"""
PACE = "UPDATE notifications.endpoint_count SET next_start_at = '{}'"


def as_administrator(database: Database, statement: str) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_five_days_of_nothing_but_failure_disable_an_endpoint_and_others_are_told(
    database: Database, tmp_path: Path
) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 500)) as receiver, receiving() as other:
            at = await works.register(receiver.url)
            await works.register(other.url, types=["endpoint.disabled"])
            await works.put(message("one"))
            await works.is_so("SELECT count(*) FROM notifications.endpoint_count WHERE failing_since < now()", [(1,)])
            for hours, state in ((119, "active"), (121, "disabled")):
                since = f"UPDATE notifications.endpoint_count SET failing_since = now() - interval '{hours} hours'"
                await asyncio.to_thread(as_administrator, database, f"{since} WHERE failing_since IS NOT NULL")
                tries = await works.query("SELECT tries FROM notifications.delivery WHERE sequence = 1 AND tries > 0")
                due = "UPDATE notifications.delivery SET next_at = now() WHERE state = 'waiting'"
                await asyncio.to_thread(as_administrator, database, due)
                await works.is_so(
                    "SELECT tries FROM notifications.delivery WHERE sequence = 1 AND state = 'waiting'",
                    [(tries[0][0] + 1,)],
                )
                shown = await works.becomes(at, state)
            assert shown["disabled_because"] == "failing"
            [told] = await other.comes(1, "endpoint.disabled")
            assert told.told["data"]["reason"] == "failing"

    at_work(database, tmp_path, go)


def test_one_success_ends_the_count(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 500)) as receiver:
            await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so("SELECT count(*) FROM notifications.endpoint_count WHERE failing_since < now()", [(1,)])
            receiver.answer = None
            await works.put(message("two"))
            await works.is_so("SELECT count(*) FROM notifications.endpoint_count WHERE failing_since IS NULL", [(1,)])

    at_work(database, tmp_path, go)


def test_no_more_begin_in_a_second_than_its_rate(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            await works.register(receiver.url, rate_per_second=10)
            await works.put(*(message(str(nth)) for nth in range(24)))
            await receiver.comes(25)
            rows = await works.query(
                "SELECT a.begun_at FROM notifications.attempt a JOIN notifications.delivery d ON d.id = a.delivery_id"
                " WHERE d.kind = 'message' ORDER BY 1"
            )
            begun = [row[0].timestamp() for row in rows]
            for first in begun:
                assert sum(first <= each < first + 1 for each in begun) <= 21  # what was saved up, and a second's worth
            assert begun[-1] - begun[0] > 1

    at_work(database, tmp_path, go, workers=2)


def test_no_delivery_begins_once_a_pause_has_been_answered(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url, rate_per_second=5)
            await works.put(*(message(str(nth)) for nth in range(100)))
            await receiver.comes(2, "notice.received")
            await works.act("PUT", at + "/pause")
            await a_while()
            arrived = len(receiver.arrived)
            [(late,)] = await works.query(
                "SELECT count(*) FROM notifications.attempt a, notifications.event e"
                " WHERE e.topic = 'endpoint.paused.v1' AND a.begun_at > e.recorded_at"
            )
            assert late == 0
            await a_while()
            assert len(receiver.arrived) == arrived < 101
            await works.act("PUT", at + "/resume")
            await receiver.comes(arrived + 2)

    at_work(database, tmp_path, go, workers=2)


def test_who_takes_what_is_sent_is_sent_to_before_who_does_not(database: Database) -> None:
    """What waits for the one that fails is older. In one second of ten it is begun first, so that it never starves."""

    async def go() -> set[tuple[bool, bool]]:
        seen: set[tuple[bool, bool]] = set()
        async with AsyncConnectionPool(database.notifications_dsn, min_size=1, max_size=2) as pool:
            log = Log(database.notifications_dsn, pool, schema="notifications")
            good, bad = Office(database, log, pool), Office(database, log, pool)
            for each in (good, bad):
                await each.register()
                await each.send(consents=True)
            await good.does(lambda it: rules.pause(it, by="liv"))
            await good.put("notice.received")
            await good.claims.hand_on()
            await bad.fails(turn=1, tries=1, by_hand=False)
            await good.does(lambda it: rules.resume(it, by="liv"))
            begins_at = datetime(2030, 1, 1, tzinfo=UTC)
            for second in range(10):
                at = begins_at + timedelta(days=1, seconds=second)
                for statement in (CLOCK.format(at), DUE.format(bad.id, begins_at), PACE.format(begins_at)):
                    as_administrator(database, statement)
                first = (await good.claims.begin(1, 16))[0]
                seen.add((second == 0, first.endpoint_id == bad.id))
            log.close()
        return seen

    assert asyncio.run(go()) == {(True, True), (False, False)}
