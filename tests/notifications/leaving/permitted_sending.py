"""What the tests of permitted sending build, for other tests to use as well."""

from datetime import timedelta
from typing import Any

from services.notifications.channel.permits import PermitRefused
from services.notifications.channel.rules import key_of
from services.notifications.facts.channel import (
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingPermitted,
    LetterSentAgain,
    Permit,
)
from services.notifications.facts.release import LetterReleaseEnded
from tests.notifications.leaving.parts import Parts, exempt_scheme, let_out
from tests.notifications.permits import permit
from tests.notifications.world import LETTER_SHA256, KeptWorld, Refused, letter

SKEW = timedelta(seconds=60)
A = letter("a")
NO = PermitRefused("award-changed-since", "Vedtaket er opphevet.")


def begun(by: Permit, *, attempt: int = 1) -> LetterSendingPermitted:
    return LetterSendingPermitted(attempt=attempt, channel="file-outbox", key=key_of(A, 0), permit=by)


def refused(world: KeptWorld, *events: Any) -> str:
    try:
        world.record(A, *events)
    except Refused as refusal:
        return refusal.code
    return "recorded"


def released_world(world: KeptWorld) -> Permit:
    """A letter is let out, and grants permits its first try at this moment."""
    exempt_scheme(world)
    let_out(world, "a")
    return permit(LETTER_SHA256, world.now)


async def learn(parts: Parts) -> None:
    """The world knows what others have recorded of the letter."""
    others = [fact for fact in parts.world.facts if fact.stream != A]
    recorded = (await parts.reading.log.load(A)).recorded
    parts.world.facts[:] = sorted((*others, *recorded), key=lambda fact: fact.position)


def ending() -> LetterReleaseEnded:
    return LetterReleaseEnded(letter_sha256=LETTER_SHA256, code=NO.code, reason=NO.reason)


FAILED_NOW = LetterDispatchFailed(attempt=1, problem="x", lasting=False)
FAILED_FOR_GOOD = LetterDispatchFailed(attempt=1, problem="x", lasting=True)
LOST_SIGHT = LetterDispatchUnknown(attempt=1, problem="x")
AGAIN = LetterSentAgain(reason="tapt", asked_by="kari")
