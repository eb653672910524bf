"""What the notifications service told of a notice to the ministry (Instruks 5.4). One stream each, `notice-<id>`.

Grants decides nothing on these: they show a caseworker how far the ministry has come with what their case waits for.
Instants are UTC, days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticeListingHeard(Event, topic="notice.listing-heard.v1"):
    """A notice was prepared of these cases' letters, meant to leave on that day."""

    case_ids: tuple[UUID, ...]
    planned_on: date | None


@dataclass(frozen=True, kw_only=True)
class NoticeSendingHeard(Event, topic="notice.sending-heard.v1"):
    """It was sent. An earlier receipt counts no longer."""

    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class NoticeReceiptHeard(Event, topic="notice.receipt-heard.v1"):
    """The ministry has it: its days run from here."""

    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class NoticeRevocationHeard(Event, topic="notice.revocation-heard.v1"):
    """What was taken for a receipt was none."""


@dataclass(frozen=True, kw_only=True)
class NoticeObjectionHeard(Event, topic="notice.objection-heard.v1"):
    """The ministry stops these cases' letters; none named: all that the notice lists."""

    objection: int
    case_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class NoticeLiftingHeard(Event, topic="notice.lifting-heard.v1"):
    """The ministry lifted an objection."""

    objection: int


@dataclass(frozen=True, kw_only=True)
class NoticeWithdrawalHeard(Event, topic="notice.withdrawal-heard.v1"):
    """The notice counts no longer."""
