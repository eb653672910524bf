"""What the tests of signing build, for other tests to use as well."""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.notifications.webhook.sending.signing import Keys


def verified(told: str, keys: Keys, signed: bytes) -> list[bool]:
    """Each signature in the header, as a receiver with these keys finds it."""
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys.public.removeprefix("whpk_")))
    secret = base64.b64decode(keys.shared.removeprefix("whsec_"))
    found = []
    for each in told.split(" "):
        kind, _, value = each.partition(",")
        if kind == "v1":
            found.append(
                hmac.compare_digest(base64.b64decode(value), hmac.new(secret, signed, hashlib.sha256).digest())
            )
        else:
            try:
                public.verify(base64.b64decode(value), signed)
                found.append(True)
            except InvalidSignature:
                found.append(False)
    return found
