"""S3: forged tokens at the running service. Each differs from a good one in one thing, and opens nothing.

What a verifier must refuse is tried in full in tests/httpapi/test_tokens.py; here it is the service as it is started,
with the issuer its own settings name.
"""

import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
from joserfc.jwk import ECKey

from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from tests.conftest import Database
from tests.faults.service import POST, issuer_of, open_funds, proposal, running, settings_of
from tests.httpapi.tokens import part, signed
from tests.patience import PATIENCE_SECONDS

FUND = f"{POST}/ressursmiljo"


class Forger:
    """Somebody who knows everything of a good token but the key; and the one who has it, for comparison."""

    def __init__(self, settings: Settings) -> None:
        self.issuer: DevelopmentIssuer = issuer_of(settings)
        self.key = self.issuer.key
        self.now = int(time.time())
        self.header: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": self.key.kid}
        self.claims: dict[str, Any] = {
            "iss": settings.dev_issuer,
            "aud": settings.audience,
            "sub": "kari",
            "roles": [role.value for role in Role],
            "iat": self.now,
            "exp": self.now + 600,
        }

    def token(self, *, key: ECKey | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A good token, but for what is said here. None leaves the member out."""
        said = {name: value for name, value in (self.header | (header or {})).items() if value is not None}
        told = {name: value for name, value in (self.claims | claims).items() if value is not None}
        return signed(said, told, key or self.key)

    def with_our_public_key_as_secret(self) -> str:
        signing_input = self.token(header={"alg": "HS256"}).rsplit(".", 1)[0]
        secret = self.key.as_pem(private=False)
        return f"{signing_input}.{part(hmac.digest(secret, signing_input.encode(), 'sha256'))}"

    def list_forged(self) -> dict[str, str]:
        stranger = ECKey.generate_key("P-256", {"kid": str(self.key.kid)})
        good = self.token()
        body = json.dumps(self.claims | {"sub": "ingrid"}).encode()
        return {
            "no token at all": "x",
            "alg none": self.token(header={"alg": "none"}).rsplit(".", 1)[0] + ".",
            "alg none, signed": self.token(header={"alg": "none"}),
            "no signature": good.rsplit(".", 1)[0] + ".",
            "half a signature": good[:-20],
            "another's claims": f"{good.split('.')[0]}.{part(body)}.{good.split('.')[2]}",
            "our public key as secret": self.with_our_public_key_as_secret(),
            "a stranger's key under our kid": self.token(key=stranger),
            "a stranger's key in the header": self.token(key=stranger, header={"jwk": stranger.as_dict(private=False)}),
            "keys at a stranger's": self.token(header={"jku": "https://keys.test/jwks.json"}),
            "unknown kid": self.token(header={"kid": "theirs"}),
            "no kid": self.token(header={"kid": None}),
            "an id token": self.token(header={"typ": "id_token"}),
            "plain JWT": self.token(header={"typ": "JWT"}),
            "another issuer": self.token(iss="https://elsewhere.test"),
            "no issuer": self.token(iss=None),
            "the other service's token": self.token(aud="tilsagn-notifications"),
            "no audience": self.token(aud=None),
            "expired": self.token(exp=self.now - 60),
            "no expiry": self.token(exp=None),
            "not yet": self.token(nbf=self.now + 600),
            "no subject": self.token(sub=None),
        }


def test_no_forged_token_opens_anything_at_the_running_service(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)
    settings = settings_of(database, tmp_path)
    forger = Forger(settings)
    forgeries = forger.list_forged()
    with (
        running(settings, tmp_path) as service,
        httpx.Client(base_url=service.address, timeout=PATIENCE_SECONDS) as client,
    ):

        def ask(token: str, scheme: str = "Bearer") -> list[httpx.Response]:
            headers = {"Authorization": f"{scheme} {token}", "Idempotency-Key": "once"}
            return [
                client.get("/v1/posts", params={"year": "2020"}, headers=headers),
                client.get("/v1/feed", headers=headers),
                client.post("/v1/cases", json=proposal(FUND, 100), headers=headers),
            ]

        for what, forged in forgeries.items():
            for answer in ask(forged):
                assert answer.status_code == 401, f"{what} at {answer.request.url.path}: {answer.text}"
                assert answer.json()["code"] == "token-invalid", what
        assert {answer.status_code for answer in ask(forger.token(), scheme="Basic")} == {401}

        with psycopg.connect(database.admin_dsn) as connection:
            assert connection.execute("SELECT count(*) FROM grants.event").fetchone() == (1,)
        assert [answer.status_code for answer in ask(forger.token())] == [200, 200, 201], "the control: a good one"
    log = service.log.read_text()
    assert "token refused" in log
    secrets = {piece for forged in forgeries.values() for piece in forged.split(".") if len(piece) > 60}
    assert not [secret for secret in secrets if secret in log], "a token stands in the log"
