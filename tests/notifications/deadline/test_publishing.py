"""The day a letter of allocation is published, as it is recorded of its deadline: on any day, as known at any instant,
and until somebody takes it back. Nothing else that is recorded of deadlines is seen."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.notifications.deadline.events import DeadlineReopened, UndatedMet
from services.notifications.deadline.publishing.view import Publishing
from tests.conftest import Database
from tests.notifications.deadline.publishing import KEY, OTHER, met, record

DAY = date(2020, 1, 3)


def test_it_is_published_from_its_day_and_from_when_that_is_known(database: Database) -> None:
    began = datetime.now(UTC) - timedelta(seconds=5)
    record(
        database,
        met(KEY, DAY),
        met("assignment-0-1-x", DAY),
        met(OTHER, DAY),
        DeadlineReopened(key=OTHER, reason="Feil brev", recorded_by="ola"),
    )
    record(database, met(KEY, date(2021, 1, 2)), stream="deadlines-2021")

    async def go() -> None:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            published = Publishing(pool)
            found = await published.find(2020, KEY, valid_at=DAY, known_at=None)
            assert found is not None
            assert found["published_on"] == DAY
            at = found["recorded_at"]
            assert await published.find(2020, KEY, valid_at=DAY - timedelta(days=1), known_at=None) is None
            assert await published.find(2020, KEY, valid_at=DAY, known_at=began) is None
            assert await published.find(2020, KEY, valid_at=DAY, known_at=at) == found
            assert await published.find(2020, OTHER, valid_at=DAY, known_at=None) is None, "taken back"
            assert await published.find(2020, "letter-publication-1-1", valid_at=DAY, known_at=None) is None
            async with pool.connection() as connection:
                rows = await (await connection.execute("SELECT key FROM notifications.letter_publication")).fetchall()
            assert [key for (key,) in rows] == [KEY, OTHER, OTHER, KEY], "and nothing of the assignment"

    asyncio.run(go())


def test_one_without_a_day_is_published_as_any_other_and_no_word_of_anybody_is_seen(database: Database) -> None:
    record(database, UndatedMet(key=KEY, met_on=DAY, ground="Hemmelig", recorded_by="kari"))

    async def go() -> None:
        async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
            found = await Publishing(pool).find(2020, KEY, valid_at=DAY, known_at=None)
            assert found is not None
            assert found.keys() == {"key", "published_on", "recorded_at"}

    asyncio.run(go())
    with psycopg.connect(database.dashboard_dsn) as connection:
        columns = connection.execute("SELECT * FROM notifications.letter_publication").description
    assert columns is not None
    assert {each.name for each in columns} == {"stream", "position", "recorded_at", "key", "published_on"}
