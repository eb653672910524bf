"""A8: one Idempotency-Key fifty times in parallel, and one key for two different requests."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import APPROVAL, INGRID, KARI, POST, open_funds, proposal, serving, settings_of, signed_in

TIMES = 50
FUND = f"{POST}/ressursmiljo"
ASKED = proposal(FUND, 100)

Story = Callable[["Desk"], Awaitable[None]]


class Desk:
    """Two services on one database, and how a command is sent to one of them."""

    def __init__(self, clients: list[httpx.AsyncClient], people: dict[str, dict[str, str]]) -> None:
        self.clients = clients
        self.people = people

    async def send(
        self,
        key: str,
        asked: Any,
        *,
        person: str = KARI,
        nth: int = 0,
        path: str = "/v1/cases",
        seen: str | None = None,
    ) -> httpx.Response:
        headers = self.people[person] | {"Idempotency-Key": key} | ({"If-Match": seen} if seen else {})
        method = "POST" if path == "/v1/cases" else "PUT"
        return await self.clients[nth % len(self.clients)].request(method, path, json=asked, headers=headers)


def at_the_desk(database: Database, folder: Path, story: Story) -> None:
    """Plays the story at two services on a post with 1,000 øre."""
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    settings = settings_of(database, folder)
    people = {person: signed_in(settings, person) for person in (KARI, INGRID)}
    people["ola"] = signed_in(settings, "ola", Role.caseworker)

    async def play() -> None:
        async with AsyncExitStack() as services:
            clients = [(await services.enter_async_context(serving(settings)))[1] for _ in range(2)]
            await story(Desk(clients, people))

    asyncio.run(play())


def recorded(database: Database) -> list[tuple[Any, ...]]:
    """(topic, actor) of everything but the letter."""
    query = "SELECT topic, convert_from(metadata, 'UTF8')::jsonb ->> 'actor' FROM grants.event WHERE position > 1"
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(f"{query} ORDER BY position").fetchall()


def opened_by(person: str) -> list[tuple[Any, ...]]:
    """What one opened case leaves in the log: what is proposed, and its number."""
    return [("award.proposed.v1", person), ("case.numbered.v1", person)]


def told(answers: list[httpx.Response]) -> set[tuple[Any, ...]]:
    """What the callers were told, all of it that may differ."""
    return {
        (answer.status_code, answer.content, answer.headers["ETag"], answer.headers.get("Location"))
        for answer in answers
    }


def test_fifty_at_once_under_one_key_are_one_case_and_one_answer(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        answers = await asyncio.gather(*(desk.send("once", ASKED, nth=nth) for nth in range(TIMES)))
        assert answers[0].status_code == 201
        assert len(told(answers)) == 1
        assert told([await desk.send("once", ASKED)]) == told(answers)

    at_the_desk(database, tmp_path, story)
    assert recorded(database) == opened_by(KARI)


def test_fifty_at_once_under_one_key_bind_the_fund_once(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        opened = await desk.send("open", ASKED)
        path = f"{opened.headers['Location']}/award/approval"
        same = {"person": INGRID, "path": path, "seen": opened.headers["ETag"]}
        answers = await asyncio.gather(*(desk.send("approve", APPROVAL, nth=nth, **same) for nth in range(TIMES)))
        assert answers[0].status_code == 200, answers[0].text
        assert len(told(answers)) == 1
        assert answers[0].json()["committed_ore"] == 100

    at_the_desk(database, tmp_path, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute("SELECT committed_ore FROM grants.fund WHERE id = %s", (FUND,)).fetchall() == [(100,)]
    assert recorded(database) == [*opened_by(KARI), ("award.approved.v1", INGRID)]


def test_fifty_at_once_under_a_key_each_are_fifty_cases(database: Database, tmp_path: Path) -> None:
    """The control: without the key in common, the same fifty requests are fifty."""

    async def story(desk: Desk) -> None:
        answers = await asyncio.gather(*(desk.send(f"key {nth}", ASKED, nth=nth) for nth in range(TIMES)))
        assert len(told(answers)) == TIMES

    at_the_desk(database, tmp_path, story)
    assert recorded(database) == opened_by(KARI) * TIMES


def test_one_key_for_another_request_is_refused_and_does_nothing(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        opened = await desk.send("once", ASKED)
        case = opened.headers["Location"]
        for asked, path, seen in (
            (proposal(FUND, 101), "/v1/cases", None),
            (proposal(FUND, -1) | {"amount_ore": 7}, "/v1/cases", None),
            (ASKED, f"{case}/award", opened.headers["ETag"]),
            ({"released_on": "2020-02-10", "document": "20/1"}, f"{case}/letter-release", opened.headers["ETag"]),
        ):
            other = await desk.send("once", asked, path=path, seen=seen)
            assert other.status_code == 422, other.text
        assert (await desk.send("once", proposal(FUND, 101))).json()["code"] == "idempotency-key-reused"
        assert told([await desk.send("once", ASKED)]) == told([opened])

    at_the_desk(database, tmp_path, story)
    assert recorded(database) == opened_by(KARI)


def test_two_requests_race_for_one_key_and_one_of_them_is_refused(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for race in range(10):
            pair = (desk.send(f"race {race}", proposal(FUND, 100 + nth), nth=nth) for nth in range(2))
            answers = await asyncio.gather(*pair)
            assert sorted(answer.status_code for answer in answers) == [201, 422]
            refused = next(answer for answer in answers if answer.status_code == 422)
            assert refused.json()["code"] == "idempotency-key-reused"

    at_the_desk(database, tmp_path, story)
    assert recorded(database) == opened_by(KARI) * 10


def test_spacing_and_order_of_members_do_not_make_another_request(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        first = await desk.send("once", ASKED)
        again = await desk.send("once", dict(reversed(ASKED.items())))
        assert told([again]) == told([first])

    at_the_desk(database, tmp_path, story)


def test_anothers_key_is_not_mine(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        karis = await desk.send("same", ASKED)
        olas = await desk.send("same", proposal(FUND, 101), person="ola")
        assert (karis.status_code, olas.status_code) == (201, 201)
        assert karis.headers["Location"] != olas.headers["Location"]

    at_the_desk(database, tmp_path, story)
    assert recorded(database) == [*opened_by(KARI), *opened_by("ola")]


def test_what_was_refused_leaves_the_key_free(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        refused = await desk.send("key", ASKED | {"amount_ore": 7})
        assert refused.json()["code"] == "plan-does-not-add-up"
        assert (await desk.send("key", ASKED)).status_code == 201

    at_the_desk(database, tmp_path, story)
