"""What can have happened to a notice: what the ministry is told before something leaves. One stream each,
`notice-<id>`.

Who acts is a subject id. `_at` are instants in UTC, `_on` days in Europe/Oslo. The time that binds is never one of
these: it is when PostgreSQL recorded the fact, and, for a dispatch, the later of that and what the sender's clock said.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.notifications.facts.channel import Channel


@dataclass(frozen=True, kw_only=True)
class CountingPolicy:
    """How the ministry's days are counted, frozen into each notice. Versioned data in the database, never a setting.

    `basis` is where the rule stands. `min_hours` holds across a change of the clock, when whole days alone fall an hour
    short. A notice is stale from the start (Europe/Oslo) of the `stale_after_days`-th day after the day of receipt.
    """

    version: str
    days: int
    day_of_notice_counted: bool
    starts: Literal["received"]
    min_hours: int
    roll_forward: bool
    tz: str
    basis: str
    stale_after_days: int


NoticeKind = Literal["round", "scheme", "letter", "publication"]
"""What a notice gathers: a round's letters, a scheme's, one letter, or a report or evaluation to be published. What is
said of each kind stands in `notice_words.py`."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What the notice gathers, and of which round, scheme, case or publication."""

    kind: NoticeKind
    id: str


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One thing the notice tells of: the stream it is held on (`letter-<case>`, `publication-<id>`), the SHA-256 (hex)
    of its manifest as it then was, and what the ministry reads. Amounts are whole øre; a publication has none, and
    neither scheme, fund, purpose nor case. `purpose` is as the proposal has it, `case_number` what people call the case
    by, `scheme_name` what the scheme is called; each is None too where grants did not tell it yet."""

    item: str
    manifest_sha256: str
    title: str
    recipient_number: str | None = None
    amount_ore: int | None = None
    scheme_id: str | None = None
    fund_id: str | None = None
    purpose: str | None = None
    case_number: str | None = None
    scheme_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class NoticePrepared(Event, topic="notice.prepared.v1"):
    """Somebody gathered what the ministry is to be told. `planned_on` is the day the letters are meant to leave.
    `renews` is the earlier notice this one takes over from (stale, objected, outdated)."""

    about: About
    lines: tuple[NoticeLine, ...]
    planned_on: date | None
    renews: UUID | None
    prepared_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeOrdered(Event, topic="notice.ordered.v1"):
    """The notice is to be sent: its document is rendered and its rule of counting frozen. From now on it governs the
    gate of everything it lists, in place of earlier notices of the same."""

    channel: Channel
    policy: CountingPolicy
    document_sha256: str
    ordered_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeSendingBegun(Event, topic="notice.sending-begun.v1"):
    """A sender took it, under a key the channel knows it by. Attempts count from 1; also a new sending is one."""

    dispatch: int
    channel: Channel
    key: str


@dataclass(frozen=True, kw_only=True)
class NoticeDispatched(Event, topic="notice.dispatched.v1"):
    """The channel has it. That starts no clock: receipt does. `said_at` is the sender's own clock."""

    dispatch: int
    channel: Channel
    reference: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class NoticeDispatchUnknown(Event, topic="notice.dispatch-unknown.v1"):
    """It may or may not have been sent, and the channel cannot tell. It is asked, never sent blindly again."""

    dispatch: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class NoticeDispatchFailed(Event, topic="notice.dispatch-failed.v1"):
    """It was not sent, or not delivered: the channel says so. `lasting`: trying again is of no use, and a person
    must look."""

    dispatch: int
    problem: str
    lasting: bool


@dataclass(frozen=True, kw_only=True)
class NoticeSentAgain(Event, topic="notice.sent-again.v1"):
    """Somebody asked for it to be sent once more. What was received of an earlier sending counts no longer."""

    reason: str
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeReceiptProposed(Event, topic="notice.receipt-proposed.v1"):
    """Somebody recorded that the ministry has answered, and what shows it. A second person must confirm."""

    dispatch: int
    received_at: datetime
    evidence: str
    evidence_sha256: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeReceiptRejected(Event, topic="notice.receipt-rejected.v1"):
    """The second person did not find that it shows a receipt."""

    reason: str
    rejected_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeReceived(Event, topic="notice.received.v1"):
    """The ministry has the notice: the days run from `received_at`, which lies between the dispatch and now.

    `told_by` is `channel:eformidling`, or a person: of the ministry, or of the directorate with `proposed_by` another.
    """

    dispatch: int
    received_at: datetime
    evidence: str
    evidence_sha256: str | None
    told_by: str
    proposed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeReceiptRevoked(Event, topic="notice.receipt-revoked.v1"):
    """What was taken for a receipt was none. The days begin anew with the next."""

    reason: str
    revoked_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeObjected(Event, topic="notice.objected.v1"):
    """The ministry stops these things (none named: everything in the notice) until it lifts the objection, whatever
    notice they stand in later. Objections of a notice count from 1."""

    objection: int
    items: tuple[str, ...]
    text: str
    objected_by: str


@dataclass(frozen=True, kw_only=True)
class NoticeObjectionLifted(Event, topic="notice.objection-lifted.v1"):
    """The ministry lifted an objection. The days begin anew for what it stopped; `said_at` is the service's own clock,
    and the later of it and the database's counts."""

    objection: int
    reason: str
    lifted_by: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class NoticeWithdrawn(Event, topic="notice.withdrawn.v1"):
    """The notice counts no longer. What it listed needs a new one."""

    reason: str
    withdrawn_by: str
