"""A13: good receivers beside every kind of bad one. The good ones wait no longer than half as long again as they do
alone, memory stays bounded, and every try is recorded."""

import asyncio
import gc
import random
import socket
import ssl
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.notifications.webhook.sending.reaching import Reaching
from tests.conftest import Database
from tests.faults.webhook_receivers import BAD, redirects, self_signed
from tests.notifications.webhook.receiver import Arrived, Receiver, receiving, say
from tests.notifications.webhook.works import EveryPort, Works, at_work, id_in, message
from tests.patience import PATIENCE_SECONDS

NAMED = "tls.example.no", "dns.example.no"
SLOW_SECONDS = 3.0
MOST_GROWN_BYTES = 60_000_000


async def is_slow(_: Arrived, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(SLOW_SECONDS)
    say(writer, 200)


@dataclass
class Names:
    """What two names have for address: this machine's, until they have none."""

    gone: set[str] = field(default_factory=set)

    def look_up(self, host: Any, port: Any, *more: Any, **others: Any) -> Any:
        if host in self.gone:
            raise socket.gaierror("no such name")
        if host in NAMED:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return LOOK_UP(host, port, *more, **others)


LOOK_UP = socket.getaddrinfo


@dataclass
class Bad:
    """A bad receiver, once it has consented, and its endpoint's address."""

    receiver: Receiver
    at: str


@asynccontextmanager
async def over_tls(certificate: Path, key: Path) -> AsyncIterator[tuple[Receiver, ssl.SSLContext]]:
    """A receiver that shows this certificate, until it is given another."""
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(certificate, key)
    receiver = Receiver(keeps=False)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=serves)
    receiver.port = server.sockets[0].getsockname()[1]
    yield receiver, serves
    server.close()


class Story:
    """Good ones and bad ones at one service."""

    def __init__(self, works: Works, folder: Path, names: Names) -> None:
        self.works, self.folder, self.names = works, folder, names
        self.bad: dict[str, Bad] = {}

    async def make_bad(self, stack: AsyncExitStack) -> None:
        """One of each kind, each of which has consented first."""
        self.names.gone.clear()
        inside = await stack.enter_async_context(receiving())
        kinds = {name: does for name, (does, _) in BAD.items()}
        kinds |= {"redirects": redirects(inside.url), "is slow": is_slow, "has no address": None}
        for name, does in kinds.items():
            receiver = await stack.enter_async_context(receiving(does))
            receiver.keeps = name != "has no address"
            host = NAMED[1] if name == "has no address" else "127.0.0.1"
            at = await self.works.register(f"http://{host}:{receiver.port}/hook", rate_per_second=1_000)
            self.bad[name] = Bad(receiver, at)
        (self.folder / "other").mkdir(exist_ok=True)
        tls, serves = await stack.enter_async_context(over_tls(*self.certificate()))
        at = await self.works.register(f"https://{NAMED[0]}:{tls.port}/hook", rate_per_second=1_000)
        self.bad["breaks TLS"] = Bad(tls, at)
        serves.load_cert_chain(*self_signed(self.folder / "other", NAMED[0]))
        self.names.gone.add(NAMED[1])

    def certificate(self) -> tuple[Path, Path]:
        return self.folder / "certificate.pem", self.folder / "key.pem"

    async def p99(self, good: list[Receiver], count: int) -> float:
        """Seconds from when messages are put to when a good receiver has them, at the 99th of a hundred."""
        waits: list[float] = []
        for _ in range(count):
            had = [len(each.arrived) for each in good]
            began = time.perf_counter()
            await self.works.put(message(random.randbytes(16).hex()))
            for receiver, before in zip(good, had, strict=True):
                await receiver.comes(before + 1)
                waits.append(time.perf_counter() - began)
        return statistics.quantiles(waits, n=100)[98]

    async def every_try_is_recorded(self) -> None:
        """What reached a bad receiver was begun, and what was begun has ended or is under way."""
        for name, bad in self.bad.items():
            begun, ended, under_way = (
                await self.works.query(
                    "SELECT count(*), count(o.*), (SELECT count(*) FROM notifications.delivery u"
                    "  WHERE u.endpoint_id = %s AND u.state IN ('begun', 'cancelled') AND u.attempt_id IS NOT NULL)"
                    " FROM notifications.attempt a JOIN notifications.delivery d ON d.id = a.delivery_id"
                    " LEFT JOIN notifications.attempt_outcome o ON o.attempt_id = a.id"
                    " WHERE d.endpoint_id = %s AND d.kind = 'message'",
                    id_in(bad.at),
                    id_in(bad.at),
                )
            )[0]
            reached = len(bad.receiver.of_type("notice.received"))
            assert begun > 0, name
            assert reached <= begun, name
            assert begun - ended <= under_way, name
            assert reached == 0 or name not in ("breaks TLS", "has no address"), name


def test_the_good_wait_for_no_bad_one(
    database: Database, tmp_path: Path, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `--long` one run of each, and what a short run can tell: no good one waits for a bad one's time-out,
    which then is longer than anybody here waits."""
    runs, count = (5, 100) if long else (1, 3)
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    certificate, _ = self_signed(tmp_path, NAMED[0])

    async def go(works: Works) -> None:
        async with AsyncExitStack() as stack:
            good = [await stack.enter_async_context(receiving()) for _ in range(3)]
            for each in good:
                await works.register(each.url, rate_per_second=1_000)
            story = Story(works, tmp_path, names)
            alone: list[float] = []
            beside: list[float] = []
            grown = 0
            for _ in range(runs):  # by turns, so that what else the machine does falls on both
                alone.append(await story.p99(good, count))
                await story.make_bad(stack)
                gc.collect()
                before = psutil.Process().memory_info().rss
                beside.append(await story.p99(good, count))
                gc.collect()
                grown = max(grown, psutil.Process().memory_info().rss - before)
                await story.every_try_is_recorded()
                for bad in story.bad.values():
                    await works.act("DELETE", bad.at)
            ratio = statistics.median(beside) / statistics.median(alone)
            told = [", ".join(f"{each * 1000:.0f}" for each in found) for found in (alone, beside)]
            print(
                f"p99 in ms: alone {told[0]}; beside {len(story.bad)} bad ones {told[1]}; median to median {ratio:.2f};"
                f" {grown / 1e6:.0f} MB more"
            )
            assert len(story.bad) >= 10
            assert not long or ratio < 1.5
            assert grown < MOST_GROWN_BYTES

    def reaching() -> Reaching:
        knows = ssl.create_default_context(cafile=str(certificate))
        return Reaching(EveryPort(), tls=knows, total_seconds=15 if long else 10 * PATIENCE_SECONDS)

    at_work(database, tmp_path, go, reaching=reaching)
