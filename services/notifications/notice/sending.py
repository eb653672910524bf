"""Rules of sending a notice: begun before it is tried, and one outcome for each sending. Sent is not received."""

from datetime import datetime

from services.eventlog.events import Event
from services.notifications.facts.channel import Channel
from services.notifications.facts.notice import (
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeDispatchUnknown,
    NoticeSendingBegun,
)
from services.notifications.facts.notice_state import Notice


def is_over(notice: Notice) -> bool:
    """Whether there is nothing more to do for a sender."""
    return notice.ordered is None or notice.withdrawn is not None or notice.received is not None


def begin(notice: Notice, *, channel: Channel, key: str) -> list[Event]:
    """A sender takes it. What is taken, or over, is nothing."""
    if is_over(notice) or notice.under_way or notice.dispatch is not None:
        return []
    return [NoticeSendingBegun(dispatch=notice.attempt + 1, channel=channel, key=key)]


def taken(notice: Notice, *, channel: Channel, reference: str, said_at: datetime) -> list[Event]:
    """The channel has it. Known already, it returns no event."""
    if is_over(notice) or notice.dispatch is not None:
        return []
    return [NoticeDispatched(dispatch=notice.attempt, channel=channel, reference=reference, said_at=said_at)]


def failed(notice: Notice, *, problem: str, lasting: bool) -> list[Event]:
    """The channel says that it was not sent, or will not arrive."""
    told = NoticeDispatchFailed(dispatch=notice.attempt, problem=problem, lasting=lasting)
    return [] if is_over(notice) or notice.trouble == told else [told]


def unknown(notice: Notice, *, problem: str) -> list[Event]:
    """Nobody can tell whether it was sent. Said once, it is not said again."""
    if is_over(notice) or notice.dispatch is not None or isinstance(notice.trouble, NoticeDispatchUnknown):
        return []
    return [NoticeDispatchUnknown(dispatch=notice.attempt, problem=problem)]
