"""How a notice to the ministry stands, as the notifications service told it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.grants.notice.events import (
    NoticeLiftingHeard,
    NoticeListingHeard,
    NoticeObjectionHeard,
    NoticeReceiptHeard,
    NoticeRevocationHeard,
    NoticeSendingHeard,
    NoticeWithdrawalHeard,
)

State = Literal["prepared", "sent", "received", "objected", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`objections` are those not lifted, and the cases each stops."""

    case_ids: tuple[UUID, ...] = ()
    planned_on: date | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    objections: Mapping[int, frozenset[UUID]] = field(default_factory=dict)
    withdrawn: bool = False

    def state_of(self, case_id: UUID) -> State:
        """Where it stands for one case."""
        if self.withdrawn:
            return "withdrawn"
        if any(case_id in stopped for stopped in self.objections.values()):
            return "objected"
        if self.received_at:
            return "received"
        return "sent" if self.sent_at else "prepared"


def evolve(notice: Notice, event: Event) -> Notice:
    """The notice after one more message."""
    match event:
        case NoticeListingHeard(case_ids=case_ids, planned_on=planned_on):
            return replace(notice, case_ids=case_ids, planned_on=planned_on)
        case NoticeSendingHeard(sent_at=sent_at):
            return replace(notice, sent_at=sent_at, received_at=None)
        case NoticeReceiptHeard(received_at=received_at):
            return replace(notice, received_at=received_at)
        case NoticeRevocationHeard():
            return replace(notice, received_at=None)
        case NoticeObjectionHeard(objection=number, case_ids=case_ids):
            stopped = frozenset(case_ids or notice.case_ids)
            return replace(notice, objections={**notice.objections, number: stopped})
        case NoticeLiftingHeard(objection=number):
            left = {other: stopped for other, stopped in notice.objections.items() if other != number}
            return replace(notice, objections=left)
        case NoticeWithdrawalHeard():
            return replace(notice, withdrawn=True)
        case _:
            return notice


def fold(events: Iterable[Event]) -> Notice:
    """The notice as these leave it."""
    return fold_once(evolve, events, Notice)


def hear(known: Iterable[Event], told: Event) -> list[Event]:
    """What is recorded of a message. A notice without a case is no concern of grants; a listing known is nothing."""
    listed = any(isinstance(event, NoticeListingHeard) for event in known)
    if isinstance(told, NoticeListingHeard):
        return [] if listed or not told.case_ids else [told]
    return [told] if listed else []
