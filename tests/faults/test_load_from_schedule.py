"""L1 and L2: half of the peak from schedule for ten minutes, and three times too much for one. What is acknowledged
stands, and once; what cannot be taken is told 503 and when to come again, and nobody is told anything else.

How soon, how much memory and how far behind is of a machine that does nothing else: it is held in `make faults`, and
printed.
"""

import asyncio
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import httpx
import psutil
import psycopg
import pytest

from dev.children import end_child
from services.calendar.patience import PATIENCE
from services.grants.settings import Settings
from services.process.role import ProcessRole
from tests.conftest import Database
from tests.faults.from_schedule import Answers, Callers
from tests.faults.service import KARI, Running, open_funds, proposal, settings_of, signed_in
from tests.patience import PATIENCE_SECONDS, wait_until

CLIENTS = 16
PEAK_SECONDS, HALF_SECONDS, MUCH_SECONDS = {False: 1.0, True: 10.0}, {False: 3.0, True: 600.0}, {False: 2.0, True: 60.0}
TIMES_TOO_MUCH = 3
RESTS_SECONDS, AFTERWARDS_SECONDS = {False: 0.0, True: 20.0}, {False: 1.0, True: 10.0}
"""Half a minute after the last of too many all is as it was: what comes then is neither refused nor late."""
P99_SECONDS, FLAT, BEHIND_SECONDS = 0.5, 0.05, 5.0
KEYS = "SELECT key, count(*) FROM grants.command WHERE key LIKE 'key-%' GROUP BY key"


@contextmanager
def web_and_worker(settings: Settings, folder: Path, ports: tuple[int, int]) -> Iterator[tuple[Running, Running]]:
    """One process that answers, and one that fills the read models."""
    roles = (ProcessRole.web, ProcessRole.worker)
    both = [
        Running(replace(settings, process_role=role), port, folder / f"{role}.log")
        for role, port in zip(roles, ports, strict=True)
    ]
    try:
        for each in both:
            each.start()
        for each in both:
            each.wait_ready()
        yield both[0], both[1]
    finally:
        for each in both:
            if each.process is not None:
                end_child(each.process, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=PATIENCE_SECONDS)


@dataclass
class Watched:
    """How much memory both processes hold and how far the read models are behind, once a second."""

    processes: tuple[Running, Running]
    bytes_held: list[int] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watched":
        self._thread = threading.Thread(target=self._watch, name="watched", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(PATIENCE_SECONDS)

    def _watch(self) -> None:
        held = [psutil.Process(each.process.pid) for each in self.processes if each.process is not None]
        while not self._over.wait(1.0):
            self.bytes_held.append(sum(each.memory_info().rss for each in held))
            self.behind.append(behind(self.processes[0]))

    def growth(self) -> float:
        """By which share of what they held after a third of the time they held more in the last tenth."""
        count = len(self.bytes_held)
        early, late = self.bytes_held[count * 3 // 10 : count * 4 // 10], self.bytes_held[count * 9 // 10 :]
        return median(late) / median(early) - 1


def behind(web: Running) -> float:
    """How far the read models are behind, in seconds."""
    ready = httpx.get(f"{web.address}/internal/isready", timeout=PATIENCE_SECONDS)
    return float(ready.json().get("behind_seconds", 0.0))


def stands_once(database: Database, *answered: Answers) -> None:
    """Everything that was acknowledged stands in the log, once."""
    with psycopg.connect(database.admin_dsn) as connection:
        stands: dict[str, int] = dict(connection.execute(KEYS).fetchall())
    told = set[str]().union(*(each.acknowledged for each in answered))
    assert told <= stands.keys()
    assert set(stands.values()) == {1}


def said(what: str, answers: Answers) -> str:
    return (
        f"{what}: {dict(answers.statuses)}; from when each was due p50 {answers.at(0.5) * 1000:.0f} ms,"
        f" p99 {answers.at(0.99) * 1000:.0f} ms, the last {answers.at(1.0) * 1000:.0f} ms"
    )


def test_half_of_the_peak_is_taken_and_three_times_too_much_is_shed_and_nothing_acknowledged_is_lost(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PATIENCE, "1")  # as patient as written: what is measured is when it gives up
    open_funds(database, post_ore=10**12, ressursmiljo=10**12)
    settings = settings_of(database, tmp_path)
    body = json.dumps(proposal("2020/291/71/ressursmiljo", 100)).encode()
    token = signed_in(settings, KARI)["Authorization"]

    def make(key: str) -> bytes:
        head = f"POST /v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nIdempotency-Key: {key}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    async def play(callers: Callers, both: tuple[Running, Running]) -> list[Answers]:
        await callers.closed(CLIENTS, PEAK_SECONDS[long])  # until it is warm
        peak = await callers.closed(CLIENTS, PEAK_SECONDS[long])
        with Watched(both) as watched:
            half = await callers.open(peak / 2, HALF_SECONDS[long])
        print(f"\n{os.cpu_count()} cores, the callers among them; the peak is {peak:.0f} a second")
        print(said(f"half of that for {HALF_SECONDS[long]:.0f} s", half))
        assert half.otherwise == {}
        much = await callers.open(peak * TIMES_TOO_MUCH, MUCH_SECONDS[long])
        print(said(f"{TIMES_TOO_MUCH} times as much for {MUCH_SECONDS[long]:.0f} s", much))
        assert much.otherwise == {}
        assert much.statuses.keys() <= {201, 503}
        await asyncio.sleep(RESTS_SECONDS[long])
        after = await callers.open(peak / 2, AFTERWARDS_SECONDS[long])
        print(said("half again", after))
        if long:
            assert after.statuses.keys() == {201}
            assert after.at(0.99) < P99_SECONDS
            growth, most = watched.growth(), max(watched.behind)
            print(
                f"memory grew by {growth:.1%} to {watched.bytes_held[-1] / 1e6:.0f} MB, behind by {most:.1f} s at most"
            )
            assert half.statuses.keys() == {201}
            assert (half.at(0.99) < P99_SECONDS, growth < FLAT, most < BEHIND_SECONDS) == (True, True, True)
            assert much.statuses[503] > 0
        return [half, much, after]

    with web_and_worker(settings, tmp_path, free_ports) as both:
        callers = Callers(free_ports[0], make)
        answered = asyncio.run(play(callers, both))
        wait_until(lambda: behind(both[0]) == 0.0)
    stands_once(database, *answered)
