"""What the tests of sweep build, for other tests to use as well."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import psycopg
from jsonschema import Draft202012Validator
from psycopg_pool import AsyncConnectionPool

from dev.webhook_messages import MESSAGES
from dev.webhooks import schema
from services.eventlog.log import Log
from services.notifications.deadline.sweep import Alerting
from services.notifications.webhook.sending.composing import Content, compose
from tests.conftest import Database
from tests.notifications.deadline.registered import follow
from tests.notifications.world import Kept, KeptWorld

TOLD = """
    SELECT type, data ->> 'threshold', occurred_at, put_at, id, subject, data
    FROM notifications.message LEFT JOIN notifications.message_waiting USING (id) ORDER BY nth
"""


class Watch:
    """A world whose deadlines are looked at by two at once."""

    def __init__(self, database: Database, world: KeptWorld, pool: AsyncConnectionPool) -> None:
        self.database, self.world = database, world
        log = Log(database.notifications_dsn, pool, schema="notifications", now=lambda: world.now)
        self.log, self.sweeps = log, [Alerting(log, pool), Alerting(log, pool)]

    async def look(self, at: datetime | None = None) -> int:
        """Both look at the same moment. How many messages were told."""
        if at is not None:
            self.world.now = at
        self.world.set_clock(self.world.now)
        follow(self.database)
        return sum(await asyncio.gather(*(each.sweep() for each in self.sweeps)))

    def asked(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.admin_dsn) as owner:
            owner.execute("SET timezone = 'UTC'")
            return owner.execute(question.encode()).fetchall()

    def told(self) -> list[tuple[str, str | None]]:
        """The type and threshold of each message, in order."""
        return [(row[0], row[1]) for row in self.asked(TOLD)]


def keep_promise(row: tuple[Any, ...]) -> None:
    """What is told is what receivers are promised of its type."""
    kind, _, at, _, id, subject, data = row
    content = Content(id=id, type=kind, occurred_at=at, sequence=1, subject=subject, data=data)
    Draft202012Validator(schema(kind, MESSAGES[kind])).validate(json.loads(compose(content, 1)))


def watch(database: Database, story: Callable[[Watch], Awaitable[None]]) -> None:
    async def play() -> None:
        async with AsyncConnectionPool(
            database.notifications_dsn, open=False, kwargs={"autocommit": True}, min_size=4
        ) as pool:
            with Kept(database) as world:
                watched = Watch(database, world, pool)
                try:
                    await story(watched)
                finally:
                    watched.log.close()

    asyncio.run(play())
