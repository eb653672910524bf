"""A receiver on this machine: answers as it is told to, and keeps what reached it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.patience import until

Answer = Callable[["Arrived", asyncio.StreamWriter], Any]


@dataclass(frozen=True)
class Arrived:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        read = json.loads(self.body)
        assert isinstance(read, dict)
        return read

    @property
    def type(self) -> str:
        return str(self.told["type"])


@dataclass
class Receiver:
    """Where it listens, and what came. `answer` writes the answer to whatever is no challenge; a challenge is given
    back unless `consents` is false. One that does not keep connections hangs up after each answer."""

    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    answer: Answer | None = None
    consents: bool = True
    connections: int = 0
    keeps: bool = True
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def of_type(self, kind: str) -> list[Arrived]:
        return [each for each in self.arrived if each.type == kind]

    async def comes(self, count: int, kind: str | None = None) -> list[Arrived]:
        """So many of that kind, as soon as they are there."""
        return await until(lambda: self.of_type(kind) if kind else self.arrived, lambda found: len(found) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            while line := await reader.readline():
                path = line.split(b" ")[1].decode()
                headers = {}
                while (header := await reader.readline()).strip():
                    name, _, value = header.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                arrived = Arrived(path, headers, body)
                self.arrived.append(arrived)
                if self.consents and arrived.type == "webhook.challenge":
                    say(writer, 200, arrived.told["data"]["challenge"].encode())
                elif self.answer is not None:
                    result = self.answer(arrived, writer)
                    if asyncio.iscoroutine(result):
                        await result
                else:
                    say(writer, 204)
                await writer.drain()
                if not self.keeps:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        """On whoever it has not answered: who sends waits for it no longer."""
        for writer in self.open:
            writer.transport.abort()


def say(writer: asyncio.StreamWriter, status: int, body: bytes = b"", **headers: str) -> None:
    """One whole answer."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{more}\r\n".encode() + body)


@asynccontextmanager
async def receiving(answer: Answer | None = None, *, consents: bool = True) -> AsyncIterator[Receiver]:
    """A receiver that listens, and hangs up at the end on whoever still waits for it."""
    receiver = Receiver(answer=answer, consents=consents)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        receiver.hang_up()
