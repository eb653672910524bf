"""The notifications service over HTTP, with its people, on a database whose clock the test's owner sets."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.httpapi.callers.bearer import Issuer
from services.httpapi.callers.caller import Role
from services.notifications.channel.sender import Sender
from services.notifications.main import create_app
from services.notifications.settings import Settings
from tests.conftest import Database
from tests.described import check_described
from tests.faults.service import notifications_settings_of, signed_in
from tests.in_process import InProcess
from tests.notifications.permits import Granted
from tests.notifications.world import Kept, KeptWorld
from tests.patience import PATIENCE_SECONDS, until

KARI, OLA, INGRID, LIV = "kari", "ola", "ingrid", "liv"
MINISTRY, OTHER_IN_MINISTRY = "marit", "morten"
SENDER_LOOKS_SECONDS = 0.05  # ten times as often as it does elsewhere: nearly every play waits for it
SENDER_RESTS_SECONDS = 0.5  # where it is fifteen: what is sent again waits until it is looked at anew
PEOPLE = {
    KARI: (Role.caseworker,),
    OLA: (Role.caseworker, Role.approver),
    INGRID: (Role.approver,),
    LIV: (Role.approver,),
    MINISTRY: (Role.ministry,),
    OTHER_IN_MINISTRY: (Role.ministry,),
}


@dataclass(kw_only=True)
class Office:
    """Who asks what. `world` records what no person does: what grants tells, and what channels report."""

    client: httpx.AsyncClient
    world: KeptWorld
    settings: Settings
    keys: Any = field(default_factory=count)

    def move(self, **by: float) -> None:
        """Time goes on: for the service and for the database."""
        self.world.now += timedelta(**by)
        self.world.set_clock(self.world.now)

    def signed(self, person: str) -> dict[str, str]:
        """The header of somebody in their roles."""
        return signed_in(self.settings, person, *PEOPLE[person])

    async def asks(self, person: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request, in the version that stands now unless If-Match is given."""
        sent = self.signed(person)
        if method != "GET":
            sent["Idempotency-Key"] = f"key-{next(self.keys)}"
        if method != "GET" and path.count("/") > 2:
            seen = await self.client.get("/".join(path.split("/")[:4]), headers=sent)
            sent["If-Match"] = seen.headers.get("ETag", '"0"')
        return await self.client.request(method, path, json=body, headers=sent | headers)

    async def does(self, person: str, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """An act that goes well, and how it then stands."""
        answer = await self.asks(person, method, path, body, **headers)
        assert answer.is_success, f"{person} {method} {path}: {answer.status_code} {answer.text}"
        check_described("notifications", answer)
        return dict(answer.json())

    async def refused(self, person: str, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """An act that does not, and what is told of it."""
        answer = await self.asks(person, method, path, body, **headers)
        assert answer.is_client_error, f"{person} {method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def notifies(self, kind: str, which: str, **more: Any) -> str:
        """A notice about this, prepared, ordered and sent: its address."""
        asked = {"about": {"kind": kind, "id": which}} | more
        prepared = await self.does(KARI, "POST", "/v1/notices", asked)
        address = f"/v1/notices/{prepared['notice_id']}"
        await self.does(INGRID, "PUT", f"{address}/order", {"channel": "file-outbox"})
        await self.until(address, "dispatched")
        return address

    async def until_sent(self, address: str) -> None:
        """The sender takes what waits for it, whatever else stands."""
        await until(lambda: self.does(KARI, "GET", address), lambda it: it["dispatched_at"])

    async def until(self, address: str, state: str) -> dict[str, Any]:
        """What runs beside the requests brings it there."""
        return await until(lambda: self.does(KARI, "GET", address), lambda it: it["state"] == state)


def at_the_office(
    database: Database,
    folder: Path,
    story: Callable[[Any], Awaitable[None]],
    *,
    kind: type[Office] = Office,
    issuers: tuple[Issuer, ...] = (),
) -> None:
    """Play the story at the whole service, sweep and sender too, with these people and these issuers beside our own."""

    async def play() -> None:
        with Kept(database) as world, pytest.MonkeyPatch.context() as patched:
            for waits, seconds in (("look_seconds", SENDER_LOOKS_SECONDS), ("patience_seconds", SENDER_RESTS_SECONDS)):
                patched.setitem(Sender.__init__.__kwdefaults__ or {}, waits, seconds)
            world.set_clock(world.now)
            settings = replace(notifications_settings_of(database, folder), issuers=issuers)
            app = create_app(settings, now=lambda: world.now, permits=Granted(lambda: world.now))
            transport = InProcess(app)
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(
                    transport=transport, base_url="http://tilsagn.test", timeout=PATIENCE_SECONDS
                ) as client,
            ):
                await story(kind(client=client, world=world, settings=settings))

    asyncio.run(play())
