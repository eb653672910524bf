"""Whoever stands still holds nobody up twice, and the next leader is met within five seconds of any instant."""

import asyncio
import itertools
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq.abc import PGconn
from psycopg_pool.base import AttemptWithBackoff

from services.eventlog.connections.connecting import Impatient, ImpatientAside
from services.eventlog.connections.overtaken import LOOK_SECONDS, hang_up
from services.eventlog.connections.pool import RECONNECT_SECONDS
from services.eventlog.connections.servers import Servers
from tests.conftest import Database
from tests.house.limits import LIMITS

BACK_SECONDS = 5.0
CONNECT_SECONDS = LIMITS["services/eventlog/connections/connecting.py:CONNECT_SECONDS"]
THREE = "host=a,b,c port=1,2,3 dbname=x target_session_attrs=read-write"


@contextmanager
def silent() -> Iterator[tuple[str, socket.socket]]:
    """A server that stands still: what it is asked waits in the kernel, and nothing is said. Its folder, and where the
    asking is taken up."""
    with (
        tempfile.TemporaryDirectory(dir="/tmp", prefix="tilsagn-silent-") as folder,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        listening.bind(str(Path(folder) / ".s.PGSQL.5432"))
        listening.listen(64)
        listening.setblocking(False)
        yield folder, listening


def times_asked(listening: socket.socket) -> int:
    """How often since it was last asked."""
    times = 0
    while True:
        try:
            taken, _ = listening.accept()
        except BlockingIOError:
            return times
        taken.close()
        times += 1


def both(database: Database, folder: str) -> str:
    """The silent one first, in the order as written."""
    known = conninfo_to_dict(database.service_dsn)
    hosts, port = f"{folder},{known['host']}", known.get("port") or "5432"
    return make_conninfo("", **known | {"host": hosts, "port": f"5432,{port}", "connect_timeout": 2})


@pytest.mark.parametrize("aside", [False, True])
def test_one_that_said_nothing_is_asked_last_from_then_on(database: Database, aside: bool) -> None:
    """Seen: each attempt drew its order anew, and waited for the silent one wherever it came first."""

    def ask(dsn: str) -> None:
        async def ask_aside() -> None:
            await (await ImpatientAside.connect(dsn)).close()

        asyncio.run(ask_aside()) if aside else Impatient.connect(dsn).close()

    with silent() as (folder, listening):
        dsn = both(database, folder)
        ask(dsn)
        assert times_asked(listening) == 1
        for _ in range(5):
            ask(dsn)
        assert times_asked(listening) == 0


def test_where_nobody_else_takes_it_the_silent_one_is_asked_and_what_each_said_is_told() -> None:
    with silent() as (folder, listening):
        dsn = make_conninfo("", host=f"/nowhere/a,{folder},/nowhere/b", dbname="x", connect_timeout=2)
        for _ in range(2):
            with pytest.raises(psycopg.OperationalError, match=r"(?s)nowhere/a.*nowhere/b"):
                Impatient.connect(dsn)
            assert times_asked(listening) == 1


def test_the_order_is_as_written_or_by_chance_and_the_silent_last_until_they_speak() -> None:
    known = Servers()
    written = [server for server, _ in known.in_order(THREE)]
    assert written == [("a", "1"), ("b", "2"), ("c", "3")]
    by_chance = f"{THREE} load_balance_hosts=random"
    drawn = {tuple(server for server, _ in known.in_order(by_chance)) for _ in range(200)}
    assert drawn == set(itertools.permutations(written))
    known.note(written[0], silent=True)
    assert [server for server, _ in known.in_order(THREE)] == [*written[1:], written[0]]
    assert {known.in_order(by_chance)[-1][0] for _ in range(50)} == {written[0]}
    known.note(written[0], silent=False)
    assert [server for server, _ in known.in_order(THREE)] == written


def test_each_is_reached_alone_and_what_names_one_or_wants_the_librarys_loop_is_left_whole() -> None:
    alone = [conninfo_to_dict(address) for _, address in Servers().in_order(THREE)]
    assert [(each["host"], each["port"]) for each in alone] == [("a", "1"), ("b", "2"), ("c", "3")]
    assert all(each["target_session_attrs"] == "read-write" for each in alone)
    one_port = [conninfo_to_dict(address)["port"] for _, address in Servers().in_order("host=a,b port=7 dbname=x")]
    assert one_port == ["7", "7"]
    for whole in ("host=a dbname=x", "dbname=x", "host=a,b target_session_attrs=prefer-standby"):
        assert [address for _, address in Servers().in_order(whole)] == [whole]


@pytest.mark.parametrize("rounds", list(itertools.product((0.0, float(CONNECT_SECONDS)), repeat=4)))
def test_the_pool_asks_again_within_five_seconds_of_any_instant(
    rounds: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round costs nothing where all refuse at once, and one server's patience where one is silent and asked last.
    Whenever another begins to lead, the next round begins after what is left of the one under way and the pause."""
    monkeypatch.setattr(AttemptWithBackoff, "DELAY_JITTER", 0.0)
    attempt, now = AttemptWithBackoff(timeout=RECONNECT_SECONDS), 0.0
    for seconds in rounds:
        if attempt.time_to_give_up(now):
            break  # whoever asks next begins another at once
        attempt.update_delay(now)
        assert seconds + attempt.delay < BACK_SECONDS
        now += seconds + attempt.delay
    assert now > 0


def test_whoever_waits_for_a_frozen_server_meets_the_next_leader_within_five_seconds() -> None:
    assert CONNECT_SECONDS + LOOK_SECONDS < BACK_SECONDS


class Closed:
    """A connection that is closed just as its number was read, and the number is another's at once."""

    def __init__(self, number: int, *, closed: bool) -> None:
        self.number, self.closed, self.asked = number, closed, 0

    @property
    def socket(self) -> int:
        self.asked += 1
        if self.closed and self.asked > 1:
            raise psycopg.OperationalError("the connection is closed")
        return self.number


@pytest.mark.parametrize("closed", [False, True])
def test_who_hangs_up_shuts_the_connection_it_means_and_none_that_got_its_number(closed: bool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        hang_up(cast(PGconn, Closed(ours.fileno(), closed=closed)))
        if closed:
            with pytest.raises(BlockingIOError):
                theirs.recv(1)
        else:
            assert theirs.recv(1) == b""
