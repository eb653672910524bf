"""What signs for each endpoint, sealed: in the database nobody reads it without the deployment's own key.

The key stands in a file the service and the worker are given, never in the database; a copy of the database signs
nothing. Several keys may stand there, one a line: the first seals, each opens, so that the key itself can be exchanged.
"""

import os
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg_pool import AsyncConnectionPool

from services.eventlog.refusal import Refusal
from services.httpapi.seal_keys import KEY_BYTES, NONCE_BYTES, read_seal_keys
from services.notifications.webhook.events import Sealed
from services.notifications.webhook.sending.signing import SECRET_BYTES, Keys, new_keys

_KEEP = "SELECT notifications.keep_endpoint_secret(%s, %s, %s)"
_FIND = "SELECT endpoint_id, sealed FROM notifications.endpoint_secret WHERE id = %s"


class WebhooksNotSetUp(Refusal):
    """This deployment has no key to seal secrets with (TILSAGN_WEBHOOK_KEY_FILE)."""

    code = "webhooks-not-set-up"
    status = 503
    title = "Varsling til andre systemer er ikke satt opp"


class CannotUnseal(Refusal):
    """The secret was sealed with a key this process does not have, or its bytes were changed."""

    code = "secret-sealed-otherwise"
    status = 503
    title = "Hemmeligheten kan ikke åpnes her"


class Seals:
    """Seals and opens what signs."""

    def __init__(self, keys: list[bytes]) -> None:
        assert all(len(key) == KEY_BYTES for key in keys)
        self._seals = [AESGCM(key) for key in keys]

    @classmethod
    def from_file(cls, file: Path | None) -> "Seals":
        """Keys in base64, 32 bytes each, one a line. Raises ValueError. Without a file nothing is sealed or opened."""
        return cls(read_seal_keys(file))

    def new(self, endpoint_id: UUID) -> tuple[Sealed, bytes]:
        """New keys for an endpoint: what the log says of them, and the bytes that are kept. Raises WebhooksNotSetUp."""
        if not self._seals:
            raise WebhooksNotSetUp("Give the service TILSAGN_WEBHOOK_KEY_FILE (docs/operations.md).")
        keys, id, nonce = new_keys(), uuid4(), os.urandom(NONCE_BYTES)
        sealed = nonce + self._seals[0].encrypt(nonce, keys.secret + keys.seed, _bound_to(endpoint_id, id))
        return Sealed(id=id, sha256=sha256(sealed).hexdigest(), public_key=keys.public), sealed

    def open(self, endpoint_id: UUID, id: UUID, sealed: bytes) -> Keys:
        """The keys. Raises CannotUnseal."""
        for seal in self._seals:
            try:
                both = seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(endpoint_id, id))
            except InvalidTag:
                continue
            return Keys(secret=both[:SECRET_BYTES], seed=both[SECRET_BYTES:])
        raise CannotUnseal(f"the secret {id} cannot be opened with the keys that are there")


class Secrets:
    """Where they are kept, beside the log."""

    def __init__(self, pool: AsyncConnectionPool, seals: Seals) -> None:
        self._pool, self.seals = pool, seals

    async def keep(self, endpoint_id: UUID, secret: Sealed, sealed: bytes) -> None:
        """Keep the bytes, before the fact that refers to them."""
        async with self._pool.connection() as connection:
            await connection.execute(_KEEP, (secret.id, endpoint_id, sealed))

    async def open(self, id: UUID) -> Keys:
        """The keys of that id. Raises CannotUnseal."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_FIND, (id,), binary=True)).fetchone()
        if row is None:
            raise CannotUnseal(f"there is no secret {id}")
        return self.seals.open(row[0], id, bytes(row[1]))


class Making:
    """New keys for one endpoint: made when it is decided, kept before the fact that refers to them is recorded. A
    decision that is made again has keys of its own."""

    def __init__(self, secrets: Secrets, endpoint_id: UUID) -> None:
        self._secrets, self._endpoint_id = secrets, endpoint_id
        self._made: tuple[Sealed, bytes] | None = None

    def anew(self) -> Sealed:
        """What the log says of keys nobody has had before. Raises WebhooksNotSetUp."""
        self._made = self._secrets.seals.new(self._endpoint_id)
        return self._made[0]

    async def keep(self) -> None:
        """Keep what was made last."""
        assert self._made is not None
        await self._secrets.keep(self._endpoint_id, *self._made)


def _bound_to(endpoint_id: UUID, id: UUID) -> bytes:
    return f"tilsagn-endpoint/{endpoint_id}/{id}".encode()
