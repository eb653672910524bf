"""The token a reader asks the services with: sealed, for as long as the session and no longer, seen by nobody."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from services.dashboard.end_sessions import main as end_sessions
from services.dashboard.settings import Settings
from services.dashboard.sign_in.access import PAGES
from services.dashboard.sign_in.own_token import OwnToken, OwnTokens, seal, unseal
from services.dashboard.sign_in.sessions import Sessions
from services.eventlog.background import ending
from services.eventlog.connections.pool import open_later
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.issuer import DevelopmentIssuer
from tests.browser.reading import read_page
from tests.conftest import Cluster, Database, copied
from tests.dashboard.office import SEAL_KEY, Answers, Itself, Office, opened, settings_of
from tests.patience import PATIENCE_SECONDS, until

KEPT = "SELECT own_token, own_token_until - began_at, own_token_until = ends_at FROM dashboard.session"
FOR_OTHERS = {"token_type": "Bearer", "expires_in": 3600}


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


Play = Callable[[Office], Awaitable[None]]


def play(settings: Settings, what: Play, itself: Itself | None = None) -> None:
    async def go() -> None:
        async with opened(settings, itself) as office:
            await what(office)

    asyncio.run(go())


def kept(database: Database) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return connection.execute(KEPT.encode()).fetchall()


def changed(database: Database, statement: str) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(f"UPDATE dashboard.session SET {statement}".encode())


async def own(database: Database, held: str, key: bytes = SEAL_KEY) -> str | None:
    async with open_later(database.sessions_dsn) as pool:
        return await OwnTokens(pool, (key,)).find(held)


def test_it_is_kept_sealed_and_stands_on_no_page_in_no_cookie_and_in_no_log(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("auditor")
        held = browser.http.cookies["tilsagn"]
        token = await own(database, held)
        assert token is not None
        assert token.count(".") == 2, "what the services take: a signed token"
        for page in PAGES:
            if "{" not in page.address:
                seen.append((await browser.open(page.address)).text)
        seen.extend(str(cookie.value) for cookie in browser.http.cookies.jar)
        [(sealed, _, _)] = kept(database)
        parts = token.split(".")
        assert not [part for part in parts if part.encode() in bytes(sealed)]
        assert not [part for part in parts for text in (*seen, caplog.text) if part in text]
        assert await own(database, "A" * 43) is None, "another browser's secret opens nothing"
        assert unseal(SEAL_KEY, "A" * 43, bytes(sealed)) is None
        assert await own(database, held, b"x" * 32) is None, "nor does another deployment's key"
        assert held.encode() not in bytes(sealed)

    play(settings_of(database, tmp_path), go)


def test_what_is_sealed_opens_only_whole_with_both_secrets() -> None:
    sealed = seal(SEAL_KEY, "held", "token")
    assert unseal(SEAL_KEY, "held", sealed) == "token"
    assert sealed != seal(SEAL_KEY, "held", "token"), "no nonce is used twice"
    assert unseal(SEAL_KEY, "other", sealed) is None
    assert unseal(b"x" * 32, "held", sealed) is None
    for place in range(len(sealed)):
        spoilt = bytes(each ^ (at == place) for at, each in enumerate(sealed))
        assert unseal(SEAL_KEY, "held", spoilt) is None


@pytest.mark.parametrize("ends", ["sign out", "everywhere", "administrator", "owner", "shortened"])
def test_a_session_that_ends_keeps_none(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    monkeypatch.setenv("SESSIONS_DATABASE_URL", database.sessions_dsn)

    async def go(office: Office) -> None:
        browser = office.browser()
        page = read_page((await browser.sign_in("controller")).text)
        held = browser.http.cookies["tilsagn"]
        assert await own(database, held) is not None
        proof = page.one("button", name="bevis").attributes["value"]
        if ends == "sign out":
            await browser.send("/logg-ut", {"bevis": proof})
        elif ends == "everywhere":
            await browser.send("/logg-ut", {"bevis": proof, "overalt": "ja"})
        elif ends == "administrator":
            end_sessions(["controller"])
        else:
            changed(database, "ended_at = clock_timestamp()" if ends == "owner" else "ends_at = clock_timestamp()")
        assert kept(database)[0][:2] == (None, None)
        assert await own(database, held) is None

    play(settings_of(database, tmp_path), go)


@pytest.mark.parametrize(
    ("moved", "gone"),
    [
        ("own_token_until = clock_timestamp()", True),
        ("seen_at = seen_at - interval '61 minutes'", True),
        ("seen_at = seen_at - interval '50 minutes'", False),
    ],
)
def test_what_has_run_out_or_was_left_idle_opens_nothing_and_is_forgotten(
    database: Database, tmp_path: Path, moved: str, gone: bool
) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("controller")
        changed(database, moved)
        assert (await own(database, browser.http.cookies["tilsagn"]) is None) == gone
        with psycopg.connect(database.sessions_dsn, autocommit=True) as sessions:
            assert sessions.execute("SELECT dashboard.forget_own_tokens()").fetchone() == (int(gone),)
        assert (kept(database)[0][0] is None) == gone

    play(settings_of(database, tmp_path), go)


def test_what_has_run_out_is_forgotten_without_anybody_asking(database: Database, tmp_path: Path) -> None:
    async def left(office: Office) -> None:
        await office.browser().sign_in("controller")

    play(settings_of(database, tmp_path), left)
    changed(database, "own_token_until = clock_timestamp()")

    async def go(_: Office) -> None:
        await until(lambda: kept(database)[0], lambda it: it[0] is None)

    play(settings_of(database, tmp_path), go)


class FailsWhenCalledOff:
    """A database that fails in the very moment in which whoever asks it is called off: the driver tells of the failure,
    and of the cancellation nobody hears."""

    def __init__(self) -> None:
        self.asked, self.failed = asyncio.Event(), False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.failed:
                raise
            self.failed = True
            raise psycopg.OperationalError("the connection is lost") from None
        yield


def test_the_dashboard_ends_also_when_the_database_fails_in_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_SECONDS", 0.01)
    pool = FailsWhenCalledOff()

    async def serve() -> None:
        async with OwnTokens(cast(Any, pool), (SEAL_KEY,)).forgetting():
            await pool.asked.wait()

    async def go() -> None:
        ended, _ = await asyncio.wait([asyncio.create_task(serve())], timeout=PATIENCE_SECONDS)
        assert ended

    asyncio.run(go())
    assert pool.failed


def test_it_is_kept_no_longer_than_it_is_good_and_no_longer_than_the_session(database: Database) -> None:
    async def begin(seconds: int) -> None:
        async with open_later(database.sessions_dsn) as pool:
            sessions = Sessions(pool=pool, idle_minutes=10, most_hours=1, own=OwnTokens(pool, (SEAL_KEY,)))
            who = Caller(subject="kari", roles=frozenset({Role.controller}))
            await sessions.begin(who, seconds.to_bytes(32, "big"), OwnToken(token="t", seconds=seconds))

    for seconds, lasts, whole in ((600, 600, False), (86_400, 3600, True)):
        with psycopg.connect(database.admin_dsn) as connection:
            connection.execute("TRUNCATE dashboard.session")
        asyncio.run(begin(seconds))
        assert kept(database)[0][1:] == (timedelta(seconds=lasts), whole)


def test_without_a_key_none_is_kept(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        assert (await office.browser().sign_in("controller")).status_code == 200
        assert kept(database)[0][0] is None

    play(replace(settings_of(database, tmp_path), seal_keys=()), go)


def test_a_key_is_exchanged_without_anybody_signing_in_anew(database: Database, tmp_path: Path) -> None:
    async def go(office: Office) -> None:
        browser = office.browser()
        await browser.sign_in("controller")
        held = browser.http.cookies["tilsagn"]
        async with open_later(database.sessions_dsn) as pool:
            assert await OwnTokens(pool, (b"n" * 32, SEAL_KEY)).find(held) is not None

    play(settings_of(database, tmp_path), go)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"access_token": "a"},
        {"access_token": "a", "token_type": "Bearer"},
        {"access_token": "a", **FOR_OTHERS, "token_type": "DPoP"},
        {"access_token": "a", **FOR_OTHERS, "expires_in": 0},
        {"access_token": "a", **FOR_OTHERS, "expires_in": -5},
        {"access_token": "a", **FOR_OTHERS, "expires_in": True},
        {"access_token": "a", **FOR_OTHERS, "expires_in": "3600"},
        {"access_token": "a\r\nX-Role: auditor", **FOR_OTHERS},
        {"access_token": "a b", **FOR_OTHERS},
        {"access_token": "\N{LATIN SMALL LETTER O WITH STROKE}", **FOR_OTHERS},
        {"access_token": "a" * 8193, **FOR_OTHERS},
        {"access_token": 7, **FOR_OTHERS},
    ],
)
def test_what_cannot_be_sent_or_forgotten_in_time_is_not_taken(told: dict[str, Any]) -> None:
    assert OwnToken.of(told) is None
    taken = OwnToken.of({"access_token": "a.b-c_d", **FOR_OTHERS, "expires_in": 10**9})
    assert taken is not None
    assert (taken.token, taken.seconds) == ("a.b-c_d", 24 * 3600)
    assert "a.b-c_d" not in repr(taken)


def test_an_id_token_that_came_with_another_access_token_signs_nobody_in(database: Database, tmp_path: Path) -> None:
    ours = "tilsagn-dashboard"
    issuer = DevelopmentIssuer.from_file(tmp_path / "issuer.json", issuer="tilsagn-development", audience=ours)
    answers = Answers(access_token="another", expires_in=3600)

    async def go(office: Office) -> None:
        for beside, status in (("its own", 400), ("another", 303)):
            browser = office.browser()
            begun = await browser.begin("auditor")
            nonce = parse_qs(urlsplit(begun.headers["location"]).query)["nonce"][0]
            given = await browser.open(begun.headers["location"])
            answers.id_token = issuer.mint_identity("a", [], client_id=ours, nonce=nonce, beside=beside)
            assert (await browser.open(given.headers["location"])).status_code == status

    play(settings_of(database, tmp_path), go, answers)
