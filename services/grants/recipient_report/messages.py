"""What other services are told of recipients' reports. Thin: the case, which report, its days, amounts in whole øre."""

from collections.abc import Mapping

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed, ReportReminded, ReportReturned
from services.grants.case.reductions import total_ore


def _reminded(fact: Recorded) -> Message:
    assert isinstance(fact.event, ReportReminded)
    told = {
        "report": fact.event.number,
        "reminder": fact.event.reminder,
        "due_on": fact.event.due_on.isoformat(),
        "reminded_on": fact.event.reminded_on.isoformat(),
        "case_number": fact.event.case_number,
    }
    return _message("report.reminded", fact, told)


def _returned(fact: Recorded) -> Message:
    assert isinstance(fact.event, ReportReturned)
    told = {
        "report": fact.event.number,
        "reply_by": fact.event.reply_by.isoformat(),
        "returned_on": fact.event.returned_on.isoformat(),
    }
    return _message("report.returned", fact, told)


def _settled(fact: Recorded) -> Message:
    assert isinstance(fact.event, AwardSettled)
    told = {
        "used_ore": fact.event.used_ore,
        "released_ore": total_ore(fact.event.reductions),
        "settled_on": fact.event.settled_on.isoformat(),
    }
    return _message("award.settled", fact, told)


def _closed(fact: Recorded) -> Message:
    assert isinstance(fact.event, CaseClosed)
    return _message("case.closed", fact, {"closed_on": fact.event.closed_on.isoformat()})


def _message(what: str, fact: Recorded, told: Mapping[str, object]) -> Message:
    data = {"case_id": fact.stream.removeprefix("case-"), "version": fact.version, **told}
    return Message(type=f"no.tilsagn.{what}.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {
    ReportReminded.TOPIC: _reminded,
    ReportReturned.TOPIC: _returned,
    AwardSettled.TOPIC: _settled,
    CaseClosed.TOPIC: _closed,
}
