"""How the case learns that its letter may leave, has left or perhaps has, came back and has arrived: from the
notifications service's feed, and in no other way.

No route leads here. That it was let out and that it arrived may come in either order; each is taken once, and a second
one about the same letter is refused as the anomaly it is. What came of a try of a letter that is none of the case's, or
that has arrived, is nothing to it.
"""

from dataclasses import astuple
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterMayLeave,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterReleaseEnded,
    LetterTryWrittenOff,
)
from services.grants.grant_letter.freezing import GrantLetter


class LetterUnknown(Refusal):
    """The message is about a letter that this case has not frozen."""

    code = "letter-of-message-unknown"
    title = "Meldingen gjelder et ukjent brev"


class LetterWithoutAward(Refusal):
    """The message says that a letter is out of an award nobody has approved."""

    code = "letter-without-award"
    title = "Meldingen gjelder et tilskudd som ikke er vedtatt"


class LetterToldTwice(Refusal):
    """Another message has told the same of this letter already."""

    code = "letter-told-twice"
    title = "Det samme er meldt om brevet før"


class OtherRecipient(Refusal):
    """The letter went to another organisation than the award's."""

    code = "letter-to-other-recipient"
    title = "Meldingen gjelder en annen mottaker"


def take_release(
    letter: GrantLetter, *, sha256: str, organisation_number: str | None, released_on: date, message_id: str
) -> list[Event]:
    """The letter was let out: it may leave. The same message again returns no event.

    Refuses `LetterUnknown`, `LetterWithoutAward`, `OtherRecipient`, `LetterToldTwice`.
    """
    taken = LetterMayLeave(released_on=released_on, sha256=sha256, message_id=message_id)
    if letter.released and astuple(letter.released) == astuple(taken):
        return []
    _check(letter, sha256, organisation_number)
    of_change = letter.next_frozen is not None and letter.next_frozen.sha256 == sha256
    if letter.released and not of_change:
        raise LetterToldTwice(f"Message {letter.released.message_id} has told of the release already.")
    return [taken]


def take_leaving(letter: GrantLetter, *, attempt: int, left_on: date | None, message_id: str) -> list[Event]:
    """The channel has the letter that was let out: it is out from that day, and from the day it was let out where the
    message, of an earlier release, tells none. Of one that is out already, also when it is sent once more, it returns
    no event.

    Refuses `LetterUnknown` (none is let out).
    """
    if letter.released is None:
        raise LetterUnknown("No letter of this case is let out.")
    if letter.is_out:
        return []
    day = left_on or letter.released.released_on
    return [LetterLeft(left_on=day, sha256=letter.released.sha256, message_id=message_id, attempt=attempt)]


def take_unknown(letter: GrantLetter, *, attempt: int, message_id: str) -> list[Event]:
    """Nobody can tell whether the letter that was let out left in this try. Of one that is out, or told before, it
    returns no event."""
    if letter.released is None or letter.is_out or attempt in letter.perhaps:
        return []
    return [LetterPerhapsLeft(attempt=attempt, sha256=letter.released.sha256, message_id=message_id)]


def write_off_try(letter: GrantLetter, *, attempt: int, sha256: str) -> list[Event]:
    """Two people found that it will not be told what came of this try: the letter may have left. Of one that is out, or
    of a try told as unknown, it returns no event."""
    if letter.is_out or attempt in letter.perhaps:
        return []
    return [LetterTryWrittenOff(attempt=attempt, sha256=sha256)]


def take_failure(letter: GrantLetter, *, attempt: int, message_id: str) -> list[Event]:
    """What was sent in this try did not leave, or will not arrive. Where nobody had said that it left, or might have,
    it returns no event; nor of a letter that has arrived."""
    if letter.released is None or letter.delivered or not (letter.left or attempt in letter.perhaps):
        return []
    sha256 = letter.released.sha256
    another = bool(letter.out - {sha256})
    return [LetterNotArrived(attempt=attempt, sha256=sha256, message_id=message_id, another_is_out=another)]


def take_release_end(letter: GrantLetter, *, sha256: str, message_id: str) -> list[Event]:
    """The release was stopped before anything left. Of a letter that is not out, it returns no event.

    Refuses `LetterUnknown` (another letter is out).
    """
    if letter.released is None:
        return []
    if letter.released.sha256 != sha256:
        raise LetterUnknown("The letter that is out is another one.")
    another = bool(letter.out - {sha256})
    return [LetterReleaseEnded(sha256=sha256, message_id=message_id, another_is_out=another)]


def take_delivery(
    letter: GrantLetter, *, sha256: str, organisation_number: str | None, delivered_on: date, message_id: str
) -> list[Event]:
    """The recipient has the letter. The same message again returns no event.

    Refuses `LetterUnknown`, `LetterWithoutAward`, `OtherRecipient`, `LetterToldTwice`.
    """
    taken = LetterDelivered(delivered_on=delivered_on, sha256=sha256, message_id=message_id)
    if letter.delivered == taken:
        return []
    _check(letter, sha256, organisation_number)
    if letter.delivered:
        raise LetterToldTwice(f"Message {letter.delivered.message_id} has told of the delivery already.")
    return [taken]


def _check(letter: GrantLetter, sha256: str, organisation_number: str | None) -> None:
    if letter.find(sha256) is None:
        raise LetterUnknown("The case has no frozen letter with that SHA-256.")
    if letter.approved is None or letter.proposal is None:
        raise LetterWithoutAward("The letter's award is not approved.")
    if letter.proposal.recipient.organisation_number != organisation_number:
        raise OtherRecipient("The letter's recipient is not the award's.")
