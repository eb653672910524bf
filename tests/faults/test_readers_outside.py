"""Readers outside say which hash they stand at, and are told over HTTP where the log they have read lacks it: of the
feed, of messages as they are streamed, of an endpoint's own as they are pulled, and of those a receiver says it has."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.feeds.places import Place, earlier, last_common, read, written
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.restored_gate import restored
from tests.faults.service import KARI, notifications_settings_of, open_funds, proposal, serving, settings_of, signed_in
from tests.notifications.webhook import works
from tests.notifications.webhook.receiver import receiving
from tests.notifications.webhook.works import Works, at_work, message

EARMARK = "2020/291/71/ressursmiljo"
BIG = st.integers(1, 5_000)


def stands(branch: str, upto: int, common: int) -> dict[int, bytes]:
    """Hashes of a log that goes on in a way of its own after `common`."""
    return {n: sha256(f"{'both' if n <= common else branch} {n}".encode()).digest() for n in range(1, upto + 1)}


@given(BIG, BIG, BIG)
def test_a_reader_is_told_of_a_place_not_twice_as_far_back_as_what_is_lost(at: int, common: int, upto: int) -> None:
    """However far each of the two logs goes: it stands in both, and no nearer one that the reader named does."""
    kept = read(written(at, stands("lost", at, common)))
    here = stands("new", upto, common)
    found = last_common(kept, here)
    true = min(at, common, upto)
    assert found <= true
    assert at - found <= 2 * (at - true)


def test_a_place_names_its_number_and_some_before_it() -> None:
    assert earlier(12) == [12, 11, 10, 8, 4]
    assert earlier(1) == [1]
    assert earlier(0) == []
    assert written(0, {}) == "0"
    assert read("0") == Place(0)
    assert read("12") == Place(12)
    assert read(f"12-{'a' * 16}.{'b' * 16}") == Place(12, ((12, "a" * 16), (11, "b" * 16)))


class Reading:
    """Somebody who reads grants' feed by its places."""

    def __init__(self, client: httpx.AsyncClient, settings: Any) -> None:
        self.client, self.who = client, signed_in(settings, "klient", Role.service)
        self.kari = signed_in(settings, KARI)

    async def propose(self, *amounts: int) -> None:
        for amount in amounts:
            sent = self.kari | {"Idempotency-Key": str(uuid4())}
            answer = await self.client.post("/v1/cases", json=proposal(EARMARK, amount), headers=sent)
            assert answer.status_code == 201, answer.text

    async def ask(self, query: str) -> httpx.Response:
        return await self.client.get(f"/v1/feed?{query}", headers=self.who)

    async def read(self, place: str) -> tuple[str, list[dict[str, Any]]]:
        answer = await self.ask(f"place={place}&limit=2")
        assert answer.status_code == 200, answer.text
        return answer.headers["Next-Place"], answer.json()


def at_grants(database: Database, folder: Path, does: Callable[[Reading], Awaitable[Any]]) -> Any:
    async def go() -> Any:
        settings = settings_of(database, folder)
        async with serving(settings) as (_, client):
            return await does(Reading(client, settings))

    return asyncio.run(go())


async def read_all(reader: Reading) -> list[str]:
    """Each place on the way to the end."""
    places = ["0"]
    while True:
        place, messages = await reader.read(places[-1])
        if not messages and place == places[-1]:
            return places
        places.append(place)


def test_a_reader_of_a_feed_is_told_from_where_to_go_on(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=10_000, ressursmiljo=10_000)

    async def begin(reader: Reading) -> list[str]:
        await reader.propose(1, 2)
        return await read_all(reader)

    async def go_on(reader: Reading) -> list[str]:
        await reader.propose(3, 4, 5)
        return await read_all(reader)

    async def otherwise(reader: Reading) -> None:
        for kept in (before[-1], "0", before[-1].split("-")[0]):
            assert (await reader.ask(f"place={kept}")).status_code == 200, "what stands in both is gone on from"
        await diverged(reader)  # it is merely shorter
        await reader.propose(6, 7, 8, 9)
        common, place = await diverged(reader)
        told = [each["data"].get("amount_ore") for each in (await reader.ask(f"place={place}")).json()]
        assert [each for each in told if each is not None][-4:] == [6, 7, 8, 9]
        assert common <= int(before[-1].split("-")[0])

    async def diverged(reader: Reading) -> tuple[int, str]:
        answer = await reader.ask(f"place={after[-1]}")
        refused = answer.json()
        assert (answer.status_code, refused["code"]) == (409, "log-diverged")
        assert refused["after"] == int(after[-1].split("-")[0])
        assert refused["place"].split("-")[0] == str(refused["last_common"])
        assert refused["last_common"] > 0
        assert (await reader.ask(f"place={refused['place']}")).status_code == 200
        return refused["last_common"], refused["place"]

    before = at_grants(database, tmp_path, begin)
    with restored(database) as backup:
        after = at_grants(database, tmp_path, go_on)
        at_grants(backup, tmp_path, otherwise)


@pytest.mark.parametrize(
    "place", ["x", "1-", "-1", "1-zz", f"1-{'a' * 15}", f"1-{'a' * 16}.", "9" * 16, f"1-{'A' * 16}"]
)
def test_what_is_no_place_is_refused(database: Database, tmp_path: Path, place: str) -> None:
    async def ask(reader: Reading) -> tuple[int, str]:
        answer = await reader.ask(f"place={place}")
        return answer.status_code, answer.json()["code"]

    assert at_grants(database, tmp_path, ask) == (422, "request-invalid")


def test_receivers_outside_are_told_that_their_messages_went_on_otherwise(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listened_to(*asked: Any) -> Any:
        return replace(notifications_settings_of(*asked), stream_seconds=1)

    monkeypatch.setattr(works, "notifications_settings_of", listened_to)
    kept: dict[str, Any] = {}

    async def numbered(it: Works, count: int) -> None:
        await it.is_so("SELECT count(*) FROM notifications.message_number WHERE hash IS NOT NULL", [(count,)])

    async def begin(it: Works) -> None:
        async with receiving() as receiver:
            kept["at"] = await it.register(receiver.url, rate_per_second=1_000)
            await it.put(*(message(f"both {nth}") for nth in range(3)))
            await numbered(it, 3)
            kept["both"] = await pulled(it)

    async def go_on(it: Works) -> None:
        await it.put(*(message(f"lost {nth}") for nth in range(2)))
        await numbered(it, 5)
        kept["lost"] = await pulled(it)
        kept["ids"] = await streamed(it, "0")

    async def otherwise(it: Works) -> None:
        await it.put(*(message(f"new {nth}") for nth in range(4)))
        await numbered(it, 7)
        await pulls(it)
        await reconciles(it)
        await listens(it)

    async def pulled(it: Works, query: str = "after=0") -> dict[str, Any]:
        return dict((await it.ask("GET", f"{kept['at']}/messages?{query}")).json())

    async def names(it: Works, place: str) -> list[str]:
        return [each["message"]["data"]["name"] for each in (await pulled(it, f"place={place}"))["items"]]

    async def streamed(it: Works, last: str) -> list[str]:
        answer = await it.client.get("/v1/message-stream", headers=it.who | {"Last-Event-ID": last})
        assert answer.status_code == 200, answer.text
        return [line[4:] for line in answer.text.splitlines() if line.startswith("id: ")]

    def refused(answer: httpx.Response) -> tuple[int, str]:
        told = answer.json()
        assert (answer.status_code, told["code"], told["after"]) == (409, "log-diverged", 5), told
        return told["last_common"], told["place"]

    async def pulls(it: Works) -> None:
        both, lost = kept["both"], kept["lost"]
        assert await names(it, both["place"]) == [f"new {nth}" for nth in range(4)]
        common, place = refused(await it.ask("GET", f"{kept['at']}/messages?place={lost['place']}"))
        assert common == 3
        assert await names(it, place) == [f"new {nth}" for nth in range(4)]
        hashes = [each["message"]["tilsagnhash"] for each in lost["items"]]
        here = [each["message"]["tilsagnhash"] for each in (await pulled(it))["items"]]
        assert [a == b for a, b in zip(hashes, here, strict=False)] == [True, True, True, False, False]

    async def reconciles(it: Works) -> None:
        held = [
            {"sequence": each["sequence"], "hash": each["message"]["tilsagnhash"]} for each in kept["lost"]["items"]
        ]
        asked = {"received": [{"first": 1, "last": 5}]}
        answer = await it.ask("POST", f"{kept['at']}/reconcile", asked | {"held": [held[0], held[4], held[1]]})
        assert refused(answer)[0] == 2
        answer = await it.ask("POST", f"{kept['at']}/reconcile", asked | {"held": held[:3]})
        assert [each["sequence"] for each in answer.json()["missing"]] == [6, 7]

    async def listens(it: Works) -> None:
        headers = it.who | {"Last-Event-ID": kept["ids"][-1]}
        common, place = refused(await it.client.get("/v1/message-stream", headers=headers))
        assert common == 3
        for last in (place, kept["ids"][2], "3"):
            assert [each.split("-")[0] for each in await streamed(it, last)] == ["4", "5", "6", "7"]

    at_work(database, tmp_path, begin)
    with restored(database) as backup:
        at_work(database, tmp_path, go_on)
        at_work(backup, tmp_path, otherwise)
