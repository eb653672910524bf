"""Signing in and out over HTTP: `/logg-inn`, `/logg-inn/begynn`, `/logg-inn/tilbake`, `/logg-ut`."""

import hmac
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.dashboard.pages import page
from services.dashboard.pages.answering import html
from services.dashboard.sign_in.access import own_page
from services.dashboard.sign_in.attempt import SECONDS, Attempt
from services.dashboard.sign_in.form import FORM, read_form
from services.dashboard.sign_in.provider import SigningIn
from services.dashboard.sign_in.reader import Site, is_from_elsewhere, session_of
from services.dashboard.sign_in.refusals import FormForged, FromElsewhere, NotSignedInHere
from services.dashboard.sign_in.sessions import Sessions
from services.httpapi.callers.admission import open_to_all
from services.httpapi.route import Router
from services.httpapi.strict.document import takes

SEE_OTHER = 303
BEGIN_ANEW = "Innloggingen lyktes ikke, eller var brukt før. Begynn på nytt."


def sign_in_router(signing_in: SigningIn, sessions: Sessions, site: Site, *, people: Sequence[str] = ()) -> Router:
    """The addresses of signing in. `people` are those the development issuer lets in, each by one click."""
    signs = _Signing(signing_in, sessions, site, people)
    router = Router(include_in_schema=False, dependencies=[open_to_all])
    router.add_api_route("/logg-inn", signs.show, methods=["GET"])
    router.add_api_route("/logg-inn/begynn", signs.begin, methods=["GET"])
    router.add_api_route("/logg-inn/tilbake", signs.finish, methods=["GET"])
    router.add_api_route("/logg-ut", signs.sign_out, methods=["POST"], openapi_extra=takes(FORM))
    return router


class _Signing:
    def __init__(self, signing_in: SigningIn, sessions: Sessions, site: Site, people: Sequence[str]) -> None:
        self._signing_in, self._sessions, self._site, self._people = signing_in, sessions, site, people

    async def show(self, request: Request, til: str = "/", ut: str = "") -> Response:
        """Where to sign in. `ut`: whoever reads it has just signed out."""
        self._site.keep_to(request)
        return html(page.sign_in_page(own_page(til), people=self._people, signed_out=bool(ut)))

    async def begin(self, request: Request, til: str = "/", person: str = "") -> Response:
        """Send the browser to where people sign in, with a secret to come back by. Another site cannot begin it in the
        place of whoever is signed in (`FromElsewhere`)."""
        self._site.keep_to(request)
        if is_from_elsewhere(request) and await session_of(request) is not None:
            raise FromElsewhere("Du er logget inn her. Logg ut først om du vil logge inn som en annen.")
        attempt = Attempt.begin(til)
        known = person if person in self._people else ""
        response = _elsewhere(self._signing_in.address(attempt, person=known))
        self._site.hand(response, self._site.attempt_cookie, attempt.held, seconds=SECONDS)
        return response

    async def finish(  # what providers are known to send along is taken and not looked at
        self,
        request: Request,
        code: str = "",
        state: str = "",
        iss: str = "",
        error: str = "",
        error_description: str = "",
        error_uri: str = "",
        session_state: str = "",
        scope: str = "",
    ) -> Response:
        """The browser is back: whoever signed in gets a session, once."""
        del error_description, error_uri, session_state, scope
        self._site.keep_to(request)
        attempt = Attempt.find(request.cookies.get(self._site.attempt_cookie, ""))
        if attempt is None or not hmac.compare_digest(state.encode(), attempt.state.encode()):
            raise NotSignedInHere(BEGIN_ANEW)
        if error or not code or not self._signing_in.is_from(iss):
            raise NotSignedInHere(BEGIN_ANEW)
        signed_in = await self._signing_in.signed_in(attempt, code)
        token = await self._sessions.begin(signed_in.caller, attempt.sha256, signed_in.own)
        if token is None:
            raise NotSignedInHere(BEGIN_ANEW)
        await self._end(request)
        response = _elsewhere(attempt.to)
        self._site.take_back(response, self._site.attempt_cookie)
        self._site.hand(response, self._site.session_cookie, token)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End this session, or (`overalt`) every one of this person's. Whoever is signed out already is told so."""
        self._site.keep_to(request)
        form, session = await read_form(request), await session_of(request)
        if session is not None:
            if not hmac.compare_digest(form.get("bevis", "").encode(), session.proof.encode()):
                raise FormForged("Gå tilbake, last siden på nytt, og prøv igjen.")
            if form.get("overalt"):
                await self._sessions.end_all(session.caller.subject)
            await self._end(request)
        response = _elsewhere("/logg-inn?ut=ja")
        self._site.take_back(response, self._site.session_cookie)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    async def _end(self, request: Request) -> None:
        if held := request.cookies.get(self._site.session_cookie):
            await self._sessions.end(held)


def _elsewhere(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=SEE_OTHER, headers={"Cache-Control": "no-store"})
