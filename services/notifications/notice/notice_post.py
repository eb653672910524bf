"""Ordered notices, as the sender sends them to the ministry: the very document that was ordered, hashed once more."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.eventlog.log import History
from services.notifications.channel.port import Envelope, File, Matter, Receiver
from services.notifications.channel.post import Beginning, BytesDiffer, Sending
from services.notifications.channel.rules import Next, key_of
from services.notifications.facts.notice import NoticeDispatchUnknown, NoticeOrdered
from services.notifications.facts.notice_state import Notice, fold
from services.notifications.held.file_store import KeptFiles
from services.notifications.notice import sending as rules
from services.notifications.notice.document import title_of
from services.notifications.notice.rules import receive

TITLE = "Orientering til departementet"


class NoticePost:
    """`Post` for notices. `ministry` is whom they go to."""

    def __init__(self, files: KeptFiles, ministry: Receiver, now: Callable[[], datetime]) -> None:
        self._files, self._ministry, self._now = files, ministry, now

    def sending(self, history: History) -> Sending:
        notice = fold(history.facts)
        channel = _ordered(notice).channel
        key = key_of(history.stream, notice.again)
        dated_on = _ordered_on(history)
        return Sending(next=next_of(notice), channel=channel, key=key, dated_on=dated_on, reference=notice.reference)

    async def envelope(self, history: History) -> Envelope:
        """The document as it was ordered. Raises BytesDiffer."""
        notice = fold(history.facts)
        sha256 = _ordered(notice).document_sha256
        content = await self._files.find(sha256)
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            raise BytesDiffer("the document is not the one that was ordered")
        assert notice.prepared is not None
        title = title_of(notice.prepared.lines, kind=notice.prepared.about.kind)
        return Envelope(
            key=key_of(history.stream, notice.again),
            kind="notice",
            receiver=self._ministry,
            matter=Matter(id=_id_of(history.stream), title=title, dated_on=_ordered_on(history)),
            title=title,
            text=content.decode(),
            files=(File(name="orientering.txt", title=TITLE, media_type="text/plain", content=content),),
        )

    async def begin(self, history: History) -> Beginning:
        """A notice needs nobody's word but the order."""
        sending = self.sending(history)
        return Beginning(facts=rules.begin(fold(history.facts), channel=sending.channel, key=sending.key), sends=True)

    def taken(self, history: History, *, reference: str, said_at: datetime) -> Sequence[Event]:
        channel = self.sending(history).channel
        return rules.taken(fold(history.facts), channel=channel, reference=reference, said_at=said_at)

    def failed(self, history: History, *, problem: str, lasting: bool) -> Sequence[Event]:
        return rules.failed(fold(history.facts), problem=problem, lasting=lasting)

    def unknown(self, history: History, *, problem: str) -> Sequence[Event]:
        return rules.unknown(fold(history.facts), problem=problem)

    def arrived(self, history: History, *, at: datetime, evidence: str) -> Sequence[Event]:
        notice = fold(history.facts)
        channel = self.sending(history).channel
        dispatch = notice.dispatch or 0
        now = self._now()
        return receive(notice, dispatch=dispatch, received_at=at, evidence=evidence, channel=channel, now=now)


def next_of(notice: Notice) -> Next:
    """What a sender has to do for an ordered notice."""
    if rules.is_over(notice):
        return "wait"
    if notice.dispatch is not None:
        return "wait" if notice.trouble else "follow"
    if notice.under_way or isinstance(notice.trouble, NoticeDispatchUnknown):
        return "ask"
    return "wait" if notice.trouble and notice.trouble.lasting else "send"


def _ordered(notice: Notice) -> NoticeOrdered:
    assert notice.ordered is not None, "only ordered notices are sent"
    return notice.ordered


def _id_of(stream: str) -> UUID:
    """The notice's own id, which its stream is named for."""
    return UUID(stream.removeprefix("notice-"))


def _ordered_on(history: History) -> date:
    """The day (Europe/Oslo) its document was made and ordered."""
    return next(day_of(each.recorded_at) for each in history.recorded if isinstance(each.event, NoticeOrdered))
