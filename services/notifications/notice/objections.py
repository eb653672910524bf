"""What the ministry says to a notice: it stops what the notice tells of, and lifts that again."""

from collections.abc import Sequence
from datetime import datetime

from services.duties import keep_apart
from services.eventlog.events import Event
from services.notifications.facts.hands import Hands
from services.notifications.facts.notice import NoticeObjected, NoticeObjectionLifted
from services.notifications.facts.notice_state import Notice
from services.notifications.notice.refusals import NoSuchObjection, NotInTheNotice, NotSentYet
from services.reason import need_reason


def object_to(notice: Notice, *, hands: Hands, items: Sequence[str], text: str, objected_by: str) -> list[Event]:
    """The ministry stops these items; all of them when none is named. `hands` are in what the notice lists. Refuses
    NotInTheNotice, NotSentYet, ReasonMissing, SamePersonTwice."""
    if not notice.ordered:
        raise NotSentYet("The notice is not sent.")
    strangers = sorted(set(items) - notice.items)
    if strangers:
        raise NotInTheNotice("The notice does not tell of everything you named.", items=strangers)
    keep_apart(objected_by, "object to notice", {**notice.done, **hands})
    number = len(notice.objections) + 1
    return [NoticeObjected(objection=number, items=tuple(items), text=need_reason(text), objected_by=objected_by)]


def lift(notice: Notice, *, hands: Hands, objection: int, reason: str, lifted_by: str, now: datetime) -> list[Event]:
    """The ministry lifts an objection; its days begin anew. Lifted already, it returns no event. `hands` are in what
    the notice lists. Refuses NoSuchObjection, ReasonMissing, SamePersonTwice."""
    found = next((each for each in notice.objections if each.number == objection), None)
    if found is None:
        raise NoSuchObjection(f"There is no objection {objection} to this notice.")
    if found.lifted_at:
        return []
    keep_apart(lifted_by, "lift objection", {**notice.done, **hands})
    lifted = NoticeObjectionLifted(objection=objection, reason=need_reason(reason), lifted_by=lifted_by, said_at=now)
    return [lifted]
