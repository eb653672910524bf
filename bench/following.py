"""Following grants' feed, beside appending the same facts in batches of the same size: what reading, checking, hearing
and deciding cost on top of recording."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.ground import Ground
from bench.measure import Figure, compared
from services.eventlog.command import Command, Outcome, Write
from services.eventlog.log import History, Log
from services.eventlog.recorded import Recorded
from services.inbox.contract import CONTRACTS
from services.inbox.follower import LIMIT, Follower, Source
from services.notifications.grants_feed.inbox import heard

CASES, ROUNDS = 1_000, 5
NOT_OURS = "application.received.v1"
HASH = "ab" * 32


def following(here: Ground) -> list[Figure]:
    """Messages a second from grants' feed, and the ratio to the floor in the same round."""
    rates: list[float] = []
    ratios = asyncio.run(rounds(here, rates))
    rate = sorted(rates)[len(rates) // 2]
    name = "following grants' feed, to appending the same facts in batches"
    return [compared(name, iter(ratios), least=0.3, note=f"({rate:,.0f} messages a second)")]


async def rounds(here: Ground, rates: list[float]) -> list[float]:
    """In each, a feed is followed into an empty database, and what that recorded is appended to another."""
    ratios = []
    for nth in range(ROUNDS + 1):
        pages = list(list_pages(list_messages()))
        kept = Kept()
        async with empty(here, f"bench_followed_{nth}") as log:
            mine = await timed(partial(follow, kept.beside(log), pages))
        async with empty(here, f"bench_appended_{nth}") as log:
            floor = await timed(partial(append, log, kept.commands))
        if nth:  # the first one warms
            rates.append(sum(len(page) for page in pages) / mine)
            ratios.append(floor / mine)
    return ratios


@dataclass
class Kept:
    """What a follower records, kept for the floor to record the same."""

    commands: list[tuple[Write, ...]] = field(default_factory=list)

    def beside(self, log: Log) -> "Beside":
        return Beside(log, self.commands)


@dataclass
class Beside:
    """The log, and a note of what is appended to it."""

    log: Log
    commands: list[tuple[Write, ...]]

    async def load_all(self, streams: Sequence[str]) -> dict[str, History]:
        return await self.log.load_all(streams)

    async def find_latest(self, stream: str) -> Recorded | None:
        return await self.log.find_latest(stream)

    async def append(self, command: Command, *writes: Write) -> Outcome:
        self.commands.append(writes)
        return await self.log.append(command, *writes)


async def follow(log: Beside, pages: Sequence[Sequence[Any]]) -> None:
    """Every page, from the first."""
    answers = {page[0]["id"]: (json.dumps(page).encode(), page[-1]["id"]) for page in pages}

    async def answer(request: Request) -> Response:
        content, last = answers[str(int(request.query_params["after"]) + 1)]
        return Response(content, headers={"Next-After": last, "Next-Hash": HASH}, media_type="application/json")

    client = httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=[Route("/v1/feed", answer)])))
    source = Source(name="grants", url="http://grants.test/v1/feed")
    follower = Follower(log, source, heard("file-outbox"), client=client, wait_seconds=0)
    for _ in pages:
        await follower.follow()
    await follower.stop()


async def append(log: Log, commands: Sequence[tuple[Write, ...]]) -> None:
    """The same facts in the same batches."""
    for writes in commands:
        outcome = await log.append(Command(actor="bench"), *writes)
        assert outcome.outcome == "recorded", outcome


def list_pages(messages: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(messages), LIMIT):
        yield messages[at : at + LIMIT]


def list_messages() -> list[dict[str, Any]]:
    """A scheme, and cases of it from application to approval, a hundred at a time: one message in four is nobody's
    concern here."""
    told = [example("scheme.notice-policy-confirmed.v1", scheme_id="bench", version=1)]
    for _ in range(CASES // 100):
        cases = [str(uuid4()) for _ in range(100)]
        told += [example(NOT_OURS, case_id=case) for case in cases]
        told += [example("award.proposed.v1", case_id=case, version=2, scheme_id="bench") for case in cases]
        told += [example("award.letter-frozen.v1", case_id=case, version=3, proposal_version=2) for case in cases]
        told += [example("award.approved.v1", case_id=case, version=4, scheme_id="bench") for case in cases]
    return [{**each, "id": str(position)} for position, each in enumerate(told, 1)]


def example(name: str, **data: Any) -> dict[str, Any]:
    """A message as the contract shows it, with this instead."""
    told = json.loads((CONTRACTS / "grants" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return {**told, "tilsagnhash": HASH, "data": {**told["data"], **data}}


@asynccontextmanager
async def empty(here: Ground, name: str) -> AsyncIterator[Log]:
    """A database with nothing in it, gone afterwards."""
    with psycopg.connect(here.admin_dsn, autocommit=True, dbname="postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE bench".encode())
        dsn = make_conninfo(here.notifications_dsn, dbname=name)
        async with AsyncConnectionPool(dsn, min_size=1, open=False, kwargs={"autocommit": True}) as pool:
            log = Log(dsn, pool, schema="notifications")
            yield log
            log.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


async def timed(act: Callable[[], Any]) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await act()
    return clock() - began
