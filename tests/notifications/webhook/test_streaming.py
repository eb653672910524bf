"""The same messages as Server-Sent Events: from now on, from where one was, for roles that may know, and no longer than
the service."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from services.httpapi.callers.caller import STAFF, Role
from services.httpapi.server import server
from services.notifications.main import create_app
from services.notifications.receiver.outbox import TYPES
from services.notifications.webhook.delivery_log import streaming
from services.notifications.webhook.delivery_log.hearing import RUNS_IT, may_hear
from services.notifications.webhook.delivery_log.streaming import MessageStream
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, signed_in
from tests.patience import PATIENCE_SECONDS, until

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

    def tell(self, kind: str, subject: dict[str, Any], data: dict[str, Any]) -> None:
        """One message, of this and saying that, handed on."""
        put = "SELECT notifications.put_message(gen_random_uuid(), %s, now(), %s, %s, NULL)"
        with psycopg.connect(self.database.notifications_dsn, autocommit=True) as connection:
            connection.execute(put, (kind, Jsonb(subject), Jsonb(data)))
            connection.execute(HAND_ON)

    @asynccontextmanager
    async def listening(self, role: Role, query: str = "", **headers: str) -> AsyncIterator[AsyncIterator[str]]:
        sent = signed_in(self.settings, "kari", role) | {k.replace("_", "-"): v for k, v in headers.items()}
        async with (
            httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
            client.stream("GET", f"{self.url}/v1/message-stream{query}", headers=sent) as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield answer.aiter_lines()


async def events(lines: AsyncIterator[str], count: int) -> list[tuple[str, str]]:
    """The numbers and types of so many."""
    found, id = [], ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for line in lines:
            if line.startswith("id: "):
                id = line[4:].partition("-")[0]
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
        await until(lambda: its.started or task.done())
        assert not task.done()
        try:
            await story(Here(database, settings, f"http://127.0.0.1:{port}", its))
        finally:
            its.should_exit = True
            await asyncio.wait_for(task, PATIENCE_SECONDS)

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


EVERY_ROLE = [frozenset(some) for count in (1, 2) for some in combinations(STAFF, count)]


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_whoever_a_message_names_hears_it_and_the_ministry_of_no_award_it_is_not_told_of(kind: str) -> None:
    ministry = frozenset({Role.ministry})
    for roles in EVERY_ROLE:
        for named in STAFF:
            heard = may_hear(roles, kind, named=frozenset({named.value}), told=True)
            if kind.startswith("endpoint."):
                assert heard == bool(roles & RUNS_IT)
            elif named in roles:
                assert heard, (roles, named)
            else:
                assert heard == (roles != ministry or kind.startswith("notice.")), (roles, named)
    assert not may_hear(ministry, kind, named=frozenset({"ministry"}), told=False)
    assert may_hear(ministry | RUNS_IT, kind, named=frozenset(), told=False)


def test_the_ministry_hears_of_its_own_deadlines_and_of_awards_once_the_notice_of_them_is_received(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    both = {"roles": ["caseworker", "ministry"], "cases": 0}
    case = {"case_ids": ["c"], "notice_id": "n"}

    async def story(here: Here) -> None:
        for kind in ("deadline.approaching", "deadline.moved", "deadline.passed", "deadline.fallen"):
            here.tell(kind, {"deadline_id": "d"}, both)
        here.tell("deadline.passed", {"deadline_id": "d"}, both | {"roles": ["caseworker"]})
        here.tell("deadline.moved", case, both | {"cases": 1})
        here.tell("notice.overdue", case, both | {"cases": 1})
        here.tell("notice.sent", {"notice_id": "n"}, {"letters": 1})
        here.tell("deadline.passed", {"case_id": "c"}, both)
        here.put("notice.received")
        async with here.listening(Role.ministry, Last_Event_ID="0") as lines:
            assert [id for id, _ in await events(lines, 5)] == ["1", "2", "3", "4", "10"]
        with psycopg.connect(here.database.admin_dsn, autocommit=True) as connection:
            connection.execute("INSERT INTO notifications.notice (notice, received_at) VALUES ('notice-n', now())")
        async with here.listening(Role.ministry, Last_Event_ID="4") as lines:
            assert [id for id, _ in await events(lines, 4)] == ["6", "7", "8", "10"]

    at_the_service(database, tmp_path, free_ports[0], story)


def test_the_ministry_hears_of_a_notice_that_takes_over_once_it_has_received_that_one_too(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    """The one before is received; what the message lists is what the one that takes over tells of."""
    over = {"notice_id": "before", "case_ids": ["c"]}

    async def story(here: Here) -> None:
        with psycopg.connect(here.database.admin_dsn, autocommit=True) as connection:
            connection.execute("INSERT INTO notifications.notice (notice, received_at) VALUES ('notice-before', now())")
            here.tell("notice.superseded", over, {"letters": 1, "by": "after"})
            here.tell("notice.superseded", over, {"letters": 1, "by": None})
            async with here.listening(Role.ministry, Last_Event_ID="0") as lines:
                assert [id for id, _ in await events(lines, 1)] == ["2"]
            connection.execute("INSERT INTO notifications.notice (notice, received_at) VALUES ('notice-after', now())")
            async with here.listening(Role.ministry, Last_Event_ID="0") as lines:
                assert [id for id, _ in await events(lines, 2)] == ["1", "2"]

    at_the_service(database, tmp_path, free_ports[0], story)


def test_a_place_that_is_none_is_refused_and_a_machine_listens_to_nothing(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    async def story(here: Here) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            for place in ("x", "-1", "1.0", "9" * 16, "", "<b>", "1-", "1-a", f"1-{'a' * 16}.", "1e3", "0x1", "1,2"):
                sent = signed_in(here.settings, "kari", Role.caseworker)
                answer = await client.get(
                    f"{here.url}/v1/message-stream", headers=[*sent.items(), ("Last-Event-ID", place)]
                )
                assert answer.status_code == 400, place
                assert answer.json()["code"] == "last-event-id-unreadable"
            here.put("notice.sent")
            for place in ("2", "999999999"):
                sent = signed_in(here.settings, "kari", Role.caseworker) | {"Last-Event-ID": place}
                answer = await client.get(f"{here.url}/v1/message-stream", headers=sent)
                assert (answer.status_code, answer.json()["code"]) == (422, "further-than-there-is"), place
            for types in ("nope.no", "notice.sent,notice.snet", "webhook.challenge"):
                answer = await client.get(
                    f"{here.url}/v1/message-stream?types={types}",
                    headers=signed_in(here.settings, "kari", Role.caseworker),
                )
                assert (answer.status_code, answer.json()["code"]) == (422, "message-type-unknown"), types
            other = await client.get(
                f"{here.url}/v1/message-stream?kinds=notice.sent",
                headers=signed_in(here.settings, "kari", Role.caseworker),
            )
            assert (other.status_code, other.json()["code"]) == (400, "query-invalid")
            machine = signed_in(here.settings, "klient", Role.service)
            assert (await client.get(f"{here.url}/v1/message-stream", headers=machine)).status_code == 403

    at_the_service(database, tmp_path, free_ports[0], story)


def test_a_stopping_service_lets_go_of_who_listens_at_once(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    async def story(here: Here) -> None:
        async with here.listening(Role.caseworker) as lines:
            await anext(lines)
            here.server.config.timeout_graceful_shutdown = None  # nobody is cut off: who is not let go listens on
            here.server.should_exit = True
            async with asyncio.timeout(PATIENCE_SECONDS):
                async for _ in lines:
                    pass

    at_the_service(database, tmp_path, free_ports[0], story)


def test_it_says_that_it_is_still_there_and_ends_after_a_while(database: Database) -> None:
    async def go() -> list[bytes]:
        async with AsyncConnectionPool(database.notifications_dsn, kwargs={"autocommit": True}) as pool:
            going_on = MessageStream(pool, heartbeat_seconds=0.01, stream_seconds=PATIENCE_SECONDS)
            said: list[bytes] = []
            lines = going_on.events(0, frozenset({Role.caseworker}), ())
            assert isinstance(lines, AsyncGenerator)
            while said.count(b": still here\n\n") < 3:
                said.append(await anext(lines))
            await lines.aclose()
            stream = MessageStream(pool, heartbeat_seconds=0.01, stream_seconds=0.5)
            ended = [line async for line in stream.events(0, frozenset({Role.caseworker}), ())]
            for each in (going_on, stream):
                await each.head.close()
                assert each.listening == 0
            assert said[0] == b"retry: 2000\n\n"
            return ended

    said = asyncio.run(go())
    assert said[0] == b"retry: 2000\n\n"
    assert said.count(b": still here\n\n") <= 51


def test_whoever_listens_is_counted(monkeypatch: pytest.MonkeyPatch, database: Database, tmp_path: Path) -> None:
    monkeypatch.setattr(streaming, "MOST_STREAMS", 0)

    async def go() -> None:
        settings = notifications_settings_of(database, tmp_path)
        async with serving(settings) as (_, client):
            answer = await client.get("/v1/message-stream", headers=signed_in(settings, "kari", Role.caseworker))
            assert (answer.status_code, answer.json()["code"]) == (503, "too-busy")

    asyncio.run(go())
