"""Reaching a receiver: its name resolved once, every address looked at, and one request to one of them.

Nothing of the machine's surroundings decides where it goes: no proxy, no redirect, no cookie, no second look-up. The
certificate is checked for the name. What is read of an answer is bounded, in bytes and in time.
"""

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

import httpx

from services.calendar.patience import at_most
from services.notifications.receiver.addresses import Address, AddressRefused, Allowed, Target, check, read_url
from services.notifications.webhook.sending.retry_after import wait_of

CONNECT_SECONDS, TOTAL_SECONDS = at_most(5), at_most(15)
READ_BYTES = 16_000
KEPT_OPEN_SECONDS, MOST_RECEIVERS, CONNECTIONS_EACH = 10.0, 500, 16
LOOKING_UP = 64
"""Names looked up at a time: one that does not answer must not hold up the others."""

_SAYING = "http11.send_request_headers.started"
Admit = Callable[[], Awaitable[None]]
Resolve = Callable[[str, int], Awaitable[list[Address]]]


async def _always() -> None:
    """Nobody has anything against it."""


class NotReached(Exception):
    """No answer, or none that is whole: the message says why, in words of ours."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a receiver answered: its status, how it asks to be left alone for a while (seconds), and the first of what
    it said."""

    status: int
    retry_after: float | None
    body: bytes
    whole: bool


class Reaching:
    """Connections to receivers. One pool for each name and port, so that none goes over another's certificate."""

    def __init__(
        self,
        allowed: tuple[Allowed, ...] = (),
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(LOOKING_UP, "looking-up")
        self._resolve = resolve or self._look_up
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._connect_seconds, self._total_seconds = connect_seconds, total_seconds
        self._pools: OrderedDict[tuple[str, str, int], httpx.AsyncHTTPTransport] = OrderedDict()

    async def close(self) -> None:
        """Hang up."""
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check(self, url: str) -> None:
        """Refuses an address that receivers may not have. A name that has none now may have one when it is used."""
        target = read_url(url)
        try:
            check(target, await self._addresses(target), self._allowed)
        except NotReached as failure:
            raise AddressRefused(f"{failure}. Register it when the name can be looked up.") from failure

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        seconds: float | None = None,
        admit: Admit = _always,
        sent_at: datetime | None = None,
    ) -> Answered:
        """Send it once, and read the answer; `seconds` if there is less time than always; `sent_at` is what the time is
        held to be, where the receiver does not say. `admit` is asked before a
        connection is made, and again before anything is said on it. Raises AddressRefused, NotReached, and what `admit`
        raises."""
        try:
            async with asyncio.timeout(min(seconds or self._total_seconds, self._total_seconds)):
                target = read_url(url)
                addresses = await self._addresses(target)
                check(target, addresses, self._allowed)
                await admit()
                return await self._send(target, addresses[0], body, headers, admit, sent_at)
        except TimeoutError:
            raise NotReached("no whole answer in time") from None
        except httpx.ConnectTimeout:
            raise NotReached("no connection in time") from None
        except httpx.ConnectError as failure:
            raise NotReached(_said_of(failure)) from None
        except httpx.HTTPError as failure:
            raise NotReached(f"the connection broke: {type(failure).__name__}") from None

    async def _addresses(self, target: Target) -> list[Address]:
        if target.address is not None:
            return [target.address]
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await self._resolve(target.host, target.port)
        except TimeoutError:
            raise NotReached("the name could not be looked up in time") from None
        except (OSError, UnicodeError):
            raise NotReached("the name could not be looked up") from None

    async def _look_up(self, host: str, port: int) -> list[Address]:
        """Every address of the name, those of IPv4 first."""

        def ask() -> list[Address]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return sorted({ip_address(str(each[4][0])) for each in found}, key=lambda each: (each.version, int(each)))

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    async def _send(
        self,
        target: Target,
        address: Address,
        body: bytes,
        headers: Mapping[str, str],
        admit: Admit,
        sent_at: datetime | None,
    ) -> Answered:
        async def traced(event: str, _: object) -> None:
            if event == _SAYING:
                await admit()

        host = f"[{address}]" if address.version == 6 else str(address)
        request = httpx.Request(
            "POST",
            httpx.URL(f"{target.scheme}://{host}:{target.port}{target.path}"),
            headers={"Host": target.authority, "Accept-Encoding": "identity", **headers},
            content=body,
            extensions={
                "trace": traced,
                "sni_hostname": target.host,
                "timeout": {
                    "connect": self._connect_seconds,
                    "read": self._total_seconds,
                    "write": self._total_seconds,
                    "pool": self._connect_seconds,
                },
            },
        )
        response = await self._pool(target).handle_async_request(request)
        try:
            said, whole = await _read(response)
        finally:
            await response.aclose()
        return Answered(response.status_code, wait_of(response.headers, sent_at), said, whole)

    def _pool(self, target: Target) -> httpx.AsyncHTTPTransport:
        key = (target.scheme, target.host, target.port)
        if key not in self._pools:
            limits = httpx.Limits(
                max_connections=CONNECTIONS_EACH,
                max_keepalive_connections=CONNECTIONS_EACH,
                keepalive_expiry=KEPT_OPEN_SECONDS,
            )
            self._pools[key] = httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=limits)
        self._pools.move_to_end(key)
        if len(self._pools) > MOST_RECEIVERS:
            _, oldest = self._pools.popitem(last=False)
            self._closing = asyncio.ensure_future(oldest.aclose())
        return self._pools[key]


async def _read(response: httpx.Response) -> tuple[bytes, bool]:
    """The first of what is said, and whether that was all of it. The rest is not fetched."""
    said = bytearray()
    async for some in response.aiter_raw():
        said += some
        if len(said) > READ_BYTES:
            return bytes(said[:READ_BYTES]), False
    return bytes(said), True


def _said_of(failure: httpx.ConnectError) -> str:
    """What kept a connection from coming about, without repeating what the other end wrote."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the certificate is not one for this name that is trusted"
        if isinstance(cause, ssl.SSLError):
            return "no TLS connection came about"
        cause = cause.__cause__ or cause.__context__
    return "nobody takes connections there"
