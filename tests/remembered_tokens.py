"""Tokens that are signed once for the many requests of a test."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer

SAME_TOKEN_SECONDS = 60


@dataclass(frozen=True)
class Remembering(DevelopmentIssuer):
    """Whoever asks again soon is given the token of before: to sign one and to verify it cost more than most of what is
    asked with it."""

    minted: dict[Any, str] = field(default_factory=dict, compare=False)

    def mint(self, subject: str, roles: Iterable[Role], *, name: str | None = None, ttl_seconds: int = 3600) -> str:
        told = frozenset(roles)
        asked = subject, told, name, ttl_seconds, time.monotonic() // SAME_TOKEN_SECONDS
        if asked not in self.minted:
            self.minted[asked] = super().mint(subject, told, name=name, ttl_seconds=ttl_seconds)
        return self.minted[asked]


@cache
def signing_by(key: Path, issuer: str, audience: str) -> DevelopmentIssuer:
    """The issuer whose key lies there: no test lays another at the same place."""
    return Remembering.from_file(key, issuer=issuer, audience=audience)
