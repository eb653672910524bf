"""Who reads a page: signed in, let in by the table of pages, and asking from our own pages."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.sign_in.access import Page, Sight
from services.dashboard.sign_in.refusals import (
    AnotherAddress,
    FormForged,
    FromElsewhere,
    NotYours,
    SignedOut,
    SignInAgain,
)
from services.dashboard.sign_in.sessions import Session
from services.httpapi.callers.admission import Allow
from services.httpapi.callers.caller import Caller

FindSession = Callable[[Request], Awaitable[Session | None]]
FindOwnToken = Callable[[Request], Awaitable[str | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader(Caller):
    """Somebody who is signed in and let in. `proof` is what their forms carry, `sight` how much of awards they see."""

    proof: str
    sight: Sight

    @property
    def called(self) -> str:
        return self.name or self.subject


@dataclass(frozen=True, slots=True)
class Site:
    """Our own address, and the cookies that go with it: over TLS they are bound to this very host."""

    address: str

    @property
    def is_secure(self) -> bool:
        return urlsplit(self.address).scheme == "https"

    @property
    def session_cookie(self) -> str:
        return "__Host-tilsagn" if self.is_secure else "tilsagn"

    @property
    def attempt_cookie(self) -> str:
        return "__Host-tilsagn-attempt" if self.is_secure else "tilsagn-attempt"

    def hand(self, response: Response, cookie: str, value: str, *, seconds: int | None = None) -> None:
        """Have the browser hold it, out of reach of scripts and of other sites' forms."""
        response.set_cookie(
            cookie, value, max_age=seconds, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )

    def take_back(self, response: Response, cookie: str) -> None:
        """Have the browser forget it."""
        response.delete_cookie(cookie, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def keep_to(self, request: Request) -> None:
        """Refuse what is asked for under another name (`AnotherAddress`), and what another site has a reader's browser
        ask for, but for following a link (`FromElsewhere`)."""
        headers = request.headers
        if headers.get("host", "").lower() != urlsplit(self.address).netloc.lower():
            raise AnotherAddress(f"Gå til {self.address}.")
        follows = request.method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        if is_from_elsewhere(request) and not (follows and headers.get("sec-fetch-dest") in ("document", None)):
            raise FromElsewhere("Bare lenker hit kan følges fra andre nettsteder.")
        if request.method != "GET" and headers.get("origin", self.address) != self.address:
            raise FromElsewhere("Skjemaet ble sendt fra et annet nettsted.")


def is_from_elsewhere(request: Request) -> bool:
    """Whether another site sent the browser here, by the browser's own word."""
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")


async def session_of(request: Request) -> Session | None:
    """Who is signed in in this browser, worked out once a request."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    if "session" not in state:
        cast(Site, request.app.state.site).keep_to(request)
        state["session"] = await cast(FindSession, request.app.state.find_session)(request)
    return cast("Session | None", state["session"])


async def look_at_session(request: Request) -> Session | None:
    """Who is signed in in this browser now. It is no use of the session: whoever only waits does not keep it going."""
    cast(Site, request.app.state.site).keep_to(request)
    return await cast(FindSession, request.app.state.look_at_session)(request)


class ReaderOf(Allow):
    """Admits whoever the table lets in to one page, and hands the route its `Reader`."""

    def __init__(self, page: Page, find: FindSession = session_of) -> None:
        super().__init__(frozenset(page.sees))
        self.page, self.find = page, find

    async def __call__(self, request: Request) -> Reader:
        session = await self.find(request)
        if session is None:
            raise SignedOut("Sidene er for dem som er logget inn.")
        caller = session.caller
        sight = self.page.sight_of(caller.roles)
        if sight is None:
            raise NotYours("Ingen av rollene dine gir tilgang til den.")
        reader = Reader(subject=caller.subject, roles=caller.roles, name=caller.name, proof=session.proof, sight=sight)
        request.scope.setdefault("state", {})["reader"] = reader
        return reader


def found_reader(request: Request) -> Reader | None:
    """Who was let in to the page that was asked for, where it then could not be shown."""
    return cast("Reader | None", request.scope.get("state", {}).get("reader"))


def waiting_reader_of(page: Page) -> Any:
    """The same for what waits on an open page, which is no use of the session."""
    return Depends(ReaderOf(page, look_at_session))


def reader_of(page: Page) -> Any:
    """A dependency for `Annotated[Reader, reader_of(...)]`. Refuses `SignedOut`, `NotYours`, `FromElsewhere`."""
    return Depends(ReaderOf(page))


async def own_token_of(request: Request) -> str:
    """The token by which this reader asks the services in their own name. Refuses `SignInAgain`."""
    token = await cast(FindOwnToken, request.app.state.find_own_token)(request)
    if token is None:
        raise SignInAgain(
            "Det du ba om, gjøres i ditt eget navn. Innloggingen til det varer kortere enn økten og fornyes ikke: "
            "logg ut, logg inn igjen, og prøv en gang til."
        )
    return token


def prove(reader: Reader, form: Mapping[str, str]) -> None:
    """Refuse a form that does not carry what we gave this session to send along (`FormForged`)."""
    if not hmac.compare_digest(form.get("bevis", "").encode(), reader.proof.encode()):
        raise FormForged("Gå tilbake, last siden på nytt, og prøv igjen.")
