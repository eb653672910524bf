"""The whole dashboard in this process, on a real database, and browsers that sign in there as people do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx

from services.calendar import clock
from services.dashboard.main import create_app
from services.dashboard.settings import Settings
from services.httpapi.app import Service
from services.httpapi.callers.caller import STAFF, Role
from tests.conftest import Database
from tests.in_process import InProcess
from tests.patience import PATIENCE_SECONDS

ADDRESS = "http://127.0.0.1:8004"
SEAL_KEY = b"s" * 32
PEOPLE: dict[str, tuple[Role, ...]] = {role.value: (role,) for role in Role} | {
    "nobody": (),
    "both": (Role.ministry, Role.controller),
    "everybody": STAFF,
}
"""One person of each role, called as the role is; one of none; one who is of the ministry and controls; and one who is
everything a person can be."""

OPENED = {
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}
"""What a browser says of a page that somebody opened by its address."""


class Itself(httpx.AsyncBaseTransport):
    """The way from the dashboard to its own development issuer, and to the services it asks, without a network."""

    app: Service

    def __init__(self, **services: httpx.AsyncBaseTransport) -> None:
        self.services = services

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        way = self.services.get(request.url.host.removesuffix(".example"))
        return await (way or InProcess(self.app)).handle_async_request(request)


class Answers(Itself):
    """The same, but for what the issuer gives for a code: this instead."""

    def __init__(self, id_token: object = None, status: int = 200, **more: object) -> None:
        super().__init__()
        self.id_token, self.status, self.more = id_token, status, more

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            told = {"id_token": self.id_token, "token_type": "Bearer"} | self.more
            return httpx.Response(self.status, json=told)
        return await super().handle_async_request(request)


@dataclass
class Browser:
    """One browser with cookies of its own. It follows nothing by itself."""

    http: httpx.AsyncClient

    async def open(self, page: str, **headers: str) -> httpx.Response:
        return await self.http.get(page, headers={**OPENED, **headers})

    async def begin(self, person: str, to: str = "/") -> httpx.Response:
        """Click on a person, and be sent to where people sign in."""
        return await self.open(f"/logg-inn/begynn?{urlencode({'til': to, 'person': person})}")

    async def sign_in(self, person: str, to: str = "/") -> httpx.Response:
        """One click; what the browser is shown last is whoever comes back, at `to`."""
        asked = await self.begin(person, to)
        given = await self.open(asked.headers["location"])
        back = await self.open(given.headers["location"])
        assert back.status_code == 303, back.text
        return await self.open(back.headers["location"])

    async def send(self, address: str, form: dict[str, str], **headers: str) -> httpx.Response:
        """A form of ours, sent."""
        ours = {"origin": ADDRESS, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}
        return await self.http.post(address, data=form, headers={**ours, **headers})


def settings_of(database: Database, folder: Path) -> Settings:
    return Settings(
        environment="test",
        database_url=database.dashboard_dsn,
        sessions_url=database.sessions_dsn,
        address=ADDRESS,
        dev_issuer_key=folder / "issuer.json",
        dev_people=PEOPLE,
        grants_url="http://grants.example",
        notifications_url="http://notifications.example",
        seal_keys=(SEAL_KEY,),
    )


@dataclass
class Office:
    """The dashboard, and as many browsers as are wanted."""

    app: Service

    def browser(self) -> Browser:
        transport = InProcess(self.app)
        return Browser(httpx.AsyncClient(transport=transport, base_url=ADDRESS, timeout=PATIENCE_SECONDS))


@asynccontextmanager
async def opened(
    settings: Settings, itself: Itself | None = None, *, now: Callable[[], datetime] = clock.now
) -> AsyncIterator[Office]:
    """The dashboard, up; on a way to its issuer of the test's own, if given, and on a clock of its own."""
    itself = itself or Itself()
    app = create_app(settings, now=now, reaching=itself)
    itself.app = app
    async with app.router.lifespan_context(app):
        yield Office(app)
