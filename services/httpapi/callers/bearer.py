"""From a bearer token to a caller (RFC 6750, 7519, 8725, 9068).

What is checked is what we pinned for the issuer beforehand, never what the token says of itself: algorithms, type,
audience, and keys from the issuer's own set. A key, an address or a certificate inside the token is not looked at; such
a token is refused.
"""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from services.httpapi.callers.caller import Caller, Role, TokenInvalid
from services.httpapi.callers.keys import GivenKeys, PublishedKeys
from services.text.folding import folded

ASYMMETRIC = frozenset({"Ed25519", "EdDSA", "ES256", "ES384", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"})
HEADERS_KNOWN = frozenset({"alg", "typ", "kid", "x5t", "x5t#S256"})
LEEWAY_SECONDS = 30
REMEMBERED_SECONDS = 300
REMEMBERED_TOKENS = 10_000
LONGEST_TOKEN = 8_192
LATEST_SECONDS = 253_402_300_799  # the last second of the year 9999: no token of ours lasts longer
OUR_OWN = (
    "channel:", "feed:", "accounting-outbox", "deadline-digest", "deadline-sweep", "deadline-telling",
    "kept-outside", "log:checkpoints", "outbox:", "pay-out-sweep", "release-sweep", "sender", "webhook-worker",
)  # fmt: skip
"""What facts and commands call the services' own workers (a word of its own) and what they are told by (up to `:`). No
person is one of these."""
_SUBJECT = re.compile(r"[\x21-\x7e]{1,200}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """One identity provider we trust, and for what. Give `jwks_url` or the key set itself as `jwks`.

    `roles` maps what stands in `roles_claim` to our roles. The claim is a list of strings; one that is a text of words
    with spaces between is read only of an issuer whose `roles_claim_is_text`, and of the claim `scope`, which is such
    a text by its standard (RFC 8693 section 4.2; Maskinporten). `subject_prefix` keeps the subjects of two providers
    apart, for separation of duties compares subjects; `consumers`, when given, lists the organisations a machine token
    may act for.
    """

    issuer: str
    audience: str
    jwks_url: str | None = None
    jwks: Mapping[str, Any] | None = None
    algorithms: tuple[str, ...] = ("RS256",)
    types: tuple[str, ...] = ("at+jwt",)
    roles_claim: str = "roles"
    roles_claim_is_text: bool | None = None
    roles: Mapping[str, Role] = field(default_factory=lambda: {role.value: role for role in Role})
    name_claim: str = "name"
    subject_prefix: str = ""
    consumers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.algorithms or not set(self.algorithms) <= ASYMMETRIC:
            raise ValueError(f"{self.issuer}: algorithms must be among {', '.join(sorted(ASYMMETRIC))}")
        if (self.jwks_url is None) == (self.jwks is None):
            raise ValueError(f"{self.issuer}: give either jwks_url or jwks")
        if not self.issuer or not self.audience:
            raise ValueError("an issuer needs its name and our audience")
        if self.subject_prefix and not _SUBJECT.fullmatch(self.subject_prefix):
            raise ValueError(f"{self.issuer}: a subject prefix is printable ASCII without spaces")

    def names_roles(self, claims: Mapping[str, Any]) -> Sequence[str]:
        """What the claims say of roles, in the issuer's words. Anything else than was agreed says nothing at all."""
        told = claims.get(self.roles_claim)
        is_text = self.roles_claim == "scope" if self.roles_claim_is_text is None else self.roles_claim_is_text
        if is_text:
            return told.split(" ") if isinstance(told, str) else ()
        return told if isinstance(told, list) and all(isinstance(each, str) for each in told) else ()


class Callers:
    """The callers of all trusted issuers. A token that has been verified is remembered (by its hash) until it expires,
    at most five minutes, so that a key withdrawn by the issuer stops working soon."""

    def __init__(
        self,
        issuers: Sequence[Issuer],
        *,
        client: httpx.AsyncClient | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if len({issuer.issuer for issuer in issuers}) < len(issuers):
            raise ValueError("two issuers have the same name")
        _keep_prefixes_apart(issuers)
        self._now = now
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._keys = {
            issuer.issuer: PublishedKeys(issuer.jwks_url, client, now)
            if issuer.jwks_url
            else GivenKeys(dict(issuer.jwks or {}))
            for issuer in issuers
        }
        self._remembered: dict[bytes, tuple[Caller, float]] = {}

    async def caller_of(self, token: str) -> Caller:
        """The caller this token proves. Refuses with `TokenInvalid`, or `IssuerUnreachable` when keys cannot be had."""
        fingerprint = hashlib.sha256(token.encode()).digest()
        caller, until = self._remembered.get(fingerprint, (None, 0.0))
        if caller is not None and self._now() < until:
            return caller
        try:
            caller, expires_at = await self._verify(token)
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as failure:
            log.warning("token refused", extra={"fields": {"kind": type(failure).__name__, "reason": _reason(failure)}})
            raise TokenInvalid("The access token is not valid here. Get a new one.") from None
        if len(self._remembered) >= REMEMBERED_TOKENS:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[fingerprint] = caller, min(expires_at, self._now() + REMEMBERED_SECONDS)
        return caller

    async def _verify(self, token: str) -> tuple[Caller, float]:
        if len(token) > LONGEST_TOKEN:
            raise _Said("too long")
        signed = jws.extract_compact(token.encode("ascii"))
        header, claims = signed.headers(), json.loads(signed.payload)
        issuer = self._issuers[claims["iss"]]
        _check_header(header, issuer)
        key = await self._keys[issuer.issuer].find(header["kid"])
        if key is None:
            raise _Said("unknown key")
        jws.deserialize_compact(token, key, algorithms=issuer.algorithms)
        _check_instants(claims)
        _check_claims(claims, issuer, int(self._now()))
        caller = _caller(claims, issuer)
        _keep_to_its_own(caller.subject, issuer, self._issuers.values())
        return caller, float(claims["exp"])


class _Said(ValueError):
    """A reason in our own words, safe to log."""


def _reason(failure: Exception) -> str:
    return str(failure) if isinstance(failure, _Said) else ""


def _check_header(header: Mapping[str, Any], issuer: Issuer) -> None:
    if not header.keys() <= HEADERS_KNOWN:
        raise _Said("header holds more than algorithm, type and key id")
    kind = str(header["typ"]).lower().removeprefix("application/")
    if kind not in {known.lower() for known in issuer.types}:
        raise _Said("type")
    if not isinstance(header["kid"], str):
        raise _Said("key id")


def _check_instants(claims: Mapping[str, Any]) -> None:
    """The instants that a token states are seconds since 1970 (RFC 7519, NumericDate), within the calendar. An issuer
    we trust can be wrong, and Python's numbers know no bounds: a larger one can neither be compared nor kept."""
    for name in ("exp", "nbf", "iat"):
        stated = claims.get(name, 0)
        if isinstance(stated, bool) or not isinstance(stated, int | float):
            raise _Said(f"{name} is no number")
        if not 0 <= stated <= LATEST_SECONDS:  # nor is NaN
            raise _Said(f"{name} is no instant")


def _check_claims(claims: dict[str, Any], issuer: Issuer, now: int) -> None:
    JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.audience},
        sub={"essential": True},
        exp={"essential": True},
    ).validate(claims)
    if issuer.consumers and claims["consumer"]["ID"] not in issuer.consumers:
        raise _Said("consumer")


def _caller(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    if not _SUBJECT.fullmatch(claims["sub"]):
        raise _Said("subject")
    name = claims.get(issuer.name_claim)
    return Caller(
        subject=issuer.subject_prefix + claims["sub"],
        roles=frozenset(issuer.roles[each] for each in issuer.names_roles(claims) if each in issuer.roles),
        name=name if isinstance(name, str) else None,
    )


def _keep_prefixes_apart(issuers: Sequence[Issuer]) -> None:
    """One issuer may have no prefix. No other's begins as another's does, by whatever spelling: the same subject could
    then be two people, and one person two."""
    for place, issuer in enumerate(issuers):
        for other in issuers[:place]:
            short, long = sorted((folded(issuer.subject_prefix), folded(other.subject_prefix)), key=len)
            if short == long or (short and long.startswith(short)):
                raise ValueError(
                    f"{other.issuer} and {issuer.issuer}: subject prefixes {other.subject_prefix!r} and "
                    f"{issuer.subject_prefix!r} do not keep their subjects apart; the same subject could be two people"
                )


def _keep_to_its_own(subject: str, issuer: Issuer, issuers: Iterable[Issuer]) -> None:
    """Refuse a subject that reads as another issuer's, or as what the services call themselves and the channels."""
    spelt = folded(subject)
    others = (folded(other.subject_prefix) for other in issuers if other is not issuer and other.subject_prefix)
    ours = (name for name in OUR_OWN if name.endswith(":"))
    if spelt in OUR_OWN or any(spelt.startswith(prefix) for prefix in (*others, *ours)):
        raise _Said("subject of another")
