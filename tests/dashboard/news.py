"""What the tests of news build, for other tests to use as well."""

import asyncio
from typing import Any

import psycopg

from tests.conftest import Database
from tests.dashboard.office import ADDRESS, Browser, Office
from tests.patience import PATIENCE_SECONDS


class Stream:
    """What one open page hears, line by line, and when it leaves."""

    def __init__(self, office: Office, browser: Browser, **headers: str) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
        sent = {"host": ADDRESS.removeprefix("http://"), "cookie": cookies, "sec-fetch-site": "same-origin", **headers}
        self.scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "path": "/nytt", "raw_path": b"/nytt", "query_string": b"", "root_path": "", "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "server": ("127.0.0.1", 8004), "client": ("127.0.0.1", 1),
        }  # fmt: skip
        self.office, self.heard, self.status = office, asyncio.Queue[str](), 0
        self.headers: dict[str, str] = {}
        self.left = asyncio.Event()

    async def __aenter__(self) -> "Stream":
        async def receive() -> Any:
            await self.left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            elif body := message.get("body"):
                self.heard.put_nowait(body.decode())

        self.task = asyncio.create_task(self.office.app(self.scope, receive, send))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.left.set()
        await self.ended()

    async def hear(self) -> str:
        return await asyncio.wait_for(self.heard.get(), PATIENCE_SECONDS)

    async def ended(self) -> None:
        await asyncio.wait_for(asyncio.shield(self.task), PATIENCE_SECONDS)


def record(database: Database) -> None:
    """One fact more, as the tests of the log write one."""
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "INSERT INTO grants.event SELECT position + 1, stream, version + 1, topic, data, metadata, recorded_at,"
            " hash FROM grants.event ORDER BY position DESC LIMIT 1"
        )
