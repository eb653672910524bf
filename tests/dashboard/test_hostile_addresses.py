"""S5 and S9 over the pages: a hostile address is answered with a page that shows nothing of it back."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import psycopg
import pytest
from fastapi.routing import APIRoute
from markupsafe import escape

from services.dashboard.sign_in.access import OPEN, PAGES
from services.httpapi.app import Service
from tests.conftest import Database
from tests.dashboard.access import PLACES, add_receiver, filled
from tests.dashboard.office import Browser, Office, opened, settings_of
from tests.faults.hostile import CANARY
from tests.faults.lots import drawn
from tests.faults.service import open_funds

TEXTS = [
    "\0", "\ud800", "a\r\nSet-Cookie: x", "\x1b[31m", "\u202e", "１", "٢", "-1", "9" * 400, "1e400", "../../etc/passwd",
    "' OR 1=1 --", f"<script>{CANARY}</script>", f'"><{CANARY}', f"{{{{{CANARY}}}}}",
]  # fmt: skip


READ_STRICTLY = {"aar", "gjelder", "kjent", "dag", "maaned", "slag", "tilstand", "vis", "status"}
"""A year, a day, an instant or a word of a list: nothing else is guessed at."""


def parameters_of(app: Service) -> dict[str, set[str]]:
    """What each address of ours may be asked for, by its template."""
    routes = (route for route in app.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ()))
    return {route.path: {field.alias for field in route.dependant.query_params} for route in routes}


def hostile(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


async def sent(browser: Browser, address: str, **headers: str) -> httpx.Response:
    """What is answered: never our own failure, never what was asked."""
    answer = await browser.open(address, **headers)
    assert answer.status_code < 500, f"{address}: {answer.text}"
    told = answer.text + str(answer.headers)
    asked = re.search(r"/sok\?q=(.*)|/tilskuddsmottakere\?sok=(.*)", address)
    if asked is not None:  # what somebody looks for is shown back, as text and in no other way
        text = asked[1] or asked[2] or ""
        told = answer.text.replace(str(escape(unquote(text))), "").replace(text, "")
    assert CANARY not in told.lower(), f"{address} says it back"
    return answer


@pytest.fixture
def visited(database: Database, tmp_path: Path) -> Callable[[Callable[[Office], Awaitable[None]]], None]:
    """The dashboard over one letter's money; afterwards it is seen that nothing was recorded."""
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    add_receiver(database, PLACES["receiver"])

    def run(visit: Callable[[Office], Awaitable[None]]) -> None:
        async def go() -> None:
            async with opened(settings_of(database, tmp_path)) as office:
                await visit(office)

        asyncio.run(go())
        counted = "SELECT (SELECT count(*) FROM {0}.event), count(*) FROM {0}.command"
        with psycopg.connect(database.admin_dsn) as connection:
            kept = [connection.execute(counted.format(log).encode()).fetchone() for log in ("grants", "notifications")]
        assert kept == [(1, 1), (0, 0)]

    return run


def test_the_pages_answer_a_hostile_address_with_a_page(
    visited: Callable[[Callable[[Office], Awaitable[None]]], None], long: bool
) -> None:
    async def visit(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("everybody")
        asked = parameters_of(office.app)
        for page in PAGES:
            path = page.address
            lawful = filled(path)
            assert (await sent(browser, lawful)).headers["content-type"].startswith("text/html")
            for parameter in sorted(asked[path] | {"gjelder", "kjent", "side", "tabell", "som"}):
                for text in TEXTS if long else drawn(f"{path} {parameter}", TEXTS):
                    answer = await sent(browser, f"{lawful}?{parameter}={hostile(text)}")
                    refused = (400,) if parameter in READ_STRICTLY else (200, 400, 404)
                    assert answer.status_code in refused, f"{path} {parameter} {text!r}"
            for name in re.findall(r"{\w+(?::path)?}", path):
                for text in TEXTS if long else drawn(f"{path} {name}", TEXTS):
                    address = filled(path.replace(name, hostile(text)))
                    answer = await sent(browser, address)
                    assert answer.status_code == 404, f"{path} {name} {text!r}"
            unknown = await sent(browser, f"{lawful}?{CANARY}=1")
            assert (unknown.status_code, unknown.headers["content-type"]) == (400, "text/html; charset=utf-8")

    visited(visit)


def test_what_is_looked_for_and_compared_is_text_and_nothing_else(
    visited: Callable[[Callable[[Office], Awaitable[None]]], None],
) -> None:
    async def visit(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("controller")
        for text in (*TEXTS, f"<script>{CANARY}</script>" * 1_500, "'", "a:*", "%_"):
            found = await browser.open(f"/sok?q={hostile(text)}")
            assert found.status_code in (200, 303, 400), text
            assert f"<script>{CANARY}" not in found.text
            assert "\u202e" not in found.text
            for parameter in ("fra", "kjent_fra"):
                assert (await sent(browser, f"/endringer?{parameter}={hostile(text)}")).status_code == 400
            for parameter in ("post", "kolonne"):
                assert (await sent(browser, f"/endringer?{parameter}={hostile(text)}")).status_code in (200, 400)

    visited(visit)


def test_whoever_is_not_signed_in_is_answered_the_same_and_sign_in_takes_nothing_hostile(
    visited: Callable[[Callable[[Office], Awaitable[None]]], None], long: bool
) -> None:
    async def visit(office: Office) -> None:
        browser = office.browser()
        for page in PAGES:
            for text in TEXTS if long else drawn(page.address, TEXTS):
                answer = await sent(browser, f"{filled(page.address)}?gjelder={hostile(text)}")
                assert answer.status_code == 401
        for text in TEXTS:
            for address in sorted(OPEN.keys() - {"/tilgjengelighet", "/logg-ut", "/sprak"}):
                for parameter in ("til", "ut", "person", "code", "state", "iss", "error"):
                    answer = await sent(browser, f"{address}?{parameter}={hostile(text)}")
                    assert answer.status_code in (200, 303, 400), f"{address} {parameter} {text!r}"
                    if answer.status_code == 303:
                        assert answer.headers["location"].startswith("http://127.0.0.1:8004/internal/")
            form = await browser.send("/logg-ut", {"bevis": text.encode("utf-8", "replace").decode()})
            assert form.status_code == 303
        for cookie in ("tilsagn", "tilsagn-attempt"):
            for text in ("=", "a" * 5000, "%00", f"<{CANARY}>", "1.2.3", "9999999999." + "A" * 43 + ".____"):
                answer = await sent(browser, "/logg-inn/tilbake?code=a&state=b", cookie=f"{cookie}={text}")
                assert answer.status_code == 400
                assert (await sent(browser, "/", cookie=f"{cookie}={text}")).status_code == 401

    visited(visit)
