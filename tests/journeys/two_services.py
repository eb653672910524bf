"""What the tests of two services build, for other tests to use as well."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import psycopg
import pytest
import uvicorn

from dev.at_its_day import AtItsDay, acted_on
from services.eventlog.background.sweeping import Sweeping
from services.grants.main import create_app as create_grants
from services.grants.scheme.events import NoticePolicy, SchemeRegistered, SchemeTerms, Source
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.httpapi.app import Service
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.httpapi.server import Server
from services.notifications.channel.sender import Sender
from services.notifications.main import create_app as create_notifications
from services.notifications.settings import Settings
from tests.conftest import Database
from tests.faults.service import issuer_of, settings_of
from tests.grants.award.grant_letters import TERMS
from tests.grants.award.letter_routes import FUND, PROPOSAL, SCHEME
from tests.grants.fodt_fri import MILLION
from tests.patience import PATIENCE_SECONDS, until

FREE = replace(TERMS, fund_ids=(FUND,))
DATED_ANEW = {"dated_on": "2020-09-01"}
OWED = replace(
    FREE,
    notice=NoticePolicy(rule="notice", source=Source(document="Instruks", section="5.4"), valid_from=date(2020, 1, 1)),
)


def scheme(terms: SchemeTerms, scheme_id: str = SCHEME) -> SchemeRegistered:
    """The scheme, registered."""
    return SchemeRegistered(
        scheme_id=scheme_id, year=2020, terms=terms, registered_on=date(2020, 1, 2), registered_by="anne"
    )


def confirmed(terms: SchemeTerms) -> NoticePolicyConfirmed:
    """Its notice policy, found right by somebody who wrote none of it."""
    policy = replace(terms.notice, document_sha256="cd" * 32)
    return NoticePolicyConfirmed(policy=policy, written_by=("anne",), confirmed_by="liv")


BYTES = """
    SELECT FROM notifications.item i JOIN notifications.letter_file f ON f.sha256 = i.letter_sha256 WHERE i.item = %s
"""


@contextlib.contextmanager
def looking_often() -> Iterator[Counter[str]]:
    """Whoever looks every second or so looks ten times as often, and the sender tries again after half a second; how
    often each has looked, by name."""
    begin, swept = Sweeping.__init__, Counter[str]()

    def often(
        sweeping: Sweeping,
        name: str,
        sweep: Callable[[], Awaitable[object]],
        *,
        look_seconds: float,
        failed: Callable[[], object] | None = None,
        finishes: bool = False,
    ) -> None:
        async def counted() -> None:
            await sweep()
            swept[name] += 1

        begin(sweeping, name, counted, look_seconds=look_seconds / 10, failed=failed, finishes=finishes)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sweeping, "__init__", often)
        patched.setitem(Sender.__init__.__kwdefaults__ or {}, "patience_seconds", 0.5)
        yield swept


class Clock:
    """The time on every clock at once: this test's."""

    def __init__(self, database: Database) -> None:
        self.at = datetime.now(UTC)
        self._owner = psycopg.connect(database.migrator_dsn, autocommit=True)
        self._owner.execute("SET ROLE tilsagn_owner")
        self.set(self.at)

    def now(self) -> datetime:
        return self.at

    def of(self, _: str) -> Callable[[], datetime]:
        """The clock of a service."""
        return self.now

    def set(self, at: datetime, *, database_only: bool = False) -> None:
        """It is now then; with `database_only` the service's own clock is left behind."""
        self.at = self.at if database_only else at
        for schema in ("grants", "notifications"):
            self._owner.execute(
                f"CREATE OR REPLACE FUNCTION {schema}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$"
            )

    def close(self) -> None:
        self._owner.close()


class Town:
    """Both services at their addresses, and people with every role at them."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        issuer: DevelopmentIssuer,
        grants: str,
        notifications: str,
        swept: Counter[str],
        database: Database,
    ) -> None:
        self.client, self.issuer, self.grants, self.notifications = client, issuer, grants, notifications
        self.swept, self.database = swept, database
        self.acts = 0

    async def ask(
        self, person: str, method: str, address: str, body: Any = None, *, seen: str = '"0"'
    ) -> httpx.Response:
        self.acts += 1
        token = self.issuer.mint(person, list(Role))
        headers = {"Authorization": f"Bearer {token}"}
        if method != "GET":
            headers |= {"Idempotency-Key": f"act {self.acts}", "If-Match": seen}
        return await self.client.request(method, address, json=body, headers=headers)

    async def acts_on(self, person: str, method: str, address: str, act: str, body: Any = None) -> httpx.Response:
        """An act on what stands at an address, as it stands."""
        seen = (await self.ask(person, "GET", address)).headers["ETag"]
        return await self.ask(person, method, f"{address}/{act}", body, seen=seen)

    async def comes(self, address: str, look: Callable[[Any], Any]) -> Any:
        """What comes within moments."""
        answer = await until(lambda: self.ask("reader", "GET", address), lambda it: it.is_success and look(it.json()))
        return answer.json()

    async def sweeps(self, name: str) -> None:
        """The sweep of that name has looked, all of it since now. One that was under way has not."""
        before = self.swept[name]
        await until(lambda: self.swept[name], lambda times: times >= before + 2)

    async def has_bytes(self, award: str) -> None:
        """The held letter's bytes are here: they come by themselves, a moment after it is told of."""
        item = f"letter-{award.rpartition('/')[2]}"
        with psycopg.connect(self.database.admin_dsn, autocommit=True) as reader:
            await until(lambda: reader.execute(BYTES, (item,)).rowcount)

    async def approved_award(self, *, approved_on: str = "2020-03-02", **more: Any) -> tuple[str, str]:
        """A case whose letter is frozen and whose award is approved: its address in each service."""
        opened = await self.ask("kari", "POST", f"{self.grants}/v1/cases", PROPOSAL | {"amount_ore": MILLION} | more)
        assert opened.status_code == 201, opened.text
        path = opened.headers["Location"]
        case = f"{self.grants}{path}"
        for person, act, body in (
            ("kari", "letter", {"dated_on": approved_on}),
            ("ola", "award/approval", {"approved_on": approved_on, "disposal_authority": "Instruks 4.2"}),
        ):
            done = await self.acts_on(person, "PUT", case, act, body)
            assert done.is_success, done.text
        return case, f"{self.notifications}{path.replace('cases', 'awards')}"


@contextlib.asynccontextmanager
async def listening(app: Any, port: int, service: Service) -> AsyncIterator[None]:
    """An application at a port, until whoever only waits at the service within is let go."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1)
    server = Server(service, config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started or task.done())
    assert not task.done()
    try:
        yield
    finally:
        server.should_exit = True
        await task


class Clocks(Protocol):
    """What tells both services the time."""

    def of(self, service: str) -> Callable[[], datetime]: ...
    def close(self) -> None: ...


T = TypeVar("T", bound=Clocks)


def town(
    database: Database, folder: Path, story: Callable[[Town, Clock], Awaitable[None]], ports: tuple[int, int]
) -> None:
    """Both services up, each following the other."""
    town_on(Clock(database), database, folder, story, ports)


def town_on(
    clock: T, database: Database, folder: Path, story: Callable[[Town, T], Awaitable[None]], ports: tuple[int, int]
) -> None:
    """The same, on that clock."""
    grants, notifications = (f"http://127.0.0.1:{port}" for port in ports)
    plain = settings_of(database, folder)
    issuer = issuer_of(plain)
    token = folder / "machine.token"
    token.write_text(issuer.mint("machine", [Role.service]))
    of_grants = replace(plain, notifications_feed=f"{notifications}/v1/feed", notifications_token=token)
    of_notifications = Settings(
        environment="test",
        database_url=database.notifications_dsn,
        outbox=folder / "outbox",
        grants_url=grants,
        grants_token=token,
        dev_issuer_key=plain.dev_issuer_key,
    )

    async def go(swept: Counter[str]) -> None:
        apps = (
            create_grants(of_grants, now=clock.of("grants"), acted_on=acted_on),
            create_notifications(of_notifications, now=clock.of("notifications")),
        )
        async with (
            listening(AtItsDay(apps[0]), ports[0], apps[0]),
            listening(apps[1], ports[1], apps[1]),
            httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        ):
            await story(Town(client, issuer, grants, notifications, swept, database), clock)

    try:
        with looking_often() as swept:
            asyncio.run(go(swept))
    finally:
        clock.close()
