"""Two logs that hear each other, in databases of their own: what tests of a log that was brought back build."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from prometheus_client import CollectorRegistry
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.verifying.heard import check_heard
from services.eventlog.command import Command, Write
from services.eventlog.feeds.feed import AheadOfTheLog, Feed, Mapper
from services.eventlog.feeds.head import Head
from services.eventlog.feeds.places import LogDiverged
from services.eventlog.log import Log
from services.grants.wiring import MESSAGES
from services.inbox.events import FeedResumed
from services.inbox.follower import Follower, Source
from services.inbox.resuming.acting import Resumption, asking
from services.notifications.grants_feed.inbox import heard
from services.notifications.resuming import tries
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import approved, frozen
from tests.in_process import InProcess
from tests.inbox.feed import case

WHY = "Grants ble tatt tilbake til i går kveld."
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Two:
    """Grants' log in one database, and the notifications service's in another."""

    grants: Database
    notifications: Database
    key: Path

    def at(self, act: Callable[["Logs"], Awaitable[Answer]]) -> Answer:
        async def go() -> Answer:
            async with (
                AsyncConnectionPool(self.grants.service_dsn, open=False, kwargs={"autocommit": True}) as pool,
                AsyncConnectionPool(
                    self.notifications.notifications_dsn, open=False, kwargs={"autocommit": True}
                ) as own,
            ):
                grants = Log(self.grants.service_dsn, pool, schema="grants")
                ours = Log(self.notifications.notifications_dsn, own, schema="notifications")
                try:
                    return await act(Logs(grants=grants, ours=ours, pool=pool))
                finally:
                    await asyncio.to_thread(grants.close)
                    await asyncio.to_thread(ours.close)

        return asyncio.run(go())

    def award(self, *numbers: int, amount_ore: int = PROPOSED.amount_ore) -> None:
        """Awards that are approved, each with its letter."""

        async def act(logs: "Logs") -> None:
            for number in numbers:
                first = replace(PROPOSED, purpose=f"Drift {amount_ore}")
                await logs.grants.append(
                    Command(actor="kari"), Write(f"case-{case(number)}", 0, (first, frozen, approved))
                )

        self.at(act)

    def follow(self) -> None:
        self.at(Logs.follow)

    def resumption(self) -> Resumption:
        """As the command has it; what the feed is asked is asked of grants' own."""

        def answer(request: httpx.Request) -> httpx.Response:
            return self.at(lambda logs: logs.asked(request))

        client = httpx.Client(transport=httpx.MockTransport(answer))
        feed = Source(name="grants", url="http://grants.test/v1/feed")
        return Resumption(
            self.notifications.notifications_dsn, KEY, log="notifications", other="grants",
            stands=asking(feed, client), rests=tries,
        )  # fmt: skip

    def resume(self) -> FeedResumed:
        self.resumption().propose(reason=WHY, by="kari")
        return self.resumption().confirm(by="ola")

    def verified(self, key: Path | None = None) -> tuple[dict[str, int], list[str]]:
        dsns = {"grants": self.grants.admin_dsn, "notifications": self.notifications.admin_dsn}
        counts, faults = check_heard(dsns, {"notifications": key or self.key})["notifications"]
        return dict(counts), [str(each) for each in faults]


async def answer_of_feed(pool: AsyncConnectionPool, schema: str, mappers: Mapping[str, Mapper], asked: Any) -> Response:
    """What the feed of that service answers over HTTP."""
    head = Head(pool, schema=schema)
    feed = Feed(pool, head, schema=schema, source=f"/{schema}", mappers=mappers)
    try:
        page = await feed.read(int(asked["after"]), int(asked["limit"]), 0, after_hash=asked.get("hash"))
    except (LogDiverged, AheadOfTheLog) as refused:
        return JSONResponse({"code": refused.code}, status_code=409)
    finally:
        await head.close()
    place = {"Next-After": str(page.next_after), "Next-Hash": page.next_hash or ""}
    return JSONResponse(list(page.messages), headers=place)


def public_key_in(folder: Path) -> Path:
    """The public key of whoever signs in these tests, as a file."""
    key = folder / "public-key.pem"
    key.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return key


@dataclass(kw_only=True)
class Logs:
    grants: Log
    ours: Log
    pool: AsyncConnectionPool

    async def feed(self, asked: Any) -> Response:
        """Grants' feed, as it answers over HTTP."""
        return await answer_of_feed(self.pool, "grants", MESSAGES, asked)

    async def asked(self, request: httpx.Request) -> httpx.Response:
        told = await self.feed(dict(request.url.params))
        return httpx.Response(told.status_code, headers=dict(told.headers), content=bytes(told.body))

    async def follow(self) -> None:
        async def answer(request: Request) -> Response:
            return await self.feed(request.query_params)

        client = httpx.AsyncClient(transport=InProcess(Starlette(routes=[Route("/v1/feed", answer)])))
        source = Source(name="grants", url="http://grants.test/v1/feed")
        follower = Follower(
            self.ours, source, heard("file-outbox"), client=client, registry=CollectorRegistry(), wait_seconds=0
        )
        try:
            await follower.follow()
        finally:
            await follower.stop()

    async def topics(self, number: int) -> list[str]:
        return [event.TOPIC for event in (await self.ours.load(f"letter-{case(number)}")).events]
