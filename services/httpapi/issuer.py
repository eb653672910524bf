"""An issuer of our own, so that development and tests sign in with real tokens through the real checks.

It gives anybody any role. Production refuses to start with it.
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from services.httpapi.callers.admission import open_to_all
from services.httpapi.callers.bearer import Issuer
from services.httpapi.callers.caller import Role
from services.httpapi.route import Router

ALGORITHM = "ES256"
IDENTITY_SECONDS = 300
KEYS_PATH = "/internal/development-issuer/jwks.json"


class DevelopmentIssuerInProduction(Exception):
    """Somebody configured the issuer that gives anybody any role outside development."""


def half_hash(token: str) -> str:
    """What an ID token says of the access token beside it (OpenID Connect Core 3.1.3.6)."""
    half = hashlib.sha256(token.encode("ascii")).digest()[:16]
    return base64.urlsafe_b64encode(half).decode("ascii").rstrip("=")


def refuse_in_production(environment: str) -> None:
    """Raises unless the environment is development or test: what is not named is production."""
    if environment not in ("development", "test"):
        raise DevelopmentIssuerInProduction(
            f"The development issuer gives anybody any role; environment {environment!r} must name a real issuer."
        )


@dataclass(frozen=True)
class DevelopmentIssuer:
    key: ECKey
    issuer: str
    audience: str

    @classmethod
    def generate(cls, *, issuer: str, audience: str) -> "DevelopmentIssuer":
        """With a key pair that lives as long as the process."""
        return cls(ECKey.generate_key("P-256", auto_kid=True), issuer, audience)

    @classmethod
    def from_file(cls, path: Path, *, issuer: str, audience: str) -> "DevelopmentIssuer":
        """With the key pair of the file, so that tokens outlive a restart; made, for its owner's eyes only, when there
        is none. Two processes starting at once agree on one key."""
        if not path.exists():
            fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True), file)
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        return cls(ECKey.import_key(json.loads(path.read_text("utf-8"))), issuer, audience)

    def mint(self, subject: str, roles: Iterable[Role], *, name: str | None = None, ttl_seconds: int = 3600) -> str:
        """A token for this person in these roles, good for `ttl_seconds` from now."""
        return self._signed("at+jwt", subject, roles, name, self.audience, ttl_seconds, {})

    def mint_identity(
        self,
        subject: str,
        roles: Iterable[Role],
        *,
        client_id: str,
        nonce: str,
        name: str | None = None,
        beside: str | None = None,
    ) -> str:
        """What tells one client who has signed in there (an ID token). It opens no API: type and audience differ.
        `beside` is the access token it comes with, and with no other (`at_hash`)."""
        said = {"nonce": nonce} | ({"at_hash": half_hash(beside)} if beside else {})
        return self._signed("JWT", subject, roles, name, client_id, IDENTITY_SECONDS, said)

    def _signed(
        self,
        kind: str,
        subject: str,
        roles: Iterable[Role],
        name: str | None,
        audience: str,
        ttl_seconds: int,
        more: dict[str, Any],
    ) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": audience,
            "sub": subject,
            "roles": sorted(roles),
            "iat": now,
            "exp": now + ttl_seconds,
            **more,
        }
        return jwt.encode(
            {"alg": ALGORITHM, "typ": kind, "kid": self.key.kid},
            claims | ({"name": name} if name else {}),
            self.key,
            algorithms=[ALGORITHM],
        )

    def keys(self) -> dict[str, Any]:
        """The public key set (RFC 7517)."""
        return {"keys": [self.key.as_dict(private=False, use="sig", alg=ALGORITHM)]}

    def trusted(self) -> Issuer:
        """The configuration under which a service trusts this issuer."""
        return Issuer(issuer=self.issuer, audience=self.audience, jwks=self.keys(), algorithms=(ALGORITHM,))

    def router(self) -> Router:
        """Serves the key set, for the other service to fetch."""
        router = Router()

        @router.get(KEYS_PATH, dependencies=[open_to_all], include_in_schema=False)
        async def jwks() -> dict[str, Any]:
            return self.keys()

        return router
