"""Measuring side by side: ours and the floor take turns, and what is kept is the ratio of each pair.

Machines drift and neighbours make noise, so no bare time is a result here: only ratios, and their median over rounds.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the report. `ratio` is ours to the floor's, `least` (or `most`) what it should reach."""

    name: str
    ratio: float
    spread: tuple[float, float]
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool:
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ratio <= self.most)

    def __str__(self) -> str:
        target = f">= {self.least}" if self.least is not None else f"<= {self.most}"
        verdict = "reached" if self.reached else "NOT REACHED"
        low, high = self.spread
        return f"{self.name:58} {self.ratio:6.2f}  ({low:.2f}-{high:.2f})  {target:8}  {verdict}  {self.note}"


@dataclass(frozen=True)
class Run:
    """One round: acts per second, and the latency that 99 of 100 acts stay within (seconds)."""

    per_second: float
    p99: float


def in_threads(threads: int, acts: int, worker: Callable[[int], Callable[[], object]]) -> Run:
    """`worker(n)` readies thread n and gives its act; every thread does `acts` of them at once with the others."""
    latencies: list[float] = []
    gate = threading.Barrier(threads + 1)

    def work(n: int) -> None:
        act, mine = worker(n), []
        gate.wait()
        for _ in range(acts):
            began = time.perf_counter()
            act()
            mine.append(time.perf_counter() - began)
        latencies.extend(mine)

    running = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in running:
        thread.join()
    elapsed = time.perf_counter() - began
    return Run(len(latencies) / elapsed, sorted(latencies)[int(len(latencies) * 0.99)])


def timed(act: Callable[[], object]) -> float:
    """Seconds one act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def compared(
    name: str, pairs: Iterator[float], *, least: float | None = None, most: float | None = None, note: str = ""
) -> Figure:
    """The median of the pairs' ratios, and their spread."""
    ratios = sorted(pairs)
    return Figure(name=name, ratio=median(ratios), spread=(ratios[0], ratios[-1]), least=least, most=most, note=note)
