"""What is answered at the edges: beside every page, before one is asked, and to whoever asks twice or otherwise."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from fastapi.routing import APIRoute

from services.dashboard.pages import news
from services.dashboard.sign_in.access import OF_THE_PLATFORM, OPEN, PAGES
from services.dashboard.sign_in.provider import NAMES_ITSELF, Provider, SigningIn
from services.dashboard.sign_in.sessions import proof_of
from services.httpapi.app import list_routes
from tests.browser.reading import read_page
from tests.browser.serving import client
from tests.conftest import Database
from tests.dashboard.access import PLACES, add_receiver, filled
from tests.dashboard.cases import year_of_cases
from tests.dashboard.news import Stream
from tests.dashboard.office import OPENED, Office, opened, settings_of
from tests.patience import PATIENCE_SECONDS

Play = Callable[[Callable[[Office], Awaitable[None]]], None]
ISSUER = "/internal/development-issuer"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")


@pytest.fixture
def play(database: Database, tmp_path: Path) -> Play:
    def run(what: Callable[[Office], Awaitable[None]]) -> None:
        async def go() -> None:
            async with opened(settings_of(database, tmp_path)) as office:
                await what(office)

        asyncio.run(go())

    return run


def careful(answer: httpx.Response, kept: bool = False) -> None:
    """Every header that keeps a browser careful, said once."""
    said = [name for name, _ in answer.headers.multi_items() if name != "set-cookie"]
    assert len(said) == len(set(said))
    assert answer.headers["cache-control"] == ("public, max-age=3600" if kept else "no-store")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert {"cross-origin-opener-policy", "cross-origin-resource-policy", "vary"} <= answer.headers.keys()


def test_whatever_is_answered_is_careful_by_every_method_and_status(play: Play) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("everybody")
        statuses = set()
        routes = {filled(path) for _, path, _ in list_routes(office.app)} - {"/nytt"}
        for address in sorted({*routes, "/nowhere", "/internal/nowhere", "/openapi.json", "/static/none.css"}):
            for method in METHODS:
                answer = await browser.http.request(method, address, headers=OPENED)
                careful(answer)
                statuses.add(answer.status_code)
        for address, refused in [("/?ukjent=1", 400), (f"{ISSUER}/authorize?x=1", 400), ("/internal/isready?x=1", 400)]:
            answer = await browser.open(address)
            assert answer.status_code == refused
            careful(answer)
        large: list[tuple[str, dict[str, Any], int]] = [
            ("GET", {"headers": {"x-large": "a" * 20_000}}, 431),
            ("GET", {"headers": [(f"x-{number}", "a") for number in range(120)]}, 431),
            ("POST", {"content": b"a" * 100_000}, 413),
            ("POST", {"content": b"a", "headers": {"content-encoding": "gzip"}}, 415),
            ("POST", {"content": b"a", "headers": {"content-type": "text/plain"}}, 415),
        ]
        for address in ("/logg-ut", f"{ISSUER}/token"):
            for method, asked, refused in large:
                answer = await browser.http.request(method, address, **asked)
                assert answer.status_code == refused
                careful(answer)
        careful(await browser.open("/static/pages.css"), kept=True)
        assert statuses >= {200, 303, 400, 404, 405, 415}

    play(go)


def test_what_is_no_page_is_open_for_a_reason_and_no_description_is_there(play: Play) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        assert (await browser.open("/openapi.json")).status_code == 404
        internal = {path for _, path, _ in list_routes(office.app) if path.startswith("/internal/")}
        assert internal == {*OF_THE_PLATFORM, f"{ISSUER}/authorize", f"{ISSUER}/token"}
        counted = (await browser.open("/internal/metrics")).text
        assert "http_request_seconds" in counted

    play(go)


def test_every_open_page_is_asked_for_without_its_body_too(play: Play) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        opens = [address for method, address, roles in list_routes(office.app) if method == "GET" and roles is None]
        for address in [*opens, "/static/pages.css", "/nowhere"]:
            whole, without = await browser.open(address), await browser.http.head(address, headers=OPENED)
            assert (without.status_code, without.text) == (whole.status_code, ""), address
        assert {*OPEN} - {"/logg-ut", "/sprak"} <= {*opens}

    play(go)


def test_two_hosts_are_none(play: Play) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        for address in ("/", "/logg-inn", "/tilgjengelighet", "/internal/isalive", "/static/pages.css"):
            for hosts in (("127.0.0.1:8004", "evil.example"), ("evil.example", "127.0.0.1:8004")):
                asked = browser.http.build_request("GET", address, headers=[("host", each) for each in hosts])
                assert (await browser.http.send(asked)).status_code == 400, address

    play(go)


def test_another_site_begins_no_sign_in_in_the_place_of_whoever_is_signed_in(play: Play) -> None:
    async def go(office: Office) -> None:
        browser, stranger = office.browser(), office.browser()
        await browser.sign_in("controller")
        begin = "/logg-inn/begynn?til=/&person=auditor"
        for site in ("cross-site", "same-site"):
            refused = await browser.open(begin, **{"sec-fetch-site": site})
            assert (refused.status_code, refused.headers.get("set-cookie")) == (403, None)
            assert "Du er logget inn her." in read_page(refused.text).one("main").text
            assert (await stranger.open(begin, **{"sec-fetch-site": site})).status_code == 303
        assert "controller" in read_page((await browser.open("/")).text).one("header").text
        assert (await browser.open(begin, **{"sec-fetch-site": "same-origin"})).status_code == 303

    play(go)


def test_an_answer_that_does_not_say_who_it_is_from_signs_nobody_in(play: Play) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        given = await browser.open((await browser.begin("controller")).headers["location"])
        told = {name: value for name, [value] in parse_qs(urlsplit(given.headers["location"]).query).items()}
        del told["iss"]
        assert (await browser.http.get("/logg-inn/tilbake", params=told, headers=OPENED)).status_code == 400
        assert (await browser.open("/")).status_code == 401
        assert (await browser.open(given.headers["location"])).status_code == 303

    play(go)


@pytest.mark.parametrize(("says", "taken"), [(True, [True, False, False]), (False, [True, True, False]), (None, None)])
def test_whether_the_provider_names_itself_is_said_beforehand(says: bool | None, taken: list[bool] | None) -> None:
    told = {"issuer": "https://a.example", "client_id": "b", "jwks_url": "https://a.example/k"}
    told |= {"authorization_endpoint": "https://a.example/a", "token_endpoint": "https://a.example/t"}
    provider = Provider.of(told | ({} if says is None else {NAMES_ITSELF: says}))
    signing_in = SigningIn(
        provider, httpx.AsyncClient(timeout=PATIENCE_SECONDS), back="https://us.example/logg-inn/tilbake"
    )
    found = [signing_in.is_from(each) for each in ("https://a.example", "", "https://evil.example")]
    assert found == (taken or [True, True, False])


def test_a_field_that_is_sent_twice_is_refused(play: Play) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("everybody")
        proof = proof_of(browser.http.cookies["tilsagn"])
        ours = {"origin": "http://127.0.0.1:8004", "sec-fetch-site": "same-origin"}
        kind = {"content-type": "application/x-www-form-urlencoded"}
        receiver = filled("/mottakere/{receiver}/send-igjen")
        for address in ("/logg-ut", "/sprak", "/prov/runde", receiver):
            for twice in (f"bevis={proof}&bevis={proof}", f"bevis=x&bevis={proof}", f"bevis={proof}&sprak=nn&sprak=en"):
                refused = await browser.http.post(address, content=twice, headers=ours | kind)
                assert refused.status_code == 400, address
                assert read_page(refused.text).one("h1").text == "Skjemaet kan ikke leses"
        parts = [("bevis", (None, proof)), ("brev", (None, "a")), ("brev", (None, "b"))]
        assert (await browser.http.post("/prov/brev", files=parts, headers=ours)).status_code == 400
        assert "tilsagn-language" not in browser.http.cookies
        assert (await browser.open("/")).status_code == 200, "and nobody is signed out"

    play(go)


def routes_with_sides(office: Office) -> Iterator[str]:
    for route in (each for each in office.app.routes if isinstance(each, APIRoute)):
        if any(field.alias == "side" for each in route.dependant.dependencies for field in each.query_params):
            yield route.path


def test_a_side_is_asked_for_of_pages_that_have_some_and_by_its_number_alone(
    database: Database, tmp_path: Path, play: Play
) -> None:
    with year_of_cases(database, tmp_path):
        pass
    add_receiver(database, PLACES["receiver"])

    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("everybody")
        leafed = set(routes_with_sides(office))
        assert {"/", "/varsler", "/tilsagn"} <= leafed, "and others are walked below"
        for page in PAGES:
            lawful = filled(page.address)
            first = (await browser.open(f"{lawful}?side=1")).status_code
            assert first == (200 if page.address in leafed else 400), page.address
            for other in ("0", "01", "x", "-1", "1.0", "9999999"):
                assert (await browser.open(f"{lawful}?side={other}")).status_code == 400, (page.address, other)
            if page.address in leafed:
                for beyond in ("99999", "999999"):
                    answer = await browser.open(f"{lawful}?side={beyond}")
                    assert answer.status_code == 404, page.address
                    assert "Tabellen har ikke så mange sider." in read_page(answer.text).one("main").text

    play(go)


def test_the_last_side_is_there_and_the_one_after_it_is_not() -> None:
    browser = client()
    post = "/poster/2020/291/71?gjelder=2020-12-31"
    page = read_page(browser.get(post).text)
    [told] = {each.one("span").text for each in page.with_class("sides-of-table")}
    last = int(told.rpartition(" ")[2])
    assert (browser.get(f"{post}&side={last}").status_code, browser.get(f"{post}&side={last + 1}").status_code) == (
        200,
        404,
    )


def test_what_is_not_leafed_through_has_no_sides() -> None:
    for address in ("/sok", "/brev/2020/4"):
        assert client().get(f"{address}?side=1").status_code == 400


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("/brev/2020/4", "/brev/2020/04"),
        ("/brev/2020/0", "/brev/2020/00"),
        ("/poster/2020/291/71", "/poster/2020/0291/71"),
        ("/poster/2020/291/71/tilsagn", "/poster/2020/0291/71/tilsagn"),
        ("/forklar/2020/291/71/tilsagn", "/forklar/2020/0291/71/tilsagn"),
        ("/forklar/2020/291/tilsagn", "/forklar/2020/0291/tilsagn"),
    ],
)
def test_a_page_has_one_address(address: str, other: str) -> None:
    browser = client()
    assert (browser.get(address).status_code, browser.get(other).status_code) == (200, 404)


def test_an_open_page_is_told_nothing_once_its_session_is_over(
    database: Database, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line leaves before it is seen that the session is in force: neither a number nor a line that says nothing."""
    monkeypatch.setattr(news, "EVERY_SECONDS", 0.01)

    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("ministry")
        async with Stream(office, browser) as stream:
            first = await stream.hear()
            with psycopg.connect(database.admin_dsn) as owner:
                owner.execute("UPDATE dashboard.session SET ended_at = clock_timestamp()")
            office.app.state.news._known = {}
            monkeypatch.setattr(news.Fresh, "number", property(lambda _: 12345))
            await stream.ended()
            assert first.startswith("id: ")
            assert stream.heard.empty()

    assert news.QUIET_SECONDS <= 5
    play(go)
