"""Deliveries to receivers outside, beside a bare httpx loop that posts the same bytes to the same receiver with the
same concurrency; a few that are due behind many that wait; and one message to very many endpoints."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import uvloop
from psycopg_pool import AsyncConnectionPool

from bench.ground import Ground
from bench.measure import Figure, compared
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.notifications.receiver.addresses import Allowed, Target
from services.notifications.webhook.events import EndpointConsented, EndpointRegistered, Subscription, Wanted
from services.notifications.webhook.rules import stream_of
from services.notifications.webhook.sending.composing import Content, compose
from services.notifications.webhook.sending.delivering import EACH, Delivering
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.sealing import Seals, Secrets
from services.notifications.webhook.sending.signing import headers, new_keys

ROUNDS, ENDPOINTS, MESSAGES, DUE, PARKED, MANY = 3, 4, 100, 100, 100_000, 1_000
PUT = (
    "SELECT notifications.put_message(gen_random_uuid(), 'notice.received', now(), '{}', '{}', NULL)"
    " FROM generate_series(1, %s)"
)
DONE = "SELECT count(*) FROM notifications.delivery WHERE kind = 'message' AND state = 'delivered'"
PARK = """
    INSERT INTO notifications.delivery (endpoint_id, kind, sequence, message_id, state, next_at, made_at)
    SELECT %s, 'message', 1000000 + n, gen_random_uuid(), 'waiting', now() + interval '1 day', now()
    FROM generate_series(1, %s) n
"""


def delivering(here: Ground) -> list[Figure]:
    """Three ratios."""
    with receiver() as port, uvloop_runner() as run:
        return list(run(figures(here, port)))


async def figures(here: Ground, port: int) -> list[Figure]:
    """Each in rounds of ours and the floor by turns."""
    rates: list[float] = []
    many, parked, fanned = [], [], []
    async with worker(here, port, ENDPOINTS) as at_work:
        for nth in range(ROUNDS + 1):
            count = ENDPOINTS * MESSAGES
            ours = await at_work.deliver(MESSAGES, count)
            floor = await bare(port, count, ENDPOINTS * EACH)
            if nth:  # the first one warms
                rates.append(count / ours)
                many.append(floor / ours)
        alone = [await at_work.deliver(DUE // ENDPOINTS, DUE) for _ in range(ROUNDS)]
        await at_work.park(PARKED)
        for without in alone:
            parked.append(without / await at_work.deliver(DUE // ENDPOINTS, DUE))
    async with worker(here, port, MANY) as at_work:
        for _ in range(ROUNDS):
            fanned.append(await bare(port, MANY, ENDPOINTS * EACH) / await at_work.deliver(1, MANY))
    rate = sorted(rates)[len(rates) // 2]
    return [
        compared("deliveries, to a bare httpx loop", iter(many), least=0.5, note=f"({rate:,.0f} a second)"),
        compared(f"{DUE} due behind {PARKED:,} that wait, to none waiting", iter(parked), least=0.8),
        compared(f"one message to {MANY:,} endpoints, to a bare httpx loop", iter(fanned), least=0.5),
    ]


class AtWork:
    """A worker in this process, asked to take a step as often as there is something to do."""

    def __init__(self, here: Ground, task: Delivering, endpoints: list[UUID]) -> None:
        self._here, self._task, self._endpoints = here, task, endpoints

    async def deliver(self, messages: int, deliveries: int) -> float:
        """Seconds from when so many messages are put until so many deliveries of them are done."""
        clock = asyncio.get_running_loop().time
        with psycopg.connect(self._here.notifications_dsn, autocommit=True) as connection:
            before = self._done()
            connection.execute(PUT.encode(), (messages,))
        began, taken = clock(), self._task.outcomes.labels("delivered")
        had = taken._value.get()
        while taken._value.get() < had + deliveries:
            if not await self._task.step():
                await asyncio.sleep(0.001)
        elapsed = clock() - began
        assert self._done() == before + deliveries
        return elapsed

    async def park(self, count: int) -> None:
        """So many that wait for tomorrow."""
        with psycopg.connect(self._here.admin_dsn, autocommit=True) as connection:
            for endpoint in self._endpoints:
                connection.execute(PARK.encode(), (endpoint, count // len(self._endpoints)))
            connection.execute("ANALYZE notifications.delivery")

    def _done(self) -> int:
        with psycopg.connect(self._here.admin_dsn) as connection:
            row = connection.execute(DONE.encode()).fetchone()
        assert row is not None
        return int(row[0])


class Here(Allowed):
    """This machine, where the receiver is."""

    def covers(self, target: Target, address: Any) -> bool:
        return target.scheme == "http" and str(address) == "127.0.0.1"


@asynccontextmanager
async def worker(here: Ground, port: int, endpoints: int) -> AsyncIterator[AtWork]:
    """A worker and so many endpoints that have consented; those of before are told no more."""
    with psycopg.connect(here.admin_dsn, autocommit=True) as connection:
        connection.execute("UPDATE notifications.endpoint SET deleted = true")
    async with AsyncConnectionPool(here.notifications_dsn, min_size=4, open=False, kwargs={"autocommit": True}) as pool:
        log = Log(here.notifications_dsn, pool, schema="notifications")
        secrets, reaching = Secrets(pool, Seals([bytes(32)])), Reaching((Here(scheme="http", port=1),))
        made = [await register(log, secrets, port) for _ in range(endpoints)]
        with psycopg.connect(here.admin_dsn, autocommit=True) as connection:
            connection.execute("UPDATE notifications.delivery SET state = 'cancelled' WHERE kind = 'challenge'")
        yield AtWork(here, Delivering(log, pool, secrets, reaching), made)
        await reaching.close()
        log.close()


async def register(log: Log, secrets: Secrets, port: int) -> UUID:
    """One endpoint, as if it had answered."""
    endpoint, url = uuid4(), f"http://127.0.0.1:{port}/hook"
    secret, sealed = secrets.seals.new(endpoint)
    await secrets.keep(endpoint, secret, sealed)
    told = Subscription(
        url=url,
        types=("*",),
        wanted=Wanted(),
        ordered=False,
        rate_per_second=100_000,
        contract=1,
        description="",
        pulled_by=None,
    )
    consented = EndpointConsented(url=url, challenge_id=uuid4(), answered_at=datetime.now(UTC))
    facts = (EndpointRegistered(subscription=told, secret=secret, registered_by="bench"), consented)
    outcome = await log.append(Command(actor="bench"), Write(stream_of(endpoint), 0, facts))
    assert outcome.outcome == "recorded", outcome
    return endpoint


async def bare(port: int, count: int, together: int) -> float:
    """Seconds the same bytes take in a bare loop."""
    now = datetime.now(UTC)
    body = compose(
        Content(id=uuid4(), type="notice.received", occurred_at=now, sequence=1, subject={}, data={}), contract=1
    )
    signed = headers([new_keys()], id=str(uuid4()), at=now, body=body)
    left = iter(range(count))
    limits = httpx.Limits(max_connections=together, max_keepalive_connections=together)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def post() -> None:
            for _ in left:
                answer = await client.post(f"http://127.0.0.1:{port}/hook", content=body, headers=signed)
                assert answer.status_code == 204

        clock = asyncio.get_running_loop().time
        began = clock()
        await asyncio.gather(*(post() for _ in range(together)))
        return clock() - began


@contextmanager
def receiver() -> Iterator[int]:
    """A process that takes whatever comes, and the port it listens at."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=receive, args=(there,), daemon=True)
    child.start()
    try:
        yield here.recv()
    finally:
        child.terminate()
        child.join()


def receive(told: Connection) -> None:
    """Until it is ended."""

    class Taker(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.seen = transport, b""

        def data_received(self, data: bytes) -> None:
            self.seen += data
            head, found, rest = self.seen.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
            )
            if found and len(rest) >= length:
                self.seen = rest[length:]
                self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(serve())


@contextmanager
def uvloop_runner() -> Iterator[Any]:
    """The loop that the services run on, for both."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner.run
