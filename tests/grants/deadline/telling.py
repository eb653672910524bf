"""What the tests of telling build, for other tests to use as well."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

from dev.verifying.told_deadlines import check_told_deadlines
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.case_number.view import CaseNumbers
from services.grants.deadline.events import DeadlinesTold
from services.grants.deadline.telling import Telling
from tests.conftest import Database

CASE = UUID("3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b")


class Play:
    """A log, and whoever tells of its deadlines."""

    def __init__(self, database: Database, pool: AsyncConnectionPool) -> None:
        self.pool, self.database = pool, database
        self.log = Log(database.service_dsn, pool, schema="grants")

    def teller(self) -> Telling:
        """As a process that has just begun."""
        return Telling(self.log, self.pool, CaseNumbers(self.pool))

    async def record(self, stream: str, *events: Event) -> None:
        history = await self.log.load(stream)
        outcome = await self.log.append(Command(actor="kari"), Write(stream, history.version, tuple(events)))
        assert outcome.outcome == "recorded", outcome

    async def told(self, subject: str = f"deadlines-{CASE}") -> list[dict[str, str]]:
        """Each telling: the state of every deadline it tells of, by key."""
        found = (await self.log.load(subject)).events
        return [
            {each.key: each.state for each in event.deadlines} for event in found if isinstance(event, DeadlinesTold)
        ]


def play(database: Database, story: Callable[[Play], Awaitable[None]]) -> None:
    async def told() -> None:
        async with AsyncConnectionPool(database.service_dsn, open=False, kwargs={"autocommit": True}) as pool:
            scene = Play(database, pool)
            try:
                await story(scene)
            finally:
                scene.log.close()

    asyncio.run(told())


def said(database: Database) -> list[str]:
    """What is found amiss."""
    with psycopg.connect(database.reader_dsn) as connection:
        return [fault.detail for fault in check_told_deadlines(connection)[1]]
