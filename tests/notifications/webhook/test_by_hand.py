"""However often somebody asks for a delivery by hand, the schedule's own tries are all made, at their time."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.notifications.webhook.delivery_log.deliveries import Deliveries
from services.notifications.webhook.sending.schedule import PAUSES, TRIES, pause_after, pause_after_hand
from tests.conftest import Database
from tests.notifications.webhook.numbered import Office
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.works import Works, at_work, message
from tests.patience import a_while

HOUR = timedelta(hours=1)


def test_the_try_that_waited_is_made_at_its_time_or_later() -> None:
    assert pause_after_hand(4, draw=0.5, left=HOUR) == HOUR
    assert pause_after_hand(4, draw=0.5, left=-HOUR) == timedelta(seconds=5)
    assert pause_after_hand(4, draw=0.5, left=HOUR, retry_after=9_000) == timedelta(seconds=9_000)
    assert pause_after_hand(4, draw=0.5, left=3 * HOUR, retry_after=9_000) == 3 * HOUR
    assert pause_after_hand(4, draw=0.5, left=None) == pause_after(4, draw=0.5)
    assert pause_after_hand(TRIES, draw=0.5, left=None) is None


def test_any_number_of_tries_by_hand_leaves_every_turn_of_the_schedule(database: Database) -> None:
    met: set[int] = set()

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(0, 2), min_size=TRIES, max_size=TRIES))
    def property(hands: list[int]) -> None:
        asyncio.run(fails_throughout(database, hands))
        met.update(hands)

    property()
    assert met == {0, 1, 2}


async def fails_throughout(database: Database, hands: list[int]) -> None:
    """After each of the schedule's tries so many by hand; every one fails."""
    async with AsyncConnectionPool(database.notifications_dsn, min_size=1, max_size=2) as pool:
        log = Log(database.notifications_dsn, pool, schema="notifications")
        try:
            office = Office(database, log, pool)
            await office.register()
            await office.send(consents=True)
            await office.put("notice.received")
            await office.claims.hand_on()
            deliveries, made = Deliveries(pool), 0
            for turn, by_hand in enumerate(hands, 1):
                made += 1
                await office.fails(turn=turn, tries=made, by_hand=False)
                for _ in range(by_hand):
                    made += 1
                    [id] = await deliveries.choose(office.id, [1], [])
                    asked = [await office.resend(deliveries, id) for _ in range(3)]
                    assert asked == [1, 1, 1], "it is on its way, however often it is asked"
                    await office.fails(turn=turn, tries=made, by_hand=True)
            [row] = await deliveries.list_messages(office.id, after=0, limit=1)
            assert row["state"] == "failed"
        finally:
            log.close()


def test_a_machine_that_asks_in_a_loop_is_bounded_and_loses_nothing(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 503)) as receiver:
            at = await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so("SELECT turns FROM notifications.delivery WHERE kind = 'message'", [(1,)])
            for _ in range(15):
                answer = await works.ask("POST", at + "/reconcile", {"received": [], "resend": True})
                assert answer.json()["resent"] <= 1
                await works.is_so("SELECT tries > 1 FROM notifications.delivery WHERE kind = 'message'", [(True,)])
            await a_while()
            by_hand = await works.query(
                "SELECT a.begun_at, d.state FROM notifications.attempt a JOIN notifications.delivery d"
                " ON d.id = a.delivery_id WHERE d.kind = 'message' AND a.by_hand ORDER BY 1"
            )
            assert by_hand, "what is asked for is tried"
            for (earlier, _), (later, _) in pairwise(by_hand):
                assert later - earlier >= timedelta(seconds=5), "another by hand begins five seconds after"
            assert by_hand[-1][1] in ("waiting", "begun")

    at_work(database, tmp_path, go)


def test_what_was_never_told_here_is_refused(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at, other = await works.register(receiver.url), await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so("SELECT count(*) FROM notifications.delivery WHERE state = 'delivered'", [(4,)])
            [theirs] = [
                each["id"]
                for each in (await works.ask("GET", other + "/deliveries")).json()["items"]
                if each["kind"] == "message"
            ]
            for asked in ({"sequences": [1, 2]}, {"deliveries": [theirs]}, {"deliveries": [str(uuid4())]}):
                refused = await works.ask("POST", at + "/resend", asked)
                assert (refused.status_code, refused.json()["code"]) == (422, "delivery-unknown")
            for id in (theirs, uuid4()):
                assert (await works.ask("GET", f"{at}/deliveries/{id}/attempts")).status_code == 404
            assert (await works.ask("GET", f"{other}/deliveries/{theirs}/attempts")).status_code == 200
            for wrong in ({"received": [{"first": 1, "last": 2}]}, {"received": [], "after": 2}):
                refused = await works.ask("POST", at + "/reconcile", wrong)
                assert (refused.status_code, refused.json()["code"]) == (422, "further-than-there-is")
            assert (await works.ask("GET", at + "/messages?after=1")).json()["items"] == []
            for after in (2, 999_999_999):
                refused = await works.ask("GET", f"{at}/messages?after={after}")
                assert (refused.status_code, refused.json()["code"]) == (422, "further-than-there-is")
            assert len(receiver.of_type("notice.received")) == 2

    at_work(database, tmp_path, go)


def test_where_order_is_asked_it_is_told_what_waits_behind(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 503)) as receiver:
            at = await works.register(receiver.url, ordered=True)
            await works.put(message("one"), message("two"), message("three"))
            await works.is_so("SELECT tries FROM notifications.delivery WHERE sequence = 1 AND tries = 1", [(1,)])
            told = (await works.ask("POST", at + "/resend", {"sequences": [2, 3]})).json()
            assert told == {"deliveries": 2, "held_up": 2, "dry_run": False}
            told = (await works.ask("POST", at + "/reconcile", {"received": [], "resend": True})).json()
            assert (told["resent"], told["held_up"]) == (3, 2)

    at_work(database, tmp_path, go)


def test_what_was_taken_and_is_asked_for_again_has_its_schedule_again(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.put(message("one"))
            state = "SELECT state, tries, turns FROM notifications.delivery WHERE kind = 'message'"
            await works.is_so(state, [("delivered", 1, 1)])
            receiver.answer = lambda _, writer: say(writer, 503)
            await works.ask("POST", at + "/resend", {"sequences": [1]})
            await works.is_so(state, [("waiting", 2, 1)])
            left = "SELECT next_at - now() < interval '7 seconds' FROM notifications.delivery WHERE kind = 'message'"
            assert await works.query(left) == [(True,)]
            assert PAUSES[0] == 5

    at_work(database, tmp_path, go)
