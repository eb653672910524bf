"""Callers who act over HTTP, each command with a key (awards put forward and approved, unless they are told otherwise),
and keep a book outside the database of what they were answered. What they were not told the end of they ask again, of
the other process, with the same key."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.faults.service import APPROVAL, LONG_AGO, proposal
from tests.patience import PATIENCE_SECONDS

FUND = "2020/291/71/ressursmiljo"
ORE = 100
CALLERS = 8
ASKED_AGAIN = (502, 503, 504)
LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What somebody was told the end of: `key` of the command, the case it made or acted on, how, and when."""

    key: str
    what: str
    case: str
    status: int
    asked: int
    process: int
    at: float
    waited: float


class Answering(Protocol):
    """A process of the service that is asked, at its address."""

    @property
    def address(self) -> str: ...


class Asked(Protocol):
    """Those who answer, and whom they believe."""

    @property
    def answering(self) -> Sequence[Answering]: ...
    def signed_in(self, subject: str) -> dict[str, str]: ...


Asks = Callable[..., Awaitable[httpx.Response]]
"""Asks until it is told the end: the method, the path, who, the key, the body, and further headers."""
Round = Callable[[Asks, str], Awaitable[None]]
"""What one caller does from beginning to end, under this name."""


async def award(ask: Asks, name: str) -> None:
    """Put forward by one, approved by another."""
    made = await ask("POST", "/v1/cases", "kari", f"propose-{name}", proposal(FUND, ORE))
    if made.status_code == 201:
        approval, seen = APPROVAL | LONG_AGO, {"If-Match": made.headers["ETag"]}
        await ask("PUT", f"{made.headers['Location']}/award/approval", "ingrid", f"approve-{name}", approval, seen)


@dataclass
class Load:
    """The callers, on a thread of their own, from `start` to `stop`; at the end each brings what it has begun to an
    end."""

    services: Asked
    book: Path
    round: Round = award
    answered: list[Answered] = field(default_factory=list)
    otherwise: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    successes: dict[int, list[float]] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _failed: Exception | None = None
    _final: str | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="callers", daemon=True)
        self._thread.start()

    def stop(self, *, final: str | None = None) -> None:
        """No new award; returns when everybody has been told the end of what was begun. A refusal with the code `final`
        is an end too: of a log that takes nothing more until people have said so, nobody is told another."""
        self._final = final
        self._stopped.set()
        assert self._thread is not None
        self._thread.join(PATIENCE_SECONDS)
        if self._failed is not None:
            raise self._failed
        assert not self._thread.is_alive(), "somebody was never told the end of a command"

    def first_recorded_after(self, instant: float, process: int) -> float | None:
        """When this process first recorded something that was asked for after the instant (monotonic seconds)."""
        later = [at for at in self.successes.get(process, ()) if at >= instant]
        return min(later) if later else None

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except Exception as failed:  # noqa: BLE001 - whoever waits for the callers is told
            self._failed = failed

    async def _all(self) -> None:
        with self.book.open("a", encoding="utf-8") as book:
            self._file = book
            await asyncio.gather(*(self._caller(number) for number in range(CALLERS)))

    async def _caller(self, number: int) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            for nth in count(1):
                if self._stopped.is_set():
                    return
                turns = count(number + nth)  # each command of another process than the one before

                async def ask(*asked: Any, turns: Iterator[int] = turns) -> httpx.Response:
                    return await self._insist(client, next(turns), *asked)

                await self.round(ask, f"{number}-{nth}")

    async def _insist(
        self,
        client: httpx.AsyncClient,
        first: int,
        method: str,
        path: str,
        who: str,
        key: str,
        body: dict[str, Any],
        more: dict[str, str] | None = None,
    ) -> httpx.Response:
        began, asked = time.monotonic(), 0
        while True:
            processes = self.services.answering
            process = (first + asked) % len(processes)
            asked += 1
            headers = self.services.signed_in(who) | {"Idempotency-Key": key} | (more or {})
            sent = time.monotonic()
            try:
                answer = await client.request(method, f"{processes[process].address}{path}", json=body, headers=headers)
            except httpx.TransportError as broken:
                # The services live through all of this: who cuts a caller off has broken the promise too.
                self.otherwise[type(broken).__name__] += 1
                await asyncio.sleep(LONGEST_PAUSE_SECONDS)
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code in ASKED_AGAIN:
                if answer.status_code != 503 or "Retry-After" not in answer.headers:
                    self.otherwise[f"{answer.status_code} {answer.text[:200]}"] += 1
                if self._stopped.is_set() and self._final is not None and self._final in answer.text:
                    return answer
                pause = float(answer.headers.get("Retry-After", "1"))
                await asyncio.sleep(min(pause, LONGEST_PAUSE_SECONDS))
                continue
            self._note(answer, key, path, asked, process, began, sent)
            return answer

    def _note(
        self, answer: httpx.Response, key: str, path: str, asked: int, process: int, began: float, sent: float
    ) -> None:
        now = time.monotonic()
        if answer.is_success:
            self.successes.setdefault(process, []).append(sent)
        elif answer.status_code >= 500 or answer.status_code in (401, 403, 404):
            self.otherwise[f"{answer.status_code} {answer.text[:200]}"] += 1
        case = [*answer.headers.get("Location", path).split("/"), ""][3]
        what, status = key.split("-", maxsplit=1)[0], answer.status_code
        told = Answered(
            key=key, what=what, case=case, status=status, asked=asked, process=process, at=now, waited=now - began
        )
        self.answered.append(told)
        self._file.write(json.dumps([key, what, case, status]) + "\n")
        self._file.flush()
