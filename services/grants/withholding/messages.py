"""What other services are told of money held back and claimed back. Thin: ids, days and amounts (whole øre); no persons
and none of the reasons."""

from collections.abc import Mapping
from datetime import date

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case.events.withholding import (
    ReclaimDecided,
    RepaymentReceived,
    WithholdingDecided,
    WithholdingReleased,
)


def _withheld(fact: Recorded) -> Message:
    event = fact.event
    assert isinstance(event, WithholdingDecided)
    return _told(fact, "decided", event.amount_ore, "decided_on", event.decided_on, withholding=event.number)


def _released(fact: Recorded) -> Message:
    event = fact.event
    assert isinstance(event, WithholdingReleased)
    return _told(fact, "released", event.amount_ore, "released_on", event.released_on, withholding=event.number)


def _reclaimed(fact: Recorded) -> Message:
    event = fact.event
    assert isinstance(event, ReclaimDecided)
    pay_by = event.pay_by.isoformat()
    return _told(
        fact, "reclaim-decided", event.amount_ore, "decided_on", event.decided_on, reclaim=event.number, pay_by=pay_by
    )


def _repaid(fact: Recorded) -> Message:
    event = fact.event
    assert isinstance(event, RepaymentReceived)
    return _told(fact, "repayment-received", event.amount_ore, "received_on", event.received_on, reclaim=event.reclaim)


def _told(fact: Recorded, what: str, amount_ore: int, day_name: str, day: date, **more: int | str | None) -> Message:
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "amount_ore": amount_ore,
        day_name: day.isoformat(),
        **more,
    }
    return Message(type=f"no.tilsagn.withholding.{what}.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {
    WithholdingDecided.TOPIC: _withheld,
    WithholdingReleased.TOPIC: _released,
    ReclaimDecided.TOPIC: _reclaimed,
    RepaymentReceived.TOPIC: _repaid,
}
