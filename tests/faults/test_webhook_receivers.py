"""A13: receivers that do everything wrong, side by side with good ones. Nobody waits for them, memory stays bounded,
and every try is recorded. S4: nothing inside is reached, by whatever address, name or redirect."""

import asyncio
import resource
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from services.notifications.receiver.addresses import Address, Allowed, read_allowed
from services.notifications.webhook.sending.reaching import Answered, NotReached, Reaching
from tests.conftest import Database
from tests.faults.webhook_receivers import BAD, asks_for_time, redirects, self_signed
from tests.notifications.webhook.addresses import SPECIAL, UNREADABLE
from tests.notifications.webhook.receiver import Receiver, receiving
from tests.notifications.webhook.works import EveryPort, Works, at_work, message, opened, working
from tests.patience import PATIENCE_SECONDS, until


async def recorded_of(works: Works, receiver: Receiver) -> list[tuple[Any, ...]]:
    """What came of the first try of the first message to it."""
    return await works.query(
        "SELECT o.outcome, o.status, o.problem FROM notifications.endpoint e"
        " JOIN notifications.delivery d ON d.endpoint_id = e.id AND d.sequence = 1"
        " JOIN notifications.attempt a ON a.delivery_id = d.id AND a.number = 1"
        " JOIN notifications.attempt_outcome o ON o.attempt_id = a.id WHERE e.url LIKE %s",
        f"%:{receiver.port}/%",
    )


NEVER_ANSWER = {"hangs", "drips", "drips headers"}


class Hurried(Reaching):
    """Gives those who never answer a message a second for it, and all others as long as it takes on any machine."""

    def __init__(self, hurried: set[str]) -> None:
        super().__init__(EveryPort(), connect_seconds=PATIENCE_SECONDS, total_seconds=PATIENCE_SECONDS)
        self._hurried = hurried

    async def post(self, url: str, body: bytes, *rest: Any, **more: Any) -> Answered:
        hurried = {"seconds": 1.0} if url in self._hurried and b"notice.received" in body else {}
        return await super().post(url, body, *rest, **more | hurried)


def test_every_wrong_receiver_is_recorded_and_memory_stays_bounded(database: Database, tmp_path: Path) -> None:
    hurried: set[str] = set()

    async def go(works: Works) -> None:
        async with AsyncExitStack() as stack:
            canary = await stack.enter_async_context(receiving())
            receivers = {name: await stack.enter_async_context(receiving(does)) for name, (does, _) in BAD.items()}
            hurried.update(receivers[name].url for name in NEVER_ANSWER)
            receivers["redirects"] = await stack.enter_async_context(receiving(redirects(canary.url)))
            good = await stack.enter_async_context(receiving())
            for each in (*receivers.values(), good):
                await works.register(each.url)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            await works.put(*(message(str(nth)) for nth in range(20)))
            await good.comes(20, "notice.received")
            expected = {name: told for name, (_, told) in BAD.items()}
            expected["redirects"] = ("failed", 307, "it answered 307")
            for name, (outcome, status, problem) in expected.items():
                found = await until(partial(recorded_of, works, receivers[name]))
                assert found[0][:2] == (outcome, status), name
                assert (found[0][2] or "").startswith(problem or ""), name
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KB
            assert canary.arrived == []
            assert canary.connections == 0

    at_work(database, tmp_path, go, reaching=lambda: Hurried(hurried))


def test_a_receiver_that_asks_for_time_is_left_alone_for_it(database: Database, tmp_path: Path) -> None:
    async def go(works: Works) -> None:
        async with receiving(asks_for_time) as receiver:
            await works.register(receiver.url)
            await works.put(message("one"))
            await works.is_so(
                "SELECT d.next_at - o.ended_at = interval '7 seconds' FROM notifications.delivery d"
                " JOIN notifications.attempt_outcome o ON o.attempt_id = d.attempt_id WHERE d.sequence = 1",
                [(True,)],
            )

    at_work(database, tmp_path, go)


def resolving(*answers: list[str]) -> Callable[[str, int], Awaitable[list[Address]]]:
    """A name that has these addresses the first time, those the second, and the last for ever."""
    left = list(answers)

    async def resolve(_: str, __: int) -> list[Address]:
        return [ip_address(each) for each in (left.pop(0) if len(left) > 1 else left[0])]

    return resolve


ALLOWED: tuple[Allowed, ...] = (read_allowed("http://10.255.255.1/32:9000"),)


@pytest.mark.parametrize("address", SPECIAL)
def test_a_name_with_an_address_inside_is_never_connected_to(address: str) -> None:
    async def go() -> None:
        reaching = Reaching(ALLOWED, resolve=resolving([address]))
        with pytest.raises(Exception, match="Receivers are reached"):
            await reaching.post("https://a.example.no/", b"", {})
        with pytest.raises(Exception, match="Receivers are reached"):
            await reaching.check("https://a.example.no/")
        await reaching.close()

    asyncio.run(go())


def test_whatever_the_address_nothing_inside_is_reached(database: Database, tmp_path: Path) -> None:
    """A canary listens on this machine. It is named in every way, also by a name that has another address the second
    time it is looked up."""

    async def go(works: Works) -> None:
        async with receiving() as canary, receiving() as allowed:
            ways = [*UNREADABLE, *(f"https://{f'[{each}]' if ':' in each else each}/" for each in SPECIAL)]
            ways += [f"http://{each}:{canary.port}/hook" for each in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0")]
            ways += [f"https://{each}:{canary.port}/" for each in ("127.0.0.1", "localhost", "2130706433", "0x7f.1")]
            strict = Reaching((read_allowed(f"http://127.0.0.1/32:{allowed.port}"),))
            for way in ways:
                with pytest.raises(Exception, match=r"Write it|The host|Receivers|Leave out|looked up"):
                    await strict.post(way, b"{}", {})
            assert (await strict.post(allowed.url, b'{"type":"x"}', {})).status == 204
            await strict.close()
            rebound = Reaching(resolve=resolving(["193.90.1.1"], ["127.0.0.1"]))
            await rebound.check("https://a.example.no/")
            with pytest.raises(Exception, match="Receivers are reached"):
                await rebound.post("https://a.example.no/", b"{}", {})
            await rebound.close()
            assert canary.connections == 0
            assert len(allowed.arrived) == 1
            del works

    async def alone() -> None:
        async with opened(database, tmp_path) as (works, _):
            await go(works)

    asyncio.run(alone())


def test_an_address_that_turned_inward_since_is_refused_at_the_try(database: Database, tmp_path: Path) -> None:
    """The deployment allowed it when it was registered, and does no more: also for the challenge and the test."""

    async def go() -> None:
        async with opened(database, tmp_path) as (works, settings), receiving() as canary:
            async with working(settings, reaching=Reaching(EveryPort())):
                active = await works.register(canary.url)
            had = canary.connections
            pending = await works.register(canary.url, active=False)
            async with working(settings, reaching=Reaching()):
                await works.put(message("one"))
                await works.ask("POST", active + "/test")
                await works.is_so(
                    "SELECT d.kind, min(o.problem) LIKE 'not sent: Receivers are reached%%'"
                    " FROM notifications.attempt_outcome o JOIN notifications.attempt a ON a.id = o.attempt_id"
                    " JOIN notifications.delivery d ON d.id = a.delivery_id WHERE o.outcome = 'failed'"
                    " GROUP BY 1 ORDER BY 1",
                    [("challenge", True), ("message", True), ("test", True)],
                )
            assert canary.connections == had
            assert pending

    asyncio.run(go())


def test_a_broken_certificate_and_a_name_without_address_are_failures_like_others(tmp_path: Path) -> None:
    """A name is checked by its certificate, though the connection goes to its address."""
    certificate, key = self_signed(tmp_path, "other.example.no")

    async def go() -> None:
        serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serves.load_cert_chain(certificate, key)
        receiver = Receiver()
        server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=serves)
        receiver.port = server.sockets[0].getsockname()[1]
        knows = ssl.create_default_context(cafile=str(certificate))
        names = {"a.example.no": "127.0.0.1", "other.example.no": "127.0.0.1"}

        async def resolve(host: str, _: int) -> list[Address]:
            if host not in names:
                raise OSError("no such name")
            return [ip_address(names[host])]

        reaching = Reaching(EveryPort(), resolve=resolve, tls=knows)
        for url, says in (
            (f"https://a.example.no:{receiver.port}/", "not one for this name"),
            (f"https://none.example.no:{receiver.port}/", "could not be looked up"),
            (f"http://other.example.no:{receiver.port}/", "the connection broke"),
        ):
            with pytest.raises(NotReached, match=says):
                await reaching.post(url, b"{}", {})
        assert receiver.arrived == []
        answered = await reaching.post(f"https://other.example.no:{receiver.port}/", b'{"type":"x"}', {})
        assert answered.status == 204
        assert receiver.arrived[0].headers["host"] == f"other.example.no:{receiver.port}"
        untrusting = Reaching(EveryPort(), resolve=resolve)
        with pytest.raises(NotReached, match="not one for this name that is trusted"):
            await untrusting.post(f"https://other.example.no:{receiver.port}/", b"{}", {})
        for each in (reaching, untrusting):
            await each.close()
        server.close()

    asyncio.run(go())
