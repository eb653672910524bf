"""How much of us one request may take: bytes, seconds, and a place among those being served.

uvicorn bounds none of these by itself. What is too much is refused before it is read where that can be seen from the
headers, and while it is read where it cannot (chunked, slow).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from prometheus_client import CollectorRegistry, Counter, Gauge
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.calendar.patience import at_most
from services.httpapi.problem import HttpRefusal, problem

_HANG_UP = ("Connection", "close")


class BodyTooLarge(HttpRefusal):
    code = "body-too-large"
    status = 413
    title = "Forespørselen er for stor"
    headers = (_HANG_UP,)


class BodyTooSlow(HttpRefusal):
    code = "body-too-slow"
    status = 408
    title = "Forespørselen kom for sakte"
    headers = (_HANG_UP,)


class BodyCompressed(HttpRefusal):
    """A few compressed bytes can become gigabytes; nothing we are sent is large enough to need it."""

    code = "content-encoding-unsupported"
    status = 415
    title = "Komprimert innhold støttes ikke"
    headers = (_HANG_UP, ("Accept-Encoding", "identity"))


class HeadersTooLarge(HttpRefusal):
    code = "headers-too-large"
    status = 431
    title = "Forespørselen har for store eller for mange felter"
    headers = (_HANG_UP,)


class HostUnclear(HttpRefusal):
    """Whom it is for can be read in two ways: what stands before us may have read it in the other (RFC 9112, 3.2)."""

    code = "host-unclear"
    status = 400
    title = "Forespørselen sier ikke entydig hvem den er til"
    headers = (_HANG_UP,)


class TooBusy(HttpRefusal):
    """More at once than we can serve well. Better some are asked to wait than all are served badly."""

    code = "too-busy"
    status = 503
    title = "Tjenesten er opptatt akkurat nå"
    headers = (("Retry-After", "2"),)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`larger_bodies` names the addresses that may take more than `body_bytes`; `*` in one stands for anything.
    `at_once` counts requests being served; `/internal/` is not counted, so that a busy service still says it lives."""

    body_bytes: int = 64 * 1024
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    body_seconds: float = at_most(10)
    header_count: int = 100
    header_bytes: int = 16 * 1024
    at_once: int = 512

    def body_bytes_for(self, path: str) -> int:
        larger = (size for address, size in self.larger_bodies.items() if fnmatchcase(path, address))
        return max(larger, default=self.body_bytes)


class Bounded:
    """The ASGI layer that holds requests to the limits. It tells how many are under way, of how many at most, and how
    many were turned away before anything of them was read, by the code they were given."""

    def __init__(self, app: ASGIApp, limits: Limits, registry: CollectorRegistry | None = None) -> None:
        self.app, self.limits = app, limits
        self.serving = 0
        under_way = Gauge("tilsagn_requests_under_way", "requests being served", registry=registry)
        under_way.set_function(lambda: self.serving)
        most = Gauge("tilsagn_requests_most", "requests that are served at once, at most", registry=registry)
        most.set(limits.at_once)
        self._turned_away = Counter(
            "tilsagn_requests_turned_away", "requests refused before they were read", ["code"], registry=registry
        )
        self._turned_away.labels(TooBusy.code)  # told from the beginning: what is not there yet raises no alert

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body_limit = self._check_headers(scope)
            counted = self._take_place(scope["path"])
        except HttpRefusal as refusal:
            self._turned_away.labels(refusal.code).inc()
            await problem(refusal)(scope, receive, send)
            return
        try:
            bounded = receive if body_limit is None else _bounded(receive, body_limit, self.limits.body_seconds)
            await self.app(scope, bounded, send)
        finally:
            self.serving -= counted

    def _take_place(self, path: str) -> int:
        if path.startswith("/internal/"):
            return 0
        if self.serving >= self.limits.at_once:
            raise TooBusy("More requests are being served than there is room for. Try again.")
        self.serving += 1
        return 1

    def _check_headers(self, scope: Scope) -> int | None:
        """The largest body this request may send; None when it announces none. Refuses what the headers give away."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        size, announced, chunked, hosts = 0, b"", False, 0
        for name, value in headers:
            size += len(name) + len(value)
            if name == b"host":
                hosts += 1
            elif name == b"content-length":
                announced = value
            elif name == b"transfer-encoding":
                chunked = True
            elif name == b"content-encoding" and value.strip().lower() != b"identity":
                raise BodyCompressed("Send the body as it is, without Content-Encoding.")
        if size > self.limits.header_bytes or len(headers) > self.limits.header_count:
            raise HeadersTooLarge("The headers are too many or too large.")
        if hosts > 1:
            raise HostUnclear("Send one Host field.")
        if not announced and not chunked:
            return None
        most = self.limits.body_bytes_for(scope["path"])
        if announced.isdigit() and (len(announced) > len(str(most)) or int(announced) > most):
            raise BodyTooLarge(f"The body may be at most {most} bytes.", largest_bytes=most)
        return most


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """Receives the whole body within `most` bytes and `seconds` from the first reading; later messages pass freely."""
    received = 0
    deadline: float | None = None
    complete = False

    async def bounded() -> Message:
        nonlocal received, deadline, complete
        if complete:
            return await receive()
        deadline = deadline or asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow(f"The whole body must arrive within {seconds:g} seconds.") from None
        received += len(message.get("body", b""))
        if received > most:
            raise BodyTooLarge(f"The body may be at most {most} bytes.", largest_bytes=most)
        complete = not message.get("more_body", False)
        return message

    return bounded
