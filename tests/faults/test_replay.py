"""A16, A5: everything replayed, twice, gives identical views and identical balances; nothing is skipped or doubled."""

import random
from collections.abc import Iterator
from hashlib import sha256
from threading import Thread

import psycopg
import pytest
from sqlalchemy import Engine

from dev.verifying.log import verify
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.grants.case_view.list_row import FIELDS
from tests.eventlog.played import Played
from tests.eventlog.projector import Watched, catch_up, editions, engine_of, projector


@pytest.fixture
def engine(year: Played) -> Iterator[Engine]:
    engine = engine_of(year.database)
    yield engine
    engine.dispose()


def view_hash(year: Played) -> str:
    """Every row of the live edition, to the last bit."""
    live = "SELECT edition FROM grants_view.edition WHERE projection = 'cases' AND state = 'live'"
    query = f"SELECT ({', '.join(FIELDS)})::text FROM grants_view.case_row WHERE edition = ({live}) ORDER BY case_id"
    with psycopg.connect(year.database.reader_dsn) as connection:
        rows = connection.execute(query.encode()).fetchall()
    assert rows
    return sha256(repr(rows).encode()).hexdigest()


def test_everything_replayed_twice_gives_identical_views(year: Played, engine: Engine) -> None:
    year.live_through(*range(5, 40))
    catch_up(projector(engine, together=7))
    hashes = [view_hash(year)]
    for together in (1000, 3):
        replaying = projector(engine, together=together)
        replaying.rebuild()
        while any(edition.state == "building" for edition in editions(engine)):
            replaying.step()
        hashes.append(view_hash(year))
    assert len(set(hashes)) == 1
    assert [edition.edition for edition in editions(engine)] == [3]


def test_a_view_that_was_changed_by_hand_is_right_again_after_a_rebuild(year: Played, engine: Engine) -> None:
    catch_up(projector(engine))
    right = view_hash(year)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE grants_view.case_row SET amount_ore = amount_ore + 1")
    assert view_hash(year) != right
    replaying = projector(engine)
    replaying.rebuild()
    catch_up(replaying)
    assert view_hash(year) == right


def test_balances_worked_out_from_nothing_twice_are_those_that_stand(year: Played) -> None:
    directory = year.checkpoints.directory
    once = verify(year.database.reader_dsn, directory, directory / PUBLIC_KEY, every_day=True)
    assert once == verify(year.database.reader_dsn, directory, directory / PUBLIC_KEY, every_day=True)
    assert once[1] == []


def test_a_view_that_follows_slow_and_rolled_back_commits_skips_nothing(year: Played, engine: Engine) -> None:
    """Other transactions hold the log's lock, wait, and give up, while four writers append and a projector follows."""
    chance = random.Random(20201102)
    written = [Thread(target=year.live_through, args=range(first, first + 25)) for first in (100, 200, 300, 400)]
    watched = Watched()
    following = projector(engine, watched, together=20)
    for thread in written:
        thread.start()
    while any(thread.is_alive() for thread in written):
        with psycopg.connect(year.database.service_dsn) as slow:
            slow.execute(
                "SELECT * FROM grants.append(ARRAY[gen_random_uuid()], '{slow}', '{NULL}', '{NULL}', '{NULL}', '{1}',"
                " ARRAY['case-' || gen_random_uuid()], '{1}', '{award.returned.v1}',"
                " ARRAY[convert_to('{}', 'UTF8')], ARRAY[convert_to('{}', 'UTF8')], '{NULL}', now())"
            )
            following.step()
            if chance.random() < 0.5:
                slow.execute("SELECT pg_sleep(0.01)")
            slow.rollback()
        following.step()
    catch_up(following)
    assert watched.seen == list(range(2, 22 + 4 * 25 * 5))
