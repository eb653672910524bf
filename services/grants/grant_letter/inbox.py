"""What this service makes of what the notifications service tells: a letter may leave, has left, or perhaps has, did
not arrive, has arrived.

What came of a try is told once, and asks two things: of the case, what its recipient may know by it; of the permit the
try was begun by, that it has its answer. Its feed tells a case's facts in order, so that a letter is let out here
before its try is answered."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.case.command_handler import stream_of
from services.grants.grant_letter.delivery import (
    LetterUnknown,
    take_delivery,
    take_failure,
    take_leaving,
    take_release,
    take_release_end,
    take_unknown,
)
from services.grants.grant_letter.freezing import GrantLetter, fold
from services.grants.grant_letter.permit.inbox import answered
from services.inbox.taking import MessageHandler, Reaction

RELEASED = "no.tilsagn.letter.released.v1"
ENDED = "no.tilsagn.letter.release-ended.v1"
DISPATCHED = "no.tilsagn.letter.dispatched.v1"
FAILED = "no.tilsagn.letter.dispatch-failed.v1"
UNKNOWN = "no.tilsagn.letter.dispatch-unknown.v1"
DELIVERED = "no.tilsagn.letter.delivered.v1"


def _released(message_id: str, data: Mapping[str, Any]) -> Reaction:
    day, sha256, number = _day(data["released_on"], data["released_at"]), *_letter(data)
    return _on_letter(
        data,
        lambda letter: take_release(
            letter, sha256=sha256, organisation_number=number, message_id=message_id, released_on=day
        ),
    )


def _dispatched(message_id: str, data: Mapping[str, Any]) -> tuple[Reaction, ...]:
    day = _day(data["dispatched_on"], data["dispatched_at"]) if "dispatched_on" in data else None
    attempt = data["attempt"]
    left = _on_letter(data, lambda letter: take_leaving(letter, attempt=attempt, left_on=day, message_id=message_id))
    return left, answered("sent", message_id, data)


def _failed(message_id: str, data: Mapping[str, Any]) -> tuple[Reaction, ...]:
    """A message of an earlier release does not say whether there was such a try: of the case it asks nothing."""
    permit = answered("not-sent", message_id, data)
    if not data.get("begun", False):
        return (permit,)
    attempt = data["attempt"]
    return _on_letter(data, lambda letter: take_failure(letter, attempt=attempt, message_id=message_id)), permit


def _unknown(message_id: str, data: Mapping[str, Any]) -> tuple[Reaction, ...]:
    attempt = data["attempt"]
    perhaps = _on_letter(data, lambda letter: take_unknown(letter, attempt=attempt, message_id=message_id))
    return perhaps, answered("unknown", message_id, data)


def _delivered(message_id: str, data: Mapping[str, Any]) -> tuple[Reaction, ...]:
    """What arrived had left, so the permit of its try has its answer, where the message tells which try."""
    day, sha256, number = _day(data["delivered_on"], data["delivered_at"]), *_letter(data)
    arrived = _on_letter(
        data,
        lambda letter: take_delivery(
            letter, sha256=sha256, organisation_number=number, message_id=message_id, delivered_on=day
        ),
    )
    return (arrived, answered("sent", message_id, data)) if "attempt" in data else (arrived,)


def _ended(message_id: str, data: Mapping[str, Any]) -> Reaction:
    sha256: str = data["letter_sha256"]
    return _on_letter(data, lambda letter: take_release_end(letter, sha256=sha256, message_id=message_id))


def _letter(data: Mapping[str, Any]) -> tuple[str, str | None]:
    """The SHA-256 of the letter that is told of, and its recipient's organisation number."""
    return data["letter_sha256"], data["recipient_organisation_number"]


def _on_letter(data: Mapping[str, Any], rule: Callable[[GrantLetter], Sequence[Event]]) -> Reaction:
    def decide(history: History) -> Sequence[Event]:
        if not history.version:
            raise LetterUnknown("There is no such case.")
        return rule(fold(history.events))

    return Reaction(stream=stream_of(UUID(data["case_id"])), decide=decide)


def _day(day: str, instant: str) -> date:
    """The day in Norway, which must be that of the instant. Raises ValueError if either is not in the calendar."""
    told, at = date.fromisoformat(day), datetime.fromisoformat(instant)
    if day_of(at) != told:
        raise ValueError("the day is not the instant's day in Norway")
    return told


HEARD: Mapping[str, MessageHandler] = {
    RELEASED: _released,
    DISPATCHED: _dispatched,
    FAILED: _failed,
    UNKNOWN: _unknown,
    ENDED: _ended,
    DELIVERED: _delivered,
}
