"""Deliveries to real receivers on this machine: consent first, signed, numbered, tried again, ended."""

import asyncio
import base64
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.notifications.webhook.following import Following
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.signing import Keys
from services.tracing import spans
from tests.conftest import Database
from tests.notifications.notice.rules import PREPARED, WITHDRAWN
from tests.notifications.webhook.delivering import hurry
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.signing import verified
from tests.notifications.webhook.works import EveryPort, Works, at_work, message, opened, working
from tests.patience import a_while
from tests.tracing.kept import CALLER, traced


def keys_of(secret: str, public: str) -> Keys:
    class Theirs(Keys):
        @property
        def public(self) -> str:
            return public

    return Theirs(secret=base64.b64decode(secret.removeprefix("whsec_")), seed=b"")


def test_nothing_but_the_challenge_is_sent_before_it_came_back(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(consents=False) as silent, receiving() as willing:
            at = await works.register(silent.url, active=False)
            await works.register(willing.url)
            await works.put(message("one"))
            await willing.comes(1, "notice.received")
            await silent.comes(1)
            assert {each.type for each in silent.arrived} == {"webhook.challenge"}
            assert (await works.ask("GET", at)).json()["state"] == "pending"
            assert [each.type for each in willing.arrived] == ["webhook.challenge", "notice.received"]

    at_work(database, tmp_path, go)


def test_a_challenge_has_to_come_back_exactly_and_alone(database: Database, tmp_path: Path) -> None:
    answers = [
        lambda told: (200, told[:-1]),
        lambda told: (200, told + b"0"),
        lambda told: (200, told + b"\n"),
        lambda told: (200, b'{"challenge":"' + told + b'"}'),
        lambda told: (200, told + b"x" * 20_000),
        lambda told: (302, told),
        lambda told: (200, told[:0]),
    ]

    async def go(works: Works) -> None:
        for answer in answers:

            def wrong(arrived: Any, writer: Any, answer: Any = answer) -> None:
                say(writer, *answer(arrived.told["data"]["challenge"].encode()))

            async with receiving(wrong, consents=False) as receiver:
                at = await works.register(receiver.url, active=False)
                await receiver.comes(1)
                await works.is_so(
                    "SELECT d.state FROM notifications.delivery d JOIN notifications.attempt a ON a.delivery_id = d.id"
                    " JOIN notifications.attempt_outcome o ON o.attempt_id = a.id"
                    f" WHERE d.endpoint_id = '{at.rpartition('/')[2]}' AND o.outcome = 'failed'",
                    [("waiting",)],
                )
                assert (await works.ask("GET", at)).json()["state"] == "pending"

    at_work(database, tmp_path, go)


def test_a_delivery_is_in_the_trace_of_what_it_tells_of_whoever_made_the_message(
    database: Database, tmp_path: Path
) -> None:
    """Seen: it was in the trace only where the worker that delivered was the one that had made the message."""
    notice = f"notice-{UUID(int=7)}"

    async def recorded_and_made() -> None:
        """By a process that delivers nothing."""
        async with AsyncConnectionPool(database.notifications_dsn, kwargs={"autocommit": True}) as pool:
            log = Log(database.notifications_dsn, pool, schema="notifications")
            try:
                with spans.request(((b"traceparent", CALLER.encode()),)):
                    outcome = await log.append(Command(actor="liv"), Write(notice, 0, (PREPARED, WITHDRAWN)))
                assert outcome.outcome == "recorded", outcome
                await Following(log, pool).follow()
            finally:
                await asyncio.to_thread(log.close)

    async def go() -> None:
        async with opened(database, tmp_path) as (works, settings), receiving() as receiver:
            async with working(settings, reaching=Reaching(EveryPort())):
                await works.register(receiver.url)
            await recorded_and_made()
            await works.put(message("of no fact, put where the log then stood"))
            async with working(settings, reaching=Reaching(EveryPort())):
                await receiver.comes(1, "notice.superseded")
                await receiver.comes(1, "notice.received")

    with traced() as kept:
        asyncio.run(go())
        told = kept.named("deliver")
    assert [(each.context and each.context.trace_id) for each in told] == [int(CALLER[3:35], 16)]


def test_each_is_signed_numbered_and_a_cloudevent(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            registered = (
                await works.ask("POST", "/v1/webhook-endpoints", {"url": receiver.url, "types": ["*"]})
            ).json()
            at = f"/v1/webhook-endpoints/{registered['id']}"
            await works.becomes(at, "active")
            keys = keys_of(registered["secret"], registered["public_key"])
            await works.put(message("one", scheme_id="fri-2020", post="671.60"), message("two"))
            await receiver.comes(2, "notice.received")
            for each in receiver.arrived:
                signed = f"{each.headers['webhook-id']}.{each.headers['webhook-timestamp']}.".encode() + each.body
                assert verified(each.headers["webhook-signature"], keys, signed) == [True, True]
                assert each.headers["webhook-id"] == each.told["id"]
                assert each.headers["content-type"] == "application/cloudevents+json"
                assert each.told["specversion"] == "1.0"
            first, second = sorted(receiver.of_type("notice.received"), key=lambda it: it.told["tilsagnsequence"])
            assert [first.headers["tilsagn-sequence"], second.headers["tilsagn-sequence"]] == ["1", "2"]
            assert first.told["data"]["scheme_id"] == "fri-2020"
            await works.act("POST", at + "/rotate")
            await works.put(message("three"))
            third = (await receiver.comes(3, "notice.received"))[2]
            signed = f"{third.headers['webhook-id']}.{third.headers['webhook-timestamp']}.".encode() + third.body
            assert verified(third.headers["webhook-signature"], keys, signed) == [False, False, True, True]

    at_work(database, tmp_path, go)


def test_only_what_is_wanted_is_let_through_and_numbered_without_gaps(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            await works.register(
                receiver.url, types=["notice.received", "letter.released"], wanted={"posts": ["671.60", "291.71"]}
            )
            await works.put(
                message("a", post="671.60"),
                message("b", post="671.61"),
                message("c", "letter.delivered", post="671.60"),
                message("d", "letter.released", posts=["671.61", "291.71"]),
                message("e"),
                message("f", post="291.71"),
            )
            await receiver.comes(4)
            told = sorted((each.told["tilsagnsequence"], each.told["data"]["name"]) for each in receiver.arrived[1:])
            assert told == [(1, "a"), (2, "d"), (3, "f")]

    at_work(database, tmp_path, go)


def test_what_fails_is_tried_again_with_the_same_id_and_bytes(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        codes = iter([500, 302])

        def answer(_: Any, writer: Any) -> None:
            say(writer, next(codes, 200), location="http://127.0.0.1:1/")

        async with receiving(answer) as receiver:
            await works.register(receiver.url)
            await works.put(message("one"))
            for number in (1, 2):
                await receiver.comes(1 + number)
                await works.is_so(
                    "SELECT state, tries FROM notifications.delivery WHERE kind = 'message'", [("waiting", number)]
                )
                await hurry(database)
            await works.is_so(
                "SELECT state, tries FROM notifications.delivery WHERE kind = 'message'", [("delivered", 3)]
            )
            tried = receiver.of_type("notice.received")
            assert len({(each.headers["webhook-id"], each.body) for each in tried}) == 1
            assert await works.query(
                "SELECT a.number, o.outcome, o.status, o.problem FROM notifications.attempt a"
                " JOIN notifications.attempt_outcome o ON o.attempt_id = a.id"
                " JOIN notifications.delivery d ON d.id = a.delivery_id WHERE d.kind = 'message' ORDER BY 1"
            ) == [
                (1, "failed", 500, "it answered 500"),
                (2, "failed", 302, "it answered 302"),
                (3, "delivered", 200, None),
            ]

    at_work(database, tmp_path, go)


def test_one_that_says_it_is_gone_is_told_no_more(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 410)) as receiver, receiving() as other:
            at = await works.register(receiver.url)
            await works.register(other.url, types=["endpoint.disabled"])
            await works.put(message("one"))
            shown = await works.becomes(at, "disabled")
            assert shown["disabled_because"] == "gone"
            assert await waits_for_somebody(works) == waiting(disabled=1)
            [told] = await other.comes(1, "endpoint.disabled")
            assert told.told["data"]["endpoint_id"] == shown["id"]
            assert told.told["data"]["host"] == f"127.0.0.1:{receiver.port}"
            receiver.answer = None
            await works.put(message("two"))
            await a_while()
            assert len(receiver.of_type("notice.received")) == 1
            await works.act("PUT", at + "/resume")
            assert await waits_for_somebody(works) == waiting()
            await hurry(database)
            await receiver.comes(3, "notice.received")

    at_work(database, tmp_path, go)


def test_what_has_expired_is_not_sent_and_keeps_its_number(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.act("PUT", at + "/pause")
            await works.put(message("late", expires_in=timedelta(seconds=0.2)), message("good"))
            await works.is_so("SELECT count(*) FROM notifications.delivery WHERE kind = 'message'", [(2,)])
            await a_while()
            await works.act("PUT", at + "/resume")
            [good] = await receiver.comes(1, "notice.received")
            assert (good.told["data"]["name"], good.told["tilsagnsequence"]) == ("good", 2)
            await works.is_so(
                "SELECT sequence, state, tries FROM notifications.delivery WHERE kind = 'message' ORDER BY 1",
                [(1, "expired", 0), (2, "delivered", 1)],
            )

    at_work(database, tmp_path, go)


def test_where_order_is_asked_each_waits_for_the_one_before(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        refused: list[str] = []

        def answer(arrived: Any, writer: Any) -> None:
            name = arrived.told["data"]["name"]
            if name == "3" and len(refused) < 2:
                refused.append(name)
                say(writer, 503)
            else:
                say(writer, 200)

        async with receiving(answer) as receiver:
            await works.register(receiver.url, ordered=True)
            await works.put(*(message(str(nth)) for nth in range(1, 7)))
            for times in (1, 2):
                await works.is_so(
                    "SELECT tries FROM notifications.delivery WHERE sequence = 3 AND state = 'waiting'", [(times,)]
                )
                await hurry(database)
            await works.is_so("SELECT count(*) FROM notifications.delivery WHERE state = 'delivered'", [(7,)])
            names = [each.told["data"]["name"] for each in receiver.of_type("notice.received")]
            assert names == ["1", "2", "3", "3", "3", "4", "5", "6"]

    at_work(database, tmp_path, go, workers=2)


def test_no_delivery_begins_once_a_deletion_has_been_answered(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.put(*(message(f"before {nth}") for nth in range(300)))
            await receiver.comes(20, "notice.received")
            gone = await works.act("DELETE", at)
            version = gone.json()["version"]
            await a_while()
            [(late,)] = await works.query(
                "SELECT count(*) FROM notifications.attempt a, notifications.event e"
                " WHERE e.topic = 'endpoint.deleted.v1' AND a.begun_at > e.recorded_at"
            )
            assert late == 0
            arrived = len(receiver.arrived)
            await works.put(message("after"))
            await a_while()
            assert len(receiver.arrived) == arrived
            assert version

    at_work(database, tmp_path, go, workers=2)


def test_a_message_that_cannot_be_made_is_a_failed_try_and_holds_up_nobody(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            await works.register(receiver.url)
            long = message("long")
            await works.put(
                type(long)(id=long.id, type=long.type, occurred_at=long.occurred_at, subject={"x": "y" * 25_000}),
                message("good"),
            )
            [good] = await receiver.comes(1, "notice.received")
            assert good.told["data"]["name"] == "good"
            await works.is_so(
                "SELECT d.state, o.outcome, o.problem LIKE 'not sent: it is %% bytes long%%'"
                " FROM notifications.delivery d JOIN notifications.attempt_outcome o ON o.attempt_id = d.attempt_id"
                " WHERE d.sequence = 1",
                [("waiting", "failed", True)],
            )

    at_work(database, tmp_path, go)


def test_others_are_told_once_that_one_fails_and_when_it_works_again(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 500)) as receiver, receiving() as other:
            at = await works.register(receiver.url)
            await works.register(other.url, types=["endpoint.failing", "endpoint.recovered"])
            await works.put(message("one"), message("two"))
            for number in (1, 2, 3, 4):
                await works.is_so(
                    "SELECT count(*) FROM notifications.delivery d"
                    " JOIN notifications.endpoint e ON e.id = d.endpoint_id"
                    f" WHERE d.state = 'waiting' AND d.kind = 'message' AND d.tries = {number}"
                    f" AND e.url LIKE '%%:{receiver.port}/%%'",
                    [(2,)],
                )
                await hurry(database)
            [failing] = await other.comes(1, "endpoint.failing")
            assert failing.told["data"]["endpoint_id"] == at.rpartition("/")[2]
            assert failing.told["data"]["message_type"] == "notice.received"
            assert (failing.told["data"]["problem"], failing.told["data"]["status"]) == ("it answered 500", 500)
            assert failing.told["data"]["next_try_at"]
            assert await waits_for_somebody(works) == waiting(failing=1)
            receiver.answer = None
            await hurry(database)
            await other.comes(1, "endpoint.recovered")
            assert await waits_for_somebody(works) == waiting()
            assert len(other.of_type("endpoint.failing")) == 1
            assert not receiver.of_type("endpoint.failing")

    at_work(database, tmp_path, go)


def waiting(*, disabled: int = 0, failing: int = 0) -> dict[str, int]:
    return {
        "facts whose ground the other log has lost": 0,
        "notice policies that grants has lost": 0,
        "outbox_not_known": 0,
        "webhook endpoints that are disabled": disabled,
        "webhook endpoints that fail": failing,
    }


async def waits_for_somebody(works: Works) -> Any:
    ready = (await works.client.get("/internal/isready")).json()
    assert ready["status"] == "ready"
    return ready["waiting_for_somebody"]
