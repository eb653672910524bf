"""What other services are told of a year's allocation."""

from collections.abc import Mapping

from services.eventlog.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.allocation.events import LetterRegistered


def _registered(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterRegistered)
    letter = fact.event.letter
    data = {
        "year": letter.year,
        "number": letter.number,
        "title": letter.title,
        "effective_on": letter.dated.on.isoformat(),
        "source_sha256": fact.event.source_sha256,
    }
    return Message(type="no.tilsagn.allocation.letter-registered.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {LetterRegistered.TOPIC: _registered}
