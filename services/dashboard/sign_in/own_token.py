"""The token by which whoever is signed in asks the services in their own name, kept sealed for as long as they are.

It is sealed with a key of the deployment's and the secret that only the reader's browser holds, both: whoever has the
database, or the database and the key, opens none. It is never renewed; when it has run out, one signs in again.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.ending import end
from services.eventlog.background.sweeping import BACK_SECONDS
from services.httpapi.callers.bearer import LONGEST_TOKEN
from services.httpapi.seal_keys import NONCE_BYTES

LONGEST_SECONDS = 24 * 3600
LOOK_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnToken:
    """What the provider gave to ask the services with, and for how many seconds it is good."""

    token: str = field(repr=False)
    seconds: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self | None:
        """From the provider's answer (RFC 6749 section 5.1). None where there is none that can be sent as a bearer
        token, or where it is not said how long it is good: that one could not be forgotten in time."""
        token, seconds = told.get("access_token"), told.get("expires_in")
        if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
            return None
        if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
            return None
        if str(told.get("token_type", "")).lower() != "bearer" or not token.isprintable() or " " in token:
            return None
        return cls(token=token, seconds=min(seconds, LONGEST_SECONDS))


class OwnTokens:
    """Seals, keeps and opens them. Without a key none is kept, and nobody is asked anything in a reader's name."""

    def __init__(self, pool: AsyncConnectionPool, keys: Sequence[bytes]) -> None:
        self._pool, self._keys = pool, keys

    async def keep(self, connection: psycopg.AsyncConnection[Any], held: str, own: OwnToken) -> None:
        """Beside the session of the secret that the browser holds, in the transaction that begins it."""
        if self._keys:
            query = "SELECT dashboard.keep_own_token(%s, %s, %s)"
            await connection.execute(query, (_sha256(held), seal(self._keys[0], held, own.token), own.seconds))

    async def find(self, held: str) -> str | None:
        """The token; None where none is kept, or it has run out, or the session has."""
        if not held.isascii():
            return None
        async with self._pool.connection() as connection:
            found = await connection.execute("SELECT dashboard.find_own_token(%s)", (_sha256(held),), binary=True)
            row = await found.fetchone()
        sealed = row[0] if row else None
        return next(filter(None, (unseal(key, held, bytes(sealed)) for key in self._keys)), None) if sealed else None

    @contextlib.asynccontextmanager
    async def forgetting(self) -> AsyncIterator[None]:
        """While this runs, what has run out is forgotten within a minute."""
        task = asyncio.create_task(self._forget(), name="own-tokens")
        try:
            yield
        finally:
            await end(task)

    async def _forget(self) -> None:
        while True:
            pause = LOOK_SECONDS
            try:
                async with self._pool.connection() as connection:
                    await connection.execute("SELECT dashboard.forget_own_tokens()")
            except (psycopg.Error, PoolTimeout) as failure:
                log.warning("tokens not forgotten yet", extra={"fields": {"kind": type(failure).__name__}})
                pause = BACK_SECONDS
            await asyncio.sleep(pause)


def seal(key: bytes, held: str, token: str) -> bytes:
    """The token, which only `key` and the browser's secret together open, and only beside that session."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_both(key, held)).encrypt(nonce, token.encode("ascii"), _sha256(held))


def unseal(key: bytes, held: str, sealed: bytes) -> str | None:
    """The token again; None if it was sealed with another key, for another session, or is not as it was."""
    try:
        return AESGCM(_both(key, held)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _sha256(held)).decode()
    except InvalidTag:
        return None


def _both(key: bytes, held: str) -> bytes:
    return hmac.new(key, b"tilsagn-own-token\n" + held.encode("ascii"), hashlib.sha256).digest()


def _sha256(held: str) -> bytes:
    return hashlib.sha256(held.encode("ascii", "replace")).digest()
