"""What this service makes of what the notifications service tells of its notices: each stands as it was told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.notice.events import (
    NoticeLiftingHeard,
    NoticeListingHeard,
    NoticeObjectionHeard,
    NoticeReceiptHeard,
    NoticeRevocationHeard,
    NoticeSendingHeard,
    NoticeWithdrawalHeard,
)
from services.grants.notice.rules import hear
from services.inbox.taking import MessageHandler, Reaction

PREFIX = "no.tilsagn.notice."


def _listed(data: Mapping[str, Any]) -> Event:
    planned_on = date.fromisoformat(data["planned_on"]) if data["planned_on"] else None
    return NoticeListingHeard(case_ids=_cases(data), planned_on=planned_on)


def _sent(data: Mapping[str, Any]) -> Event:
    return NoticeSendingHeard(sent_at=datetime.fromisoformat(data["sent_at"]))


def _received(data: Mapping[str, Any]) -> Event:
    return NoticeReceiptHeard(received_at=datetime.fromisoformat(data["received_at"]))


def _objected(data: Mapping[str, Any]) -> Event:
    return NoticeObjectionHeard(objection=data["objection"], case_ids=_cases(data))


def _lifted(data: Mapping[str, Any]) -> Event:
    return NoticeLiftingHeard(objection=data["objection"])


def _cases(data: Mapping[str, Any]) -> tuple[UUID, ...]:
    return tuple(UUID(case_id) for case_id in data["case_ids"])


def _told(make: Callable[[Mapping[str, Any]], Event]) -> MessageHandler:
    def take(_: str, data: Mapping[str, Any]) -> Reaction:
        event = make(data)

        def decide(history: History) -> Sequence[Event]:
            return hear(history.events, event)

        return Reaction(stream=f"notice-{UUID(data['notice_id'])}", decide=decide)

    return take


HEARD: Mapping[str, MessageHandler] = {
    f"{PREFIX}prepared.v1": _told(_listed),
    f"{PREFIX}sent.v1": _told(_sent),
    f"{PREFIX}received.v1": _told(_received),
    f"{PREFIX}receipt-revoked.v1": _told(lambda _: NoticeRevocationHeard()),
    f"{PREFIX}objected.v1": _told(_objected),
    f"{PREFIX}objection-lifted.v1": _told(_lifted),
    f"{PREFIX}withdrawn.v1": _told(lambda _: NoticeWithdrawalHeard()),
}
