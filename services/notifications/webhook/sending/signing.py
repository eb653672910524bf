"""Signatures as Standard Webhooks has them: over `id.timestamp.body`, by HMAC-SHA256 (`v1`) and ed25519 (`v1a`).

Several stand in one header while a secret is exchanged, the newest first; a receiver takes the message if one of them
is right. Instants are UTC: a library signs an Oslo time wrongly, so the seconds are worked out here.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET_BYTES, SEED_BYTES = 32, 32
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


@dataclass(frozen=True, kw_only=True, repr=False)
class Keys:
    """What signs: a secret that is shared, and the seed of an ed25519 key of which only the public half is."""

    secret: bytes
    seed: bytes

    @property
    def shared(self) -> str:
        """The secret as a receiver configures it."""
        return f"whsec_{_base64(self.secret)}"

    @property
    def public(self) -> str:
        """The public key as a receiver configures it."""
        return f"whpk_{_base64(_private(self.seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))}"


def new_keys() -> Keys:
    """Keys nobody has had before."""
    return Keys(secret=secrets.token_bytes(SECRET_BYTES), seed=secrets.token_bytes(SEED_BYTES))


def seconds_of(at: datetime) -> int:
    """The instant as the header tells it: whole seconds since 1970, UTC."""
    assert at.tzinfo is not None, "an instant without a zone is no instant"
    return int(at.timestamp())


def signature(keys: Sequence[Keys], *, id: str, timestamp: int, body: bytes) -> str:
    """The header's value: both kinds by each of these, in their order."""
    assert keys, "nothing is sent unsigned"
    signed = f"{id}.{timestamp}.".encode() + body
    told = []
    for each in keys:
        told.append(f"v1,{_base64(hmac.new(each.secret, signed, sha256).digest())}")
        told.append(f"v1a,{_base64(_private(each.seed).sign(signed))}")
    return " ".join(told)


def headers(keys: Sequence[Keys], *, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at that instant."""
    timestamp = seconds_of(at)
    return {ID: id, TIMESTAMP: str(timestamp), SIGNATURE: signature(keys, id=id, timestamp=timestamp, body=body)}


def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
