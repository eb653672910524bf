"""What other services are told of notices: what they list, when they were sent and received, what is stopped."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.calendar.clock import in_utc
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.notifications.facts.notice import (
    NoticeDispatched,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticePrepared,
    NoticeReceiptRevoked,
    NoticeReceived,
    NoticeWithdrawn,
)

LETTER = "letter-"


def _prepared(event: NoticePrepared) -> dict[str, Any]:
    planned_on = event.planned_on.isoformat() if event.planned_on else None
    return {"case_ids": _cases(line.item for line in event.lines), "planned_on": planned_on}


def _sent(event: NoticeDispatched) -> dict[str, Any]:
    return {"sent_at": in_utc(event.said_at)}


def _received(event: NoticeReceived) -> dict[str, Any]:
    return {"received_at": in_utc(event.received_at)}


def _objected(event: NoticeObjected) -> dict[str, Any]:
    return {"objection": event.objection, "case_ids": _cases(event.items)}


def _lifted(event: NoticeObjectionLifted) -> dict[str, Any]:
    return {"objection": event.objection}


def _cases(items: Iterable[str]) -> list[str]:
    return [item.removeprefix(LETTER) for item in items if item.startswith(LETTER)]


def _told(name: str, tell: Callable[[Any], dict[str, Any]]) -> Mapper:
    """A message of that name about the notice, with what `tell` makes of the fact."""

    def message(fact: Recorded) -> Message:
        data = {"notice_id": fact.stream.removeprefix("notice-")} | tell(fact.event)
        return Message(type=f"no.tilsagn.notice.{name}.v1", subject=fact.stream, data=data)

    return message


MESSAGES: Mapping[str, Mapper] = {
    NoticePrepared.TOPIC: _told("prepared", _prepared),
    NoticeDispatched.TOPIC: _told("sent", _sent),
    NoticeReceived.TOPIC: _told("received", _received),
    NoticeReceiptRevoked.TOPIC: _told("receipt-revoked", lambda _: {}),
    NoticeObjected.TOPIC: _told("objected", _objected),
    NoticeObjectionLifted.TOPIC: _told("objection-lifted", _lifted),
    NoticeWithdrawn.TOPIC: _told("withdrawn", lambda _: {}),
}
