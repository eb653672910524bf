"""The notifications service's log was brought back to an earlier instant, and grants had heard more of its notices: it
stops, two people say that it goes on, what it heard beyond the last place in common is named, and both logs hold."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from prometheus_client import CollectorRegistry
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.verifying.heard import check_heard
from services.duties.apart import SamePersonTwice
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.resuming import permits
from services.grants.wiring import HEARD
from services.inbox.events import FeedResumed
from services.inbox.follower import FeedDiverged, Follower, Source
from services.inbox.resuming.acting import Resumption, asking
from services.inbox.resuming.refusals import NothingParted
from services.notifications.wiring import MESSAGES
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.faults.restored_gate import restored
from tests.faults.two_logs import answer_of_feed, public_key_in
from tests.in_process import InProcess
from tests.notifications.notice.rules import PREPARED

WHY = "Varslingstjenesten ble tatt tilbake til i går kveld."
LISTED = ["notice.listing-heard.v1"]
Answer = TypeVar("Answer")


@dataclass(kw_only=True)
class Logs:
    """Both logs, and a pool on that which is followed."""

    told: Log
    ours: Log
    pool: AsyncConnectionPool

    async def feed(self, asked: Any) -> Response:
        """The notifications service's feed, as it answers over HTTP."""
        return await answer_of_feed(self.pool, "notifications", MESSAGES, asked)

    async def follow(self) -> None:
        async def answer(request: Request) -> Response:
            return await self.feed(request.query_params)

        transport = InProcess(Starlette(routes=[Route("/v1/feed", answer)]))
        client = httpx.AsyncClient(transport=transport)
        source = Source(name="notifications", url="http://notifications.test/v1/feed")
        follower = Follower(self.ours, source, HEARD, client=client, registry=CollectorRegistry(), wait_seconds=0)
        try:
            await follower.follow()
        finally:
            await follower.stop()

    async def topics(self, number: int) -> list[str]:
        return [event.TOPIC for event in (await self.ours.load(stream(number))).events]


@dataclass(frozen=True, kw_only=True)
class OtherWay:
    """Grants' log in one database, and that of the notifications service, which it follows, in another."""

    grants: Database
    notifications: Database
    key: Path

    def at(self, act: Callable[[Logs], Awaitable[Answer]]) -> Answer:
        async def go() -> Answer:
            dsns = (self.notifications.notifications_dsn, self.grants.service_dsn)
            async with (
                AsyncConnectionPool(dsns[0], open=False, kwargs={"autocommit": True}) as pool,
                AsyncConnectionPool(dsns[1], open=False, kwargs={"autocommit": True}) as own,
            ):
                told, ours = Log(dsns[0], pool, schema="notifications"), Log(dsns[1], own, schema="grants")
                try:
                    return await act(Logs(told=told, ours=ours, pool=pool))
                finally:
                    await asyncio.to_thread(told.close)
                    await asyncio.to_thread(ours.close)

        return asyncio.run(go())

    def prepare(self, *numbers: int) -> None:
        """Notices are prepared."""

        async def act(logs: Logs) -> None:
            for number in numbers:
                outcome = await logs.told.append(Command(actor="kari"), Write(stream(number), 0, (PREPARED,)))
                assert outcome.outcome == "recorded", outcome

        self.at(act)

    def follow(self) -> None:
        self.at(Logs.follow)

    def topics(self, number: int) -> list[str]:
        return self.at(lambda logs: logs.topics(number))

    def resumption(self) -> Resumption:
        """As grants' command has it."""

        def answer(request: httpx.Request) -> httpx.Response:
            told = self.at(lambda logs: logs.feed(dict(request.url.params)))
            return httpx.Response(told.status_code, headers=dict(told.headers), content=bytes(told.body))

        feed = Source(name="notifications", url="http://notifications.test/v1/feed")
        client = httpx.Client(transport=httpx.MockTransport(answer))
        return Resumption(
            self.grants.service_dsn, KEY, log="grants", other="notifications", stands=asking(feed, client),
            rests=permits,
        )  # fmt: skip

    def resume(self) -> FeedResumed:
        self.resumption().propose(reason=WHY, by="kari")
        return self.resumption().confirm(by="ola")

    def faults(self) -> list[str]:
        dsns = {"grants": self.grants.admin_dsn, "notifications": self.notifications.admin_dsn}
        return [str(each) for each in check_heard(dsns, {"grants": self.key})["grants"][1]]


def stream(number: int) -> str:
    return f"notice-{UUID(int=number)}"


@pytest.fixture
def parted(database: Database, tmp_path: Path) -> Iterator[OtherWay]:
    """Two notices, of which one is heard, then a backup; two more are prepared, all are heard, and it is put back."""
    key = public_key_in(tmp_path)
    whole = OtherWay(grants=database, notifications=database, key=key)
    whole.prepare(1)
    whole.follow()
    whole.prepare(2)
    with restored(database) as backup:
        whole.prepare(3, 4)
        whole.follow()
        yield OtherWay(grants=database, notifications=backup, key=key)


def test_grants_stops_and_goes_on_once_two_people_say_so(parted: OtherWay) -> None:
    parted.prepare(5)
    with pytest.raises(FeedDiverged):
        parted.follow()
    assert any("is not what was heard" in each for each in parted.faults())
    fact = parted.resume()
    assert (fact.position, fact.left_position) == (1, 4)
    assert [(each.stream, each.topic) for each in fact.beyond] == [(stream(3), LISTED[0]), (stream(4), LISTED[0])]
    parted.follow()
    assert [parted.topics(number) for number in (1, 2, 3, 5)] == [LISTED] * 4, "told before they part: once"
    assert parted.faults() == []
    with pytest.raises(NothingParted):
        parted.resumption().look()
    assert parted.resumption().told() == [fact]


def test_a_notice_prepared_anew_at_another_place_is_no_second_one(parted: OtherWay) -> None:
    parted.prepare(4, 3)
    parted.resume()
    parted.follow()
    assert [parted.topics(number)[:1] for number in (3, 4)] == [LISTED] * 2
    assert parted.faults() == []


def test_one_person_is_not_two_in_grants_either(parted: OtherWay) -> None:
    parted.resumption().propose(reason=WHY, by="kari")
    with pytest.raises(SamePersonTwice):
        parted.resumption().confirm(by="kari")


def test_what_stands_is_not_gone_back_in(parted: OtherWay) -> None:
    """The other log holds all that was read."""
    whole = replace(parted, notifications=parted.grants)
    with pytest.raises(NothingParted):
        whole.resumption().propose(reason=WHY, by="kari")
