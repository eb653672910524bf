"""The public keys of an issuer: fetched when needed, kept, and fetched again when a token names a key not yet seen.

A token with an invented key id costs us at most one fetch per half minute, however many are sent. When the issuer does
not answer we go on with the keys we have for a day; with none at all, the honest answer is 503, not 401.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from services.calendar.patience import at_most
from services.httpapi.problem import HttpRefusal

FRESH_SECONDS = 600.0
STALE_SECONDS = 86_400.0
BETWEEN_FETCHES_SECONDS = 30.0
FETCH_SECONDS = at_most(5)
LARGEST_BYTES = 256 * 1024

log = logging.getLogger(__name__)


class IssuerUnreachable(HttpRefusal):
    code = "issuer-unreachable"
    status = 503
    title = "Innlogging kan ikke kontrolleres akkurat nå"
    headers = (("Retry-After", "30"),)


class PublishedKeys:
    """The key set at an address (RFC 7517)."""

    def __init__(self, url: str, client: httpx.AsyncClient | None, now: Callable[[], float]) -> None:
        self._url, self._client, self._now = url, client, now
        self._keys: dict[str, Key] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        """The key, or None when the issuer has none by that id. Refuses with 503 when no keys could be had at all."""
        if kid in self._keys and self._age() < FRESH_SECONDS:
            return self._keys[kid]
        async with self._fetching:
            if self._now() - self._tried_at >= BETWEEN_FETCHES_SECONDS:
                await self._fetch()
        if self._age() >= STALE_SECONDS:
            raise IssuerUnreachable("The issuer's keys cannot be fetched. Try again.")
        return self._keys.get(kid)

    def _age(self) -> float:
        return self._now() - self._fetched_at

    async def _fetch(self) -> None:
        self._tried_at = self._now()
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._keys = keys_by_id(json.loads(await self._read()))
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError, JoseError) as failure:
            log.warning("keys not fetched", extra={"fields": {"url": self._url, "kind": type(failure).__name__}})
        else:
            self._fetched_at = self._now()

    async def _read(self) -> bytes:
        body = b""
        self._client = self._client or httpx.AsyncClient(follow_redirects=False, timeout=FETCH_SECONDS)
        async with self._client.stream("GET", self._url, headers={"Accept": "application/json"}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ValueError(f"the key set answered {answer.status_code}")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST_BYTES:
                    raise ValueError("the key set is too large")
        return body


class GivenKeys:
    """A key set that stands in the configuration."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._keys = keys_by_id(document)

    async def find(self, kid: str) -> Key | None:
        return self._keys.get(kid)


def keys_by_id(document: Any) -> dict[str, Key]:
    """The public signing keys that carry an id. Shared secrets are passed over: nobody publishes those."""
    usable = [key for key in document["keys"] if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
    return {key.kid: key for key in KeySet.import_key_set({"keys": usable}).keys if key.kid}
