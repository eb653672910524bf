"""No token but a good one opens anything (faults.md S3). Each forged token differs from a good one in one thing."""

import hmac
import json
from typing import Any

import pytest
from joserfc import jwk

from services.httpapi.callers.bearer import REMEMBERED_SECONDS, REMEMBERED_TOKENS, Callers, Issuer
from services.httpapi.callers.caller import Caller, Role, TokenInvalid
from tests.httpapi.demo import ISSUER, client, demo
from tests.httpapi.tokens import (
    ANOTHER,
    ANOTHER_SERVICE,
    CLAIMS,
    ED,
    HEADER,
    KEY,
    NOW,
    RSA,
    US,
    caller,
    part,
    signed,
    token,
)

STRANGER = jwk.ECKey.generate_key("P-256", {"kid": "ours"})


def without_header(name: str) -> str:
    return signed({key: value for key, value in HEADER.items() if key != name}, CLAIMS)


def unsigned(**header: Any) -> str:
    return token(header=header).rsplit(".", 1)[0] + "."


def keyed(public: Any, **header: Any) -> str:
    """Signed with an HMAC. Taking our public key for its secret is the oldest trick there is."""
    signing_input = unsigned(**header).rstrip(".")
    return f"{signing_input}.{part(hmac.digest(public.as_pem(private=False), signing_input.encode(), 'sha256'))}"


FORGED: dict[str, str] = {
    "alg none": unsigned(alg="none"),
    "alg None with a signature": token(header={"alg": "None"}),
    "alg missing": without_header("alg"),
    "signature missing": unsigned(),
    "signature of another token": token().rsplit(".", 1)[0] + "." + token(sub="ola").rsplit(".", 1)[1],
    "signature cut": token()[:-4],
    "HS256 with our public key": keyed(KEY, alg="HS256"),
    "HS256 with our public RSA key": keyed(RSA, alg="HS256", kid="rsa"),
    "HS256 under the name of RS256": keyed(RSA, alg="RS256", kid="rsa"),
    "RS256 on a key for ES256": token(RSA, {"alg": "RS256"}),
    "ES256 on a key for RS256": token(KEY, {"kid": "rsa"}),
    "PS256, which is not pinned": token(RSA, {"alg": "PS256", "kid": "rsa"}),
    "another audience": token(aud="another"),
    "no audience": token(without="aud"),
    "audiences without us": token(aud=["another", "third"]),
    "another issuer": token(iss="https://elsewhere"),
    "no issuer": token(without="iss"),
    "issuer with a slash more": token(iss="https://us/"),
    "issuer that is a list": token(iss=["https://us"]),
    "an id token": token(header={"typ": "id_token"}),
    "plain JWT where at+jwt is asked": token(header={"typ": "JWT"}),
    "no type": without_header("typ"),
    "expired": token(exp=NOW - 31),
    "no expiry": token(without="exp"),
    "expiry in words": token(exp="never"),
    "expiry NaN": token(exp=float("nan")),
    "expiry null": token(exp=None),
    "not yet": token(nbf=NOW + 31),
    "issued in the future": token(iat=NOW + 31),
    "unknown kid": token(header={"kid": "theirs"}),
    "no kid": without_header("kid"),
    "kid that is a path": token(header={"kid": "../../dev/null"}),
    "kid that is a number": token(header={"kid": 1}),
    "a stranger's key under our kid": token(STRANGER),
    "another service's key, our issuer": token(ANOTHER_SERVICE, {"kid": "another"}),
    "our key, another service's issuer": token(iss="https://another"),
    "crit": token(header={"crit": ["exp"]}),
    "crit, not understood": token(header={"crit": ["x"], "x": 1}),
    "b64 false": token(header={"b64": False, "crit": ["b64"]}),
    "embedded jwk, signed with it": token(STRANGER, {"jwk": STRANGER.as_dict(private=False)}),
    "embedded jwk, signed with ours": token(header={"jwk": KEY.as_dict(private=False)}),
    "jku": token(header={"jku": "https://evil.test/keys"}),
    "x5u": token(header={"x5u": "https://evil.test/cert"}),
    "x5c": token(header={"x5c": ["MIIB"]}),
    "no subject": token(without="sub"),
    "empty subject": token(sub=""),
    "subject that is a number": token(sub=1),
    "subject with a line break": token(sub="kari\nadmin"),
    "subject too long": token(sub="k" * 201),
    "encrypted": "a.b.c.d.e",
    "two parts": "a.b",
    "four parts": token() + ".x",
    "nothing": "",
    "not ASCII": "tøken",
    "endless": "a" * 9_000,
    "claims that are a list": signed(HEADER, []),
    "header that is a list": signed([], CLAIMS),
    "claims nested deep": signed(HEADER, json.loads('{"a":' * 400 + "1" + "}" * 400)),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_token_is_refused(forged: str) -> None:
    with pytest.raises(TokenInvalid):
        caller(FORGED[forged])


@pytest.mark.parametrize(
    "good",
    [
        token(),
        token(header={"typ": "application/at+jwt"}),
        token(aud=["another", "tilsagn"]),
        token(exp=NOW - 29),
        token(nbf=NOW + 29),
        token(without="nbf"),
        token(RSA, {"alg": "RS256", "kid": "rsa"}),
        token(ED, {"alg": "Ed25519", "kid": "ed"}),
        token(header={"x5t": "abc"}),
    ],
)
def test_a_good_token_is_a_caller(good: str) -> None:
    assert caller(good) == Caller(subject="kari", roles=frozenset({Role.approver}), name="Kari")


def test_roles_we_do_not_know_are_passed_over() -> None:
    assert caller(token(roles=["approver", "root"])).roles == {Role.approver}
    assert caller(token(without="roles")).roles == frozenset()


def test_two_issuers_never_share_a_subject() -> None:
    theirs = token(ANOTHER_SERVICE, {"kid": "another"}, iss="https://another")
    assert caller(theirs).subject == "another:kari"
    with pytest.raises(ValueError, match="subject prefix"):
        Callers([US, Issuer(issuer="https://third", audience="tilsagn", jwks={"keys": []})])


def test_a_machine_acts_only_for_the_organisations_listed() -> None:
    machines = Issuer(
        issuer="https://us",
        audience="tilsagn",
        jwks=US.jwks,
        algorithms=("ES256",),
        roles_claim="scope",
        roles={"tilsagn:read": Role.auditor},
        consumers=frozenset({"0192:987654321"}),
    )
    callers = Callers([machines], now=lambda: NOW)
    listed = token(scope="tilsagn:read other", consumer={"authority": "iso6523", "ID": "0192:987654321"})
    assert caller(listed, callers=callers).roles == {Role.auditor}
    for stranger in (token(consumer={"ID": "0192:123456789"}), token(consumer="0192:987654321"), token()):
        with pytest.raises(TokenInvalid):
            caller(stranger, callers=callers)


@pytest.mark.parametrize("algorithms", [(), ("HS256",), ("none",), ("RS256", "HS512"), ("rs256",)])
def test_an_issuer_cannot_be_configured_to_trust_shared_secrets(algorithms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="algorithms"):
        Issuer(issuer="https://us", audience="tilsagn", jwks={"keys": []}, algorithms=algorithms)


def test_a_token_is_remembered_but_never_beyond_its_time() -> None:
    clock = [NOW]
    callers = Callers([US], now=lambda: clock[0])
    short, long = token(exp=NOW + 60), token(exp=NOW + 86_400)
    assert caller(short, callers=callers) is caller(short, callers=callers)
    first = caller(long, callers=callers)
    clock[0] = NOW + 91
    with pytest.raises(TokenInvalid):
        caller(short, callers=callers)
    assert caller(long, callers=callers) is first
    clock[0] = NOW + REMEMBERED_SECONDS + 1
    assert caller(long, callers=callers) is not first


def test_what_is_remembered_is_bounded() -> None:
    callers = Callers([US], now=lambda: NOW)
    first = caller(token(), callers=callers)
    callers._remembered |= {number.to_bytes(4, "big"): (first, NOW + 60) for number in range(REMEMBERED_TOKENS - 1)}
    assert caller(token(sub="ola"), callers=callers).subject == "ola"
    assert len(callers._remembered) == REMEMBERED_TOKENS


def test_every_forged_token_is_a_401_that_says_nothing() -> None:
    app = demo(callers=Callers([US, ANOTHER], now=lambda: NOW))
    good = client(app, headers={"Authorization": f"Bearer {token()}"}).get("/v1/grants")
    assert good.status_code == 200
    for forged, given in FORGED.items():
        answer = client(app, headers={}).get("/v1/grants", headers={b"Authorization": b"Bearer " + given.encode()})
        assert answer.status_code == 401, forged
        assert answer.json()["code"] == "token-invalid"
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert answer.json()["detail"].endswith(("Get a new one.", "Bearer and an access token."))


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Basic a2FyaTpw")],
        [("Authorization", ISSUER.mint("kari", [Role.approver]))],
        [("Authorization", "Bearer")],
        [("Authorization", f"Bearer {ISSUER.mint('kari', [Role.approver])}"), ("Authorization", "Bearer x")],
        [("Authorization", f"Bearer  {ISSUER.mint('kari', [Role.approver])}")],
        [("Authorization", f"Bearer {ISSUER.mint('kari', [Role.approver])} x")],
    ],
)
def test_one_bearer_token_or_none(headers: list[tuple[str, str]]) -> None:
    assert client(headers={}).get("/v1/grants", headers=headers).json()["code"] == "token-invalid"


def test_no_token_is_told_from_a_bad_one() -> None:
    answer = client(headers={}).get("/v1/grants")
    assert answer.status_code == 401
    assert (answer.json()["code"], answer.headers["www-authenticate"]) == ("token-missing", "Bearer")


def test_a_token_in_the_address_or_a_cookie_is_no_token() -> None:
    good = ISSUER.mint("kari", [Role.approver])
    assert client(headers={}).get(f"/v1/grants?access_token={good}").status_code == 401
    assert client(headers={"Cookie": f"access_token={good}"}).get("/v1/grants").status_code == 401
