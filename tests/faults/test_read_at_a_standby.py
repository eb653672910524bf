"""A standby is read from: what is answered says how far it has come, does not change later, and records nothing."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dev.verifying.log import verify
from services.eventlog import node
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.balance.digest import read_digest
from services.grants.balance.movements import effects
from services.grants.settings import Settings as GrantsSettings
from services.httpapi import reading
from services.httpapi.app import list_routes
from services.httpapi.callers.caller import Role
from services.httpapi.reading import MIN_POSITION
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.dashboard.office import opened
from tests.dashboard.office import settings_of as pages_of
from tests.eventlog.played import KEY, NEW_YEAR, letter
from tests.faults.service import (
    POST,
    Settings,
    notifications_settings_of,
    open_funds,
    proposal,
    serving,
    settings_of,
    signed_in,
)
from tests.faults.standby import Pair, pair
from tests.faults.walked import NOWHERE, PATHS
from tests.patience import PATIENCE_SECONDS, until

ALL = tuple(Role)
POSTS = "/v1/posts/2020/291/71"


@pytest.fixture(scope="module")
def both() -> Iterator[Pair]:
    with pair() as servers:
        open_funds(of(servers), post_ore=1_000_000, ressursmiljo=1_000_000)
        yield servers


@pytest.fixture(autouse=True)
def replayed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(node, "LOOK_SECONDS", 0.0)
    if "both" not in request.fixturenames:
        yield
        return
    servers: Pair = request.getfixturevalue("both")
    servers.catch_up()
    yield
    servers.resume()
    servers.catch_up()


def of(servers: Pair) -> Database:
    """The primary, as the services reach it."""
    return Database(
        name="pair",
        admin_dsn=servers.primary.dsn(),
        migrator_dsn=servers.dsn(servers.primary, "tilsagn_migrator"),
        service_dsn=servers.service_dsn,
        reader_dsn=servers.dsn(servers.primary, "grants_reader"),
        notifications_dsn=servers.dsn(servers.primary, "notifications_service"),
        notifications_reader_dsn=servers.dsn(servers.primary, "notifications_reader"),
        dashboard_dsn=servers.dsn(servers.standby, "tilsagn_dashboard"),
        sessions_dsn=servers.dsn(servers.primary, "dashboard_sessions"),
    )


def grants(servers: Pair, folder: Path, role: ProcessRole = ProcessRole.reader, **more: Any) -> GrantsSettings:
    """Grants' service, on the standby unless something else is said."""
    told = replace(settings_of(of(servers), folder), process_role=role)
    return replace(told, **{"database_url": servers.dsn(servers.standby)} | more)


def notifications(servers: Pair, folder: Path, role: ProcessRole = ProcessRole.reader) -> Settings:
    told = notifications_settings_of(of(servers), folder)
    return replace(told, process_role=role, database_url=servers.dsn(servers.standby, "notifications_service"))


SERVICES: list[Callable[..., Settings]] = [grants, notifications]


@asynccontextmanager
async def asking(settings: Settings) -> AsyncIterator[Callable[..., Awaitable[httpx.Response]]]:
    """Somebody with every role, who asks that service."""
    async with serving(settings) as (_, client):

        async def ask(address: str, method: str = "GET", **more: Any) -> httpx.Response:
            headers = signed_in(settings, "kari", *ALL) | more.pop("headers", {})
            return await client.request(method, address, headers=headers, **more)

        yield ask


def record(servers: Pair) -> int:
    """One fact more, at the primary: another letter gives the post more money. The position it has."""
    [(before,)] = servers.ask("SELECT max(version) FROM grants.event WHERE stream = 'allocation-2020'")
    version = int(str(before))
    log = Log(servers.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    try:
        outcome = log.append_now(
            Command(actor="anne"), Write("allocation-2020", version, (letter(version, NEW_YEAR, (POST, 1_000)),))
        )
    finally:
        log.close()
    assert outcome.last_position is not None, outcome
    return outcome.last_position


def test_what_is_read_says_where_it_was_read_and_how_far_that_had_come(both: Pair, tmp_path: Path) -> None:
    async def read() -> None:
        async with asking(grants(both, tmp_path)) as ask:
            seen = await ask(POSTS)
            [(head,)] = both.ask("SELECT max(position) FROM grants.event")
            assert seen.status_code == 200, seen.text
            assert (seen.headers["Read-From"], seen.headers["Read-To-Position"]) == ("standby", str(head))
            assert float(seen.headers["Read-Behind-Seconds"]) < PATIENCE_SECONDS

    asyncio.run(read())


@pytest.mark.parametrize("service", SERVICES)
def test_every_address_reads_or_says_that_here_is_only_read(
    service: Callable[..., Settings], both: Pair, tmp_path: Path
) -> None:
    """Generated from the routes: nothing is answered 500, and nothing that records, tells or signs is answered."""
    told_elsewhere = {
        "/v1/feed", "/v1/export", "/v1/export/public-key", "/v1/commands/{key:whole}", "/v1/message-stream",
        "/v1/webhook-endpoints/{endpoint_id}/messages",
    }  # fmt: skip
    refused: set[str] = set()

    async def walk() -> None:
        settings = service(both, tmp_path)
        async with serving(settings) as (app, client):
            for method, path, roles in list_routes(app):
                address = re.sub(r"{(\w+)(:\w+)?}", lambda found: PATHS.get(found[1], NOWHERE), path)
                for role in sorted(roles or {Role.controller}):
                    headers = signed_in(settings, "kari", role) | {"Idempotency-Key": "one", "If-Match": '"1"'}
                    answer = await client.request(method, address, headers=headers)
                    code = answer.json()["code"] if answer.status_code >= 400 and answer.content else None
                    if method not in ("GET", "HEAD"):
                        assert (answer.status_code, code) == (503, "read-only-node"), (method, path, answer.text)
                        assert "Retry-After" in answer.headers
                    elif code == "read-only-node":
                        refused.add(path)
                    else:
                        assert answer.status_code < 500, (method, path, answer.text)

    asyncio.run(walk())
    assert refused == {path for path in told_elsewhere if service is notifications or "message" not in path}


@pytest.mark.parametrize("service", SERVICES)
def test_whoever_records_and_meets_a_standby_is_not_ready_and_says_why(
    service: Callable[..., Settings], both: Pair, tmp_path: Path
) -> None:
    async def ask_it() -> None:
        async with asking(service(both, tmp_path, ProcessRole.web)) as ask:
            ready = await ask("/internal/isready")
            told = ready.json()
            assert (ready.status_code, told["failing"], told["because"]) == (
                503, ["writer"], {"writer": "read-only-node"},
            )  # fmt: skip
            assert told["node"]["kind"] == "standby"
            feed = await ask("/v1/feed?after=0", headers={})
            assert (feed.status_code, feed.json()["code"]) == (503, "read-only-node")
            ahead = await ask("/v1/feed?after=4711")
            assert (ahead.status_code, ahead.json()["code"]) == (503, "read-only-node")
            became = await ask("/v1/commands/never")
            assert (became.status_code, became.json()["code"]) == (503, "read-only-node")

    asyncio.run(ask_it())


def test_what_is_decided_on_a_standby_is_503_and_never_500(both: Pair, tmp_path: Path) -> None:
    async def decide() -> None:
        async with asking(grants(both, tmp_path, ProcessRole.web)) as ask:
            key = {"Idempotency-Key": f"key-{uuid4()}"}
            answer = await ask("/v1/cases", "POST", json=proposal(POST + "/ressursmiljo", 100), headers=key)
            assert (answer.status_code, answer.json()["code"]) == (503, "read-only-node"), answer.text

    asyncio.run(decide())


def test_an_instant_that_more_may_come_before_is_answered_for_as_far_as_none_can(both: Pair, tmp_path: Path) -> None:
    """The moment that was is asked for, a fact of before it is on its way, and the same address answers the same."""
    both.pause()
    record(both)

    async def read() -> None:
        async with asking(grants(both, tmp_path)) as ask:
            now = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            first = await ask(f"{POSTS}?known_at={now}")
            upto = first.headers["Known-At"]
            assert first.status_code == 200
            assert datetime.fromisoformat(upto) < datetime.fromisoformat(now)
            both.resume()
            both.catch_up()
            again = await ask(f"{POSTS}?known_at={upto}")
            assert "Known-At" not in again.headers
            assert again.json() == first.json()
            assert (await ask(POSTS)).json() != first.json(), "the fact that came changes what is answered"
            long_ago = await ask(f"{POSTS}?known_at=2020-01-01T00:00:00Z")
            assert "Known-At" not in long_ago.headers

    asyncio.run(read())


def test_no_less_than_a_position_is_waited_for_or_refused(
    both: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.ask(
        "INSERT INTO grants_view.edition (projection, edition, version, position, state)"
        " VALUES ('of this test', 1, 1, 1000000, 'live')"
    )
    both.catch_up()
    both.pause()
    position = record(both)

    async def read() -> None:
        async with asking(grants(both, tmp_path)) as ask:
            with monkeypatch.context() as short:
                short.setattr(reading, "WAIT_SECONDS", 0.2)
                refused = await ask(f"{POSTS}?{MIN_POSITION}={position}")
            told = refused.json()
            assert (refused.status_code, told["code"], told["position"]) == (503, "not-replayed-yet", position - 1)
            monkeypatch.setattr(reading, "WAIT_SECONDS", PATIENCE_SECONDS)
            waiting = asyncio.ensure_future(ask(f"{POSTS}?{MIN_POSITION}={position}"))
            both.resume()
            came = await waiting
            assert (came.status_code, came.headers["Read-To-Position"]) == (200, str(position))
            assert (await ask(f"{POSTS}?{MIN_POSITION}=x")).json()["code"] == "min-position-invalid"

    asyncio.run(read())


def test_a_primary_says_at_once_that_its_log_ends_before_that(both: Pair, tmp_path: Path) -> None:
    async def read() -> None:
        async with asking(grants(both, tmp_path, ProcessRole.web, database_url=both.service_dsn)) as ask:
            ahead = await ask(f"{POSTS}?{MIN_POSITION}=1000000")
            assert (ahead.status_code, ahead.json()["code"]) == (409, "ahead-of-the-log")
            ready = await ask("/internal/isready")
            assert ready.json()["node"]["kind"] == "primary"
            assert "Read-From" not in (await ask(POSTS)).headers

    asyncio.run(read())


def test_one_that_is_too_far_behind_is_not_read_and_the_primary_is_where_there_is_one(
    both: Pair, tmp_path: Path
) -> None:
    both.pause()
    position = record(both)

    async def read() -> None:
        alone = grants(both, tmp_path, behind_at_most_seconds=0.2)
        async with asking(alone) as ask, asking(replace(alone, primary_url=both.service_dsn)) as ask_either:
            seen = await until(lambda: ask(POSTS), lambda seen: seen.status_code != 200)
            assert (seen.status_code, seen.json()["code"]) == (503, "standby-behind"), seen.text
            ready = await ask("/internal/isready")
            assert (ready.status_code, ready.json()["because"]) == (
                503,
                {"database": "standby-behind", "schema": "standby-behind"},
            )
            either = await ask_either(POSTS)
            assert (either.status_code, either.headers["Read-From"]) == (200, "primary")
            assert either.headers["Read-To-Position"] == str(position)
            assert (await ask_either("/internal/isready")).json()["node"]["kind"] == "standby"
            both.resume()
            both.catch_up()
            back = await until(lambda: ask_either(POSTS), lambda back: back.headers["Read-From"] == "standby")
            assert back.status_code == 200

    asyncio.run(read())


def test_the_pages_are_read_at_the_primary_when_their_copy_is_too_far_behind_and_else_say_why_not(
    both: Pair, tmp_path: Path
) -> None:
    both.pause()
    record(both)
    alone = replace(pages_of(of(both), tmp_path), behind_at_most_seconds=0.2)
    page = "/poster/2020/291/71?gjelder=2020-12-31"

    async def read() -> None:
        async with opened(alone) as office:
            browser = office.browser()
            seen = await browser.sign_in("ministry", page)
            seen = await until(lambda: browser.open(page), lambda seen: seen.status_code != 200)
            assert (seen.status_code, "henger for langt etter" in seen.text) == (503, True), seen.text
        primary_url = both.dsn(both.primary, "tilsagn_dashboard")
        async with opened(replace(alone, primary_url=primary_url)) as office:
            seen = await office.browser().sign_in("ministry", page)
            assert (seen.status_code, seen.headers["Read-From"]) == (200, "primary"), seen.text

    asyncio.run(read())


def test_a_page_of_what_was_known_just_now_does_not_change_when_the_copy_catches_up(both: Pair, tmp_path: Path) -> None:
    both.pause()
    record(both)
    now = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = f"/poster/2020/291/71?gjelder=2020-12-31&kjent={now}"

    async def read() -> None:
        async with opened(pages_of(of(both), tmp_path)) as office:
            browser = office.browser()
            first = await browser.sign_in("ministry", page)
            assert first.status_code == 200, first.text
            assert first.headers["Read-From"] == "standby"
            [known] = set(re.findall(r"kjent=([0-9TZ%:.A-F-]+)", first.text))
            both.resume()
            both.catch_up()
            again = await browser.open(f"/poster/2020/291/71?gjelder=2020-12-31&kjent={known}")
            assert figures(again.text) == figures(first.text)
            assert figures((await browser.open("/poster/2020/291/71?gjelder=2020-12-31")).text) != figures(first.text)

    asyncio.run(read())


def figures(page: str) -> list[str]:
    """The sums of money on it, in order."""
    return re.findall(r"[0-9]+(?:[\u00a0\u202f ][0-9]{3})*,[0-9]{2}", page)


def test_verifying_a_standby_that_lags_says_how_far_it_has_come_and_not_that_the_log_was_cut(
    both: Pair, tmp_path: Path
) -> None:
    signed = Checkpoints(tmp_path / "checkpoints")
    signer = Checkpointer(both.service_dsn, signed, KEY, log="grants", digest=read_digest)
    reader = both.dsn(both.standby, "grants_reader")
    before = record(both)
    assert signer.sign()
    both.catch_up()
    both.pause()
    record(both)
    assert signer.sign()
    _, faults = verify(reader, signed.directory, signed.directory / PUBLIC_KEY)
    told = [(fault.position, fault.kind) for fault in faults if fault.kind in ("not replayed", "cut", "unsigned")]
    assert told == [(before + 1, "not replayed")], faults
    both.resume()
    both.catch_up()
    _, faults = verify(reader, signed.directory, signed.directory / PUBLIC_KEY)
    assert not [fault for fault in faults if fault.kind in ("not replayed", "cut")], faults
