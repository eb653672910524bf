"""Whose turn it is: some at once, none of them all for one session, and nobody waits longer than is said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from services.dashboard.pages import exports
from services.dashboard.pages.turns import NotYourTurn, Turns
from services.dashboard.sign_in.sessions import proof_of
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.access import careful
from tests.dashboard.office import opened, settings_of


class Queue:
    """Pages that are asked for, and in which order their turn came."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.came, self.tasks = turns, list[str](), list[asyncio.Task[None]]()
        self._over: dict[str, asyncio.Event] = {}

    async def ask(self, *pages: str) -> None:
        """`a1` is the first page of the session `a`."""
        for page in pages:
            self._over[page] = asyncio.Event()
            self.tasks.append(asyncio.create_task(self._read(page)))
            await asyncio.sleep(0)

    async def finish(self, page: str) -> None:
        self._over[page].set()
        for _ in range(5):
            await asyncio.sleep(0)

    async def _read(self, page: str) -> None:
        async with self.turns.taken(page[0]):
            self.came.append(page)
            await self._over[page].wait()


@asynccontextmanager
async def queue(**bounds: int) -> AsyncIterator[Queue]:
    made = Queue(Turns(**bounds, seconds=3600))
    yield made
    for task in made.tasks:
        task.cancel()
    await asyncio.gather(*made.tasks, return_exceptions=True)
    async with AsyncExitStack() as again:  # and every turn is free again
        for number in range(made.turns.at_once):
            await again.enter_async_context(made.turns.taken(f"after {number}"))


def test_one_session_never_has_all_and_the_others_go_on() -> None:
    async def go() -> None:
        async with queue(at_once=3, of_one=2) as office:
            await office.ask(*(f"a{number}" for number in range(1, 7)))
            assert office.came == ["a1", "a2"]
            await office.ask("b1", "b2", "c1")
            assert office.came == ["a1", "a2", "b1"]
            await office.finish("a1")
            assert office.came[3:] == ["c1"], "it has none, and goes before those that have one"
            await office.finish("b1")
            assert office.came[4:] == ["b2"]
            await office.finish("c1")
            assert office.came[5:] == ["a3"]

    asyncio.run(go())


def test_sessions_that_have_as_many_are_served_in_turn() -> None:
    async def go() -> None:
        async with queue(at_once=1, of_one=1) as office:
            await office.ask("a1", "a2", "a3", "b1", "b2", "c1")
            for _ in range(6):
                await office.finish(office.came[-1])
            assert office.came == ["a1", "a2", "b1", "c1", "a3", "b2"]

    asyncio.run(go())


def test_more_than_may_wait_are_refused_at_once_and_only_of_that_session() -> None:
    async def go() -> None:
        async with queue(at_once=1, of_one=1, waiting_of_one=2) as office:
            await office.ask("a1", "a2", "a3")
            with pytest.raises(NotYourTurn):
                async with office.turns.taken("a"):
                    pass
            await office.ask("b1")
            await office.finish("a1")
            await office.finish("a2")
            assert office.came == ["a1", "a2", "b1"]

    asyncio.run(go())


def test_whoever_gets_no_turn_in_time_or_leaves_is_gone_and_holds_nobody_up() -> None:
    async def go() -> None:
        turns = Turns(at_once=1, of_one=1, seconds=0)
        async with turns.taken("a"):
            for of in ("a", "b"):
                with pytest.raises(NotYourTurn):
                    async with turns.taken(of):
                        pass
        async with turns.taken("b"):
            pass
        async with queue(at_once=1, of_one=1) as office:
            await office.ask("a1", "b1", "c1")
            office.tasks[1].cancel()
            await office.finish("a1")
            assert office.came == ["a1", "c1"]

    asyncio.run(go())


def test_a_turn_given_in_the_moment_somebody_leaves_is_anothers() -> None:
    async def go() -> None:
        async with queue(at_once=1, of_one=1) as office:
            await office.ask("a1", "b1", "c1")
            office._over["a1"].set()
            await asyncio.sleep(0)  # a1 is over, b1 has its turn and has not begun
            office.tasks[1].cancel()
            await office.finish("a1")
            assert office.came == ["a1", "c1"]

    asyncio.run(go())


def test_as_many_pages_are_made_as_the_settings_say_and_the_database_is_asked_by_no_more(
    database: Database, tmp_path: Path
) -> None:
    async def go() -> None:
        async with opened(replace(settings_of(database, tmp_path), pages_at_once=2)) as office:
            turns = office.app.state.turns
            assert (turns.at_once, turns.of_one) == (2, 1)
            browsers = [office.browser() for _ in range(6)]
            for browser in browsers:
                await browser.sign_in("controller")
            answers = await asyncio.gather(*(browser.open("/") for browser in browsers))
            assert {answer.status_code for answer in answers} == {200}
            with psycopg.connect(database.admin_dsn) as connection:
                asking = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE usename = 'tilsagn_dashboard' AND datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchone()
            assert asking is not None
            assert asking[0] <= 3

    asyncio.run(go())


def test_a_page_without_its_turn_says_so_in_words_and_others_read_on(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            busy, other = office.browser(), office.browser()
            await busy.sign_in("controller")
            await other.sign_in("controller")
            turns = office.app.state.turns = Turns(seconds=0)
            proof = proof_of(busy.http.cookies["tilsagn"])
            async with AsyncExitStack() as taken:
                for _ in range(turns.of_one):
                    await taken.enter_async_context(turns.taken(proof))
                for address in ("/", "/varsler", "/varsler?tabell=varsler&som=csv", "/poster/2020/291/71"):
                    refused = await busy.open(address)
                    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
                    assert read_page(refused.text).one("h1").text == "Tjenesten er opptatt akkurat nå"
                    careful(refused)
                    assert (await other.open(address)).status_code != 503
                assert (await busy.open("/tilgjengelighet")).status_code == 200
            assert (await busy.open("/")).status_code == 200
            assert (await busy.http.head("/", headers={"sec-fetch-site": "none"})).status_code == 200
            assert turns._having.total() == 0

    asyncio.run(go())


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_file_is_made_in_its_turn_too_and_one_session_has_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(exports, "SECONDS", 0)

    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            busy, other = office.browser(), office.browser()
            await busy.sign_in("controller")
            await other.sign_in("controller")
            asked = f"/varsler?tabell=varsler&som={kind}"
            assert (await busy.open(asked)).status_code == 200
            turns = exports._turns[asyncio.get_running_loop()]
            async with turns.taken(proof_of(busy.http.cookies["tilsagn"])):
                refused = await busy.open(asked)
                assert (refused.status_code, refused.headers["content-type"]) == (503, "text/html; charset=utf-8")
                assert (await other.open(asked)).status_code == 200
                assert (await busy.open("/varsler")).status_code == 200
            assert (await busy.open(asked)).status_code == 200

    asyncio.run(go())
