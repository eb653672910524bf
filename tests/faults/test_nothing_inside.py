"""S4 at every door: whatever the address, a receiver inside is not reached when an endpoint is registered or changed,
when it is asked for its consent, when it is tested, and when it is delivered to. A canary listens inside."""

import asyncio
import socket
from contextlib import AsyncExitStack
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from services.httpapi.callers.caller import Role
from services.notifications.receiver.addresses import Address, read_allowed
from services.notifications.webhook.sending.reaching import Reaching
from tests.conftest import Database
from tests.faults.service import serving, signed_in
from tests.notifications.webhook.addresses import SPECIAL, UNREADABLE
from tests.notifications.webhook.receiver import Receiver, receiving, say
from tests.notifications.webhook.works import ENDPOINTS, Works, id_in, message, opened, working

NAME = "inside.example.no"
ONE_IN = 12  # a quick run takes one way in twelve through the doors behind registration; each is tried at registration


def ways(canary: Receiver) -> list[str]:
    """Every way to name it, and every address that is not public."""
    port = canary.port
    told = [*UNREADABLE, *(f"https://{f'[{each}]' if ':' in each else each}/" for each in SPECIAL)]
    hosts = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1")
    told += [f"{scheme}://{host}:{port}/hook" for scheme in ("http", "https") for host in hosts]
    return [*told, f"https://{NAME}/", f"https://{NAME}:{port}/", f"http://{NAME}:{port}/hook"]


async def inward(_: str, __: int) -> list[Address]:
    """Names have this machine's address, whatever they had when they were registered."""
    return [ip_address("127.0.0.1")]


async def refuses_at_registration(works: Works, strict: Any, all_ways: list[str], good: str) -> None:
    """Registered and changed over HTTP, at a service that allows one receiver and no other."""
    async with serving(strict) as (_, client):
        works.client, works.who = client, signed_in(strict, "liv", Role.administrator)
        at = await works.register(good, active=False)
        for way in all_ways:
            for verb, address in (("POST", ENDPOINTS), ("PUT", at)):
                seen = (await works.ask("GET", at)).headers["ETag"]
                answer = await works.ask(verb, address, {"url": way, "types": ["*"]}, **{"If-Match": seen})
                assert answer.status_code == 422, f"{verb} {way}: {answer.text}"
                assert answer.json()["code"] in ("endpoint-address-refused", "request-invalid"), way
        await works.act("DELETE", at)


async def stands_at(works: Works, at: str, way: str, *, consented: bool) -> None:
    """The endpoint's address is this from now on, as if it had been allowed when it was registered."""
    await works.query(
        "WITH e AS (UPDATE notifications.endpoint SET url = %s, consented = %s, numbered = true WHERE id = %s"
        "  RETURNING 1)"
        " UPDATE notifications.delivery SET url = %s WHERE endpoint_id = %s AND kind = 'challenge'"
        " AND (SELECT count(*) FROM e) = 1 RETURNING 1",
        *(way, consented, id_in(at), way, id_in(at)),
    )


def test_no_door_leads_inside(database: Database, tmp_path: Path, long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *told, **more: ask("127.0.0.1" if host == NAME else host, *told, **more)
    )

    async def go() -> None:
        async with AsyncExitStack() as stack:
            works, settings = await stack.enter_async_context(opened(database, tmp_path))
            canary, good = [await stack.enter_async_context(receiving()) for _ in range(2)]
            to_canary = await stack.enter_async_context(
                receiving(lambda _, writer: say(writer, 307, location=canary.url), consents=False)
            )
            allowed = tuple(read_allowed(f"http://127.0.0.1/32:{each.port}") for each in (good, to_canary))
            strict = replace(settings, webhook_allowed=allowed)
            every = ways(canary)
            lax, who = works.client, works.who
            await refuses_at_registration(works, strict, every, good.url)
            works.client, works.who = lax, who
            taken = every if long else every[::ONE_IN]
            told: list[str] = []
            for way in [*taken, to_canary.url]:
                for consented in (True, False):
                    at = await works.register(good.url, active=False)
                    await stands_at(works, at, way, consented=consented)
                    told.append(at)
            rightly = await works.register(good.url, active=False)
            async with working(strict, reaching=Reaching(allowed, resolve=inward, total_seconds=2)):
                await works.becomes(rightly, "active")
                await works.put(message("one", "letter.released"))
                for at in told:
                    await works.ask("POST", at + "/test")
                await works.is_so(
                    "SELECT count(*) FROM notifications.delivery d"
                    " JOIN notifications.endpoint e ON e.id = d.endpoint_id"
                    " WHERE d.tries = 0 AND d.state = 'waiting' AND (e.consented OR d.kind = 'challenge')",
                    [(0,)],
                )
                await good.comes(1, "letter.released")
            kinds = await works.query(
                "SELECT d.kind, count(DISTINCT d.endpoint_id), bool_and(o.outcome = 'failed' AND"
                "  (o.problem LIKE 'not sent: %%' OR o.status = 307))"
                " FROM notifications.attempt_outcome o JOIN notifications.attempt a ON a.id = o.attempt_id"
                " JOIN notifications.delivery d ON d.id = a.delivery_id"
                " WHERE d.endpoint_id = ANY (%s) GROUP BY 1 ORDER BY 1",
                [id_in(at) for at in told],
            )
            each = len(taken) + 1
            assert kinds == [("challenge", 2 * each, True), ("message", each, True), ("test", each, True)]
            assert canary.connections == 0
            assert len(good.of_type("letter.released")) == 1

    asyncio.run(go())
