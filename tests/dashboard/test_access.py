"""Every page as every role, and as nobody: the table is what is served, and the routes are what is in the table."""

import asyncio
from pathlib import Path

import httpx
import pytest

from dev.pages import PAGE, page
from services.dashboard.main import create_app
from services.dashboard.sign_in import access
from services.dashboard.sign_in.access import FILES, FORMS, OPEN, PAGES
from services.httpapi.app import list_routes
from services.httpapi.callers.caller import Role
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.access import PLACES, add_receiver, careful, filled
from tests.dashboard.cases import year_of_cases
from tests.dashboard.office import OPENED, PEOPLE, Browser, opened, settings_of
from tests.made import check_made

"""Addresses whose parts are not those of the others of that name. A case's number begins with the year it is opened."""
VERBS = ("POST", "PUT", "PATCH", "DELETE")
OF_THE_PLATFORM = "/internal/"
SHOWN = (
    "Mottakere utenfor",
    "Ressursmilj",
    "Tildelingsbrev",
    "1\N{NO-BREAK SPACE}",
    "0000-0000",
    "291/71",
    "Ordninger",
    "Varsler",
    *("Frister og oppdrag", "Avvik i budsjett", "hook.example", "Prøv et brev", "verify_certificate"),
)
"""What stands on the pages of the year below, and nowhere where nobody is signed in."""


def test_every_route_is_in_the_table_or_open_for_a_reason(database: Database, tmp_path: Path) -> None:
    routes = list_routes(create_app(settings_of(database, tmp_path)))
    pages = {(method, path, roles) for method, path, roles in routes if not path.startswith(OF_THE_PLATFORM)}
    listed = {("GET", each.address, frozenset(each.sees)) for each in (*PAGES, *access.BESIDE, *FILES.values())}
    listed |= {("POST", each.address, frozenset(each.sees)) for each in FORMS.values()}
    assert {each for each in pages if each[2] is not None} == listed
    assert {path for _, path, roles in pages if roles is None} == set(OPEN)
    assert {(method, path) for method, path, _ in pages if method != "GET"} == {
        ("POST", "/logg-ut"),
        ("POST", "/sprak"),
        *(("POST", address) for address in FORMS),
    }
    assert all(len(reason) > 15 for reason in OPEN.values())


def test_every_role_stands_in_the_table_or_sees_nothing() -> None:
    assert access.RECEIVERS.sight_of({Role.ministry, Role.caseworker}) is None
    assert {role for each in PAGES for role in each.sees} == set(Role) - {Role.service}
    assert all(each.sight_of({Role.service}) is None for each in PAGES)
    assert all(each.sight_of(set()) is None for each in PAGES)
    for each in PAGES:
        alone = each.sight_of({Role.controller}) or each.sight_of({Role.ministry})
        assert each.sight_of({Role.ministry, Role.controller}) is alone
    assert all(each.sight_of({Role.ministry, Role.service}) is access.Sight.told for each in PAGES[:3])


def test_every_page_as_every_role_and_as_nobody(database: Database, tmp_path: Path) -> None:
    with year_of_cases(database, tmp_path):
        pass
    add_receiver(database, PLACES["receiver"])

    async def walk() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            nobody = office.browser()
            for each in PAGES:
                refused = await nobody.open(filled(each.address))
                assert refused.status_code == 401
                assert read_page(refused.text).one("h1").text == "Logg inn"
                assert not [shown for shown in SHOWN if shown in refused.text], each.address
                careful(refused)
            for person, roles in PEOPLE.items():
                browser = office.browser()
                await browser.sign_in(person)
                for each in PAGES:
                    answer = await browser.open(filled(each.address))
                    served = each.sight_of(roles) is not None
                    assert answer.status_code == (200 if served else 403), (person, each.address)
                    assert any(shown in answer.text for shown in SHOWN) == served
                    await same_without_body(browser, filled(each.address), answer)
                    careful(answer)
                    await unwritable(browser, filled(each.address))

    asyncio.run(walk())


async def same_without_body(browser: Browser, address: str, answer: httpx.Response) -> None:
    """HEAD is answered as GET is, to the same readers, and says nothing beyond its headers."""
    asked = await browser.http.head(address, headers=OPENED)
    assert (asked.status_code, asked.text) == (answer.status_code, "")
    assert asked.headers["content-type"] == answer.headers["content-type"]
    careful(asked)


async def unwritable(browser: Browser, address: str) -> None:
    for verb in VERBS:
        answer = await browser.http.request(verb, address, headers={"sec-fetch-site": "same-origin"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("address", ["/nowhere", "/poster/2020", "/v1/posts", "/admin", "/static/none.css"])
def test_what_is_not_there_is_told_as_a_page_that_shows_nothing_back(
    database: Database, tmp_path: Path, address: str
) -> None:
    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            answer = await office.browser().open(f"{address}?x=<script>")
            assert answer.status_code == 404
            assert "script>" not in answer.text
            if "static" not in address:
                assert read_page(answer.text).one("h1").text == "Vi fant ikke siden"

    asyncio.run(go())


def test_the_page_for_readers_is_made_from_the_table() -> None:
    check_made(PAGE, page(), "dev.pages")
