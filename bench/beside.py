"""The services' p99 beside a dashboard that is asked a thousand times at once, hangs, or is gone.

    python -m bench.beside

Real processes, started as `make run` starts them, with the year 2020 played. Each round takes the four in turn, so that
what drifts drifts for all: nobody asks the dashboard; a thousand do at once, in forty sessions; it hangs in the middle
of what it was asked; it is gone. Meanwhile each service is read from and acted on, by one caller each.
"""

import asyncio
import contextlib
import hashlib
import json
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx

from bench.ground import Ground
from bench.measure import Figure
from bench.serving import RawClient, request_of
from dev.addresses import Address, Addresses
from dev.people import PEOPLE
from dev.play2020 import play
from dev.run import serve, serve_dashboard, serve_notifications, serve_workers
from dev.started import Started
from dev.state import State
from services.calendar.clock import now
from services.calendar.days import add_days, day_of

ROUNDS, SECONDS = 5, 4.0
READERS, SESSIONS = 1_000, 40
MOST = 1.2
ALONE, ASKED, HANGING, GONE = "asked by nobody", "asked a thousand times at once", "hanging", "gone"
PAGES = ("/?aar=2020", "/poster/2020/291/71", "/tilsagn?aar=2020", "/sok?q=integrering")
PROPOSAL = {
    "fund_id": "2020/291/71/nasjonale-ressursmiljo/fodt-fri", "recipient": {"name": "Født Fri"}, "amount_ore": 100,
    "purpose": "bench", "terms": ["bench"], "instalments": [{"number": 1, "amount_ore": 100}],
    "basis": {"kind": "named", "year": 2020, "letter": 0, "section": "5.1"},
}  # fmt: skip

Call = tuple[int, Callable[[], bytes], int]
"""A port, what to ask there, and the answer it should give."""


@dataclass
class Beside:
    """The dashboard beside the services, and what is asked of these."""

    dashboard: Address
    start: Callable[[], int]
    calls: Mapping[str, Call]
    pid: int = 0

    def p99s(self, state: str) -> dict[str, float]:
        """Of each call, with the dashboard so."""
        if state == GONE:
            os.kill(self.pid, signal.SIGTERM)
            while answers(self.dashboard.port):
                time.sleep(0.1)
            measured = asyncio.run(self._measure())
            self.pid = self.start()
            return measured
        if state == ALONE:
            return asyncio.run(self._measure())
        asked = asked_by_many(self.dashboard, READERS if state == ASKED else SESSIONS)
        try:
            if state == HANGING:
                time.sleep(0.1)
                os.kill(self.pid, signal.SIGSTOP)
            return asyncio.run(self._measure())
        finally:
            os.kill(self.pid, signal.SIGCONT)
            asked.join()

    async def _measure(self) -> dict[str, float]:
        found = await asyncio.gather(*(p99_of(call) for call in self.calls.values()))
        return dict(zip(self.calls, found, strict=True))


async def p99_of(call: Call) -> float:
    """What 99 of 100 of these calls stay within (seconds), one after the other for some seconds."""
    port, make, expected = call
    raw, taken, until = RawClient(*await asyncio.open_connection("127.0.0.1", port)), [], time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.perf_counter()
        status = await raw.ask(make())
        taken.append(time.perf_counter() - began)
        assert status == expected, status
        await asyncio.sleep(0.005)
    raw.close()
    return sorted(taken)[int(len(taken) * 0.99)]


def asked_by_many(dashboard: Address, readers: int) -> multiprocessing.process.BaseProcess:
    """So many readers ask at once, from a process of their own, which is nobody's neighbour: it comes last."""
    cookies = [signed_in(dashboard.base_url) for _ in range(SESSIONS)]
    asking = multiprocessing.get_context("spawn").Process(target=ask_at_once, args=(dashboard.port, cookies, readers))
    asking.start()
    time.sleep(1.0)  # it is put together, and connects, before anything is measured
    return asking


def ask_at_once(port: int, cookies: list[str], readers: int) -> None:
    os.nice(15)
    asyncio.run(_ask(port, cookies, readers))


async def _ask(port: int, cookies: list[str], readers: int) -> None:
    async def ask(nth: int) -> None:
        headers = {"Host": f"127.0.0.1:{port}", "Cookie": cookies[nth % len(cookies)]}
        request = request_of("GET", PAGES[nth % len(PAGES)], headers).replace(b"Host: bench\r\n", b"")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
        writer.close()

    await asyncio.gather(*(ask(nth) for nth in range(readers)))


def signed_in(dashboard: str) -> str:
    """The cookie of a new session of the ministry."""
    with httpx.Client(follow_redirects=True, timeout=60, trust_env=False) as browser:
        browser.get(f"{dashboard}/logg-inn/begynn?til=/sok&person=departementet").raise_for_status()
        return f"tilsagn={browser.cookies['tilsagn']}"


def calls_on(grants: Address, notifications: Address, tokens: Mapping[str, str]) -> dict[str, Call]:
    """A plain read of each service, and an act on each."""
    signed = {person: {"Authorization": f"Bearer {tokens[person]}"} for person in PEOPLE}
    planned_on = str(add_days(day_of(now()), 60))

    def act(path: str, body: Callable[[], object]) -> Callable[[], bytes]:
        return lambda: request_of(
            "POST", path, signed["kari-saksbehandler"] | {"Idempotency-Key": str(uuid4())}, json.dumps(body()).encode()
        )

    def publication() -> object:
        title = f"bench {uuid4()}"
        return {
            "title": title, "document_sha256": hashlib.sha256(title.encode()).hexdigest(), "planned_on": planned_on
        }  # fmt: skip

    read = signed["riksrevisjonen"]
    return {
        "grants, a read": (grants.port, lambda: request_of("GET", "/v1/posts/2020/291/71", read), 200),
        "grants, an act": (grants.port, act("/v1/cases", lambda: PROPOSAL), 201),
        "notifications, a read": (notifications.port, lambda: request_of("GET", "/v1/deadlines?limit=5", read), 200),
        "notifications, an act": (notifications.port, act("/v1/publications", publication), 201),
    }


@contextlib.contextmanager
def running() -> Iterator[Beside]:
    """Both services and the dashboard, on a database of their own with the year 2020 in it."""
    with (
        TemporaryDirectory(dir="/tmp", prefix="tilsagn-bench-") as folder,
        Started(_say_nothing, seconds=25) as started,
    ):
        state = State(Path(folder))
        at = Addresses(**{each.name: Address("127.0.0.1", free()) for each in fields(Addresses)})
        _, tokens = serve(state, at, started)
        serve_notifications(state, at, started)
        serve_workers(state, at, started)
        play(at.grants.base_url, tokens)

        def start() -> int:
            serve_dashboard(state, at, started)
            return int(json.loads((state.folder / "dashboard.pid").read_text())["pid"])

        yield Beside(at.dashboard, start, calls_on(at.grants, at.notifications, tokens), start())


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _say_nothing(_: str) -> None:
    pass


def beside(_: Ground | None = None, rounds: int = ROUNDS) -> list[Figure]:
    """Each call's p99 with the dashboard so, to that with nobody asking it: the median of the rounds."""
    with running() as here:
        here.p99s(ALONE)
        found = [{state: here.p99s(state) for state in (ALONE, ASKED, HANGING, GONE)} for _ in range(rounds)]
    figures = []
    for state in (ASKED, HANGING, GONE):
        for call in here.calls:
            ratios = sorted(each[state][call] / each[ALONE][call] for each in found)
            alone = median(each[ALONE][call] for each in found) * 1000
            figures.append(Figure(
                name=f"p99 of {call}, dashboard {state}", ratio=median(ratios), spread=(ratios[0], ratios[-1]),
                most=MOST, note=f"({alone:.0f} ms alone)",
            ))  # fmt: skip
    return figures


def main() -> None:
    for figure in beside():
        print(figure, flush=True)


if __name__ == "__main__":
    main()
