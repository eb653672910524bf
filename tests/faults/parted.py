"""A wire between two services that can be parted: nobody answers, or what is said never arrives, or it breaks off."""

import asyncio
import random
from collections.abc import Coroutine
from threading import Thread
from typing import Any, Literal

from tests.patience import PATIENCE_SECONDS

State = Literal["whole", "refused", "silent", "broken"]
PARTED: tuple[State, ...] = ("refused", "silent", "broken")


class Wire:
    """Carries from a port of its own to another's. `broken`: each connection ends within its first thousand bytes."""

    def __init__(self, port: int, to: int, seed: int) -> None:
        self.port, self._to = port, to
        self._chance = random.Random(seed)
        self._state: State = "whole"
        self._carried: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True, name=f"wire-{port}").start()
        self._do(self._listen())

    def become(self, state: State) -> None:
        """From now on, and for what is being carried."""
        self._do(self._change(state))

    def end(self) -> None:
        self._do(self._change("refused"))
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(PATIENCE_SECONDS)

    async def _listen(self) -> None:
        self._heard = asyncio.Event()
        self._heard.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def _change(self, state: State) -> None:
        self._state = state
        if state == "silent":
            self._heard.clear()
        else:
            self._heard.set()
        if state in ("refused", "broken"):
            for end in set(self._carried):
                end.close()

    async def _carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if self._state == "refused":
            to_client.close()
            return
        try:
            server, to_server = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            to_client.close()
            return
        ends = {to_client, to_server}
        self._carried |= ends
        pumps = [asyncio.create_task(each) for each in (self._pump(client, to_server), self._pump(server, to_client))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.close()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._carried -= ends

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while said := await source.read(1 << 16):
            await self._heard.wait()
            if self._state == "broken":
                sink.write(said[: self._chance.randrange(1, 1_000)])
                await sink.drain()
                return
            sink.write(said)
            await sink.drain()
