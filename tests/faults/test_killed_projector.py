"""A3: a projector killed without a word, at every boundary. The view is then what a replay from nothing gives."""

import os
import signal
from collections.abc import Iterator, Sequence

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from services.eventlog.projections.projection import Editions
from services.eventlog.recorded import Recorded
from services.grants.case_view.list_projection import Cases
from tests.conftest import Database
from tests.eventlog.played import Played
from tests.eventlog.projector import catch_up, editions, engine_of, listed, projector
from tests.fresh import FRESH
from tests.patience import PATIENCE_SECONDS

BOUNDARIES = ("before the view", "after the view", "after the place", "while switching")
TOGETHER = 6


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Killed(Cases):
    """Dies before or after what it writes for the batch that holds a certain position."""

    def __init__(self, when: str, position: int) -> None:
        self.when = when
        self.position = position

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        hit = self.position in {fact.position for fact in facts}
        if hit and self.when == "before the view":
            die()
        super().project(connection, edition, facts)
        if hit and self.when == "after the view":
            die()


class KilledEditions(Editions):
    """Dies once the place is saved and not yet committed, or once the old edition is retired."""

    def __init__(self, projection: Killed, views: str) -> None:
        super().__init__(projection, views)
        self.killed = projection

    def save(self, connection: Connection, edition: int, position: int) -> None:
        super().save(connection, edition, position)
        if self.killed.when == "after the place" and position >= self.killed.position:
            die()

    def switch(self, connection: Connection, edition: int) -> None:
        super().switch(connection, edition)
        if self.killed.when == "while switching":
            die()


def run_until_killed(database: Database, when: str, position: int) -> None:
    """One process of its own; it must not come to its end."""
    cases = Killed(when, position)
    following = projector(engine_of(database), cases, together=TOGETHER)
    following.editions = KilledEditions(cases, "grants_view")
    for _ in range(20):
        following.step()


@pytest.fixture
def engine(year: Played) -> Iterator[Engine]:
    engine = engine_of(year.database)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("when", BOUNDARIES)
def test_a_projector_killed_at_a_boundary_leaves_what_a_replay_gives(year: Played, engine: Engine, when: str) -> None:
    catch_up(projector(engine))
    right = listed(year.database)
    projector(engine).rebuild()
    for position in (2, 14):
        process = FRESH.Process(target=run_until_killed, args=(year.database, when, position))
        process.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == -signal.SIGKILL
        assert listed(year.database) == right  # the old edition is read all the while
        until_released(year.database)
    catch_up(projector(engine, together=TOGETHER))
    while len(editions(engine)) > 1:
        projector(engine, together=TOGETHER).step()
    assert [(edition.edition, edition.state) for edition in editions(engine)] == [(2, "live")]
    assert listed(year.database) == right


def until_released(database: Database) -> None:
    """The killed process's sessions are gone, and with them its locks."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
            " AND state LIKE 'idle in transaction%%' AND pid <> pg_backend_pid()",
            (database.name,),
        )
