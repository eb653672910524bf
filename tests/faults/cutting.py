"""A line to PostgreSQL that can be cut: before a statement arrives, in the middle of it, or after its commit.

It stands between a client and the server, and understands of the protocol only where a statement begins and where its
answer ends.
"""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.patience import PATIENCE_SECONDS

STATEMENT = b"B"  # Bind: how a client begins to have a statement executed that it has prepared
READY = b"Z\x00\x00\x00\x05I"  # ReadyForQuery and no transaction open: what was asked for is committed
SOCKET = ".s.PGSQL.5432"


class Line:
    """`cuts` says which share of the statements is cut how: before, half, after. `done` counts what was cut."""

    def __init__(self, dsn: str, folder: Path, cuts: Mapping[str, float], seed: int) -> None:
        known = conninfo_to_dict(dsn)
        self._host, self._port = str(known.get("host", "localhost")), int(known.get("port") or 5432)
        self._socket = folder / SOCKET
        self._cuts = dict(cuts)
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._carried: dict[asyncio.Task[None], set[asyncio.StreamWriter]] = {}
        self.done: Counter[str] = Counter()
        self.dsn = make_conninfo(dsn, host=str(folder), port=5432, sslmode="disable", gssencmode="disable")
        Thread(target=self._loop.run_forever, daemon=True).start()
        self.mend()

    def mend(self) -> None:
        """Connections are taken from now on."""
        self._do(self._listen())

    def sever(self) -> None:
        """Every connection ends, and none is taken until it is mended."""
        self._do(self._refuse())

    def end(self) -> None:
        self.sever()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(PATIENCE_SECONDS)

    async def _listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._carry, self._socket)

    async def _refuse(self) -> None:
        assert self._server is not None
        self._server.close()
        self._socket.unlink(missing_ok=True)
        for ends in self._carried.values():
            for end in ends:
                end.close()
        await asyncio.gather(*self._carried)

    async def _carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if self._host.startswith("/"):
            server, to_server = await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        else:
            server, to_server = await asyncio.open_connection(self._host, self._port)
        this, ends, swallowing = asyncio.current_task(), {to_client, to_server}, asyncio.Event()
        assert this is not None
        self._carried[this] = ends
        pumps = [
            asyncio.create_task(self._ask(client, to_server, swallowing)),
            asyncio.create_task(self._answer(server, to_client, swallowing)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.close()
        await asyncio.gather(*pumps, return_exceptions=True)
        del self._carried[this]

    async def _ask(
        self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter, swallowing: asyncio.Event
    ) -> None:
        while asked := await client.read(1 << 20):
            cut = self._choose() if asked[:1] == STATEMENT else None
            if cut == "before":
                return
            to_server.write(asked[: len(asked) // 2] if cut == "half" else asked)
            await to_server.drain()
            if cut == "half":
                return
            if cut == "after":
                swallowing.set()

    async def _answer(
        self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter, swallowing: asyncio.Event
    ) -> None:
        while answered := await server.read(1 << 20):
            if not swallowing.is_set():
                to_client.write(answered)
                await to_client.drain()
            elif answered.endswith(READY):
                return

    def _choose(self) -> str | None:
        place = self._chance.random()
        for cut, share in self._cuts.items():
            if place < share:
                self.done[cut] += 1
                return cut
            place -= share
        return None


@contextmanager
def line(dsn: str, *, seed: int = 0, **cuts: float) -> Iterator[Line]:
    """A line to the server of the DSN; its own `dsn` is the way through it."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-line-") as folder:
        carried = Line(dsn, Path(folder), cuts, seed)
        try:
            yield carried
        finally:
            carried.end()
