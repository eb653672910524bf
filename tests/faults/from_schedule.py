"""Load that comes when it comes, and not when the one before was answered: each request has its instant, and what it is
answered is counted from there. Whoever waits in a closed loop asks less the slower it goes, and hides the waiting."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_CONNECTIONS = 2_000


class Wire:
    """One kept connection that costs the client little: requests written whole, heads and lengths read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status, and the head in lower case."""
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
        await self.reader.readexactly(length)
        return int(head[9:12]), head


@dataclass
class Answers:
    """What was answered: seconds from the instant each was due, by status; which were acknowledged, and what was
    answered otherwise than it may be."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    otherwise: Counter[str] = field(default_factory=Counter)

    def at(self, share: float) -> float:
        """How soon so large a share was acknowledged, in seconds from when it was due."""
        kept = sorted(self.seconds)
        return kept[min(int(len(kept) * share), len(kept) - 1)] if kept else 0.0

    def note(self, key: str, status: int, head: bytes, seconds: float) -> None:
        self.statuses[status] += 1
        if status == 201:
            self.acknowledged.add(key)
            self.seconds.append(seconds)
        elif status != 503 or b"\r\nretry-after:" not in head:
            self.otherwise[f"{status} {head[:200]!r}"] += 1


class Callers:
    """They ask one service, each request under a key of its own. `make` gives the bytes of the request under a key."""

    def __init__(self, port: int, make: Callable[[str], bytes]) -> None:
        self._port, self._make = port, make
        self._idle: list[Wire] = []
        self._opened = 0
        self._named = 0

    async def closed(self, clients: int, seconds: float) -> float:
        """Each asks its next when the last is answered: acknowledged a second."""
        answers, ends = Answers(), time.monotonic() + seconds

        async def one() -> None:
            while time.monotonic() < ends:
                await self._ask(answers, time.monotonic())

        await asyncio.gather(*(one() for _ in range(clients)))
        assert not answers.otherwise, answers.otherwise
        return len(answers.acknowledged) / seconds

    async def open(self, per_second: float, seconds: float) -> Answers:
        """So many a second, each at its instant, whatever has become of those before; when all are answered."""
        answers, began = Answers(), time.monotonic()
        asking: set[asyncio.Task[None]] = set()
        for nth in range(int(per_second * seconds)):
            due = began + nth / per_second
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            task = asyncio.create_task(self._ask(answers, due))
            asking.add(task)
            task.add_done_callback(asking.discard)
        await asyncio.gather(*asking)
        return answers

    async def _ask(self, answers: Answers, due: float) -> None:
        self._named += 1
        key = f"key-{self._named}"
        try:
            wire, status, head = await self._asked(self._make(key))
        except (OSError, asyncio.IncompleteReadError) as broken:
            answers.otherwise[type(broken).__name__] += 1
            return
        answers.note(key, status, head, time.monotonic() - due)
        if b"\r\nconnection: close" in head:
            wire.writer.close()
            self._opened -= 1
        else:
            self._idle.append(wire)

    async def _asked(self, request: bytes) -> tuple[Wire, int, bytes]:
        """On a connection that is kept, or a new one. A server hangs up on what was idle for long, perhaps just now; as
        any client does, it is then asked anew, under the same key, and the time goes on."""
        while self._idle:
            wire = self._idle.pop()
            try:
                return wire, *(await wire.ask(request))
            except (ConnectionError, asyncio.IncompleteReadError):
                wire.writer.close()
                self._opened -= 1
        wire = await self._open()
        return wire, *(await wire.ask(request))

    async def _open(self) -> Wire:
        self._opened += 1
        assert self._opened < MOST_CONNECTIONS, "more are asked for than the test has room for"
        return Wire(*await asyncio.open_connection("127.0.0.1", self._port))

    def close(self) -> None:
        for wire in self._idle:
            wire.writer.close()
