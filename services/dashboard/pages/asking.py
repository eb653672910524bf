"""A service, asked in the reader's own name: with the token they signed in with, over HTTP, as any front-end asks it.

What the service allows is for the service to say. We bound how long it may take and how much we read of its answer; the
token goes to it and nowhere else: no redirect is followed, no proxy of the environment is used.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request

from services.calendar.patience import at_most
from services.dashboard.sign_in.reader import own_token_of
from services.dashboard.sign_in.refusals import NotYours, ServiceAway, SignInAgain
from services.tracing.spans import passed_on

SECONDS = at_most(20)
LARGEST_BYTES = 4 * 1024 * 1024
AWAY = "Prøv igjen om litt. Ingenting er gjort."

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the service answered: its status, and its document."""

    status: int
    document: Mapping[str, Any]

    @property
    def refused(self) -> bool:
        return self.status >= httpx.codes.BAD_REQUEST

    @property
    def code(self) -> str:
        return str(self.document.get("code", ""))

    @property
    def title(self) -> str:
        """The refusal in bokmål."""
        return str(self.document.get("title", ""))

    @property
    def detail(self) -> str:
        """What to do about it, in the API's English."""
        return str(self.document.get("detail", ""))


class Declined(Exception):
    """The service said no. A reader is told so in its own words."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.code)
        self.told = told


@dataclass(frozen=True, kw_only=True)
class Api:
    """One service. `address` is empty where this deployment has not said where it is."""

    address: str
    client: httpx.AsyncClient

    async def ask(
        self,
        request: Request,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        document: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        media_type: str = "application/json",
        key: str | None = None,
    ) -> Told:
        """One question, in whole. Refuses `SignInAgain`, `NotYours` and `ServiceAway`; any other refusal is the
        service's own word, and an answer."""
        if document is not None:
            content = json.dumps(document).encode()
        async with self._asked(request, method, path, query=query, content=content, kind=media_type, key=key) as answer:
            body = await _read(answer)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise SignInAgain("Tjenesten tar ikke imot innloggingen lenger. Logg ut, logg inn igjen, og prøv på nytt.")
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise NotYours("Ingen av rollene dine gir lov til det.")
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or answer.is_redirect:
            raise away(f"status {answer.status_code}")
        try:
            told = json.loads(body)
        except ValueError:
            raise away("no JSON") from None
        if not isinstance(told, dict):
            raise away("no object")
        return Told(status=answer.status_code, document=told)

    async def find(self, request: Request, path: str, *, query: Mapping[str, str]) -> Told | None:
        """What it answers, for a page that is whole without it: None where the reader's token has run out, or it does
        not answer, or says no."""
        try:
            told = await self.ask(request, "GET", path, query=query)
        except (SignInAgain, ServiceAway, NotYours):
            return None
        return None if told.refused else told

    @asynccontextmanager
    async def download(self, request: Request, path: str) -> AsyncIterator[httpx.Response]:
        """What it answers, to be passed on as it comes: no more than a piece is held at a time."""
        async with self._asked(request, "GET", path, seconds=None) as answer:
            yield answer

    @asynccontextmanager
    async def _asked(
        self,
        request: Request,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: bytes | None = None,
        kind: str = "",
        key: str | None = None,
        seconds: float | None = SECONDS,
    ) -> AsyncIterator[httpx.Response]:
        token = await own_token_of(request)
        if not self.address:
            raise ServiceAway("Sidene er ikke satt opp til å spørre tjenesten.")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, */*;q=0.1"}
        headers |= {"Content-Type": kind} if content is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= passed_on()
        try:
            async with (
                asyncio.timeout(seconds),
                self.client.stream(
                    method,
                    self.address + path,
                    params=query,
                    content=content,
                    headers=headers,
                    timeout=SECONDS,
                    follow_redirects=False,
                ) as answer,
            ):
                yield answer
        except (httpx.HTTPError, TimeoutError) as failure:
            raise away(type(failure).__name__) from None


async def _read(answer: httpx.Response) -> bytes:
    read = bytearray()
    async for piece in answer.aiter_bytes():
        read += piece
        if len(read) > LARGEST_BYTES:
            raise away("too much")
    return bytes(read)


def away(why: str) -> ServiceAway:
    """Why is told to the log; a reader is told to try again."""
    log.warning("service away", extra={"fields": {"reason": why}})
    return ServiceAway(AWAY)
