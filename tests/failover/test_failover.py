"""Three nodes, both services, load over HTTP and letters that come due, while one death follows another (`make
failover`). Nothing that was answered may be lost or stand twice, nobody may be answered otherwise than with success, a
refusal or 503, and all must be back within five seconds of the new leader.

`--short` dies once in each way; without it some twenty times, and once for five minutes. The control is the same with
asynchronous replication: it loses, and says so.
"""

import random
import time
from pathlib import Path
from statistics import median

import pytest

from tests.failover.cluster import Cluster, cluster
from tests.failover.deaths import WAYS, Died, away_for_long, standbys_silent, wait_writable
from tests.failover.held import check_balance, check_calm, check_positions, check_verified, compare
from tests.failover.letters import letters
from tests.failover.load import CALLERS, Load
from tests.failover.processes import Process, Services, Watch, services
from tests.faults.service import allow_back_dating, open_funds
from tests.patience import wait_until

ROUNDS = 4
LEAST_ACKNOWLEDGED = 20_000
BACK_SECONDS = 5.0
BETWEEN_SECONDS = 5.0
BILLION = 10**12
BEHIND = "log-behind-its-checkpoints"
"""What is answered where what was lost had been signed for: whether a checkpoint fell into that moment is chance."""


def open_books(three: Cluster) -> None:
    """Money to promise, and leave to date what is done back to its year."""
    open_funds(three.database_of(), post_ore=BILLION, ressursmiljo=BILLION)
    allow_back_dating(three.database_of())


def test_nothing_that_was_answered_is_lost_whatever_dies(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    short = bool(request.config.getoption("--short"))
    chance = random.Random(seed := random.SystemRandom().randrange(10**6))
    print(f"\nThe seed is {seed}.")
    ways = [way for _ in range(1 if short else ROUNDS) for way in chance.sample(WAYS, len(WAYS))]
    began = time.monotonic()
    with cluster() as three:
        open_books(three)
        (tmp_path / "letters").mkdir()
        number, lasting = (20, 400) if short else (80, 1_800)
        with (
            services(three, tmp_path) as both,
            letters(three, tmp_path / "letters", number=number, seconds=lasting) as due,
            Watch(both) as watch,
        ):
            load = Load(both, tmp_path / "book")
            load.start()
            back: list[float] = []
            for way in ways + ([] if short else [away_for_long]):
                time.sleep(BETWEEN_SECONDS)
                died = way(three)
                back += told(died, load, both, watch)
                three.wait_whole()
            if not short:
                wait_until_enough(load)
            load.stop()
            due.end()
            print(f"Answered: {dict(load.statuses)}; otherwise: {dict(load.otherwise)}")
            assert not load.otherwise
            three.wait_whole()
            check_calm(both)
            due.check()
            print(f"{due.ordered} letters ordered, each left once, none early.")
            for node in three.nodes:
                wait_caught_up(three)
                books = compare(three, load, node)
                lost, doubled = len(books.lost), len(books.doubled)
                print(f"{node.name}: {books.acknowledged} acknowledged, {lost} lost, {doubled} doubled")
                assert (books.lost, books.doubled, books.untold) == ([], [], [])
                check_positions(three, node)
                check_balance(three, node)
                check_verified(three, both, node)
            assert short or books.acknowledged >= LEAST_ACKNOWLEDGED
    print(f"Back after the new leader: median {median(back):.1f} s, most {max(back):.1f} s. {len(ways)} deaths,")
    print(f"{(time.monotonic() - began) / 60:.0f} minutes.")
    assert max(back) <= BACK_SECONDS


def told(died: Died, load: Load, both: Services, watch: Watch) -> list[float]:
    """How long after the cluster could record again each process of grants did, and every process was ready (s)."""
    late = {f"{each.name} is ready": ready_after(died, watch, each.name) for each in both.all}
    late |= {f"{each.name} records": recorded_after(died, load, nth) for nth, each in enumerate(both.grants)}
    said = ", ".join(f"{name} {seconds:.1f}" for name, seconds in late.items())
    print(f"{died.way} ({died.node}): led again after {died.led_again - died.began:.1f} s; then {said}", flush=True)
    return list(late.values())


def ready_after(died: Died, watch: Watch, name: str) -> float:
    since = wait_until(lambda: watch.ready_since(name))
    return max(0.0, (since or 0.0) - died.led_again)


def recorded_after(died: Died, load: Load, process: int) -> float:
    first = wait_until(lambda: load.first_recorded_after(died.led_again, process))
    return (first or 0.0) - died.led_again


def wait_until_enough(load: Load) -> None:
    """Load goes on until as much was acknowledged as was said."""
    while sum(each.status in (200, 201) for each in list(load.answered)) < LEAST_ACKNOWLEDGED:
        time.sleep(1)


def wait_caught_up(three: Cluster) -> None:
    """Until the followers have what the leader has."""
    wait_until(three.has_caught_up)


def test_the_control_loses_and_says_so(tmp_path: Path) -> None:
    """With asynchronous replication what was answered is lost with the node that answered: the harness can see it."""
    with cluster("asynchronous") as three:
        open_books(three)
        with services(three, tmp_path) as both:
            load = Load(both, tmp_path / "book")
            load.start()
            wait_until(lambda: len(load.answered) >= 10 * CALLERS)
            old = three.wait_leader()
            with standbys_silent(three, old):
                before = len(load.answered)
                wait_until(lambda: len(load.answered) >= before + 10 * CALLERS)
                old.kill()
            wait_writable(three, other_than=old)
            load.stop(final=BEHIND)
            books = compare(three, load, three.wait_leader(other_than=old))
            print(f"\nThe control: {books.acknowledged} acknowledged, {len(books.lost)} lost")
            assert books.lost
            wait_until(lambda: any(it_is_said(each) for each in both.all))


def it_is_said(process: Process) -> bool:
    """Whether a process tells that the log is another than it read, or lacks what was signed for."""
    return process.metric("tilsagn_inbox_diverged") == 1 or BEHIND in process.log.read_text()
