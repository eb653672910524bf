"""What other services are told of applications. Thin: the case, days and amounts (whole øre); no persons, no words."""

from collections.abc import Mapping
from typing import Any

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case.events.application import (
    ApplicationDismissed,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
    SupplementRequested,
)


def _received(fact: Recorded) -> Message:
    event = fact.event
    assert isinstance(event, ApplicationReceived)
    told = {
        "application_version": event.version,
        "call_id": event.call_id,
        "amount_sought_ore": event.amount_sought_ore,
        "arrived_on": event.arrived_on.isoformat(),
        "late": event.late,
    }
    return _message("received", fact, told)


def _supplement_requested(fact: Recorded) -> Message:
    assert isinstance(fact.event, SupplementRequested)
    told = {"number": fact.event.number, "reply_by": fact.event.reply_by.isoformat()}
    return _message("supplement-requested", fact, told)


def _ended(fact: Recorded) -> Message:
    """However it ended without an award; `ground` is the code of the decision's."""
    match fact.event:
        case ApplicationWithdrawn(withdrawn_on=day):
            told: dict[str, Any] = {"ending": "withdrawn", "ground": None, "ended_on": day.isoformat()}
        case ApplicationDismissed(ground=ground, dismissed_on=day):
            told = {"ending": "dismissed", "ground": ground, "ended_on": day.isoformat()}
        case ApplicationRejected(ground=code, rejected_on=day):
            told = {"ending": "rejected", "ground": code, "ended_on": day.isoformat()}
        case other:
            raise AssertionError(f"{other.TOPIC} ends no application")
    return _message("ended", fact, told)


def _message(what: str, fact: Recorded, told: Mapping[str, Any]) -> Message:
    data = {"case_id": fact.stream.removeprefix("case-"), "version": fact.version, **told}
    return Message(type=f"no.tilsagn.application.{what}.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {
    ApplicationReceived.TOPIC: _received,
    SupplementRequested.TOPIC: _supplement_requested,
    ApplicationWithdrawn.TOPIC: _ended,
    ApplicationDismissed.TOPIC: _ended,
    ApplicationRejected.TOPIC: _ended,
}
