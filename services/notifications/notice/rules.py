"""Rules of notices: what the ministry is told, when it counts as told, and what it says to that.

`now` is this service's clock, UTC. Every day and hour that binds is counted again by PostgreSQL from its own.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.notifications.facts.channel import Channel
from services.notifications.facts.hands import Hands
from services.notifications.facts.notice import (
    About,
    CountingPolicy,
    NoticeLine,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceiptProposed,
    NoticeReceiptRejected,
    NoticeReceiptRevoked,
    NoticeReceived,
    NoticeSentAgain,
    NoticeWithdrawn,
)
from services.notifications.facts.notice_state import Notice
from services.notifications.gate.planned_day import check_planned
from services.notifications.notice.refusals import (
    AlreadyOrdered,
    AlreadyReceived,
    ChannelNotSetUp,
    NothingClaimed,
    NoticeGone,
    NotReceived,
    NotSentYet,
    ReceivedBeforeSent,
    ReceivedInTheFuture,
    need_lines,
    need_waiting,
)
from services.reason import need_reason


def prepare(
    notice: Notice,
    *,
    about: About,
    lines: Sequence[NoticeLine],
    planned_on: date | None,
    renews: UUID | None,
    prepared_by: str,
    today: date | None = None,
) -> list[Event]:
    """Gather what the ministry is to be told. Refuses NothingToTell, NoticeTooLong, and what `check_planned` does, held
    against `today`; the same again returns no event."""
    need_lines(len(lines))
    if today:
        check_planned(planned_on, today)
    told = NoticePrepared(
        about=about, lines=tuple(lines), planned_on=planned_on, renews=renews, prepared_by=prepared_by
    )
    if notice.prepared == told:
        return []
    keep_apart(prepared_by, "prepare notice", notice.done)
    return [told]


def order(
    notice: Notice, *, channel: Channel, channels: Collection[Channel], policy: CountingPolicy, document_sha256: str,
    waits: bool, ordered_by: str,
) -> list[Event]:  # fmt: skip
    """Have it sent by one of the `channels` there are, under the rule of counting in force. `waits`: whether anything
    it lists still does, as it is listed. Refuses NoticeGone, ChannelNotSetUp, AlreadyOrdered, NothingToTell,
    SamePersonTwice."""
    _keep_standing(notice)
    if channel not in channels:
        raise ChannelNotSetUp(
            f"Notices cannot be sent by {channel} here. Order it by one of: {', '.join(sorted(channels))}.",
            channels=sorted(channels),
        )
    if notice.ordered:
        raise AlreadyOrdered("The notice is ordered already. Send it again if it was lost.")
    need_waiting(waits)
    keep_apart(ordered_by, "order notice", notice.done)
    ordered = NoticeOrdered(channel=channel, policy=policy, document_sha256=document_sha256, ordered_by=ordered_by)
    return [ordered]


def send_again(notice: Notice, *, reason: str, waits: bool, asked_by: str) -> list[Event]:
    """Have it sent once more: whatever was received before counts no longer, and the days begin anew. Refuses
    NoticeGone, NotSentYet, NothingToTell, ReasonMissing."""
    _keep_standing(notice)
    if not notice.ordered or (notice.dispatch is None and notice.trouble is None):
        raise NotSentYet("The notice is on its way out already, or not ordered.")
    need_waiting(waits)
    keep_apart(asked_by, "send notice again", notice.done)
    return [NoticeSentAgain(reason=need_reason(reason), asked_by=asked_by)]


def receive(
    notice: Notice, *, dispatch: int, received_at: datetime, evidence: str, channel: Channel, now: datetime
) -> list[Event]:
    """The channel says that the ministry has it. What it says of an earlier sending, or once more, is nothing.

    Its clock may be a little off ours: the instant counts as no earlier than the dispatch and no later than now."""
    if notice.withdrawn or notice.received or notice.dispatch != dispatch or notice.dispatched_at is None:
        return []
    at = min(max(received_at, notice.dispatched_at), max(now, notice.dispatched_at))
    told_by = f"channel:{channel}"
    return [NoticeReceived(dispatch=dispatch, received_at=at, evidence=evidence, evidence_sha256=None, told_by=told_by)]


def acknowledge(notice: Notice, *, hands: Hands, now: datetime, acknowledged_by: str) -> list[Event]:
    """The ministry says itself that it has the notice, now. Once received, it returns no event. `hands` are in what it
    lists. Refuses NoticeGone, NotSentYet, SamePersonTwice."""
    if notice.received:
        return []
    dispatch, since = _sent(notice)
    keep_apart(acknowledged_by, "acknowledge notice", {**notice.done, **hands})
    at = max(now, since)
    evidence = "bekreftet av departementet i tjenesten"
    return [
        NoticeReceived(
            dispatch=dispatch, received_at=at, evidence=evidence, evidence_sha256=None, told_by=acknowledged_by
        )
    ]


def propose_receipt(
    notice: Notice, *, received_at: datetime, evidence: str, evidence_sha256: str, now: datetime, proposed_by: str
) -> list[Event]:
    """Record that the ministry has answered, and what shows it; a second person must confirm. Refuses NoticeGone,
    NotSentYet, AlreadyReceived, ReceivedBeforeSent (a back-dated receipt would open a gate at once),
    ReceivedInTheFuture."""
    dispatch, since = _sent(notice)
    if notice.received:
        raise AlreadyReceived("A receipt counts already. Revoke it first if it was none.")
    _check_received(received_at, since, now)
    claimed = NoticeReceiptProposed(
        dispatch=dispatch,
        received_at=received_at,
        evidence=need_reason(evidence),
        evidence_sha256=evidence_sha256,
        proposed_by=proposed_by,
    )
    if notice.claimed == claimed:
        return []
    keep_apart(proposed_by, "propose receipt", notice.done)
    return [claimed]


def reject_receipt(notice: Notice, *, reason: str, rejected_by: str) -> list[Event]:
    """What somebody took for an answer is none. Refuses NothingClaimed, ReasonMissing."""
    _claimed(notice)
    keep_apart(rejected_by, "reject receipt", notice.done)
    return [NoticeReceiptRejected(reason=need_reason(reason), rejected_by=rejected_by)]


def confirm_receipt(notice: Notice, *, now: datetime, confirmed_by: str) -> list[Event]:
    """A second person finds that the ministry has it. Refuses NothingClaimed, SamePersonTwice, and what
    `propose_receipt` refuses."""
    claimed = _claimed(notice)
    keep_apart(confirmed_by, "confirm receipt", {**notice.done, "propose receipt": authors(notice.claims)})
    dispatch, since = _sent(notice)
    _check_received(claimed.received_at, since, now)
    return [
        NoticeReceived(
            dispatch=dispatch,
            received_at=claimed.received_at,
            evidence=claimed.evidence,
            evidence_sha256=claimed.evidence_sha256,
            told_by=confirmed_by,
            proposed_by=claimed.proposed_by,
        )
    ]


def revoke_receipt(notice: Notice, *, reason: str, revoked_by: str) -> list[Event]:
    """What was taken for a receipt was none. Refuses NotReceived, ReasonMissing."""
    if notice.received is None:
        raise NotReceived("No receipt counts for this notice.")
    keep_apart(revoked_by, "revoke receipt", notice.done)
    return [NoticeReceiptRevoked(reason=need_reason(reason), revoked_by=revoked_by)]


def withdraw(notice: Notice, *, reason: str, withdrawn_by: str) -> list[Event]:
    """The notice counts no longer. Withdrawn already, it returns no event. Refuses ReasonMissing."""
    if notice.withdrawn:
        return []
    keep_apart(withdrawn_by, "withdraw notice", notice.done)
    return [NoticeWithdrawn(reason=need_reason(reason), withdrawn_by=withdrawn_by)]


def _sent(notice: Notice) -> tuple[int, datetime]:
    _keep_standing(notice)
    if notice.dispatch is None or notice.dispatched_at is None:
        raise NotSentYet("The notice has not left. Nothing can be received before it is sent.")
    return notice.dispatch, notice.dispatched_at


def _claimed(notice: Notice) -> NoticeReceiptProposed:
    if notice.claimed is None:
        raise NothingClaimed("Nobody has recorded a receipt that waits for a second person.")
    return notice.claimed


def _check_received(received_at: datetime, since: datetime, now: datetime) -> None:
    if received_at < since:
        raise ReceivedBeforeSent("It cannot be received before it was sent.", sent_at=since)
    if received_at > now:
        raise ReceivedInTheFuture("It cannot be received later than now.")


def _keep_standing(notice: Notice) -> None:
    if notice.withdrawn:
        raise NoticeGone("The notice is withdrawn. Prepare a new one.")
