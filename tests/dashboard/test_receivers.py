"""Receivers outside on their page: those that fail first, and as the API of the notifications service tells of each."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from services import bokmal
from services.dashboard.pages.receivers import receivers_table
from services.dashboard.pages.tables import Tag
from tests.browser.reading import Element, read_page
from tests.browser.serving import Listed, client
from tests.conftest import Database
from tests.dashboard.office import opened, settings_of
from tests.notifications.webhook import endpoints as endpoints

SINCE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WORDS = {
    "active": "i drift",
    "failing": "svikter",
    "pending": "venter på svar fra mottakeren",
    "paused": "satt på pause",
}


def rows(page: Element) -> list[tuple[str, str, str]]:
    body = page.one("tbody")
    return [
        (
            row.one("th").text,
            row.one("td", **{"data-label": "Tilstand"}).text,
            row.one("td", **{"data-label": "Svikter siden"}).text,
        )
        for row in body.all("tr")
    ]


def test_each_stands_as_the_api_says_and_those_that_fail_come_first(database: Database, tmp_path: Path) -> None:
    told: list[tuple[str, str, str]] = []

    async def registers(office: endpoints.Office) -> None:
        for name in ("a", "b", "c"):
            made = await office.ask("POST", endpoints.ENDPOINTS, endpoints.ASKED | {"url": f"{endpoints.HERE}/{name}"})
            assert made.status_code == 201, made.text
        with psycopg.connect(database.admin_dsn) as owner:
            owner.execute("UPDATE notifications.endpoint SET consented = true WHERE url LIKE '%/c'")
            owner.execute(
                "UPDATE notifications.endpoint_count SET failing_since = %s WHERE endpoint_id ="
                " (SELECT id FROM notifications.endpoint WHERE url LIKE '%%/c')",
                (SINCE,),
            )
        listed = (await office.ask("GET", endpoints.ENDPOINTS)).json()["items"]
        for item in sorted(listed, key=lambda each: (each["failing_since"] is None, each["subscription"]["url"])):
            state = "failing" if item["failing_since"] else item["state"]
            since = item["failing_since"]
            words = bokmal.instant_in_words(datetime.fromisoformat(since)) if since else "svikter ikke"
            told.append((item["subscription"]["url"], state, words))

    endpoints.in_the_office(database, tmp_path, registers)

    async def look() -> Element:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            page = read_page((await browser.sign_in("administrator", "/mottakere")).text)
            links = [link.attributes["href"] for link in page.one("nav").all("a")]
            assert {"/", "/mottakere"} <= set(links)
            other = read_page((await office.browser().sign_in("ministry")).text)
            led = [link.attributes["href"] for nav in other.all("nav") for link in nav.all("a")]
            assert "/mottakere" not in led, "who may not see them is not led there"
            return page

    seen = rows(asyncio.run(look()))
    assert told[0][1] == "failing"
    assert [(url, state) for url, state, _ in seen] == [(url, WORDS.get(state, state)) for url, state, _ in told]
    assert seen[0][2] == told[0][2]


def test_an_address_is_shown_as_text_and_what_is_not_counted_is_said_to_be_more() -> None:
    page = read_page(client().get("/mottakere").text)
    assert [url for url, _, _ in rows(page)][2] == "https://virker.example/hook?plass=<arkiv>"
    assert page.one("tbody").all("tr")[0].one("td", **{"data-label": "Venter"}).text == "1000 eller flere"


def test_a_state_that_has_no_words_yet_is_shown_as_it_is() -> None:
    [first, *_] = asyncio.run(Listed().list_standing())
    assert receivers_table([{**first, "state": "asleep"}]).rows[0]["state"] == Tag("asleep")
