"""What other services are told of a year's allocation: letters registered, corrected and taken out."""

from collections.abc import Mapping
from typing import Any

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.budget_year.events.allocation import LetterCorrected, LetterRegistered, LetterWithdrawn


def _registered(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterRegistered)
    return Message(type="no.tilsagn.allocation.letter-registered.v1", subject=fact.stream, data=_content(fact.event))


def _corrected(fact: Recorded) -> Message:
    """The letter as it stands from here on."""
    assert isinstance(fact.event, LetterCorrected)
    return Message(type="no.tilsagn.allocation.letter-corrected.v1", subject=fact.stream, data=_content(fact.event))


def _withdrawn(fact: Recorded) -> Message:
    """Whoever heard of the letter hears that it never counted."""
    withdrawn = fact.event
    assert isinstance(withdrawn, LetterWithdrawn)
    data = {
        "year": int(fact.stream.removeprefix("allocation-")),
        "number": withdrawn.letter_number,
        "effective_on": withdrawn.effective_on.isoformat(),
    }
    return Message(type="no.tilsagn.allocation.letter-withdrawn.v1", subject=fact.stream, data=data)


def _content(told: LetterRegistered | LetterCorrected) -> dict[str, Any]:
    return {
        "year": told.letter.year,
        "number": told.letter.number,
        "title": told.letter.title,
        "effective_on": told.letter.dated.on.isoformat(),
        "source_sha256": told.source_sha256,
    }


MESSAGES: Mapping[str, Mapper] = {
    LetterRegistered.TOPIC: _registered,
    LetterCorrected.TOPIC: _corrected,
    LetterWithdrawn.TOPIC: _withdrawn,
}
