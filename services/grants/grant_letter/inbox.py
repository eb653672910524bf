"""What this service makes of what the notifications service tells: a letter is out, a letter has arrived."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.case.command_handler import stream_of
from services.grants.grant_letter.delivery import LetterUnknown, take_delivery, take_release, take_release_end
from services.grants.grant_letter.freezing import GrantLetter, fold
from services.inbox.taking import Hear, Take

RELEASED = "no.tilsagn.letter.released.v1"
ENDED = "no.tilsagn.letter.release-ended.v1"
DELIVERED = "no.tilsagn.letter.delivered.v1"


def _released(message_id: str, data: Mapping[str, Any]) -> Take:
    asked = {"released_on": _day(data["released_on"], data["released_at"])}
    return _about(message_id, data, take_release, asked)


def _delivered(message_id: str, data: Mapping[str, Any]) -> Take:
    asked = {"delivered_on": _day(data["delivered_on"], data["delivered_at"])}
    return _about(message_id, data, take_delivery, asked)


def _ended(message_id: str, data: Mapping[str, Any]) -> Take:
    def decide(history: History) -> Sequence[Event]:
        if not history.version:
            raise LetterUnknown("There is no such case.")
        return take_release_end(fold(history.events), sha256=data["letter_sha256"], message_id=message_id)

    return Take(stream=stream_of(UUID(data["case_id"])), decide=decide)


def _about(
    message_id: str, data: Mapping[str, Any], rule: Callable[..., list[Event]], asked: Mapping[str, Any]
) -> Take:
    def decide(history: History) -> Sequence[Event]:
        if not history.version:
            raise LetterUnknown("There is no such case.")
        letter: GrantLetter = fold(history.events)
        return rule(
            letter,
            sha256=data["letter_sha256"],
            organisation_number=data["recipient_organisation_number"],
            message_id=message_id,
            **asked,
        )

    return Take(stream=stream_of(UUID(data["case_id"])), decide=decide)


def _day(day: str, instant: str) -> date:
    """The day in Norway, which must be that of the instant. Raises ValueError if either is not in the calendar."""
    told, at = date.fromisoformat(day), datetime.fromisoformat(instant)
    if day_of(at) != told:
        raise ValueError("the day is not the instant's day in Norway")
    return told


HEARD: Mapping[str, Hear] = {RELEASED: _released, ENDED: _ended, DELIVERED: _delivered}
