"""One try to sign in, from the click until the browser is back: kept by the browser, and nowhere here.

The browser holds a secret that no page can read. What binds the answer to it (state, nonce, PKCE's verifier) follows
from that secret and from when it was made, so whoever has only seen the addresses that went past can neither finish the
try nor put one of theirs in its place. Nothing is stored before somebody has signed in: nobody who has not can fill the
store.
"""

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from services.dashboard.sign_in.access import own_page

SECONDS = 600
_HELD = re.compile(r"([1-9][0-9]{9,10})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{1,600})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """`held` is what the browser holds; `to` the page it wanted."""

    held: str
    to: str

    @classmethod
    def begin(cls, to: str, now: Callable[[], float] = time.time) -> Self:
        """A new one, with a secret of its own."""
        to = own_page(to)
        page = base64.urlsafe_b64encode(to.encode("ascii")).decode("ascii").rstrip("=")
        return cls(f"{int(now())}.{secrets.token_urlsafe(32)}.{page}", to)

    @classmethod
    def find(cls, held: str, now: Callable[[], float] = time.time) -> Self | None:
        """The one whose secret the browser holds; None if it holds none, or has waited longer than ten minutes."""
        read = _HELD.fullmatch(held)
        if read is None or not 0 <= now() - int(read[1]) <= SECONDS:
            return None
        try:
            page = base64.urlsafe_b64decode(read[3] + "=" * (-len(read[3]) % 4)).decode("ascii")
        except ValueError:
            return None
        return cls(held, own_page(page))

    @property
    def state(self) -> str:
        """What must come back as it went."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the ID token must carry."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What proves that whoever brings the code is who asked for it (PKCE)."""
        return self._derived("verifier")

    @property
    def sha256(self) -> bytes:
        """What is kept of it once somebody has signed in by it, so that nobody does so twice."""
        return hashlib.sha256(f"used {self.held}".encode("ascii")).digest()

    def _derived(self, name: str) -> str:
        digest = hashlib.sha256(f"{name} {self.held}".encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
