"""How fresh a page is, in words on it; and the stream that tells a page which is open that there is newer."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.dashboard.main import ASIDE, SIGNED_IN
from services.dashboard.pages import news
from services.dashboard.pages.news import MOST_OF_ONE, News
from services.eventlog.connections.freshness import BOUND, Freshness
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.news import Stream, record
from tests.dashboard.office import Browser, Office, opened, settings_of
from tests.faults.service import open_funds

AT = datetime(2020, 6, 22, 12, 5, tzinfo=UTC)
EVEN = Freshness(
    log="grants", position=12, recorded_at=AT, followed=12, waiting_since=None, asked_at=AT, standby=False,
    connected=None, replayed_at=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "behind", "lag", "late"),
    [
        ({}, 0, 0, False),
        ({"followed": 9, "waiting_since": AT - timedelta(seconds=5)}, 3, 5, False),
        ({"followed": 9, "waiting_since": AT - BOUND}, 3, 60, False),
        ({"followed": 9, "waiting_since": AT - BOUND - timedelta(seconds=1)}, 3, 61, True),
        ({"standby": True, "connected": True}, 0, 0, False),
        ({"standby": True, "connected": False}, 0, 0, True),
        ({"standby": True, "connected": True, "replayed_at": AT - timedelta(hours=1)}, 0, 3600, True),
        ({"standby": True, "connected": True, "replayed_at": AT + timedelta(seconds=1)}, 0, 0, False),
    ],
)
def test_a_reader_is_told_beyond_the_bound_and_of_a_copy_that_hears_nothing(
    changed: dict[str, Any], behind: int, lag: int, late: bool
) -> None:
    found = replace(EVEN, **changed)
    assert (found.behind, found.lag.total_seconds(), found.is_late) == (behind, lag, late)


@pytest.fixture
def play(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The dashboard over one letter's money, with less patience than it has otherwise."""
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    monkeypatch.setattr(news, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(news, "QUIET_SECONDS", 0.1)

    def run(go: Callable[[Office], Awaitable[None]]) -> None:
        async def up() -> None:
            async with opened(settings_of(database, tmp_path)) as office:
                await go(office)

        asyncio.run(up())

    return run


def test_every_page_says_how_fresh_it_is(play: Callable[..., None]) -> None:
    async def go(office: Office) -> None:
        page = read_page((await office.browser().sign_in("ministry")).text)
        assert page.one("p", class_="freshness").text.startswith("Siste registrering er nr. 1, ")
        region = page.one("div", role="status")
        assert (region.text, region.attributes["data-number"]) == ("", "1")
        assert page.one("script").attributes == {"src": "/static/news.js", "defer": ""}
        then = read_page((await office.browser().sign_in("ministry", "/?kjent=2020-06-22T12:00:00Z")).text)
        assert then.all("script") == [], "what was known then does not change"

    play(go)


def test_an_open_page_hears_a_number_that_grows_and_nothing_else(database: Database, play: Callable[..., None]) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("ministry")
        async with Stream(office, browser) as stream:
            assert await stream.hear() == "id: 1\ndata: 1\n\n"
            assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
            assert stream.headers["cache-control"] == "no-store"
            await asyncio.to_thread(record, database)
            heard = [line for line in [await stream.hear() for _ in range(4)] if line != ":\n\n"]
            assert heard == ["id: 2\ndata: 2\n\n"]

    play(go)


def test_it_ends_with_the_session_and_does_not_keep_it_going(database: Database, play: Callable[..., None]) -> None:
    def seen() -> Any:
        with psycopg.connect(database.admin_dsn) as owner:
            return owner.execute("SELECT seen_at FROM dashboard.session").fetchone()

    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("ministry")
        with psycopg.connect(database.admin_dsn) as owner:
            owner.execute("UPDATE dashboard.session SET seen_at = seen_at - interval '30 minutes'")
        before = seen()
        async with Stream(office, browser) as stream:
            assert [await stream.hear() for _ in range(3)][1:] == [":\n\n", ":\n\n"]
            assert seen() == before
            with psycopg.connect(database.admin_dsn) as owner:
                owner.execute("UPDATE dashboard.session SET ended_at = clock_timestamp()")
            await stream.ended()
        async with Stream(office, browser) as stream:
            await stream.ended()
            assert stream.status == 401

    play(go)


def test_it_ends_when_the_process_does(play: Callable[..., None]) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("auditor")
        async with Stream(office, browser) as stream:
            await stream.hear()
            [let_go] = office.app.at_stop
            let_go()
            await stream.ended()

    play(go)


def test_one_reader_has_a_few_places_and_they_are_free_again(play: Callable[..., None]) -> None:
    @asynccontextmanager
    async def many(office: Office, browser: Browser) -> Any:
        streams = [Stream(office, browser) for _ in range(MOST_OF_ONE)]
        for stream in streams:
            await stream.__aenter__()
            await stream.hear()
        yield
        for stream in streams:
            await stream.__aexit__()

    async def go(office: Office) -> None:
        browser, other = office.browser(), office.browser()
        await browser.sign_in("ministry")
        await other.sign_in("auditor")
        async with many(office, browser):
            async with Stream(office, browser) as refused:
                await refused.ended()
                assert refused.status == 503
            async with Stream(office, other) as stream:
                await stream.hear()
        async with Stream(office, browser) as stream:
            assert await stream.hear() == "id: 1\ndata: 1\n\n"

    play(go)


@pytest.mark.parametrize(("header", "value", "status"), [("sec-fetch-site", "cross-site", 403), ("host", "evil", 421)])
def test_no_other_site_hears_it(play: Callable[..., None], header: str, value: str, status: int) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("ministry")
        async with Stream(office, browser, **{header: value}) as stream:
            await stream.ended()
            assert stream.status == status

    play(go)


def test_however_many_ask_the_database_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def count(*_: object) -> list[Freshness]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return [EVEN]

    class Pool:
        def connection(self) -> Any:
            @asynccontextmanager
            async def lend() -> Any:
                yield None

            return lend()

    monkeypatch.setattr(news, "read_freshness", count)

    async def go() -> None:
        pool: Any = Pool()
        fresh = News(pool)
        found = await asyncio.gather(*(fresh.now() for _ in range(500)))
        assert {each.number for each in found} == {12}

    asyncio.run(go())
    assert asked == 1


def test_many_readers_at_once_share_a_few_connections(database: Database, play: Callable[..., None]) -> None:
    def connected() -> int:
        with psycopg.connect(database.admin_dsn) as owner:
            counted = "SELECT count(*) FROM pg_stat_activity WHERE usename = ANY (%s) AND datname = current_database()"
            [[number]] = owner.execute(counted, (["tilsagn_dashboard", "dashboard_sessions"],)).fetchall()
        return int(number)

    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("auditor")
        asked = asyncio.gather(*(browser.open("/poster/2020/291/71") for _ in range(40)))
        most = 0
        while not asked.done():
            most = max(most, await asyncio.to_thread(connected))
            await asyncio.sleep(0.05)
        assert {answer.status_code for answer in await asked} <= {200, 503}
        assert 0 < most <= office.app.state.turns.at_once + ASIDE + SIGNED_IN

    play(go)
