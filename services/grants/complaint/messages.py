"""What other services are told of complaints. Thin: the case, which complaint, its days; no persons, no words of it."""

from collections.abc import Mapping

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case.events.complaint import (
    ComplaintDecided,
    ComplaintDismissed,
    ComplaintForwarded,
    ComplaintReceived,
    ComplaintWithdrawn,
    DecisionReversed,
)


def _received(fact: Recorded) -> Message:
    assert isinstance(fact.event, ComplaintReceived)
    told = {
        "disputed": fact.event.disputed,
        "decision_number": fact.event.decision_number,
        "lodged_on": fact.event.lodged_on.isoformat(),
        "last_day_on": fact.event.last_day_on.isoformat(),
    }
    return _message("received", fact, fact.event.number, told)


def _forwarded(fact: Recorded) -> Message:
    assert isinstance(fact.event, ComplaintForwarded)
    return _message("forwarded", fact, fact.event.number, {"forwarded_on": fact.event.forwarded_on.isoformat()})


def _ended(fact: Recorded) -> Message | None:
    """However it ended. A reversal in part ends nothing, and is not told."""
    match fact.event:
        case ComplaintDismissed(number=number, dismissed_on=day):
            return _message("ended", fact, number, {"ending": "dismissed", "ended_on": day.isoformat()})
        case ComplaintWithdrawn(number=number, withdrawn_on=day):
            return _message("ended", fact, number, {"ending": "withdrawn", "ended_on": day.isoformat()})
        case DecisionReversed(number=number, reversed_on=day, wholly=True):
            return _message("ended", fact, number, {"ending": "reversed", "ended_on": day.isoformat()})
        case ComplaintDecided(number=number, decided_on=day, outcome=outcome):
            told = {"ending": "decided", "outcome": outcome, "ended_on": day.isoformat()}
            return _message("ended", fact, number, told)
    return None


def _message(what: str, fact: Recorded, number: int, told: Mapping[str, object]) -> Message:
    data = {"case_id": fact.stream.removeprefix("case-"), "version": fact.version, "complaint": number, **told}
    return Message(type=f"no.tilsagn.complaint.{what}.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {
    ComplaintReceived.TOPIC: _received,
    ComplaintForwarded.TOPIC: _forwarded,
    **{kind.TOPIC: _ended for kind in (ComplaintDismissed, ComplaintWithdrawn, DecisionReversed, ComplaintDecided)},
}
