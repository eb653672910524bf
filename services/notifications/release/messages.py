"""What other services are told of held and released letters."""

from collections.abc import Mapping

from services.calendar.clock import in_utc
from services.calendar.days import day_of
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.notifications.facts.release import LetterHeld, LetterHeldAsTold, LetterReleased, LetterReleaseEnded
from services.notifications.gate.ground_messages import told_ground


def _held(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterHeld | LetterHeldAsTold)
    exemption = fact.event.exemption
    data = {
        "case_id": fact.stream.removeprefix("letter-"),
        "manifest_sha256": fact.event.manifest_sha256,
        "letter_sha256": fact.event.letter_sha256,
        "notice_owed": exemption is None,
        "exempt_source": exemption.source if exemption else None,
    }
    return Message(type="no.tilsagn.letter.held.v1", subject=_case(fact), data=data)


def _released(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterReleased)
    data = {
        "case_id": fact.stream.removeprefix("letter-"),
        "letter_sha256": fact.event.letter_sha256,
        "recipient_organisation_number": fact.event.recipient_number,
        "channel": fact.event.channel,
        "released_at": in_utc(fact.recorded_at),
        "released_on": day_of(fact.recorded_at).isoformat(),
        "ground": told_ground(fact.event.ground),
    }
    return Message(type="no.tilsagn.letter.released.v1", subject=_case(fact), data=data)


def _ended(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterReleaseEnded)
    data = {
        "case_id": fact.stream.removeprefix("letter-"),
        "letter_sha256": fact.event.letter_sha256,
        "code": fact.event.code,
    }
    return Message(type="no.tilsagn.letter.release-ended.v1", subject=_case(fact), data=data)


def _case(fact: Recorded) -> str:
    return f"case-{fact.stream.removeprefix('letter-')}"


MESSAGES: Mapping[str, Mapper] = {
    LetterHeld.TOPIC: _held,
    LetterHeldAsTold.TOPIC: _held,
    LetterReleased.TOPIC: _released,
    LetterReleaseEnded.TOPIC: _ended,
}
