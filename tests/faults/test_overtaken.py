"""A primary that stood still while another was promoted: nobody waits for it until its statement would have to be over,
and nobody is told what it believed once it goes on."""

import asyncio
import threading
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.connections.connecting import PATIENCE_SECONDS as PATIENCE
from services.eventlog.connections.connecting import connect
from services.eventlog.connections.overtaken import Overtaken
from services.eventlog.connections.pool import open_later, open_now
from tests.faults.standby import Pair, pair
from tests.laid_servers import DATABASE, PASSWORD
from tests.patience import PATIENCE_SECONDS, wait_until

WHERE = "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """A pair whose servers are waited for without an end, unless somebody hangs up."""
    for work in PATIENCE:
        monkeypatch.setitem(PATIENCE, work, 100 * PATIENCE_SECONDS)
    with pair() as both:
        yield both


def wherever(both: Pair) -> str:
    """How grants' service reaches whichever of the two leads. Who does not answer soon is passed by, and asked again
    for as long as a test waits."""
    places = ",".join(quote(str(each.socket_directory), safe="") for each in (both.primary, both.standby))
    return f"postgresql://grants_service:{PASSWORD}@/{DATABASE}?host={places}&target_session_attrs=read-write&connect_timeout=2"


def test_who_waits_for_a_frozen_server_goes_on_at_the_next_and_never_reads_what_it_believed(two: Pair) -> None:
    dsn = wherever(two)

    async def aside() -> str:
        pool = open_later(dsn)
        async with pool:
            async with pool.connection() as first, pool.connection() as second:
                for each in (first, second):
                    await each.execute("SELECT 1")
            two.freeze()
            waiting = asyncio.create_task(_ask(pool))
            await asyncio.to_thread(two.take_over)
            with pytest.raises(psycopg.OperationalError):
                await waiting
            two.thaw()  # and what lay idle meanwhile leads there still
            return str((await _ask(pool))[0])

    before = asked(dsn)
    after = asyncio.run(aside())
    assert (before[:8], after[:8]) == ("00000001", "00000002")


async def _ask(pool: AsyncConnectionPool) -> tuple[object, ...]:
    async with pool.connection() as connection:
        found = await (await connection.execute(WHERE)).fetchone()
    assert found is not None
    return tuple(found)


def test_a_thread_that_waits_is_hung_up_on_too_and_the_old_one_is_refused_when_it_is_back(two: Pair) -> None:
    dsn, ended = wherever(two), threading.Event()
    pool = open_now(dsn)

    def wait() -> None:
        with pytest.raises(psycopg.OperationalError), pool.connection() as connection:
            connection.execute(WHERE)
        ended.set()

    with pool.connection() as connection:
        connection.execute("SELECT 1")
    two.freeze()
    threading.Thread(target=wait, daemon=True).start()
    two.take_over()
    assert ended.wait(PATIENCE_SECONDS)
    two.thaw()
    wait_until(lambda: knows_it_led(two))
    with pytest.raises(Overtaken):  # it takes writes, as far as it knows
        connect(two.service_dsn, "answering")
    pool.close()


def knows_it_led(two: Pair) -> bool:
    with psycopg.connect(two.service_dsn) as connection:
        row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    return row == (False,)


def asked(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(WHERE).fetchone()
    assert row is not None
    return str(row[0])
