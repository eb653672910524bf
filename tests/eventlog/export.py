"""What the tests of export build, for other tests to use as well."""

import asyncio

from psycopg_pool import AsyncConnectionPool

from services.eventlog.feeds.export import export_lines
from tests.eventlog.played import Played


def exported(year: Played, after: int = 0, *, with_checkpoints: bool = True) -> bytes:
    async def read() -> bytes:
        async with AsyncConnectionPool(year.database.reader_dsn, min_size=1, max_size=1) as pool:
            kept = year.checkpoints.contents() if with_checkpoints else ()
            return b"".join([line async for line in export_lines(pool, after, checkpoints=kept)])

    return asyncio.run(read())
