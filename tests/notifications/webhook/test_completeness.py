"""A receiver can prove that it lacks nothing: by numbers, by pulling, by reconciling; and what is asked by hand."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import signed_in
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.works import Works, at_work, message
from tests.patience import PATIENCE_SECONDS, a_while
from tests.probing_days import left_alone


async def waiting(works: Works, count: int) -> None:
    """So many messages have been given their numbers."""
    await works.is_so("SELECT count(*) FROM notifications.delivery WHERE kind = 'message'", [(count,)])


async def handed_over(works: Works, count: int) -> None:
    await works.is_so(
        "SELECT count(*) FROM notifications.delivery WHERE kind = 'message' AND state = 'delivered'", [(count,)]
    )


def runs(numbers: Sequence[int]) -> list[dict[str, int]]:
    """As a receiver tells what it has."""
    told: list[dict[str, int]] = []
    for number in sorted(numbers):
        if told and told[-1]["last"] == number - 1:
            told[-1]["last"] = number
        else:
            told.append({"first": number, "last": number})
    return told


def test_what_a_receiver_lost_is_found_exactly_and_sent_again(database: Database, tmp_path: Path, long: bool) -> None:
    count = 10_000 if long else 400
    draw = random.Random(2020)

    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url, rate_per_second=1_000)
            for _ in range(count // 200):
                await works.put_many(200)
            await works.is_so(
                "SELECT count(*) FROM notifications.delivery WHERE kind = 'message' AND state = 'delivered'",
                [(count,)],
                3 * PATIENCE_SECONDS if long else PATIENCE_SECONDS,
            )
            told = {each.told["tilsagnsequence"]: each.told for each in receiver.of_type("notice.received")}
            assert told.keys() == set(range(1, count + 1))
            lost = {number for number in told if draw.random() < 0.01}
            assert lost
            kept = [number for number in told if number not in lost]
            asked = {"received": runs(kept)}
            answer = (await works.ask("POST", at + "/reconcile", asked)).json()
            assert {each["sequence"] for each in answer["missing"]} == lost
            assert (answer["upto"], answer["next_after"], answer["resent"]) == (count, None, 0)
            before = len(receiver.arrived)
            resent = (await works.ask("POST", at + "/reconcile", asked | {"resend": True})).json()
            assert resent["resent"] == len(lost)
            await receiver.comes(before + len(lost))
            again = {each.told["tilsagnsequence"] for each in receiver.arrived[before:]}
            assert again == lost
            pulled: dict[int, Any] = {}
            after = 0
            while True:
                page = (await works.ask("GET", f"{at}/messages?after={after}&limit=500")).json()
                if not page["items"]:
                    break
                pulled |= {each["sequence"]: each["message"] for each in page["items"]}
                after = page["next_after"]
            assert pulled == told

    at_work(database, tmp_path, go)


def test_the_stream_is_pulled_from_where_it_was_committed(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.put(*(message(str(nth)) for nth in range(3)))
            await waiting(works, 3)
            first = (await works.ask("GET", f"{at}/messages?limit=2")).json()
            assert [each["sequence"] for each in first["items"]] == [1, 2]
            assert (first["next_after"], first["last"], first["committed"]) == (2, 3, 0)
            assert (await works.ask("PUT", f"{at}/messages/committed", {"upto": 2})).json() == {"committed": 2}
            then = (await works.ask("GET", f"{at}/messages")).json()
            assert ([each["sequence"] for each in then["items"]], then["committed"]) == ([3], 2)
            beyond = await works.ask("PUT", f"{at}/messages/committed", {"upto": 4})
            assert (beyond.status_code, beyond.json()["code"]) == (422, "further-than-there-is")
            assert (await works.ask("PUT", f"{at}/messages/committed", {"upto": 0})).is_success

    at_work(database, tmp_path, go)


def test_what_expired_or_cannot_be_made_keeps_its_number_and_says_so(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.act("PUT", at + "/pause")
            big = message("big")
            await works.put(
                message("late", expires_in=timedelta(milliseconds=1)),
                replace(big, subject={"x": "y" * 25_000}),
                message("c"),
            )
            await waiting(works, 3)
            items = (await works.ask("GET", f"{at}/messages")).json()["items"]
            assert [(each["sequence"], each["withheld"], bool(each["message"])) for each in items] == [
                (1, "expired", False), (2, "cannot be made", False), (3, None, True)
            ]  # fmt: skip
            told = (await works.ask("POST", at + "/reconcile", {"received": [], "resend": True})).json()
            assert [each["withheld"] for each in told["missing"]] == ["expired", None, None]
            assert told["resent"] == 2

    at_work(database, tmp_path, go)


def test_a_changed_filter_goes_on_from_the_same_number(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url, types=["notice.received"])
            await works.put(message("a"), message("b", "letter.released"), message("c"))
            await waiting(works, 2)
            await works.act("PUT", at, {"url": receiver.url, "types": ["letter.released"]})
            await works.put(message("d"), message("e", "letter.released"))
            await waiting(works, 3)
            items = (await works.ask("GET", f"{at}/messages?after=0")).json()["items"]
            assert [(each["sequence"], each["message"]["data"]["name"]) for each in items] == [
                (1, "a"), (2, "c"), (3, "e")
            ]  # fmt: skip

    at_work(database, tmp_path, go)


def test_a_machine_reads_its_own_and_no_others(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            own = await works.register(receiver.url, pulled_by="klient")
            others = await works.register(receiver.url, pulled_by="en-annen")
            works.who = signed_in(works.settings, "klient", Role.service)
            assert (await works.ask("GET", own + "/messages")).status_code == 200
            assert (await works.ask("POST", own + "/reconcile", {"received": []})).status_code == 200
            assert (await works.ask("PUT", own + "/messages/committed", {"upto": 0})).status_code == 200
            assert (await works.ask("GET", others + "/messages")).status_code == 404
            assert (await works.ask("POST", others + "/reconcile", {"received": []})).status_code == 404
            assert (await works.ask("PUT", others + "/messages/committed", {"upto": 0})).status_code == 404
            for verb, act in (("POST", "/test"), ("POST", "/resend"), ("GET", "/deliveries"), ("GET", "")):
                assert (await works.ask(verb, own + act, {} if verb == "POST" else None)).status_code == 403

    at_work(database, tmp_path, go)


def test_a_resend_by_hand_is_a_try_and_the_schedule_goes_on_as_it_was(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 500)) as receiver:
            at = await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so(
                "SELECT state, tries FROM notifications.delivery WHERE kind = 'message'", [("waiting", 1)]
            )
            answer = await works.ask("POST", at + "/resend", {"sequences": [1]}, **{"Idempotency-Key": "again"})
            assert answer.json() == {"deliveries": 1, "held_up": 0, "dry_run": False}
            await receiver.comes(3)
            repeat = await works.ask("POST", at + "/resend", {"sequences": [1]}, **{"Idempotency-Key": "again"})
            assert repeat.json() == {"deliveries": 1, "held_up": 0, "dry_run": False}
            await works.is_so(
                "SELECT state, tries, turns, next_at - now() BETWEEN interval '1 second' AND interval '6 seconds'"
                " FROM notifications.delivery WHERE kind = 'message'",
                [("waiting", 2, 1, True)],
            )
            await a_while()
            assert len(receiver.arrived) == 3
            deliveries = (await works.ask("GET", at + "/deliveries?state=waiting")).json()["items"]
            assert [(each["sequence"], each["tries"]) for each in deliveries] == [(1, 2)]
            attempts = (await works.ask("GET", f"{at}/deliveries/{deliveries[0]['id']}/attempts")).json()["items"]
            assert [(each["number"], each["outcome"], each["status"], each["by_hand"]) for each in attempts] == [
                (1, "failed", 500, False), (2, "failed", 500, True)
            ]  # fmt: skip

    at_work(database, tmp_path, go)


def test_what_failed_is_recovered_and_a_dry_run_only_counts(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(lambda _, writer: say(writer, 500)) as receiver:
            at = await works.register(receiver.url)
            since = datetime.now(UTC) - timedelta(minutes=1)
            await works.put(message("one"), message("two"))
            await works.is_so(
                "SELECT count(*) FROM notifications.delivery WHERE state = 'waiting' AND tries = 1", [(2,)]
            )
            receiver.answer = None
            asked = {"since": since.isoformat(), "until": (since + timedelta(hours=1)).isoformat()}
            assert (await works.ask("POST", at + "/recover", asked)).json() == {
                "deliveries": 2,
                "held_up": 0,
                "dry_run": True,
            }
            recovered = await works.ask("POST", at + "/recover", asked | {"dry_run": False})
            assert recovered.json() == {"deliveries": 2, "held_up": 0, "dry_run": False}
            await handed_over(works, 2)
            before = asked | {"until": since.isoformat(), "since": (since - timedelta(hours=1)).isoformat()}
            assert (await works.ask("POST", at + "/recover", before)).json()["deliveries"] == 0
            for until in (since, since - timedelta(minutes=1)):
                refused = await works.ask("POST", at + "/recover", asked | {"until": until.isoformat()})
                assert (refused.status_code, refused.json()["code"]) == (422, "period-reversed")
            for name in ("since", "until"):
                for days, code in ((-367, "recovered-too-far-back"), (2, "recovered-ahead")):
                    wrong = asked | {name: (since + timedelta(days=days)).isoformat()}
                    refused = await works.ask("POST", at + "/recover", wrong)
                    assert (refused.status_code, refused.json()["code"]) == (422, code)

    with left_alone():  # its instants are tried wrong here
        at_work(database, tmp_path, go)


def test_a_test_goes_the_way_that_everything_goes(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver, receiving(consents=False) as silent:
            at = await works.register(receiver.url)
            answer = await works.ask("POST", at + "/test", **{"Idempotency-Key": "t"})
            again = await works.ask("POST", at + "/test", **{"Idempotency-Key": "t"})
            assert (answer.status_code, again.json()) == (202, answer.json())
            [told] = await receiver.comes(1, "webhook.test")
            assert told.told["id"] == answer.json()["delivery_id"]
            assert "tilsagnsequence" not in told.told
            pending = await works.register(silent.url, active=False)
            await silent.comes(1)
            silent.consents = True
            await works.ask("POST", pending + "/test")
            await works.becomes(pending, "active")
            assert {each.type for each in silent.arrived} == {"webhook.challenge"}
            assert len({each.told["data"]["challenge"] for each in silent.arrived}) == 2

    at_work(database, tmp_path, go)


def test_nothing_more_is_asked_of_one_that_is_deleted(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving() as receiver:
            at = await works.register(receiver.url)
            await works.act("DELETE", at)
            for act, body in (("/test", None), ("/resend", {"sequences": [1]}), ("/reconcile", {"received": []})):
                assert (await works.ask("POST", at + act, body)).json()["code"] == "endpoint-deleted"

    at_work(database, tmp_path, go)
