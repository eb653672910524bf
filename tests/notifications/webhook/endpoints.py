"""What the tests of endpoints build, for other tests to use as well."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from services.calendar import clock
from services.httpapi.callers.caller import Role
from services.notifications.receiver.addresses import read_allowed
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, signed_in

ENDPOINTS = "/v1/webhook-endpoints"
HERE = "http://127.0.0.1:9009/hook"
ASKED: dict[str, Any] = {"url": HERE, "types": ["notice.received"], "wanted": {"posts": ["671.60"]}}
KEY = base64.b64encode(b"k" * 32).decode()


class Office:
    """An administrator at the service."""

    def __init__(self, client: httpx.AsyncClient, who: dict[str, str]) -> None:
        self.client, self.who = client, who

    async def ask(self, verb: str, address: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        sent = self.who | {"Idempotency-Key": key or str(uuid4())} | headers
        return await self.client.request(verb, address, json=body, headers=sent)

    async def act(self, verb: str, address: str, body: Any = None, **query: str) -> httpx.Response:
        """On the endpoint as it stands."""
        of = "/".join(address.split("/")[:4])
        seen = (await self.ask("GET", of)).headers["ETag"]
        answer = await self.client.request(
            verb,
            address,
            json=body,
            params=query,
            headers=self.who | {"Idempotency-Key": str(uuid4()), "If-Match": seen},
        )
        assert isinstance(answer, httpx.Response)
        return answer


def in_the_office(
    database: Database,
    folder: Path,
    does: Callable[[Office], Awaitable[None]],
    *,
    key: str | None = KEY,
    now: Callable[[], datetime] = clock.now,
) -> None:
    """Run it at a service that has a key and allows this machine's own address."""

    async def go() -> None:
        settings = replace(
            notifications_settings_of(database, folder), webhook_allowed=(read_allowed("http://127.0.0.1/32:9009"),)
        )
        if key:
            (folder / "webhook.key").write_text(key)
            settings = replace(settings, webhook_key=folder / "webhook.key")
        async with serving(settings, now=now) as (_, client):
            await does(Office(client, signed_in(settings, "liv", Role.administrator)))

    asyncio.run(go())
