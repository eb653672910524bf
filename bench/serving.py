"""The service beside the leanest routes that could stand in the same server: async, one statement by key, bare driver.

A GET of one post and a POST of a command (a proposal that opens a case), each with everything on: callers, strict
reading, logs, metrics, idempotency, chain and command record. It is the process that answers, and does nothing beside.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import httpx
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.ground import EARMARK, Ground
from bench.measure import Figure, compared
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.budget_year.letter import Dated, Letter
from services.grants.main import create_app
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.httpapi.server import server
from services.httpapi.watching.logs import configure_logs
from services.process.role import ProcessRole

ROUNDS, CLIENTS, SECONDS = 7, 16, 2.0
DAY_OF_ACTS = date(2020, 5, 5)
BY_KEY = "SELECT id, available_ore, committed_ore, disbursed_ore, withheld_ore FROM grants.fund WHERE id = %s"
PROPOSAL = {
    "fund_id": EARMARK,
    "recipient": {"name": "Født Fri"},
    "amount_ore": 100,
    "purpose": "bench",
    "terms": ["bench"],
    "instalments": [{"number": 1, "amount_ore": 100}],
    "basis": {"kind": "named", "year": 2020, "letter": 0, "section": "5.1"},
}
"""What opens a case."""
BARE = "INSERT INTO public.bare (stream, version, topic, data) VALUES (%s, %s, %s, %s)"


def lean_routes(dsn: str) -> tuple[list[Route], AsyncConnectionPool]:
    """The floor: nothing but the statement."""
    pool = AsyncConnectionPool(dsn, min_size=2, max_size=20, open=False, kwargs={"autocommit": True})

    async def read(_: Request) -> Response:
        async with pool.connection() as connection:
            row = await (await connection.execute(BY_KEY, ("2020/291/71",), binary=True)).fetchone()
        return Response(json.dumps(row), media_type="application/json")

    async def write(request: Request) -> Response:
        body = await request.json()
        async with pool.connection() as connection:
            await connection.execute(BARE, ("case-x", 1, "award.proposed.v1", json.dumps(body).encode()))
        return Response(json.dumps({"ok": True}), status_code=201, media_type="application/json")

    return [Route("/lean", read, methods=["GET"]), Route("/lean", write, methods=["POST"])], pool


def serve(dsn: str, key_file: str, port: int) -> None:
    """The service with the lean routes beside its own, in a process of its own; its log lines go nowhere."""
    with Path(os.devnull).open("w") as nowhere:
        configure_logs(level="INFO", stream=nowhere)
        serve_beside(dsn, key_file, port)


def serve_beside(dsn: str, key_file: str, port: int) -> None:
    settings = Settings(
        environment="test", database_url=dsn, dev_issuer_key=Path(key_file), process_role=ProcessRole.web
    )
    app = create_app(settings, acted_on=lambda: DAY_OF_ACTS)
    routes, pool = lean_routes(dsn)
    app.router.routes[:0] = routes
    inner = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(whole: Any) -> AsyncIterator[None]:
        async with pool, inner(whole):
            yield

    app.router.lifespan_context = lifespan
    server(app, host="127.0.0.1", port=port).run()


@contextlib.contextmanager
def served(ground: Ground) -> Iterator[tuple[str, DevelopmentIssuer]]:
    key_file = Path(mkdtemp(prefix="tilsagn-bench-key-")) / "key"
    issuer = DevelopmentIssuer.from_file(key_file, issuer="tilsagn-development", audience="tilsagn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(ground.service_dsn, str(key_file), port))
    process.start()
    base_url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{base_url}/internal/isready").status_code == httpx.codes.OK:
                    break
            time.sleep(0.1)
        yield base_url, issuer
    finally:
        process.terminate()
        process.join(30)


class RawClient:
    """A client that costs little: one kept connection, requests written whole, only the status and length read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> int:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await self._reader.readexactly(length)
        return int(head[9:12])

    def close(self) -> None:
        self._writer.close()


def request_of(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def per_second(port: int, make: Callable[[], bytes], expected: int) -> float:
    """Requests answered a second by so many clients, each sending its next when the last is answered."""
    done, until = 0, time.perf_counter() + SECONDS

    async def client() -> None:
        nonlocal done
        raw = RawClient(*await asyncio.open_connection("127.0.0.1", port))
        while time.perf_counter() < until:
            status = await raw.ask(make())
            assert status == expected, status
            done += 1
        raw.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return done / SECONDS


def register_letter(ground: Ground) -> None:
    """The letter that the award is named in. It moves no money: the ground has that already."""
    year = Dated(on=date(2020, 1, 1), ground="printed", reason=None)
    named = LetterRegistered(
        letter=Letter(year=2020, number=0, title="-", reference=None, dated=year),
        source_sha256="0" * 64,
        registered_by="siri",
        funds=(),
        postings=(),
        statements=(),
    )
    log = Log(ground.service_dsn, AsyncConnectionPool(ground.service_dsn, open=False), schema="grants", effects=effects)
    outcome = log.append_now(Command(actor="siri"), Write("allocation-2020", 1, (named,)))
    assert outcome.outcome == "recorded", outcome
    log.close()


def serving(ground: Ground) -> list[Figure]:
    """GET of one post, now and as of two times, and POST of a command, each to the leanest route's rate."""
    body = json.dumps(PROPOSAL).encode()
    register_letter(ground)
    with served(ground) as (base_url, issuer):
        port = int(base_url.rpartition(":")[2])
        token = issuer.mint("kari", {Role.caseworker}, ttl_seconds=3600)
        signed = {"Authorization": f"Bearer {token}"}
        post = "/v1/posts/2020/291/71"
        instant = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
        calls: dict[str, tuple[Callable[[], bytes], int]] = {
            "lean-get": (lambda: request_of("GET", "/lean", {}), 200),
            "get": (lambda: request_of("GET", post, signed), 200),
            "as-of": (lambda: request_of("GET", f"{post}?valid_at=2020-06-15&known_at={instant}", signed), 200),
            "lean-post": (lambda: request_of("POST", "/lean", {}, body), 201),
            "post": (
                lambda: request_of("POST", "/v1/cases", signed | {"Idempotency-Key": str(uuid4())}, body),
                201,
            ),
        }

        def rate(name: str) -> float:
            make, expected = calls[name]
            return asyncio.run(per_second(port, make, expected))

        for name in calls:
            rate(name)
        rounds = [{name: rate(name) for name in calls} for _ in range(ROUNDS)]
    lean_get = median(each["lean-get"] for each in rounds)
    note = f"(the lean GET answers {lean_get:.0f} a second here)"
    return [
        compared(
            "GET of one post, to the leanest GET", (r["get"] / r["lean-get"] for r in rounds), least=0.7, note=note
        ),
        compared("GET of one post, now to as of two times", (r["get"] / r["as-of"] for r in rounds), most=3.0),
        compared("POST of a command, to the leanest INSERT", (r["post"] / r["lean-post"] for r in rounds), least=0.4),
    ]
