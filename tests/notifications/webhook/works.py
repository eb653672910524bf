"""The service and workers on one database, with receivers on this machine that the deployment allows."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg

from services.httpapi.callers.caller import Role
from services.notifications.gate.digest import read_digest
from services.notifications.receiver.addresses import Allowed
from services.notifications.receiver.outbox import Outgoing, id_of, put
from services.notifications.settings import Settings
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.wiring import PROJECTIONS
from services.notifications.worker import telling
from services.process.process import Process
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, signed_in
from tests.patience import PATIENCE_SECONDS, until

ENDPOINTS = "/v1/webhook-endpoints"
KEY = base64.b64encode(b"k" * 32).decode()


class EveryPort(tuple[Allowed, ...]):
    """A deployment that allows this machine's address at every port: only tests have receivers there."""

    def __iter__(self) -> Any:
        return iter((_AnyPort(scheme="http", port=1), _AnyPort(scheme="https", port=1)))


class _AnyPort(Allowed):
    def covers(self, target: Any, address: Any) -> bool:
        return bool(target.scheme == self.scheme and str(address) == "127.0.0.1")


class Works:
    """An administrator at the service, and the database beside."""

    def __init__(self, database: Database, settings: Settings, client: httpx.AsyncClient) -> None:
        self.database, self.settings, self.client = database, settings, client
        self.who = signed_in(settings, "liv", Role.administrator)

    async def ask(self, verb: str, address: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = self.who | {"Idempotency-Key": str(uuid4())} | headers
        return await self.client.request(verb, address, json=body, headers=sent)

    async def act(self, verb: str, address: str, body: Any = None) -> httpx.Response:
        """On the endpoint as it stands, which a worker may have moved on meanwhile."""
        for _ in range(20):
            seen = (await self.ask("GET", "/".join(address.split("/")[:4]))).headers["ETag"]
            answer = await self.ask(verb, address, body, **{"If-Match": seen})
            if answer.status_code != 412:
                break
        assert answer.is_success, answer.text
        return answer

    async def register(self, url: str, *, active: bool = True, **asked: Any) -> str:
        """An endpoint's address; active once the receiver has consented."""
        answer = await self.ask("POST", ENDPOINTS, {"url": url, "types": ["*"]} | asked)
        assert answer.status_code == 201, answer.text
        at = answer.headers["Location"]
        if active:
            await self.becomes(at, "active")
        return at

    async def becomes(self, at: str, state: str) -> dict[str, Any]:
        """The endpoint, once it is so."""

        async def shown() -> dict[str, Any]:
            return dict((await self.ask("GET", at)).json())

        return await until(shown, lambda it: it["state"] == state)

    async def put(self, *messages: Outgoing) -> None:
        connection = await psycopg.AsyncConnection.connect(self.database.notifications_dsn, autocommit=True)
        try:
            for message in messages:
                await put(connection, message)
        finally:
            await connection.close()

    async def put_many(self, count: int) -> None:
        """So many messages that nobody has put before, in one transaction."""
        question = (
            "SELECT notifications.put_message(gen_random_uuid(), 'notice.received', now(), '{}', '{}', NULL)"
            " FROM generate_series(1, %s)"
        )
        await self.query(question, count)

    async def query(self, question: str, *asked: Any) -> list[tuple[Any, ...]]:
        connection = await psycopg.AsyncConnection.connect(self.database.admin_dsn, autocommit=True)
        try:
            return await (await connection.execute(question.encode(), asked)).fetchall()
        finally:
            await connection.close()

    async def is_so(self, question: str, answer: Any, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Once the question is answered so."""
        await until(lambda: self.query(question), lambda found: found == answer, patience_seconds=patience_seconds)


def message(
    name: str, kind: str = "notice.received", *, expires_in: timedelta | None = None, **subject: Any
) -> Outgoing:
    """A message put now."""
    now = datetime.now(UTC)
    return Outgoing(
        id=id_of("test", name),
        type=kind,
        occurred_at=now,
        subject=subject,
        data={"name": name},
        expires_at=now + expires_in if expires_in else None,
    )


def at_work(
    database: Database,
    folder: Path,
    does: Callable[[Works], Awaitable[None]],
    *,
    workers: int = 1,
    reaching: Callable[[], Reaching] | None = None,
) -> None:
    """Run it at a service with so many workers, all in this process."""

    async def go() -> None:
        async with AsyncExitStack() as stack:
            works, settings = await stack.enter_async_context(opened(database, folder))
            for _ in range(workers):
                reach = reaching() if reaching else Reaching(EveryPort())
                await stack.enter_async_context(working(settings, reaching=reach))
            await does(works)

    asyncio.run(go())


@asynccontextmanager
async def working(settings: Settings, *, reaching: Reaching) -> AsyncIterator[None]:
    """A worker in this process that tells receivers and reminds of deadlines, and does nothing beside."""
    told = replace(settings, process_role=ProcessRole.worker)
    process = Process(told, schema="notifications", projections=PROJECTIONS, digest=read_digest)
    async with process.running(lambda stack: telling(process, told, stack, reaching=reaching)):
        yield


@asynccontextmanager
async def opened(database: Database, folder: Path) -> AsyncIterator[tuple[Works, Settings]]:
    """The service alone."""
    (folder / "webhook.key").write_text(KEY)
    settings = replace(
        notifications_settings_of(database, folder),
        webhook_key=folder / "webhook.key",
        webhook_allowed=EveryPort(),
    )
    async with serving(settings) as (_, client):
        yield Works(database, settings, client), settings


def id_in(address: str) -> UUID:
    """The endpoint's id."""
    return UUID(address.split("/")[3])
