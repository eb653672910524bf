"""A read model knows which log it was filled from: where that went on otherwise, it is filled anew by itself, beside
the one that is read."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine

from services.eventlog.projections.followed import Followed, follow_up
from services.grants.case_view.list_projection import Cases
from tests.conftest import Database
from tests.eventlog.played import Played, played
from tests.eventlog.projector import catch_up, editions, engine_of, listed, projector


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    with played(database, tmp_path) as history:
        history.open_year()
        history.live_through(1, 2, 3)
        yield history


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = engine_of(database)
    yield engine
    engine.dispose()


def followed(database: Database) -> Followed:
    async def ask() -> Followed:
        async with AsyncConnectionPool(database.reader_dsn, min_size=1, max_size=1) as pool:
            return await follow_up(pool, [Cases()], schema="grants")

    return asyncio.run(ask())


def goes_on_otherwise(year: Played, *numbers: int, last: int = 6) -> None:
    """As the owner: the log loses what came after a position, as when it alone is brought back; these cases follow."""
    with psycopg.connect(year.database.admin_dsn) as owner:
        for table in ("event", "entry", "command", "case_number"):
            owner.execute(f"ALTER TABLE grants.{table} DISABLE TRIGGER USER".encode())
        owner.execute("DELETE FROM grants.entry WHERE position > %s", (last,))
        owner.execute("DELETE FROM grants.command WHERE last_position > %s", (last,))
        owner.execute("DELETE FROM grants.event WHERE position > %s", (last,))
    year.live_through(*numbers)


@pytest.mark.parametrize("numbers", [(8,), (8, 9), (8, 9, 10)])
def test_it_is_filled_anew_where_the_log_went_on_otherwise(
    year: Played, engine: Engine, numbers: tuple[int, ...]
) -> None:
    """A log that is shorter than it was, as long, and longer."""
    catch_up(projector(engine))
    assert followed(year.database).filled_anew == ()
    goes_on_otherwise(year, *numbers)
    assert followed(year.database).filled_anew == ("cases",)
    following = projector(engine)
    following.step()
    assert [(each.state, each.stands) for each in editions(engine)] == [("live", False), ("building", True)]
    assert len(listed(year.database)) == 3  # it is read until the new one has caught up
    catch_up(following)
    assert [row.case_id.int for row in listed(year.database)] == [*reversed(numbers), 1]
    assert [(each.state, each.stands) for each in editions(engine)] == [("live", True)]
    assert followed(year.database).filled_anew == ()


def test_one_that_is_being_filled_begins_anew_too(year: Played, engine: Engine) -> None:
    first = projector(engine, together=4)
    for _ in range(3):
        first.step()
    assert [each.state for each in editions(engine)] == ["building"]
    goes_on_otherwise(year, 8)
    catch_up(projector(engine))
    assert [row.case_id.int for row in listed(year.database)] == [8, 1]


def test_what_an_earlier_release_kept_says_nothing(year: Played, engine: Engine) -> None:
    """It moves the place and leaves the hash behind: what stands there stands still."""
    first = projector(engine, together=4)
    first.step()
    with psycopg.connect(year.database.service_dsn) as earlier:
        earlier.execute("UPDATE grants_view.edition SET position = 16")
    assert [each.stands for each in editions(engine)] == [True]
