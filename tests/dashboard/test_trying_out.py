"""Trying out: what grants' own previews answer, shown before and after, and nothing written."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg

from services import bokmal
from services.httpapi.callers.caller import Role
from tests.browser.reading import Element, read_page
from tests.conftest import Database
from tests.dashboard.forms import OURS, signed_in
from tests.dashboard.office import Browser, Itself, opened, settings_of
from tests.dashboard.through import Through
from tests.faults.service import serving
from tests.faults.service import settings_of as grants_settings_of
from tests.faults.service import signed_in as with_token
from tests.grants.round.rounds import BY_NAME, DAY, EAST, NAMED, WEST, line, open_year
from tests.grants.round.rounds import Office as Rounds
from tests.house.tree import ROOT

LETTERS = ROOT / "data" / "letters" / "2020"
EVERYTHING = """
    SELECT (SELECT count(*) FROM grants.event), (SELECT count(*) FROM grants.command),
           (SELECT count(*) FROM grants.entry), (SELECT count(*) FROM grants.fund),
           (SELECT count(*) FROM notifications.event), (SELECT count(*) FROM notifications.command)
"""


def stands(database: Database) -> Any:
    with psycopg.connect(database.admin_dsn) as owner:
        return owner.execute(EVERYTHING.encode()).fetchone()


def play(
    database: Database, folder: Path, what: Callable[[Browser, str, httpx.AsyncClient, Through], Awaitable[None]]
) -> None:
    async def go() -> None:
        async with serving(grants_settings_of(database, folder)) as (_, client):
            way = Through(client)
            async with opened(settings_of(database, folder), Itself(grants=way)) as office:
                browser, proof = await signed_in(office, "controller")
                await what(browser, proof, client, way)

    asyncio.run(go())


async def tried(browser: Browser, proof: str, letter: bytes, *, pasted: bool = False) -> httpx.Response:
    file = {"brev": (None, letter)} if pasted else {"fil": ("brev.yaml", letter, "application/yaml")}
    return await browser.http.post("/prov/brev", files={"bevis": (None, proof.encode()), **file}, headers=OURS)


def cells(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def test_a_letter_is_tried_out_as_grants_previews_it_and_nothing_is_written(database: Database, tmp_path: Path) -> None:
    first, fourth = ((LETTERS / name).read_bytes() for name in ("00-tildelingsbrev.yaml", "04-tillegg.yaml"))

    async def go(browser: Browser, proof: str, client: httpx.AsyncClient, way: Through) -> None:
        before = stands(database)
        pasted = await tried(browser, proof, first, pasted=True)
        assert pasted.status_code == 200, pasted.text
        new = cells(read_page(pasted.text).one("table", id="tabell-poster"))
        assert all("posten åpnes av brevet" in row[3] for row in new)
        assert [row[4] for row in new] == [row[5] for row in new], "of a new post all of it is change"
        assert stands(database) == before

        who = with_token(grants_settings_of(database, tmp_path), "anne", Role.controller)
        for number, name in enumerate(sorted(path.name for path in LETTERS.glob("0[0-3]*.yaml"))):
            sent = who | {"Idempotency-Key": str(number), "Content-Type": "application/yaml"}
            made = await client.post("/v1/letters", content=(LETTERS / name).read_bytes(), headers=sent)
            assert made.status_code in (200, 201), made.text
        before = stands(database)
        answer = await tried(browser, proof, fourth)
        sent = who | {"Idempotency-Key": "preview", "Content-Type": "application/yaml"}
        preview = (await client.post("/v1/letters?dry_run=true", content=fourth, headers=sent)).json()
        page = read_page(answer.text)
        shown = cells(page.one("table", id="tabell-poster"))
        assert [(row[3], row[4], row[5]) for row in shown] == [
            tuple(
                bokmal.kroner(each)
                for each in (row["before_ore"], row["after_ore"] - row["before_ore"], row["after_ore"])
            )
            for row in preview["posts"]
        ]
        assert len(shown) == len(preview["posts"]) > 5
        differences = {row[0]: row[3] for row in cells(page.one("table", id="tabell-summer"))}
        assert differences["292/60"] == bokmal.kroner(-6_157_700_000)
        assert stands(database) == before, "nothing was written"
        assert [path for method, path in way.asked if method == "POST"] == ["/v1/letters?dry_run=true"] * 2

    play(database, tmp_path, go)


def test_a_letter_that_grants_refuses_is_told_in_its_words_and_shows_nothing_of_it_back(
    database: Database, tmp_path: Path
) -> None:
    async def go(browser: Browser, proof: str, client: httpx.AsyncClient, way: Through) -> None:
        del client, way
        before = stands(database)
        for letter in (b"year: 2020\n<script>alert('x')</script>: 1\n", b"\xff\xfe", b"a: &a [*a, *a]"):
            answer = await tried(browser, proof, letter)
            assert answer.status_code in (400, 422), answer.text
            assert "alert('x')" not in answer.text
            page = read_page(answer.text)
            assert page.one("h1").text == "Hva brevet ville gjøre"
            assert "Ingenting er registrert." in page.one("main").text
        empty = await browser.http.post("/prov/brev", files={"bevis": (None, proof)}, headers=OURS)
        assert empty.status_code == 400
        assert stands(database) == before

    play(database, tmp_path, go)


def test_a_round_is_tried_out_as_it_would_bind_and_nothing_is_written(database: Database, tmp_path: Path) -> None:
    open_year(database, {NAMED: 1_000, EAST: 400, WEST: 300, "2020/291/60": 1_000})

    async def go(browser: Browser, proof: str, client: httpx.AsyncClient, way: Through) -> None:
        office = Rounds(client, grants_settings_of(database, tmp_path))
        await office.opens(BY_NAME)
        await office.proposes(line(EAST, 350), line(WEST, 301, "Norsk folk"))
        listed = read_page((await browser.open("/prov?aar=2020")).text)
        [choice] = listed.one("select", id="runde").all("option")
        before = stands(database)
        form = {"bevis": proof, "runde": choice.attributes["value"], "dag": f"{DAY[8:]}.{DAY[5:7]}.{DAY[:4]}"}
        answer = await browser.send("/prov/runde", form)
        assert answer.status_code == 200, answer.text
        page = read_page(answer.text)
        foreseen = await office.reads("/funds", approved_on=DAY)
        assert not foreseen["fits"]
        assert "Det er ikke plass til alt" in page.one("main").text
        assert [row[2:5] for row in cells(page.one("table", id="tabell-midler"))] == [
            [bokmal.kroner(row[name]) for name in ("remaining_ore", "planned_ore", "remaining_after_ore")]
            for row in foreseen["funds"]
        ]
        missing = await browser.send("/prov/runde", form | {"runde": "3d6f0a52-6c0e-4b8e-9a30-6f1c2d3e4f50"})
        assert (missing.status_code, "Ingenting er registrert." in missing.text) == (404, True)
        early = await browser.send("/prov/runde", form | {"dag": "01.01.1950"})
        assert (early.status_code, "Ingenting er registrert." in early.text) == (422, True)
        assert (await browser.send("/prov/runde", form | {"dag": "i morgen"})).status_code == 400
        assert stands(database) == before
        assert all(method == "GET" for method, _ in way.asked)

    play(database, tmp_path, go)
