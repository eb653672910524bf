"""What the tests of tokens build, for other tests to use as well."""

import asyncio
import base64
import json
from typing import Any

from joserfc import jwk, jws

from services.httpapi.callers.bearer import Callers, Issuer
from services.httpapi.callers.caller import Caller

NOW = 1_600_000_000.0
KEY = jwk.ECKey.generate_key("P-256", {"kid": "ours"})
RSA = jwk.RSAKey.generate_key(2048, {"kid": "rsa"})
ED = jwk.OKPKey.generate_key("Ed25519", {"kid": "ed"})
ANOTHER_SERVICE = jwk.ECKey.generate_key("P-256", {"kid": "another"})

US = Issuer(
    issuer="https://us",
    audience="tilsagn",
    jwks={"keys": [key.as_dict(private=False) for key in (KEY, RSA, ED)]},
    algorithms=("ES256", "RS256", "Ed25519"),
)
ANOTHER = Issuer(
    issuer="https://another",
    audience="tilsagn",
    jwks={"keys": [ANOTHER_SERVICE.as_dict(private=False)]},
    algorithms=("ES256",),
    subject_prefix="another:",
)

HEADER: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": "ours"}
CLAIMS: dict[str, Any] = {
    "iss": "https://us",
    "aud": "tilsagn",
    "sub": "kari",
    "roles": ["approver"],
    "exp": NOW + 600,
    "nbf": NOW,
    "iat": NOW,
    "name": "Kari",
}


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: Any, claims: Any, key: Any = KEY, algorithm: str = "ES256") -> str:
    """Truly signed, whatever it says: by our own hand, for the library would not sign most of these."""
    signing_input = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    signature = jws.JWSRegistry.algorithms[algorithm].sign(signing_input.encode(), key)
    return f"{signing_input}.{part(signature)}"


def token(key: Any = KEY, header: dict[str, Any] | None = None, without: str = "", **claims: Any) -> str:
    said = HEADER | (header or {})
    algorithm = {"RSA": "PS256" if said["alg"] == "PS256" else "RS256", "OKP": "Ed25519"}.get(key.key_type, "ES256")
    return signed(said, {name: value for name, value in (CLAIMS | claims).items() if name != without}, key, algorithm)


def caller(given: str, *, at: float = NOW, callers: Callers | None = None) -> Caller:
    return asyncio.run((callers or Callers([US, ANOTHER], now=lambda: at)).caller_of(given))
