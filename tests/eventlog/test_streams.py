"""A stream that is kept is read as the log has it, and only what has come since is read."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from psycopg import AsyncCursor
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command
from services.eventlog.log import History
from services.eventlog.streams import KeptStreams, Streams
from services.eventlog.writing.writer import Row, Waiting
from tests.eventlog.conftest import Bench
from tests.patience import PATIENCE_SECONDS

METADATA = b'{"actor":"kari","command_id":"00000000-0000-0000-0000-000000000000","correlation_id":"-"}'
STREAM = "case-1"


def record(bench: Bench, *said: str, after: int = 0) -> None:
    rows = [
        Row(STREAM, after + nth, "test.moved.v1", f'{{"what":"{what}"}}'.encode(), METADATA)
        for nth, what in enumerate(said, 1)
    ]
    bench.writer.submit(Waiting(Command(actor="kari"), rows, None)).result(PATIENCE_SECONDS)


def test_what_is_kept_grows_with_the_log_and_is_not_read_again(bench: Bench) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(bench.database.service_dsn, open=False) as pool:
            kept, plain = KeptStreams(pool, "grants.event"), Streams(pool, "grants.event")
            assert await kept.load(STREAM) == History(STREAM, ())
            for after, said in ((0, ("one", "two")), (2, ("three",))):
                record(bench, *said, after=after)
                assert await kept.load(STREAM) == await plain.load(STREAM)
            assert [said for said in await texts_read(kept) if said] == []
            assert (await kept.load(STREAM)).version == 3

    asyncio.run(go())


def test_a_log_that_leads_on_from_before_what_is_kept_is_read_anew(bench: Bench) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(bench.database.service_dsn, open=False) as pool:
            kept, plain = KeptStreams(pool, "grants.event"), Streams(pool, "grants.event")
            record(bench, "one", "two")
            true = await kept.load(STREAM)
            last = true.recorded[-1]
            another, beyond = replace(last, position=last.position + 7), replace(last, version=last.version + 1)
            for lost in (
                History(STREAM, (*true.recorded, beyond)),
                History(STREAM, (*true.recorded[:1], another)),
            ):
                kept._kept[STREAM] = lost
                assert await kept.load(STREAM) == true == await plain.load(STREAM)

    asyncio.run(go())


async def texts_read(kept: KeptStreams) -> list[Any]:
    """What of facts themselves is fetched when the stream is loaded once more."""
    fetched: list[Any] = []
    fetchall = AsyncCursor.fetchall

    async def watched(cursor: Any) -> list[Any]:
        rows = await fetchall(cursor)
        fetched.extend(row[4] for row in rows)
        return rows

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(AsyncCursor, "fetchall", watched)
        await kept.load(STREAM)
    return fetched
