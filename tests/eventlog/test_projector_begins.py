"""Runners that begin at once fill one edition between them, and what is cut off between applying and saving is applied
once. Each race is held open at its point, so that it happens in every run."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from services.eventlog.projections.projection import Edition, Editions
from services.eventlog.projections.projector import Projector
from tests.conftest import Database
from tests.eventlog.played import Played, played
from tests.eventlog.projector import Watched, catch_up, editions, engine_of, listed, projector
from tests.patience import PATIENCE_SECONDS, wait_until

EVENTS = list(range(2, 17))
"""The events of three lives that the list of cases folds; the year's letter is not among them."""


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


class Overtaken(Editions):
    """Editions that something happens to right after the first look at them."""

    between: Callable[[], object] | None = None

    def list_all(self, connection: Connection) -> list[Edition]:
        seen = super().list_all(connection)
        between, self.between = self.between, None
        if between:
            between()
        return seen


def overtaken(engine: Engine, cases: Watched, between: Callable[[], object]) -> Projector:
    """A runner that has looked at the editions, and is held there until `between` is done."""
    slow = projector(engine, cases)
    slow.editions = Overtaken(cases, "grants_view")
    slow.editions.between = between
    return slow


def prepare(other: Projector) -> None:
    with other.engine.begin() as connection:
        other.editions.prepare(connection)


OTHER_HAS: dict[str, Callable[[Projector], object]] = {
    "begun an edition": prepare,
    "filled a part of it": Projector.step,
    "filled it and gone live": catch_up,
}


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("has", OTHER_HAS)
@pytest.mark.parametrize("upgraded", [False, True], ids=["the first edition", "an edition by newer code"])
def test_runners_that_begin_at_once_fill_one_edition(engine: Engine, has: str, upgraded: bool) -> None:
    version = 1
    if upgraded:
        catch_up(projector(engine, Watched(version=1)))
        version = 2
    first, second = Watched(version=version), Watched(version=version)
    other = projector(engine, first, together=4)
    slow = overtaken(engine, second, partial(OTHER_HAS[has], other))
    slow.step()
    catch_up(slow)
    catch_up(other)
    assert sorted(first.seen + second.seen) == EVENTS
    assert [(each.edition, each.version, each.state) for each in editions(engine)] == [(version, version, "live")]


@pytest.mark.parametrize("commits", [True, False], ids=["commits", "is cut off"])
def test_who_meets_an_edition_that_is_being_begun_waits_for_it(year: Played, engine: Engine, commits: bool) -> None:
    first, second = Watched(), Watched()
    other, slow = projector(engine, first), projector(engine_of(year.database), second)
    with engine.connect() as connection:
        other.editions.prepare(connection)
        thread = Thread(target=slow.step)
        thread.start()
        _wait_for_a_lock(year.database)
        connection.commit() if commits else connection.rollback()
    thread.join(PATIENCE_SECONDS)
    catch_up(other)
    assert sorted(first.seen + second.seen) == EVENTS
    assert [each.edition for each in editions(engine)] == [1]


@pytest.mark.usefixtures("year")
def test_a_rebuild_that_is_asked_for_while_a_runner_begins_is_one_edition_more_and_no_third(engine: Engine) -> None:
    catch_up(projector(engine, Watched(version=1)))
    old, new = projector(engine, Watched(version=1)), Watched(version=2)
    slow = overtaken(engine, new, old.rebuild)
    slow.step()
    catch_up(slow)
    assert [(each.edition, each.version, each.state) for each in editions(engine)] == [(3, 2, "live")]
    assert new.seen == EVENTS


class CutOff(Editions):
    """Editions whose connection is cut, a few times, round the saving of the place."""

    cuts: int = 2
    after: bool = False

    def save(self, connection: Connection, edition: int, position: int) -> None:
        if self.after:
            super().save(connection, edition, position)
        if self.cuts:
            self.cuts -= 1
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        if not self.after:
            super().save(connection, edition, position)


@pytest.mark.parametrize("after", [False, True], ids=["before the place is saved", "after it"])
def test_a_batch_that_is_cut_off_once_applied_is_applied_once(year: Played, engine: Engine, after: bool) -> None:
    cases = Watched()
    cut = projector(engine, cases, together=4)
    cut.editions = CutOff(cases, "grants_view")
    cut.editions.after = after
    catch_up(cut)
    rows = listed(year.database)
    assert cut.editions.cuts == 0
    assert cases.seen[: len(cases.seen) - len(EVENTS)], "it was cut off after it had applied something"
    assert [(row.disbursed_ore, row.withheld_ore) for row in rows] == [(300, 200)] * 3


def _wait_for_a_lock(database: Database) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        wait_until(lambda: admin.execute(waiting, (database.name,)).fetchone(), lambda it: it == (1,))
