"""Signing in and out: by one click as any of the people, once each time, and not by what was seen or made up."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from services.dashboard.end_sessions import main as end_sessions
from services.dashboard.settings import NotOnLoopback, Settings
from services.httpapi.environment import SettingsInvalid
from services.httpapi.issuer import DevelopmentIssuer, DevelopmentIssuerInProduction
from tests.browser.reading import read_page
from tests.conftest import Cluster, Database, copied
from tests.dashboard.office import ADDRESS, Answers, Browser, Office, opened, settings_of

Play = Callable[[Office], Awaitable[None]]


@pytest.fixture(scope="module")
def shared(cluster: Cluster) -> Iterator[Database]:
    """One database for all of these: nothing of it but who is signed in is touched."""
    with copied(cluster) as database:
        yield database


@pytest.fixture
def database(shared: Database) -> Database:
    """With nobody signed in."""
    with psycopg.connect(shared.admin_dsn) as connection:
        connection.execute("TRUNCATE dashboard.session")
    return shared


@pytest.fixture
def play(database: Database, tmp_path: Path) -> Callable[[Play], None]:
    """Play something in the dashboard."""

    def run(what: Play) -> None:
        async def go() -> None:
            async with opened(settings_of(database, tmp_path)) as office:
                await what(office)

        asyncio.run(go())

    return run


async def is_signed_in(browser: Browser) -> bool:
    answer = await browser.open("/")
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def test_one_click_signs_in_as_any_of_the_people_and_leads_to_the_page_that_was_asked_for(
    play: Callable[[Play], None],
) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        asked = await browser.open("/brev/2020/4?gjelder=2020-12-31")
        assert asked.status_code == 401
        page = read_page(asked.text)
        assert page.one("h1").text == "Logg inn"
        click = next(link for link in page.all("a") if link.text == "controller").attributes["href"]
        to_issuer = await browser.open(click)
        back = await browser.open((await browser.open(to_issuer.headers["location"])).headers["location"])
        assert back.headers["location"] == "/brev/2020/4?gjelder=2020-12-31"
        seen = await browser.open(back.headers["location"])
        assert seen.status_code == 404  # no letter is registered; and whoever reads it is told who they are
        assert "controller" in read_page(seen.text).one("header").text

    play(go)


def test_the_cookie_is_out_of_reach_and_what_is_kept_of_it_opens_nothing(
    play: Callable[[Play], None], database: Database
) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        given = await browser.open((await browser.begin("auditor")).headers["location"])
        back = await browser.open(given.headers["location"])
        [session] = [each for each in back.headers.get_list("set-cookie") if each.startswith("tilsagn=")]
        assert {part.strip().lower() for part in session.split(";")[1:]} == {"httponly", "path=/", "samesite=lax"}
        token = session.removeprefix("tilsagn=").split(";")[0]
        with psycopg.connect(database.admin_dsn) as connection:
            [row] = connection.execute("SELECT token_sha256, subject, roles FROM dashboard.session").fetchall()
        assert token.encode() not in row[0]
        assert row[1:] == ("auditor", ["auditor"])
        other = office.browser()
        other.http.cookies.set("tilsagn", row[0].hex())
        assert not await is_signed_in(other)

    play(go)


def test_over_tls_the_cookie_is_secure_and_bound_to_this_host(database: Database, tmp_path: Path) -> None:
    settings = replace(settings_of(database, tmp_path), address="https://127.0.0.1:8004")

    async def go() -> None:
        async with opened(settings) as office:
            begun = await office.browser().begin("auditor")
            [attempt] = begun.headers.get_list("set-cookie")
            assert attempt.startswith("__Host-tilsagn-attempt=")
            parts = {part.strip().lower() for part in attempt.split(";")[1:]}
            assert parts == {"httponly", "max-age=600", "path=/", "samesite=lax", "secure"}

    asyncio.run(go())


def test_signing_out_ends_the_session_also_for_whoever_kept_the_cookie(play: Callable[[Play], None]) -> None:
    async def go(office: Office) -> None:
        browser, thief = office.browser(), office.browser()
        page = read_page((await browser.sign_in("controller")).text)
        thief.http.cookies.set("tilsagn", browser.http.cookies["tilsagn"])
        assert await is_signed_in(thief)
        proof = page.one("button", name="bevis").attributes["value"]
        out = await browser.send("/logg-ut", {"bevis": proof})
        assert (out.status_code, out.headers["location"]) == (303, "/logg-inn?ut=ja")
        assert "Du er logget ut." in (await browser.open(out.headers["location"])).text
        assert "tilsagn" not in browser.http.cookies
        assert not await is_signed_in(browser)
        assert not await is_signed_in(thief)

    play(go)


def test_signing_out_everywhere_ends_every_session_of_that_person_and_nobody_elses(
    play: Callable[[Play], None],
) -> None:
    async def go(office: Office) -> None:
        here, there, other = office.browser(), office.browser(), office.browser()
        page = read_page((await here.sign_in("controller")).text)
        await there.sign_in("controller")
        await other.sign_in("auditor")
        proof = page.one("button", name="bevis").attributes["value"]
        await here.send("/logg-ut", {"bevis": proof, "overalt": "ja"})
        assert [await is_signed_in(each) for each in (here, there, other)] == [False, False, True]

    play(go)


def test_whoever_runs_it_signs_somebody_out_everywhere(
    play: Callable[[Play], None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSIONS_DATABASE_URL", database.sessions_dsn)

    async def go(office: Office) -> None:
        here, there, other = office.browser(), office.browser(), office.browser()
        for browser, person in ((here, "controller"), (there, "controller"), (other, "auditor")):
            await browser.sign_in(person)
        assert end_sessions(["controller"]) == "Ended: 2"
        assert end_sessions(["controller"]) == "Ended: 0"
        assert [await is_signed_in(each) for each in (here, there, other)] == [False, False, True]
        with pytest.raises(SettingsInvalid):
            end_sessions([])

    play(go)


@pytest.mark.parametrize(
    "moved",
    [
        "seen_at = seen_at - interval '61 minutes'",
        "ends_at = clock_timestamp()",
        "ended_at = clock_timestamp()",
        "token_sha256 = sha256('another')",
    ],
)
def test_a_session_left_idle_past_its_end_or_ended_opens_nothing(
    play: Callable[[Play], None], database: Database, moved: str
) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("auditor")
        assert await is_signed_in(browser)
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            connection.execute(f"UPDATE dashboard.session SET {moved}".encode())
        assert not await is_signed_in(browser)

    play(go)


def test_a_session_that_is_used_stays_and_is_noted_once_a_minute(
    play: Callable[[Play], None], database: Database
) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("auditor")
        idle = "UPDATE dashboard.session SET seen_at = seen_at - interval '59 minutes' RETURNING seen_at"
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            before = connection.execute(idle.encode()).fetchone()
            assert await is_signed_in(browser)
            seen = connection.execute("SELECT seen_at FROM dashboard.session").fetchone()
            assert await is_signed_in(browser)
            again = connection.execute("SELECT seen_at FROM dashboard.session").fetchone()
        assert before is not None
        assert seen is not None
        assert seen[0] > before[0]
        assert again == seen

    play(go)


@pytest.mark.parametrize("forged", ["", "a", "A" * 43, "A" * 44, "%C3%A5", "../../etc", "' OR true --"])
def test_a_cookie_made_up_opens_nothing(play: Callable[[Play], None], forged: str) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("auditor")
        answer = await office.browser().open("/", cookie=f"tilsagn={forged}")
        assert answer.status_code == 401

    play(go)


def test_what_came_back_once_signs_nobody_in_again(play: Callable[[Play], None]) -> None:
    """State and nonce are of one browser and one try: the address seen by another, or opened twice, is nothing."""

    async def go(office: Office) -> None:
        browser = office.browser()
        begun = await browser.begin("controller")
        attempt = browser.http.cookies["tilsagn-attempt"]
        given = await browser.open(begun.headers["location"])
        back = given.headers["location"]
        stranger = office.browser()
        assert (await stranger.open(back)).status_code == 400, "another's browser holds no attempt"
        await stranger.begin("auditor")
        assert (await stranger.open(back)).status_code == 400, "nor does its own fit"
        assert (await browser.open(back)).status_code == 303
        browser.http.cookies.set("tilsagn-attempt", attempt)
        assert (await browser.open(back)).status_code == 400, "the code is used"
        again = await browser.open(begun.headers["location"])
        assert (await browser.open(again.headers["location"])).status_code == 400, "and so is the try, with a new code"

    play(go)


@pytest.mark.parametrize("changed", ["state", "code", "iss", "error"])
def test_an_answer_that_was_changed_on_its_way_signs_nobody_in(play: Callable[[Play], None], changed: str) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        given = await browser.open((await browser.begin("controller")).headers["location"])
        told = {name: value for name, [value] in parse_qs(urlsplit(given.headers["location"]).query).items()}
        answer = await browser.http.get("/logg-inn/tilbake", params=told | {changed: "another"})
        assert answer.status_code == 400
        assert "another" not in answer.text
        assert not await is_signed_in(browser)

    play(go)


def test_an_id_token_with_another_nonce_audience_or_kind_signs_nobody_in(database: Database, tmp_path: Path) -> None:
    ours = "tilsagn-dashboard"
    issuer = DevelopmentIssuer.from_file(tmp_path / "issuer.json", issuer="tilsagn-development", audience=ours)
    stranger = DevelopmentIssuer.generate(issuer="tilsagn-development", audience=ours)
    mints: dict[str, Callable[[str], Any]] = {
        "another nonce": lambda _: issuer.mint_identity("a", [], client_id=ours, nonce="x"),
        "for another client": lambda nonce: issuer.mint_identity("a", [], client_id="another", nonce=nonce),
        "an access token": lambda _: issuer.mint("a", []),
        "another's key": lambda nonce: stranger.mint_identity("a", [], client_id=ours, nonce=nonce),
        "nonsense": lambda _: "nonsense",
        "nothing": lambda _: None,
        "no text": lambda _: 7,
    }
    answers = Answers()

    async def go() -> None:
        async with opened(settings_of(database, tmp_path), answers) as office:
            for name, mint in [*mints.items(), ("as it should be", None)]:
                browser = office.browser()
                begun = await browser.begin("auditor")
                nonce = parse_qs(urlsplit(begun.headers["location"]).query)["nonce"][0]
                given = await browser.open(begun.headers["location"])
                answers.id_token = (mint or (lambda it: issuer.mint_identity("a", [], client_id=ours, nonce=it)))(nonce)
                back = await browser.open(given.headers["location"])
                assert back.status_code == (400 if mint else 303), name

    asyncio.run(go())


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_a_provider_that_gives_no_token_lets_nobody_in(database: Database, tmp_path: Path, status: int) -> None:
    answers = Answers(status=status)

    async def go() -> None:
        async with opened(settings_of(database, tmp_path), answers) as office:
            browser = office.browser()
            given = await browser.open((await browser.begin("auditor")).headers["location"])
            back = await browser.open(given.headers["location"])
            assert back.status_code == (503 if status >= 500 else 400)
            assert not await is_signed_in(browser)

    asyncio.run(go())


def test_a_form_is_taken_from_our_own_page_of_this_session_and_from_nowhere_else(
    play: Callable[[Play], None],
) -> None:
    async def go(office: Office) -> None:
        browser, other = office.browser(), office.browser()
        page = read_page((await browser.sign_in("controller")).text)
        theirs = read_page((await other.sign_in("auditor")).text).one("button", name="bevis").attributes["value"]
        proof = page.one("button", name="bevis").attributes["value"]
        forged = [
            await browser.send("/logg-ut", {"overalt": "ja"}),
            await browser.send("/logg-ut", {"bevis": ""}),
            await browser.send("/logg-ut", {"bevis": theirs}),
            await browser.send("/logg-ut", {"bevis": proof}, origin="https://evil.example"),
            await browser.send("/logg-ut", {"bevis": proof}, origin="null"),
            await browser.send("/logg-ut", {"bevis": proof}, **{"sec-fetch-site": "cross-site"}),
        ]
        assert [each.status_code for each in forged] == [403] * len(forged)
        assert await is_signed_in(browser)

    play(go)


def test_a_page_is_not_fetched_by_another_site_with_the_readers_cookie(play: Callable[[Play], None]) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("controller")
        followed = {"sec-fetch-site": "cross-site"}
        assert (await browser.open("/", **followed)).status_code == 200, "a link from elsewhere may be followed"
        for stolen in (
            {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
            {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
            {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
            {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script", "sec-fetch-site": "same-site"},
        ):
            assert (await browser.open("/", **{**followed, **stolen})).status_code == 403
        assert (await browser.open("/", host="evil.example")).status_code == 421

    play(go)


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y"]
)
def test_nobody_is_sent_elsewhere_by_a_link(play: Callable[[Play], None], to: str) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        begun = await browser.begin("auditor", to)
        back = await browser.open((await browser.open(begun.headers["location"])).headers["location"])
        assert back.headers["location"] == "/"
        shown = await browser.http.get("/logg-inn", params={"til": to}, headers={"sec-fetch-site": "none"})
        assert "evil" not in shown.text

    play(go)


def test_the_development_issuer_gives_one_code_to_our_dashboard_and_checks_what_comes_with_it(
    play: Callable[[Play], None],
) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        asked = urlsplit((await browser.begin("auditor")).headers["location"])
        query = {name: value for name, [value] in parse_qs(asked.query).items()}
        assert query["code_challenge_method"] == "S256"
        assert query["redirect_uri"] == f"{ADDRESS}/logg-inn/tilbake"
        for changed in (
            {"redirect_uri": "https://evil.example/"},
            {"client_id": "another"},
            {"response_type": "token"},
            {"code_challenge_method": "plain"},
            {"code_challenge": ""},
            {"login_hint": "riksantikvaren"},
        ):
            answer = await browser.http.get(asked.path, params=query | changed)
            assert answer.status_code == 400, changed
        given = await browser.http.get(asked.path, params=query)
        code = parse_qs(urlsplit(given.headers["location"]).query)["code"][0]
        token = asked.path.replace("authorize", "token")
        body = {"grant_type": "authorization_code", "code": code, "client_id": query["client_id"]}
        body |= {"redirect_uri": query["redirect_uri"], "code_verifier": "a" * 43}
        for _ in range(2):
            assert (await browser.http.post(token, data=body)).json() == {"error": "invalid_grant"}

    play(go)


@pytest.mark.parametrize(
    ("otherwise", "refused"),
    [
        (lambda it: replace(it, environment="production"), DevelopmentIssuerInProduction),
        (lambda it: replace(it, host="0.0.0.0"), NotOnLoopback),
        (lambda it: replace(it, host="192.0.2.1"), NotOnLoopback),
        (lambda it: replace(it, address="http://tilsagn.example:8004"), NotOnLoopback),
        (lambda it: replace(it, dev_issuer_key=None), SettingsInvalid),
        (lambda it: replace(it, idle_minutes=0), SettingsInvalid),
        (lambda it: replace(it, idle_minutes=700), SettingsInvalid),
        (lambda it: replace(it, pages_at_once=1), SettingsInvalid),
        (lambda it: replace(it, most_hours=25), SettingsInvalid),
    ],
)
def test_the_development_issuer_serves_nobody_but_this_machine_and_production_not_at_all(
    otherwise: Callable[[Settings], Settings], refused: type[Exception], database: Database, tmp_path: Path
) -> None:
    usual = settings_of(database, tmp_path)
    with pytest.raises(refused):
        otherwise(usual)


@pytest.mark.parametrize("person", ["nobody-we-know", "<script>alert(1)</script>", "a" * 400])
def test_whoever_is_none_of_the_people_is_told_so_on_a_page(play: Callable[[Play], None], person: str) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        begun = await browser.begin(person)
        answer = await browser.open(begun.headers["location"])
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
        assert person not in answer.text
        assert read_page(answer.text).one("h1").text == "Utviklingsmiljøets innlogging forsto ikke spørsmålet"
        assert not await is_signed_in(browser)

    play(go)
