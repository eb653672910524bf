"""Grants' word, by a test that has no grants: given to every letter, or as it is steered."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.notifications.channel.permits import NoWord, PermitRefused
from services.notifications.facts.channel import Permit
from services.notifications.facts.release import HeldLetter

LIFE = timedelta(seconds=120)


def permit(letter_sha256: str, now: datetime, *, attempt: int = 1, life: timedelta = LIFE) -> Permit:
    """One that was granted at that instant."""
    position = secrets.randbelow(2**50) + 1
    return Permit(
        position=position,
        hash=hashlib.sha256(str(position).encode()).hexdigest(),
        attempt=attempt,
        letter_sha256=letter_sha256,
        granted_at=now,
        until=now + life,
    )


@dataclass
class Granted:
    """Whoever asks is given a permit by this clock, unless `refuses` or `silent`. `asked` counts."""

    now: Callable[[], datetime]
    refuses: PermitRefused | None = None
    silent: bool = False
    life: timedelta = LIFE
    asked: list[int] = field(default_factory=list)

    async def ask(self, letter: HeldLetter, *, attempt: int) -> Permit:
        self.asked.append(attempt)
        if self.silent:
            raise NoWord("away")
        if self.refuses:
            raise self.refuses
        return permit(letter.letter_sha256, self.now(), attempt=attempt, life=self.life)
