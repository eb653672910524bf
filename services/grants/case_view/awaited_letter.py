"""Since when a case's letter is awaited: of promises that none has told of, the ministry is told by a notice alone."""

from services.eventlog.recorded import Recorded
from services.grants.case.events.award import AwardApproved
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.grant_letter import LetterLeft, LetterReleased, LetterReleaseImported


def awaited_from(before: int | None, fact: Recorded) -> int | None:
    """The position of the last promise that a letter has yet to tell of, after one more fact; None where there is none.
    What is added before the letter is out, that letter has to say. A receipt may be of a letter before it, and tells
    nothing here: of which letter it is, `grants.untold_of` asks."""
    match fact.event:
        case AwardApproved(letter_owed=True):
            return fact.position
        case SupplementaryAwardApproved(letter_owed=owed) if owed or before is not None:
            return fact.position
        case LetterReleased() | LetterLeft() | LetterReleaseImported():
            return None
    return before
