"""Every page of a rich year, opened link by link as a controller and as the ministry, on random days and instants of
knowing: each figure is the API's, its explanation's, and the sum of the entries it leads to, to the øre.
"""

import asyncio
import os
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from starlette.types import ASGIApp, Receive, Scope, Send

from services.grants.balance.routes import posts_router
from services.grants.balance.view import Balances
from services.httpapi.callers.caller import Caller, Role
from tests.conftest import Database
from tests.dashboard.crawled import Crawled, Crawler
from tests.dashboard.office import opened, settings_of
from tests.dashboard.rich_year import Lived, lived
from tests.eventlog.played import Played, played
from tests.in_process import InProcess

SEED = 20201231
QUICK_DAYS, QUICK_PAGES = 3, 4
SHARDS, SHARD_DAYS, SHARD_PAGES = 20, 10, 24
"""The long walk is two hundred days and instants, each walked by both readers, in parts that end within minutes: what
is wrong on a day is told when its part is done, and a part is walked again by itself (`-k part-7`, `TILSAGN_SEED`)."""


def as_auditor(app: ASGIApp) -> ASGIApp:
    """The routes as they are, to somebody who is let in."""

    async def let_in(scope: Scope, receive: Receive, send: Send) -> None:
        caller = Caller(subject="riksrevisjonen", roles=frozenset({Role.auditor}))
        await app({**scope, "state": {"caller": caller}}, receive, send)

    return let_in


class Api:
    """The posts' own routes, asked for one figure at a time; for the ministry without what it is not told of."""

    def __init__(self, year: Played, told_of: Lived, *, told: bool) -> None:
        self._pool = AsyncConnectionPool(year.database.service_dsn, open=False)
        self._since = {f"{case}": 1 for case in told_of.untold} | {f"{k}": v for k, v in told_of.in_part.items()}
        self._hidden = positions(year, self._since) if told else {}
        self._kept: dict[str, list[dict[str, Any]]] = {}
        app = FastAPI()

        async def count_open(*_: object) -> Mapping[str, int]:
            return {}

        app.include_router(posts_router(Balances(self._pool), lambda: date(2020, 12, 31), count_open))
        self._http = httpx.AsyncClient(transport=InProcess(as_auditor(app)), base_url="http://api")

    async def __aenter__(self) -> "Api":
        await self._pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        await self._pool.close()

    async def figure(self, place: str, column: str, asked: Mapping[str, str]) -> int | None:
        """A column of a post, of a fund below it, or summed over posts."""
        parts = place.split("/")
        at = {"valid_at": asked["gjelder"]}
        if "kjent" in asked:
            at["known_at"] = asked["kjent"]
        if parts[0] == "sak":
            rows = await self._commitments("/".join(parts[1:3]), "/".join(parts[3:]), at)
        elif len(parts) > 3:
            rows = await self._items(f"/v1/posts/{'/'.join(parts[:3])}/funds", at)
            rows = [row for row in rows if row["fund_id"] == place]
        else:
            rows = await self._items("/v1/posts", at | {"year": parts[0]})
            rows = [row for row in rows if f"{row['fund_id']}/".startswith(f"{place}/")]
        amounts = [await self._less(row, column, at) for row in rows]
        return None if None in amounts else sum(ore for ore in amounts if ore is not None)

    async def _commitments(self, number: str, into: str, at: Mapping[str, str]) -> list[dict[str, Any]]:
        """What stands for a case in one budget year, looked for on every post."""
        found = []
        for post in await self._items("/v1/posts", {**at, "year": into or "2020"}):
            for row in await self._items(f"/v1/posts/{post['fund_id']}/funds", at):
                if row["case_number"] == number and str(row["fund_id"]).partition("/")[2] == into:
                    found.append(row)
        return found

    async def _less(self, row: Mapping[str, Any], column: str, at: Mapping[str, str]) -> int | None:
        stands_ore: int | None = row[column]
        if stands_ore is None or not self._hidden:
            return stands_ore
        moved = "committed_ore" if column == "remaining_ore" else column
        above = row["parent_id"] if row.get("kind") == "commitment" else row["fund_id"]
        post = "/".join(str(above).split("/")[:3])
        entries = await self._items(f"/v1/posts/{post}/entries", at)
        hidden = [
            each for each in entries
            if each["position"] in self._hidden
            and str(row["fund_id"]) in self._hidden[each["position"]]
            and (each["committed_ore"] or str(each["case_id"]) in self._wholly)
        ]  # fmt: skip
        taken_ore = sum(int(each.get(moved, 0)) for each in hidden)
        if row.get("kind") == "commitment" and column == "remaining_ore":
            return stands_ore
        return stands_ore + taken_ore if column == "remaining_ore" else stands_ore - taken_ore

    @property
    def _wholly(self) -> set[str]:
        return {case for case, since in self._since.items() if since == 1}

    async def _items(self, address: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        key = f"{address}?{sorted(asked.items())}"
        if key not in self._kept:
            self._kept[key] = items = []
            cursor: dict[str, str] = {}
            while True:
                answer = await self._http.get(address, params={**asked, **cursor, "limit": "200"})
                assert answer.status_code == 200, answer.text
                page = answer.json()
                items += page["items"]
                if page["next"] is None:
                    break
                cursor = {"cursor": page["next"]}
        return self._kept[key]


def positions(year: Played, since: Mapping[str, int]) -> dict[int, set[str]]:
    """By position: the funds that a fact reaches which the ministry is not told of."""
    query = """
        SELECT e.position, array_agg(e.fund_id) FROM grants.entry e JOIN grants.event v ON v.position = e.position
        WHERE v.stream = 'case-' || %s AND v.version > %s GROUP BY e.position
    """
    found: dict[int, set[str]] = {}
    with psycopg.connect(year.database.admin_dsn) as connection:
        for case, version in since.items():
            for position, funds in connection.execute(query, (case, version - 1 if version > 1 else 0)).fetchall():
                found[position] = set(funds)
    return found


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[tuple[Played, Lived]]:
    with played(database, tmp_path) as history:
        yield history, lived(history)


def looks(year: Played, count: int, draw: random.Random) -> Iterator[str]:
    """So many days, every second with an instant of knowing: one at which something was recorded, or just before."""
    with psycopg.connect(year.database.admin_dsn) as connection:
        rows = connection.execute("SELECT DISTINCT recorded_at FROM grants.event ORDER BY 1").fetchall()
    instants: list[datetime] = [at.astimezone(UTC) for (at,) in rows]
    for number in range(count):
        day = date(2020, 1, 1) + timedelta(days=draw.randrange(366))
        address = f"/?aar=2020&gjelder={day}"
        if number % 2:
            at = draw.choice(instants) - timedelta(microseconds=draw.randrange(2))
            address += f"&kjent={at.isoformat().replace('+00:00', 'Z')}"
        yield address


async def crawl(year: Played, told_of: Lived, folder: Path, *, days: int, most: int, seed: str) -> Crawled:
    draw, whole = random.Random(seed), Crawled()
    firsts = list(looks(year, days, draw))
    async with opened(settings_of(year.database, folder)) as office:
        for person in ("controller", "ministry"):
            browser = office.browser()
            await browser.sign_in(person)
            async with Api(year, told_of, told=person == "ministry") as api:
                for first in firsts:
                    crawler = Crawler(browser, api.figure, draw, most)
                    await crawler.walk(first)
                    print(person, first, crawler.found.figures, crawler.found.wrong[:3], flush=True)
                    whole.pages |= crawler.found.pages
                    whole.figures += crawler.found.figures
                    whole.explained += crawler.found.explained
                    whole.files += crawler.found.files
                    whole.cells += crawler.found.cells
                    whole.wrong += [f"{person}: {each}" for each in crawler.found.wrong]
    return whole


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every part in the long run; in the quick one, one."""
    parts = range(SHARDS if metafunc.config.getoption("--long") else 1)
    if "part" in metafunc.fixturenames:
        metafunc.parametrize("part", parts, ids=[f"part-{part}" for part in parts])


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Of the whole run; each part draws on from it by its number. The quick run's is always the same."""
    if not request.config.getoption("--long"):
        return SEED
    return int(os.environ.get("TILSAGN_SEED", random.randrange(10**6)))


def test_every_figure_is_what_it_is_made_of(
    year: tuple[Played, Lived], tmp_path: Path, long: bool, part: int, seed: int
) -> None:
    history, told_of = year
    days, most = (SHARD_DAYS, SHARD_PAGES) if long else (QUICK_DAYS, QUICK_PAGES)
    print(f"TILSAGN_SEED={seed}, part {part}")
    found = asyncio.run(crawl(history, told_of, tmp_path, days=days, most=most, seed=f"{seed}/{part}"))
    assert found.wrong == []
    assert found.figures > days * 100
    assert found.explained > days * 10
    assert found.cells > days * 20
    print(found.figures, found.explained, found.files, found.cells, len(found.pages))
