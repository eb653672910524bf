"""The year is recorded as the service records: each command by the log's own function, on the day it was made."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from itertools import groupby, islice
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

from dev.large.year import CHAPTER, YEAR, Told, lettered
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.eventlog.projections.runner import Runner
from services.grants.balance.movements import effects
from services.grants.wiring import PROJECTIONS

Say = Callable[[int], None]
TOGETHER = 200
NOON = time(11, tzinfo=UTC)
CLOCK = "SELECT pg_get_functiondef('grants.log_clock()'::regprocedure)"
PUT_BACK = """
    CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$ SELECT '{}'::timestamptz $$
"""
BEHIND = """
    SELECT count(*) FROM grants_view.edition
    WHERE state = 'live' AND position = (SELECT max(position) FROM grants.event)
"""


def record(dsn: str, owner_dsn: str, told: Iterable[Told], *, first: int, chapter: str = f"0{CHAPTER}") -> int:
    """Each command on its day, several at a time where they are of several streams. Their ids count from `first`; the
    number of the next. `owner_dsn` may replace the log's clock, which is put back."""
    return asyncio.run(_record(dsn, owner_dsn, told, first, chapter))


async def _record(dsn: str, owner_dsn: str, told: Iterable[Told], first: int, chapter: str) -> int:
    at = datetime.now(UTC)
    async with AsyncConnectionPool(dsn, open=False) as pool:
        log = Log(dsn, pool, schema="grants", effects=effects, now=lambda: at)
        with psycopg.connect(owner_dsn, autocommit=True) as owner:
            shipped = owner.execute(CLOCK).fetchone()
            assert shipped is not None
            try:
                for day, of_the_day in groupby(told, key=lambda each: each.on):
                    at = datetime.combine(day, NOON)
                    owner.execute(PUT_BACK.format(at.isoformat()).encode())
                    while together := list(islice(of_the_day, TOGETHER)):
                        for some in _apart(together):
                            of_each = (_one(log, nth, each, chapter) for nth, each in enumerate(some, first))
                            await asyncio.gather(*of_each)
                            first += len(some)
            finally:
                owner.execute(shipped[0].encode())
        log.close()
    return first


def _apart(told: Iterable[Told]) -> Iterable[list[Told]]:
    """The same commands in lists that have each stream once."""
    waiting = list(told)
    while waiting:
        now: dict[str, Told] = {}
        later = [each for each in waiting if now.setdefault(each.stream, each) is not each]
        yield list(now.values())
        waiting = later


async def _one(log: Log, nth: int, told: Told, chapter: str) -> None:
    command = Command(actor=told.by, id=UUID(f"{YEAR}c000-{chapter}-4000-8000-{lettered(nth)}"))
    outcome = await log.append(command, Write(told.stream, told.version, told.events))
    assert outcome.outcome == "recorded", outcome


def read_models(dsn: str, owner_dsn: str, sleep: Callable[[float], None]) -> None:
    """Every read model of grants, made to the end of its log by what the service makes them with."""
    following = Runner(dsn, PROJECTIONS, schema="grants", views="grants_view")
    following.start()
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        while connection.execute(BEHIND).fetchone() != (len(PROJECTIONS),):
            sleep(0.2)
    following.end()
