"""Projections in batches: the place in the same commit, one runner at a time, rebuilt beside the one that is read."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from uuid import UUID

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from services.eventlog.projections.projection import Edition
from services.eventlog.projections.runner import Runner
from services.eventlog.recorded import Recorded
from services.grants.case.events.award import AwardReturned
from services.grants.case_view.list_projection import Cases
from tests.conftest import Database
from tests.eventlog.played import EARMARK, Played, case, life, played
from tests.eventlog.projector import Watched, catch_up, editions, engine_of, listed, projector
from tests.patience import PATIENCE_SECONDS, wait_until


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


def test_a_case_is_listed_as_its_events_left_it(year: Played, engine: Engine) -> None:
    catch_up(projector(engine))
    first = listed(year.database)[-1]
    assert (first.case_id, first.fund_id, first.recipient) == (UUID(int=1), EARMARK, "Forening 1")
    assert (first.year, first.chapter, first.post, first.organisation_number) == (2020, 291, 71, "974760673")
    assert (first.amount_ore, first.disbursed_ore, first.withheld_ore) == (600, 300, 200)
    assert (first.state, first.proposed_by, first.approved_by) == ("approved", "kari", "ola")
    assert (first.opened_position, first.changed_position) == (2, 6)
    assert first.changed_at.astimezone(UTC) < datetime.now(UTC)


def test_the_list_is_newest_first_and_goes_on_after_the_last_one_shown(year: Played, engine: Engine) -> None:
    catch_up(projector(engine))
    shown = listed(year.database, limit=2)
    assert [row.case_id.int for row in shown] == [3, 2]
    assert [row.case_id.int for row in listed(year.database, after=shown[-1].opened_position)] == [1]
    assert listed(year.database, post=70) == []
    assert listed(year.database, year=2021) == []


def test_batches_of_any_size_give_the_same_list(year: Played, engine: Engine) -> None:
    catch_up(projector(engine))
    whole = listed(year.database)
    for together in (1, 2, 7, 1000):
        slow = projector(engine, together=together)
        slow.rebuild()
        while any(edition.state == "building" for edition in editions(engine)):
            slow.step()
        assert listed(year.database) == whole


def test_nothing_is_kept_of_a_batch_whose_commit_did_not_come(year: Played, engine: Engine) -> None:
    def cut(facts: Sequence[Recorded]) -> None:
        if len(cut_off) < 2:
            cut_off.append(facts[0].position)
            with psycopg.connect(year.database.admin_dsn, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = 'grants_service' AND query LIKE '%version, topic, data%' AND datname = %s",
                    (year.database.name,),
                )

    cut_off: list[int] = []
    catch_up(projector(engine, Watched(before=cut)))
    assert cut_off == [2, 2]
    assert [row.withheld_ore for row in listed(year.database)] == [200, 200, 200]


@pytest.mark.usefixtures("year")
def test_two_runners_never_both_apply(engine: Engine) -> None:
    entered, leave = Signal(), Signal()

    def hold(_: Sequence[Recorded]) -> None:
        entered.set()
        leave.wait(PATIENCE_SECONDS)

    slow, quick = Watched(before=hold), Watched()
    thread = Thread(target=projector(engine, slow).step)
    thread.start()
    assert entered.wait(PATIENCE_SECONDS)
    assert projector(engine, quick).step() == 0
    assert quick.seen == []
    leave.set()
    thread.join()
    assert slow.seen == list(range(2, 17))
    catch_up(projector(engine, quick))
    assert quick.seen == []


def test_many_runners_at_once_apply_each_event_once(year: Played) -> None:
    year.live_through(*range(4, 24))
    watched = [Watched() for _ in range(4)]
    threads = [
        Thread(target=catch_up, args=(projector(engine_of(year.database), cases, together=3),)) for cases in watched
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    applied = sorted(position for cases in watched for position in cases.seen)
    assert applied == list(range(2, 2 + 23 * 5))
    assert [row.disbursed_ore for row in listed(year.database)] == [300] * 23


def test_a_rebuild_is_filled_beside_the_one_that_is_read_and_takes_over_whole(year: Played, engine: Engine) -> None:
    catch_up(projector(engine))
    before = listed(year.database)
    rebuilding = projector(engine, together=4)
    rebuilding.rebuild()
    rebuilding.step()
    assert [(edition.state, edition.position) for edition in editions(engine)] == [("live", 16), ("building", 4)]
    assert listed(year.database) == before
    year.live_through(4)
    while len(editions(engine)) == 2:
        rebuilding.step()
        assert [row.amount_ore for row in listed(year.database)] in ([600] * 3, [600] * 4)
    assert [(edition.edition, edition.state, edition.position) for edition in editions(engine)] == [(2, "live", 21)]
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT edition FROM grants_view.case_row").scalars().all() == [2]


def test_newer_code_rebuilds_and_older_code_then_leaves_it_alone(year: Played, engine: Engine) -> None:
    old, new = Watched(version=1), Watched(version=2)
    catch_up(projector(engine, old))
    catch_up(projector(engine, new))
    year.live_through(4)
    assert projector(engine, old).step() == 0
    assert [edition.version for edition in editions(engine)] == [2] or projector(engine, new).step() > 0
    catch_up(projector(engine, new))
    assert [(edition.version, edition.state) for edition in editions(engine)] == [(2, "live")]
    assert len(old.seen) == 15
    assert len(new.seen) == 20


def test_the_runner_begins_anew_when_something_unforeseen_ends_it(year: Played) -> None:
    registry = CollectorRegistry()
    runner = Runner(year.database.service_dsn, [Cases()], schema="grants", views="grants_view", registry=registry)
    with psycopg.connect(year.database.admin_dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE grants_view.parked RENAME TO away")
        runner.start()
        wait_until(lambda: registry.get_sample_value("tilsagn_projection_restarts_total") or 0)
        owner.execute("ALTER TABLE grants_view.away RENAME TO parked")
    wait_until(lambda: len(listed(year.database)) == 3)
    wait_until(lambda: registry.get_sample_value("tilsagn_projection_lag_events", {"projection": "cases"}) == 0)
    year.live_through(4)
    wait_until(lambda: len(listed(year.database)) == 4)
    runner.end()
    assert not runner._thread.is_alive()


def test_a_second_proposal_takes_the_place_of_one_that_was_returned(year: Played, engine: Engine) -> None:
    year.say(case(9), 0, life(9, 900)[0])
    year.say(case(9), 1, AwardReturned(reason="For mye.", returned_by="ola"))
    catch_up(projector(engine))
    assert listed(year.database)[0].state == "returned"
    year.say(case(9), 2, life(9, 300)[0])
    catch_up(projector(engine))
    newest = listed(year.database)[0]
    assert (newest.state, newest.amount_ore, newest.opened_position) == ("proposed", 300, 17)


def test_what_is_parked_is_tried_again_by_itself_and_told_meanwhile(year: Played) -> None:
    """Whatever made it fail may have gone since: nobody has to start the service anew."""
    broken = Signal()
    broken.set()

    def fail(facts: Sequence[Recorded]) -> None:
        if broken.is_set() and any(fact.stream == case(2) for fact in facts):
            raise ValueError("it does not like case 2")

    registry = CollectorRegistry()
    runner = Runner(
        year.database.service_dsn,
        [Watched(before=fail)],
        schema="grants",
        views="grants_view",
        first_retry_seconds=0.1,
        registry=registry,
    )
    runner.start()
    wait_until(lambda: runner.parked == {"cases": 1})
    assert [row.case_id.int for row in listed(year.database)] == [3, 1]
    wait_until(
        lambda: (registry.get_sample_value("tilsagn_projection_retries_total", {"projection": "cases"}) or 0) >= 2
    )
    broken.clear()
    wait_until(lambda: len(listed(year.database)) == 3)
    wait_until(lambda: runner.parked == {})
    runner.end()
    assert registry.get_sample_value("tilsagn_projection_restarts_total") == 0


def test_the_pause_between_tries_of_what_is_parked_grows_to_a_bound(
    year: Played, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(facts: Sequence[Recorded]) -> None:
        if any(fact.stream == case(2) for fact in facts):
            raise ValueError("it does not like case 2")

    trying = projector(engine, Watched(before=fail), first_retry_seconds=1, longest_retry_seconds=20)
    catch_up(trying)
    assert year.database
    clock = [1_000.0]
    monkeypatch.setattr("services.eventlog.projections.projector.time.monotonic", lambda: clock[0])
    tried = []
    for second in range(100):
        clock[0] = 1_000.0 + second
        if trying.is_to_retry:
            tried.append(second)
            assert trying.retry_parked() == 0
    assert tried == [0, 2, 6, 14, 30, 50, 70, 90]


def test_a_projection_that_has_failed_for_days_goes_on_trying(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> list[Edition]:
        raise RuntimeError("a column is too long for its index")

    following = projector(engine, first_pause_seconds=1e-9, longest_pause_seconds=1e-9)
    with monkeypatch.context() as patched:
        patched.setattr(following.editions, "prepare", fails)
        for _ in range(1_100):
            assert following.step() == 0
    catch_up(following)
