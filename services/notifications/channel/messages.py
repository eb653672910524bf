"""What other services are told of letters on their way."""

from collections.abc import Mapping
from datetime import UTC

from services.calendar.clock import in_utc
from services.calendar.days import day_of
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.notifications.facts.channel import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
)


def _delivered(fact: Recorded) -> Message:
    told = fact.event
    assert isinstance(told, LetterDelivered)
    data = {
        "case_id": fact.stream.removeprefix("letter-"),
        "letter_sha256": told.letter_sha256,
        "recipient_organisation_number": told.recipient_number,
        "channel": told.channel,
        "delivered_at": told.delivered_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "delivered_on": day_of(told.delivered_at).isoformat(),
        "evidence": told.evidence,
        "attempt": told.attempt,
    }
    return Message(type="no.tilsagn.letter.delivered.v1", subject=_case(fact), data=data)


def _dispatched(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterDispatched)
    data = {
        "case_id": fact.stream.removeprefix("letter-"),
        "attempt": fact.event.attempt,
        "dispatched_at": in_utc(fact.recorded_at),
        "dispatched_on": day_of(fact.recorded_at).isoformat(),
    }
    return Message(type="no.tilsagn.letter.dispatched.v1", subject=_case(fact), data=data)


def _failed(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterDispatchFailed)
    data = {
        "case_id": fact.stream.removeprefix("letter-"),
        "attempt": fact.event.attempt,
        "lasting": fact.event.lasting,
        "begun": fact.event.begun,
    }
    return Message(type="no.tilsagn.letter.dispatch-failed.v1", subject=_case(fact), data=data)


def _unknown(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterDispatchUnknown)
    data = {"case_id": fact.stream.removeprefix("letter-"), "attempt": fact.event.attempt}
    return Message(type="no.tilsagn.letter.dispatch-unknown.v1", subject=_case(fact), data=data)


def _case(fact: Recorded) -> str:
    return f"case-{fact.stream.removeprefix('letter-')}"


MESSAGES: Mapping[str, Mapper] = {
    LetterDispatched.TOPIC: _dispatched,
    LetterDelivered.TOPIC: _delivered,
    LetterDispatchFailed.TOPIC: _failed,
    LetterDispatchUnknown.TOPIC: _unknown,
}
