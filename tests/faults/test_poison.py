"""A11: an event that cannot be followed. Its stream is parked with an alarm, the others go on, and after the fix the
view is the same as from nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, Engine

from services.eventlog.command import Command
from services.eventlog.events import Event
from services.eventlog.projections.projection import Parked
from services.eventlog.projections.projector import Projector
from services.eventlog.projections.runner import Runner
from services.eventlog.recorded import Recorded
from services.eventlog.writing.writer import Row, Waiting
from services.grants.case_view.list_row import CaseRow
from tests.eventlog.played import Played, case
from tests.eventlog.projector import Watched, catch_up, engine_of, listed, projector
from tests.patience import PATIENCE_SECONDS, wait_until


@dataclass(frozen=True, kw_only=True)
class Unfolded(Event, topic="test.unfolded.v1"):
    """A kind that is known, and that the list of cases does not fold."""


@pytest.fixture
def engine(year: Played) -> Iterator[Engine]:
    engine = engine_of(year.database)
    yield engine
    engine.dispose()


def poison(position: int) -> Callable[[Sequence[Recorded]], None]:
    """Something in this very event that the code cannot take."""

    def refuse(facts: Sequence[Recorded]) -> None:
        assert position not in {fact.position for fact in facts}, "this one cannot be folded"

    return refuse


def parked(following: Projector) -> list[Parked]:
    with following.engine.begin() as connection:
        editions = following.editions.list_all(connection)
        return [parked for edition in editions for parked in following.parking.list_all(connection, edition.edition)]


def from_nothing(year: Played, engine: Engine) -> Sequence[CaseRow]:
    """The list as a rebuild gives it."""
    rebuilding = projector(engine)
    rebuilding.rebuild()
    catch_up(rebuilding)
    return listed(year.database)


def raw(year: Played, stream: str, version: int, topic: str, data: bytes) -> None:
    """An event as another version of the code may have written it."""
    row = Row(stream, version, topic, data, b'{"actor":"kari","command_id":"-","correlation_id":"-"}')
    outcome = year.log.factory.writer.submit(Waiting(Command(actor="kari"), [row], None)).result(PATIENCE_SECONDS)
    assert outcome.outcome == "recorded"


@pytest.mark.parametrize("together", [1, 3, 1000])
def test_only_the_stream_that_fails_is_parked_and_caught_up_after_the_fix(
    year: Played, engine: Engine, together: int
) -> None:
    broken = Watched(before=poison(8))  # the approval of case 2
    catch_up(projector(engine, broken, together=together))
    (only,) = parked(projector(engine))
    assert (only.stream, only.position, only.topic) == (case(2), 8, "award.approved.v1")
    assert only.held == 4
    assert only.attempts == 4
    assert "this one cannot be folded" in only.error
    assert [row.withheld_ore for row in listed(year.database)] == [200, 200, 0, 200]

    year.live_through(5)
    catch_up(projector(engine, broken, together=together))
    assert projector(engine, broken).replay_parked() == 0
    assert [stream.attempts for stream in parked(projector(engine))] == [5]

    assert projector(engine).replay_parked() == 1
    assert parked(projector(engine)) == []
    replayed = listed(year.database)
    assert replayed == from_nothing(year, engine)
    assert [row.withheld_ore for row in replayed] == [200] * 5


def test_what_comes_to_a_parked_stream_waits_and_is_counted(year: Played, engine: Engine) -> None:
    catch_up(projector(engine, Watched(before=poison(7))))
    assert [stream.held for stream in parked(projector(engine))] == [5]
    raw(year, case(2), 6, "test.unfolded.v1", b"{}")
    catch_up(projector(engine, Watched(before=poison(7))))
    assert [stream.held for stream in parked(projector(engine))] == [6]


def test_a_kind_nobody_here_knows_parks_its_stream(year: Played, engine: Engine) -> None:
    raw(year, case(1), 6, "award.from-the-future.v9", b"{}")
    catch_up(projector(engine))
    assert [(stream.stream, stream.error) for stream in parked(projector(engine))] == [
        (case(1), "UnknownTopic: award.from-the-future.v9")
    ]


def test_a_known_kind_the_view_does_not_fold_parks_nothing(year: Played, engine: Engine) -> None:
    raw(year, case(1), 6, Unfolded.TOPIC, b"not even JSON")
    catch_up(projector(engine))
    assert parked(projector(engine)) == []


@pytest.mark.parametrize("data", [b"{}", b'{"reason": 7}', b"\xff\xfe", b"", b'{"reason":"\\u0000"}'])
def test_an_event_that_cannot_be_read_parks_its_stream(year: Played, engine: Engine, data: bytes) -> None:
    raw(year, case(1), 6, "award.returned.v1", data)
    year.live_through(5)
    catch_up(projector(engine))
    assert [(stream.stream, stream.position) for stream in parked(projector(engine))] == [(case(1), 22)]
    assert len(listed(year.database)) == 5


def test_many_poisoned_streams_do_not_hold_up_the_others(year: Played, engine: Engine) -> None:
    year.live_through(*range(5, 25))
    bad = {8, 13, 23, 48, 73, 98}

    def refuse(facts: Sequence[Recorded]) -> None:
        assert not bad & {fact.position for fact in facts}

    catch_up(projector(engine, Watched(before=refuse), together=10))
    assert sorted(stream.position for stream in parked(projector(engine))) == sorted(bad)
    assert projector(engine).replay_parked() == len(bad)
    assert listed(year.database) == from_nothing(year, engine)


def test_what_the_database_could_not_do_just_now_parks_nothing(year: Played, engine: Engine) -> None:
    tries: list[int] = []

    class Unlucky(Watched):
        def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
            tries.append(1)
            if len(tries) < 12:
                raise psycopg.errors.DeadlockDetected
            super().project(connection, edition, facts)

    catch_up(projector(engine, Unlucky()))
    assert len(tries) == 12
    assert parked(projector(engine)) == []
    assert len(listed(year.database)) == 4


def test_a_parked_stream_rings_and_a_new_run_catches_it_up(year: Played) -> None:
    def ran(cases: Watched, parked_streams: int) -> None:
        registry = CollectorRegistry()
        runner = Runner(year.database.service_dsn, [cases], schema="grants", views="grants_view", registry=registry)
        runner.start()
        named = {"projection": "cases"}
        wait_until(lambda: registry.get_sample_value("tilsagn_projection_lag_events", named) == 0)
        assert registry.get_sample_value("tilsagn_projection_parked_streams", named) == parked_streams
        runner.end()

    ran(Watched(before=poison(8)), 1)
    ran(Watched(), 0)
    assert [row.withheld_ore for row in listed(year.database)] == [200] * 4
