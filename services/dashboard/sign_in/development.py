"""An OpenID Connect provider of our own, on this machine and in development only: it lets anybody in as any of the
people, by one click. It stands on the development issuer, whose tokens the services believe there.

It is a provider all the same, and checks what a provider checks: the client, the address to come back to, a code that
is good once and for a minute, and PKCE. Settings refuse to start with it in production, or where others could reach it.
"""

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.dashboard.sign_in.form import FORM, read_form
from services.dashboard.sign_in.provider import Provider
from services.dashboard.sign_in.refusals import PageRefusal
from services.httpapi.callers.admission import open_to_all
from services.httpapi.callers.bearer import Issuer
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import ALGORITHM, DevelopmentIssuer
from services.httpapi.route import Router
from services.httpapi.strict.document import takes

CLIENT = "tilsagn-dashboard"
AUTHORISE = "/internal/development-issuer/authorize"
TOKEN = "/internal/development-issuer/token"
CODE_SECONDS = 60.0
MOST_CODES = 1000
OWN_SECONDS = 3600
"""How long what readers ask the services with is good, as most providers have it."""


class NobodyThere(PageRefusal):
    """Not one of the people, or not asked as our dashboard asks."""

    code = "development-sign-in-refused"
    status = 400
    title = "Utviklingsmiljøets innlogging forsto ikke spørsmålet"


@dataclass(frozen=True, kw_only=True)
class _Given:
    """A code that was given, for whom, and what must come with it."""

    person: str
    nonce: str
    challenge: str
    until: float


class DevelopmentProvider:
    """`people` and their roles; `address` is where it answers, `back` the one place it sends browsers back to."""

    def __init__(
        self,
        issuer: DevelopmentIssuer,
        people: Mapping[str, tuple[Role, ...]],
        *,
        address: str,
        back: str,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer, self._people, self._address, self._back, self._now = issuer, people, address, back, now
        self._given: dict[str, _Given] = {}

    @property
    def provider(self) -> Provider:
        """How the dashboard knows it."""
        issuer = Issuer(
            issuer=self._issuer.issuer,
            audience=CLIENT,
            jwks=self._issuer.keys(),
            algorithms=(ALGORITHM,),
            types=("JWT",),
        )
        return Provider(
            issuer=issuer,
            client_id=CLIENT,
            authorization_endpoint=self._address + AUTHORISE,
            token_endpoint=self._address + TOKEN,
            names_itself=True,
        )

    def router(self) -> Router:
        """The two addresses of a provider that a code takes."""
        router = Router(include_in_schema=False, dependencies=[open_to_all])
        router.add_api_route(AUTHORISE, self.authorise, methods=["GET"])
        router.add_api_route(TOKEN, self.exchange, methods=["POST"], openapi_extra=takes(FORM))
        return router

    async def authorise(
        self,
        response_type: str = "",
        client_id: str = "",
        redirect_uri: str = "",
        scope: str = "",
        state: str = "",
        nonce: str = "",
        code_challenge: str = "",
        code_challenge_method: str = "",
        login_hint: str = "",
    ) -> Response:
        """Give a code for whoever was clicked on."""
        asked = (response_type, client_id, redirect_uri, code_challenge_method)
        if asked != ("code", CLIENT, self._back, "S256") or "openid" not in scope.split(" "):
            raise NobodyThere("Begynn på innloggingssiden.")
        if login_hint not in self._people or not (state and nonce and code_challenge):
            raise NobodyThere("Velg en av personene på innloggingssiden.")
        if len(self._given) >= MOST_CODES:
            del self._given[next(iter(self._given))]
        code = secrets.token_urlsafe(32)
        self._given[code] = _Given(
            person=login_hint, nonce=nonce, challenge=code_challenge, until=self._now() + CODE_SECONDS
        )
        back = add_params_to_uri(self._back, [("code", code), ("state", state), ("iss", self._issuer.issuer)])
        return RedirectResponse(back, status_code=303, headers={"Cache-Control": "no-store"})

    async def exchange(self, request: Request) -> Response:
        """A token for a code, once."""
        form = await read_form(request)
        given = self._given.pop(form.get("code", ""), None)
        proved = create_s256_code_challenge(form.get("code_verifier", ""))
        asked = (form.get("grant_type"), form.get("client_id"), form.get("redirect_uri"))
        if (
            given is None
            or self._now() > given.until
            or asked != ("authorization_code", CLIENT, self._back)
            or not hmac.compare_digest(proved, given.challenge)
        ):
            return _answer({"error": "invalid_grant"}, status=400)
        roles = self._people[given.person]
        said: dict[str, Any] = {"token_type": "Bearer", "expires_in": OWN_SECONDS}
        said["access_token"] = self._issuer.mint(given.person, roles, name=given.person, ttl_seconds=OWN_SECONDS)
        said["id_token"] = self._issuer.mint_identity(
            given.person, roles, client_id=CLIENT, nonce=given.nonce, name=given.person, beside=said["access_token"]
        )
        return _answer(said)


def _answer(said: Mapping[str, Any], *, status: int = 200) -> Response:
    return JSONResponse(dict(said), status_code=status, headers={"Cache-Control": "no-store"})
