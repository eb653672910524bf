"""The same messages as Server-Sent Events: from now on, from where one was, for roles that may know, and no longer than
the service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.httpapi.caller import Role
from services.httpapi.server import server
from services.notifications.main import create_app
from services.notifications.webhook import streaming
from services.notifications.webhook.streaming import MessageStream, may_hear
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, signed_in

HAND_ON = "SELECT notifications.hand_on_messages(100)"


@dataclass
class Here:
    """A service that listens at a port, and its database."""

    database: Database
    settings: Any
    url: str
    server: Any

    def put(self, *kinds: str) -> None:
        """Messages of these types, handed on."""
        with psycopg.connect(self.database.notifications_dsn, autocommit=True) as connection:
            for kind in kinds:
                connection.execute(
                    "SELECT notifications.put_message(gen_random_uuid(), %s, now(), '{}', '{}', NULL)", (kind,)
                )
            connection.execute(HAND_ON)

    @asynccontextmanager
    async def listening(self, role: Role, query: str = "", **headers: str) -> AsyncIterator[AsyncIterator[str]]:
        sent = signed_in(self.settings, "kari", role) | {k.replace("_", "-"): v for k, v in headers.items()}
        async with (
            httpx.AsyncClient(timeout=10) as client,
            client.stream("GET", f"{self.url}/v1/message-stream{query}", headers=sent) as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield answer.aiter_lines()


async def events(lines: AsyncIterator[str], count: int) -> list[tuple[str, str]]:
    """The ids and types of so many."""
    found, id = [], ""
    async with asyncio.timeout(10):
        async for line in lines:
            if line.startswith("id: "):
                id = line[4:]
            elif line.startswith("event: "):
                found.append((id, line[7:]))
            if len(found) == count:
                break
    return found


def at_the_service(database: Database, folder: Path, port: int, story: Callable[[Here], Awaitable[None]]) -> None:
    async def go() -> None:
        settings = replace(notifications_settings_of(database, folder), port=port, stream_seconds=900)
        its = server(create_app(settings), host="127.0.0.1", port=port)
        task = asyncio.create_task(its.serve())
        while not its.started:
            assert not task.done()
            await asyncio.sleep(0.01)
        try:
            await story(Here(database, settings, f"http://127.0.0.1:{port}", its))
        finally:
            its.should_exit = True
            await asyncio.wait_for(task, 10)

    asyncio.run(go())


def test_who_listens_hears_what_comes_and_goes_on_from_where_it_was(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    async def story(here: Here) -> None:
        here.put("notice.sent")
        async with here.listening(Role.caseworker) as lines:
            await anext(lines)
            here.put("notice.received", "letter.released")
            assert await events(lines, 2) == [("2", "notice.received"), ("3", "letter.released")]
        here.put("letter.delivered")
        async with here.listening(Role.caseworker, Last_Event_ID="2") as lines:
            assert await events(lines, 2) == [("3", "letter.released"), ("4", "letter.delivered")]
        async with here.listening(Role.caseworker, "?types=letter.delivered,notice.sent", Last_Event_ID="0") as lines:
            assert await events(lines, 2) == [("1", "notice.sent"), ("4", "letter.delivered")]

    at_the_service(database, tmp_path, free_ports[0], story)


def test_each_role_hears_what_it_may_know(database: Database, tmp_path: Path, free_ports: tuple[int, int]) -> None:
    async def story(here: Here) -> None:
        here.put("notice.received", "endpoint.failing", "letter.released", "notice.objected")
        for role, heard in (
            (Role.ministry, ["1", "4"]),
            (Role.caseworker, ["1", "3", "4"]),
            (Role.auditor, list("1234")),
        ):
            async with here.listening(role, Last_Event_ID="0") as lines:
                assert [id for id, _ in await events(lines, len(heard))] == heard

    at_the_service(database, tmp_path, free_ports[0], story)
    assert not may_hear(frozenset({Role.ministry}), "letter.released")
    assert may_hear(frozenset({Role.ministry, Role.administrator}), "endpoint.failing")


def test_a_place_that_is_none_is_refused_and_a_machine_listens_to_nothing(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    async def story(here: Here) -> None:
        async with httpx.AsyncClient() as client:
            for place in ("x", "-1", "1.0", "9" * 16, ""):
                sent = signed_in(here.settings, "kari", Role.caseworker)
                answer = await client.get(
                    f"{here.url}/v1/message-stream", headers=[*sent.items(), ("Last-Event-ID", place)]
                )
                assert answer.status_code == 400, place
                assert answer.json()["code"] == "last-event-id-unreadable"
            machine = signed_in(here.settings, "klient", Role.service)
            assert (await client.get(f"{here.url}/v1/message-stream", headers=machine)).status_code == 403

    at_the_service(database, tmp_path, free_ports[0], story)


def test_a_stopping_service_lets_go_of_who_listens_at_once(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    async def story(here: Here) -> None:
        async with here.listening(Role.caseworker) as lines:
            await anext(lines)
            began = asyncio.get_running_loop().time()
            here.server.should_exit = True
            async with asyncio.timeout(3):
                async for _ in lines:
                    pass
            assert asyncio.get_running_loop().time() - began < 2

    at_the_service(database, tmp_path, free_ports[0], story)


def test_it_says_that_it_is_still_there_and_ends_after_a_while(database: Database) -> None:
    async def go() -> list[bytes]:
        async with AsyncConnectionPool(database.notifications_dsn, kwargs={"autocommit": True}) as pool:
            stream = MessageStream(pool, heartbeat_seconds=0.05, stream_seconds=0.3)
            said = [line async for line in stream.events(0, frozenset({Role.caseworker}), ())]
            await stream.head.close()
            assert stream.listening == 0
            return said

    said = asyncio.run(go())
    assert said[0] == b"retry: 2000\n\n"
    assert 3 <= said.count(b": still here\n\n") <= 7


def test_whoever_listens_is_counted(monkeypatch: pytest.MonkeyPatch, database: Database, tmp_path: Path) -> None:
    monkeypatch.setattr(streaming, "MOST_STREAMS", 0)

    async def go() -> None:
        settings = notifications_settings_of(database, tmp_path)
        async with serving(settings) as (_, client):
            answer = await client.get("/v1/message-stream", headers=signed_in(settings, "kari", Role.caseworker))
            assert (answer.status_code, answer.json()["code"]) == (503, "too-busy")

    asyncio.run(go())
