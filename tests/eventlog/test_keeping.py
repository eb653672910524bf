"""Whoever keeps facts outside looks each second, and costs next to nothing while nothing is recorded."""

import asyncio
from pathlib import Path

import psycopg

from services.eventlog.outside.keeping import Keeping
from services.eventlog.outside.kept_outside import KeptOutside
from services.grants.restoring import KEPT, take_up
from services.tracing import spans
from tests.conftest import Database
from tests.eventlog.played import KEY, played
from tests.patience import until
from tests.tracing.kept import traced

LOOKS = 3
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = 'grants_service' AND datname = current_database()"


def test_it_holds_one_connection_and_asks_once_each_time(database: Database, tmp_path: Path) -> None:
    def backends() -> set[int]:
        with psycopg.connect(database.admin_dsn) as connection:
            return {pid for (pid,) in connection.execute(BACKENDS)}

    async def story(keeping: Keeping, before: set[int]) -> None:
        await keeping.keep_up()
        held = backends() - before
        assert len(held) == 1
        with traced() as kept:
            keeping._hang_up()  # one that is traced takes its place
            await keeping.keep_up()
            held = backends() - before - held
            with spans.request(()):
                for _ in range(LOOKS):
                    await keeping.keep_up()
            assert len(kept.named("SELECT")) == LOOKS
        assert len(held) == 1
        assert held <= backends()
        (pid,) = held
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        try:
            await keeping.keep_up()
        except psycopg.OperationalError:
            await keeping.keep_up()  # the next look has another connection
        assert len(backends() - before - held) == 1
        await keeping.stop()
        await until(lambda: backends() - before, lambda left: not left)

    with played(database, tmp_path) as year:
        year.open_year()
        kept = KeptOutside(tmp_path / "checkpoints", KEY, log="grants")
        keeping = Keeping(year.log, database.service_dsn, kept, schema="grants", topics=KEPT, take_up=take_up)
        asyncio.run(story(keeping, backends()))
