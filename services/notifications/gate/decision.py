"""The gate: whether something held may leave now, on which ground, and if not, why not and from when.

The same decision stands in PostgreSQL (migrations/notifications/sql/gate.sql, release.sql), which decides it again from
its own tables as a release is recorded. Here it comes first, with sentences people can act on. Nothing opens the gate
but the ministry's days, the scheme's own policy, and the ministry's written waiver (Instruks 5.4 and 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.notifications.facts.held_state import Held
from services.notifications.facts.notice_state import Notice, Objection
from services.notifications.facts.release import AfterNotice, Exemption, Ground, SchemeExempt, Waived
from services.notifications.gate.counting import opens_at, stale_at
from services.notifications.gate.refusals import (
    AlreadyReleased,
    ClocksDisagree,
    GateClosed,
    LetterNotHeld,
    LetterOutdated,
    NoticeChanged,
    NoticeMissing,
    NoticeObjected,
    NoticeStale,
    NoticeTooYoung,
)

MOST_BETWEEN_CLOCKS = timedelta(seconds=60)
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class ListedNotice:
    """A notice that lists the item, under its id."""

    notice_id: UUID
    notice: Notice


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """The two clocks a release is held against: this service's (`said_at`) and the database's, and when the log was
    last written to. Earlier than that, the database's clock has run backwards."""

    said_at: datetime
    database_at: datetime
    last_recorded_at: datetime

    @property
    def agree(self) -> bool:
        """Whether releases may go on."""
        apart = abs(self.said_at - self.database_at)
        return apart <= MOST_BETWEEN_CLOCKS and self.database_at >= self.last_recorded_at


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What stands between an item and its release, time apart: a refusal, or a ground and the days it opens and goes
    stale (`opens_at` is EVER where no notice is owed)."""

    refusal: GateClosed | None = None
    ground: Ground | None = None
    opens_at: datetime = EVER
    stale_at: datetime | None = None


def check(item: str, held: Held, notices: Sequence[ListedNotice], clocks: Clocks) -> Ground:
    """The ground on which the item may leave now, or the refusal.

    Refuses LetterNotHeld, AlreadyReleased, LetterOutdated, NoticeObjected, NoticeMissing, NoticeChanged,
    ClocksDisagree, NoticeTooYoung, NoticeStale. Both clocks must have come to `opens_at`.
    """
    standing = stand(item, held, notices)
    if standing.refusal:
        raise standing.refusal
    if not clocks.agree:
        raise ClocksDisagree("The clocks of the service and the database disagree. Releases wait until they are right.")
    if min(clocks.said_at, clocks.database_at) < standing.opens_at:
        raise NoticeTooYoung.until(standing.opens_at)
    if standing.stale_at and max(clocks.said_at, clocks.database_at) >= standing.stale_at:
        raise NoticeStale("The notice is too old. Renew it: prepare and send a new one.", stale_at=standing.stale_at)
    assert standing.ground is not None
    return standing.ground


def check_still_open(item: str, held: Held, notices: Sequence[ListedNotice], clocks: Clocks) -> None:
    """Refuse to have a released letter tried if the gate has closed since: what closes it before anything left keeps
    the letter here. What may have left is stopped by an objection alone, for its days were over when it did.

    Refuses what `check` does but AlreadyReleased.
    """
    if not held.may_have_left:
        check(item, replace(held, released=None, released_at=None), notices, clocks)
    elif _is_stopped(item, notices):
        raise NoticeObjected("The ministry has objected. It is not sent once more until the objection is lifted.")


def stand(item: str, held: Held, notices: Sequence[ListedNotice]) -> Verdict:
    """Everything but time. `notices` are all that list the item, in any order."""
    if held.held is None:
        return Verdict(refusal=LetterNotHeld("Nothing approved and frozen is held here yet."))
    if held.released:
        return Verdict(refusal=AlreadyReleased("It was released earlier. Nothing leaves twice."))
    if held.ended:
        return Verdict(refusal=LetterOutdated("The award was changed or fell away. Freeze its letter anew."))
    if _is_stopped(item, notices):
        return Verdict(refusal=NoticeObjected("The ministry has objected. It waits until the objection is lifted."))
    if exempt := _exemption(held):
        return Verdict(ground=SchemeExempt(source=exempt.source))
    if held.waived and held.waived.manifest_sha256 == held.manifest_sha256:
        return Verdict(ground=Waived(document_sha256=held.waived.document_sha256))
    return _after_notice(item, held, notices)


def _after_notice(item: str, held: Held, notices: Sequence[ListedNotice]) -> Verdict:
    ordered = [told for told in notices if told.notice.ordered]
    governing = max(ordered, key=lambda told: told.notice.ordered_position, default=None)
    if governing is None:
        reason = "not-sent" if notices else "none"
        return Verdict(
            refusal=NoticeMissing("The ministry has not been told. Prepare a notice and send it.", reason=reason)
        )
    notice = governing.notice
    if notice.withdrawn:
        return Verdict(refusal=NoticeMissing("The notice was withdrawn. Prepare a new one.", reason="withdrawn"))
    if notice.received is None:
        words = "The notice is sent, and no receipt has come. The days run from receipt."
        return Verdict(refusal=NoticeMissing(words, reason="not-received", notice_id=str(governing.notice_id)))
    if notice.manifest_of(item) != held.manifest_sha256:
        return Verdict(
            refusal=NoticeChanged("It was changed after the ministry was told. Send a notice of it as it is now.")
        )
    assert notice.ordered is not None
    lifted = (each.lifted_at for told in notices for each in told.notice.objections if item in each.items)
    starts = max([notice.received.received_at, *(at for at in lifted if at)])
    opens = opens_at(starts, notice.ordered.policy)
    return Verdict(
        ground=AfterNotice(notice_id=governing.notice_id, opened_at=opens),
        opens_at=opens,
        stale_at=stale_at(notice.received.received_at, notice.ordered.policy),
    )


def _is_stopped(item: str, notices: Sequence[ListedNotice]) -> bool:
    return any(_stops(each, item) for told in notices for each in told.notice.objections)


def _stops(objection: Objection, item: str) -> bool:
    return item in objection.items and objection.lifted_at is None


def _exemption(held: Held) -> Exemption | None:
    """A policy that two people decided. What one person wrote frees nothing any more."""
    exempt = held.letter.exemption if held.letter else None
    return exempt if exempt and exempt.confirmed_at else None
