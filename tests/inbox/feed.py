"""A feed to follow and cases for it to tell of: the stand-in feed, a real log, and letters that are ready to go."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import httpx
from prometheus_client import CollectorRegistry
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.standin_feed import Told, message_of
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.case.command_handler import stream_of
from services.grants.grant_letter.inbox import HEARD
from services.inbox.events import FeedRead
from services.inbox.follower import Follower, Source
from services.inbox.taking import MessageHandler
from tests.conftest import Database
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import SHA, approved, frozen
from tests.in_process import InProcess

Kind = Literal["released", "delivered"]
KINDS: tuple[Kind, ...] = ("released", "delivered")
NUMBER = PROPOSED.recipient.organisation_number
URL = "http://notifications.test/v1/feed"


def case(number: int) -> UUID:
    """The id of the nth case."""
    return UUID(int=number)


def told(position: int, kind: Kind, number: int, *, sha256: str = SHA) -> dict[str, Any]:
    """The message at that position about the nth case's letter."""
    on = date(2020, 2, 12) if kind == "released" else date(2020, 2, 13)
    return message_of(
        position,
        Told(kind=kind, case_id=case(number), letter_sha256=sha256, organisation_number=NUMBER, on=on),
    )


@dataclass
class Feed:
    """Answers as it is told to, whatever the contract says: the messages beyond `after`, or a failure."""

    messages: list[Any] = field(default_factory=list)
    next_after: int | None = None
    failing: int = 0
    diverged: bool = False
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.asked.append({**request.query_params, "authorization": request.headers.get("authorization", "")})
        if self.failing:
            self.failing -= 1
            return Response("not now", 503)
        if self.diverged:
            return Response('{"code": "log-diverged"}', 409, media_type="application/problem+json")
        after = int(request.query_params["after"])
        beyond = [each for each in self.messages if not _has_position(each) or int(each["id"]) > after]
        last = max([after, *(int(each["id"]) for each in beyond if _has_position(each))])
        return Response(json.dumps(beyond), headers={"Next-After": str(self.next_after or last)})

    def client(self) -> httpx.AsyncClient:
        app = Starlette(routes=[Route("/v1/feed", self.answer)])
        return httpx.AsyncClient(transport=InProcess(app))


def _has_position(message: Any) -> bool:
    return isinstance(message, dict) and str(message.get("id", "")).isdigit()


@dataclass
class Office:
    """The service's log, and who follows the feed into it."""

    log: Log
    feed: Feed

    def follower(
        self,
        *,
        heard: Mapping[str, MessageHandler] = HEARD,
        token_file: Path | None = None,
        registry: CollectorRegistry | None = None,
        together: int = 3,
    ) -> Follower:
        """A new process's follower: it knows nothing but what is recorded."""
        source = Source(name="notifications", url=URL, token_file=token_file)
        return Follower(
            self.log,
            source,
            heard,
            client=self.feed.client(),
            registry=registry or CollectorRegistry(),
            wait_seconds=0,
            together=together,
        )

    async def ready(self, *numbers: int, letter: str = SHA) -> None:
        """Cases whose letter is frozen and whose award is approved: what the gate lets out."""
        for number in numbers:
            facts = (PROPOSED, replace(frozen, sha256=letter), approved)
            await self.record(stream_of(case(number)), 0, *facts)

    async def record(self, stream: str, version: int, *events: Event) -> None:
        outcome = await self.log.append(Command(actor="kari"), Write(stream, version, events))
        assert outcome.outcome == "recorded", outcome

    async def facts(self, number: int) -> list[str]:
        """What has happened in the nth case since its award was approved."""
        return [event.TOPIC for event in (await self.log.load(stream_of(case(number)))).events[3:]]

    async def reads(self) -> list[tuple[int, str | None]]:
        """Each position that was read, and the problem with it; and each place kept beyond them."""
        reads: list[tuple[int, str | None]] = []
        for event in (await self.log.load("inbox-notifications")).events:
            assert isinstance(event, FeedRead)
            told: dict[int, str | None] = {each.position: each.problem for each in event.passed_over}
            assert not told.keys() & set(event.taken)
            told |= dict.fromkeys(event.taken)
            reads += sorted((told | {event.position: told.get(event.position)}).items())
        return reads


@asynccontextmanager
async def office(database: Database) -> AsyncIterator[Office]:
    async with AsyncConnectionPool(database.service_dsn, open=False, kwargs={"autocommit": True}) as pool:
        log = Log(database.service_dsn, pool, schema="grants")
        try:
            yield Office(log, Feed())
        finally:
            await asyncio.to_thread(log.close)


def at_work(database: Database, story: Callable[[Office], Awaitable[None]]) -> None:
    async def go() -> None:
        async with office(database) as there:
            await story(there)

    asyncio.run(go())
