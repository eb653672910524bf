"""Where people sign in: an OpenID Connect provider, asked by authorisation code with PKCE (RFC 6749, 7636, 9700).

What the protocol takes is Authlib's; whose word is taken is said beforehand, never by what the provider answers. The
ID token is held to the same checks as every token of ours (`bearer.py`), and to the nonce of the browser that asked.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError

from services.calendar.patience import at_most
from services.dashboard.sign_in.attempt import Attempt
from services.dashboard.sign_in.own_token import OwnToken
from services.dashboard.sign_in.refusals import NotSignedInHere, ProviderAway
from services.httpapi.callers.bearer import LEEWAY_SECONDS, Callers, Issuer
from services.httpapi.callers.caller import Caller, TokenInvalid
from services.httpapi.callers.keys import IssuerUnreachable

SECONDS = at_most(10)
LARGEST_BYTES = 64 * 1024
NAMES_ITSELF = "authorization_response_iss_parameter_supported"
OF_ISSUER = ("jwks_url", "jwks", "algorithms", "roles_claim", "roles", "name_claim", "subject_prefix")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider, as we know it beforehand. `issuer` says whose ID tokens are believed and what its roles are called;
    its audience is our `client_id`. Without `client_secret` we are a public client, and PKCE alone binds the code.
    `names_itself`: each of its answers says who it is from (RFC 9207), and one that does not is not from it."""

    issuer: Issuer
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    client_secret: str | None = field(default=None, repr=False)
    auth_method: str = "client_secret_basic"
    scope: str = "openid profile"
    names_itself: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Provider":
        """From a file's JSON: `issuer`, `client_id`, `authorization_endpoint`, `token_endpoint`, `jwks_url`; and, where
        they differ from ours, `client_secret_file`, `auth_method`, `scope`, `algorithms`, `roles_claim`, `roles`,
        `name_claim`, `subject_prefix`; NAMES_ITSELF as its metadata has it. Raises KeyError, ValueError or OSError."""
        ours = {name: told[name] for name in ("authorization_endpoint", "token_endpoint")}
        for name, url in ours.items():
            if not url.startswith("https://"):
                raise ValueError(f"{name} must begin with https://")
        known = {*OF_ISSUER, *ours, "issuer", "client_id", "client_secret_file", "auth_method", "scope", NAMES_ITSELF}
        if strange := told.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(strange))}")
        secret = told.get("client_secret_file")
        return cls(
            issuer=Issuer(
                issuer=told["issuer"],
                audience=told["client_id"],
                types=("JWT",),
                **{name: told[name] for name in OF_ISSUER if name in told},
            ),
            client_id=told["client_id"],
            names_itself=told.get(NAMES_ITSELF, False) is True,
            client_secret=Path(secret).read_text(encoding="utf-8").rstrip("\r\n") if secret else None,
            **{name: told[name] for name in ("auth_method", "scope") if name in told},
            **ours,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """Who signed in, and the token they may ask the services with, where the provider gave one."""

    caller: Caller
    own: OwnToken | None


class SigningIn:
    """The provider, asked. `client` reaches it; the caller closes it. `back` is where it sends browsers back to."""

    def __init__(self, provider: Provider, client: httpx.AsyncClient, *, back: str) -> None:
        self._provider, self._client, self._back = provider, client, back
        self._callers = Callers([provider.issuer], client=client)
        method = provider.auth_method if provider.client_secret else "none"
        self._auth = ClientAuth(provider.client_id, provider.client_secret, method)

    def is_from(self, issuer: str) -> bool:
        """Whether an answer that says who it is from (RFC 9207) is from our provider. One that says
        nothing may be, where the provider does not always say it."""
        return issuer == self._provider.issuer.issuer or (not issuer and not self._provider.names_itself)

    def address(self, attempt: Attempt, *, person: str = "") -> str:
        """Where the browser goes to sign in. `person` is whom it asks for, where it knows."""
        return str(
            prepare_grant_uri(
                self._provider.authorization_endpoint,
                client_id=self._provider.client_id,
                response_type="code",
                redirect_uri=self._back,
                scope=self._provider.scope,
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
                **({"login_hint": person} if person else {}),
            )
        )

    async def signed_in(self, attempt: Attempt, code: str) -> SignedIn:
        """Who signed in, by the code the browser came back with. An ID token that says which access token it came with
        (`at_hash`) came with no other. Refuses `NotSignedInHere`, and `ProviderAway` where the provider does not
        answer. Why is told to the log and not to the browser."""
        told = await self._ask(attempt, code)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise _refused("no id token")
        try:
            caller = await self._callers.caller_of(token)
            claims = json.loads(jws.extract_compact(token.encode("ascii")).payload)
            header = jws.extract_compact(token.encode("ascii")).headers()
            said = {"nonce": attempt.nonce, "client_id": self._provider.client_id}
            CodeIDToken(claims, header, params=said | _beside(told, header)).validate(leeway=LEEWAY_SECONDS)
        except IssuerUnreachable:
            raise ProviderAway("Innloggingstjenesten svarer ikke. Prøv igjen om litt.") from None
        except (TokenInvalid, AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as failure:
            raise _refused(type(failure).__name__) from None
        return SignedIn(caller=caller, own=OwnToken.of(told))

    async def _ask(self, attempt: Attempt, code: str) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self._back, code_verifier=attempt.verifier
        )
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        url, headers, body = self._auth.prepare("POST", self._provider.token_endpoint, headers, body)
        try:
            answer = await self._client.post(
                url, content=body, headers=headers, timeout=SECONDS, follow_redirects=False
            )
        except httpx.HTTPError as failure:
            log.warning("provider away", extra={"fields": {"kind": type(failure).__name__}})
            raise ProviderAway("Innloggingstjenesten svarer ikke. Prøv igjen om litt.") from None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ProviderAway("Innloggingstjenesten svarer ikke. Prøv igjen om litt.")
        if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST_BYTES:
            raise _refused("no token")
        try:
            told = answer.json()
        except ValueError:
            raise _refused("no JSON") from None
        return told if isinstance(told, dict) else {}


def _beside(told: Mapping[str, Any], header: Mapping[str, Any]) -> dict[str, Any]:
    """The access token that came along, to be held against the ID token, where its algorithm says by which hash."""
    return {"access_token": told["access_token"]} if told.get("access_token") and header["alg"][-3:].isdigit() else {}


def _refused(why: str) -> NotSignedInHere:
    log.warning("sign-in refused", extra={"fields": {"reason": why}})
    return NotSignedInHere("Innloggingen lyktes ikke, eller var brukt før. Begynn på nytt.")
