"""What the tests of delivering build, for other tests to use as well."""

import asyncio

import psycopg

from tests.conftest import Database


async def hurry(database: Database) -> None:
    """What waits for its next try is due now."""

    def move() -> None:
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            connection.execute("UPDATE notifications.delivery SET next_at = now() WHERE state = 'waiting'")

    await asyncio.to_thread(move)
