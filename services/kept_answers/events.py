"""What can have happened to the term that answers to commands are kept for, and to the answers.

The term stands on the stream `rules-kept-answers`, what was cleared on `kept-answers-cleared`. Days are days in
Europe/Oslo where they are dates, and 24 hours where they are counted.
"""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event

TERM_STREAM = "rules-kept-answers"
CLEARED_STREAM = "kept-answers-cleared"


@dataclass(frozen=True, kw_only=True)
class TermProposed(Event, topic="kept-answers.term-proposed.v1"):
    """Somebody proposes how many days answers are kept, from a day on, and why. Nothing changes yet."""

    days: int
    valid_from: date
    reason: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class TermConfirmed(Event, topic="kept-answers.term-confirmed.v1"):
    """A second person agreed: from that day on, an answer that is so many days old may be cleared."""

    days: int
    valid_from: date
    reason: str
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class AnswersCleared(Event, topic="kept-answers.cleared.v1"):
    """The commands numbered `first` to `last` were older than the term in force, of so many `days`, and those of them
    that had an answer (`answers`) have it no more. Told by PostgreSQL as it clears them.

    `sha256` (hex) is the digest of what is left of all of them, one after the other: number, hash, and every field,
    with the answer's own SHA-256 in its place.
    """

    first: int
    last: int
    answers: int
    days: int
    sha256: str
