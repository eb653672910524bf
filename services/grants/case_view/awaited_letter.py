"""Since when a case's letter is awaited: of promises that none has told of, the ministry is told by a notice alone."""

from dataclasses import dataclass

from services.eventlog.recorded import Recorded
from services.grants.case.events.award import AwardApproved
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterReleased,
    LetterReleaseImported,
)


@dataclass(frozen=True, kw_only=True)
class AwaitedLetter:
    """Which letter a case waits for. `since` is the position of the last promise that none has told of, None where
    there is none; `tells` are the SHA-256 (hex) of the letters frozen since more was last promised."""

    since: int | None = None
    tells: tuple[str, ...] = ()


def awaited_after(before: AwaitedLetter, fact: Recorded) -> AwaitedLetter:
    """The letter a case waits for after one more fact. What is added before the letter is out, a letter frozen since
    has to say: that an earlier one proves to have left, or arrived, tells nothing of it. `grants.untold_of` asks the
    same of the log."""
    match fact.event:
        case AwardApproved(letter_owed=True):
            return AwaitedLetter(since=fact.position, tells=before.tells)
        case SupplementaryAwardApproved(letter_owed=owed) if owed or before.since is not None:
            return AwaitedLetter(since=fact.position)
        case LetterFrozen(sha256=sha256):
            return AwaitedLetter(since=before.since, tells=(*before.tells, sha256))
        case LetterLeft(sha256=sha256) | LetterDelivered(sha256=sha256) if sha256 in before.tells:
            return AwaitedLetter()
        case LetterReleased() | LetterReleaseImported():
            return AwaitedLetter()
    return before
