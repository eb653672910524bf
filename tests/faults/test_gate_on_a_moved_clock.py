"""G1-G5: the gate of a live PostgreSQL whose machine's clock moves, with its own clock function as migrated.

The stretches that are not 14 x 24 hours by the wall: both changes of the clock, the leap day, the turn of the year.
Then clocks that are wrong: the database's, or that of whoever asks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from services.eventlog.writing.clocks import ClocksApart
from services.notifications.facts.release import AfterNotice
from tests.conftest import Database, copied
from tests.faults.gate_attacks import dispatched, ordered, prepare, receipt
from tests.faults.moved_clock import MovedCluster, MovedWorld, moved_cluster
from tests.notifications.world import Kept, KeptWorld, Refused, held, id_of, letter, notice, released

# Received, and by hand: the first instant of the 15th day after in Norway, or 336 hours if that is later.
STRETCHES = {
    "leap day": (datetime(2020, 2, 17, 9, tzinfo=UTC), datetime(2020, 3, 2, 23, tzinfo=UTC)),
    "summer time begins": (datetime(2020, 3, 15, 22, 30, tzinfo=UTC), datetime(2020, 3, 29, 22, 30, tzinfo=UTC)),
    "summer time ends": (datetime(2020, 10, 15, 9, tzinfo=UTC), datetime(2020, 10, 29, 23, tzinfo=UTC)),
    "turn of the year": (datetime(2020, 12, 22, 9, tzinfo=UTC), datetime(2021, 1, 5, 23, tzinfo=UTC)),
}
JUST_BEFORE = timedelta(seconds=45)
WRONG = {
    "an hour behind": timedelta(hours=-1),
    "a year behind": timedelta(days=-365),
    "fourteen days ahead": timedelta(days=14),
    "a year ahead": timedelta(days=365),
}


@pytest.fixture(scope="module")
def server() -> Iterator[MovedCluster]:
    with moved_cluster() as moved:
        yield moved


@pytest.fixture
def moved(server: MovedCluster) -> Iterator[Database]:
    with copied(server.cluster) as database:
        yield database


def world_of(database: Database, server: MovedCluster) -> Kept:
    return Kept(database, lambda log, owner: MovedWorld(log=log, owner=owner, server=server))


def tell(world: KeptWorld, name: str, received_at: datetime) -> None:
    """The letter is held and its notice sent; a minute later it is received."""
    world.now = received_at - timedelta(minutes=1)
    world.record(letter(name), held(name))
    prepare(world, name, name)
    world.record(notice(name), ordered(), dispatched(world))
    world.now = received_at
    world.record(notice(name), receipt(world))


def ask(world: KeptWorld, name: str, said_at: datetime) -> str:
    """What PostgreSQL answers one who asks it straight, past the service's own rules."""
    ground = AfterNotice(notice_id=id_of(name), opened_at=said_at)
    it = world.held(letter(name)).letter
    assert it is not None
    try:
        world.record(letter(name), released(it, ground, said_at))
    except (Refused, ClocksApart) as refused:
        return refused.code
    return "released"


def test_the_edge_is_where_it_should_be_on_every_stretch(moved: Database, server: MovedCluster) -> None:
    with world_of(moved, server) as world:
        for name, (received_at, opens_at) in STRETCHES.items():
            tell(world, name, received_at)
            world.now = opens_at - JUST_BEFORE
            assert ask(world, name, world.now) == "notice-too-young", name
            world.now = opens_at
            assert ask(world, name, world.now) == "released", name
            assert ask(world, name, world.now) == "already-released", name
    with psycopg.connect(moved.admin_dsn) as database:
        rows = database.execute("SELECT opens_at, released_at FROM notifications.release ORDER BY position").fetchall()
    assert [row[0] for row in rows] == [opens_at for _, opens_at in STRETCHES.values()]
    assert all(opens_at <= released_at < opens_at + JUST_BEFORE for opens_at, released_at in rows)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_clock_that_is_wrong_lets_nothing_out(moved: Database, server: MovedCluster, wrong: timedelta) -> None:
    received_at, opens_at = STRETCHES["summer time begins"]
    with world_of(moved, server) as world:
        tell(world, "a", received_at)
        true = received_at + timedelta(days=13)
        world.now = true + wrong
        world.said = true
        assert ask(world, "a", true) == "clocks-apart"
        world.said = None
        world.now = true
        assert ask(world, "a", true + wrong) in {"clocks-disagree", "notice-too-young"}
        world.said = true + wrong
        assert ask(world, "a", true + wrong) == "clocks-apart"
        world.said = None
        world.now = opens_at
        assert ask(world, "a", opens_at) == "released"


def test_a_log_that_was_once_ahead_lets_nothing_out_until_time_catches_up(
    moved: Database, server: MovedCluster
) -> None:
    received_at, opens_at = STRETCHES["summer time begins"]
    with world_of(moved, server) as world:
        tell(world, "a", received_at)
        world.now = ahead = opens_at + timedelta(days=3)
        world.record(letter("b"), held("b"))
        world.now = opens_at
        assert ask(world, "a", opens_at) == "clocks-apart"
        world.now = ahead + timedelta(minutes=1)
        assert ask(world, "a", world.now) == "released"
