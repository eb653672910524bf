"""Eight processes write at once, some give up, and one reader follows the feed: nothing is skipped or told twice."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, verify
from services.eventlog.command import Command, Write
from services.eventlog.feeds.feed import Feed, Message
from services.eventlog.feeds.head import Head
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.case.events.award import AwardReturned
from tests.conftest import Database
from tests.eventlog.played import played
from tests.fresh import FRESH
from tests.patience import PATIENCE_SECONDS

WRITERS, TOGETHER = 8, 25
EACH = {False: 500, True: 1_250}
GIVEN_UP = 0.02
ALONE = """
    SELECT * FROM grants.append(ARRAY[gen_random_uuid()], '{given-up}', '{NULL}', '{NULL}', '{NULL}', '{1}',
        ARRAY['case-' || gen_random_uuid()], '{1}', '{award.returned.v1}',
        ARRAY[convert_to('{}', 'UTF8')], ARRAY[convert_to('{}', 'UTF8')], '{NULL}', now())
"""


def write(dsn: str, writer: int, each: int) -> None:
    """One process: its share of appends, many under way at once, and every fiftieth rolled back before its commit."""
    chance = random.Random(writer)
    log = Log(dsn, AsyncConnectionPool(dsn, open=False), schema="grants", effects=effects)

    async def go() -> None:
        for first in range(0, each, TOGETHER):
            outcomes = await asyncio.gather(*(append(first + n) for n in range(TOGETHER)))
            assert {outcome.outcome for outcome in outcomes} == {"recorded"}
            for _ in range(TOGETHER):
                if chance.random() < GIVEN_UP:
                    await asyncio.to_thread(give_up, dsn)

    async def append(number: int):  # type: ignore[no-untyped-def]
        event = AwardReturned(reason=f"{writer}/{number}", returned_by="kari")
        return await log.append(Command(actor=f"writer-{writer}"), Write(f"case-{writer}-{number}", 0, (event,)))

    asyncio.run(go())
    log.close()


def give_up(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(ALONE)
        connection.rollback()


async def follow(dsn: str, upto: int, writing: Callable[[], bool]) -> list[tuple[int, str]]:
    """A reader that keeps its place: everything it was told, in the order it was told, while anybody writes."""
    told: list[tuple[int, str]] = []
    after = 0
    async with AsyncConnectionPool(dsn, min_size=1, max_size=2) as pool:
        head = Head(pool, schema="grants")

        def tell(fact):  # type: ignore[no-untyped-def]
            return Message(type="returned", subject=fact.stream, data={"reason": fact.event.reason})

        feed = Feed(pool, head, schema="grants", source="/grants", mappers={AwardReturned.TOPIC: tell})
        while len(told) < upto:
            more_comes = writing()
            page = await feed.read(after, 100, 10)
            assert page.next_after > after or more_comes, "nothing came though all had written"
            told += [(int(message["id"]), message["data"]["reason"]) for message in page.messages]
            after = page.next_after
        await head.close()
    return told


def test_eight_processes_write_and_a_reader_is_told_of_each_event_once_and_in_order(
    database: Database, tmp_path: Path, long: bool
) -> None:
    each = EACH[long]
    with played(database, tmp_path) as year:
        year.open_year()
    writers = [FRESH.Process(target=write, args=(database.service_dsn, writer, each)) for writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    written = follow(database.service_dsn, WRITERS * each, lambda: any(writer.is_alive() for writer in writers))
    told = asyncio.run(written)
    for writer in writers:
        writer.join(PATIENCE_SECONDS)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS

    assert [position for position, _ in told] == list(range(2, 2 + WRITERS * each))
    assert {reason for _, reason in told} == {f"{writer}/{n}" for writer in range(WRITERS) for n in range(each)}
    with psycopg.connect(database.reader_dsn) as connection:
        rows = [
            StoredEvent(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM grants.event ORDER BY position")
        ]
        commands = connection.execute("SELECT count(*), count(DISTINCT first_position) FROM grants.command").fetchone()
    assert [row.position for row in rows] == list(range(1, 2 + WRITERS * each))
    assert commands == (len(rows), len(rows))
    assert verify(rows) == []
