"""What receivers outside are told of the facts of notices and letters: ids, days, counts and where to ask, never a
person's name or what somebody wrote."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.calendar.clock import in_utc
from services.calendar.days import day_of
from services.eventlog.recorded import Recorded
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling
from services.notifications.facts.channel import LetterDelivered
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice import (
    NoticeDispatched,
    NoticeDispatchFailed,
    NoticeLine,
    NoticeObjected,
    NoticeOrdered,
    NoticeReceived,
    NoticeWithdrawn,
)
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.release import LetterReleased, LetterReleaseEnded
from services.notifications.gate.counting import opens_at, stale_at
from services.notifications.gate.ground_messages import told_ground
from services.notifications.gate.openings import list_openings
from services.notifications.receiver.outbox import Outgoing, id_of

LETTER, NOTICE = "letter-", "notice-"


def message_of(facts: Sequence[Recorded]) -> Outgoing | None:
    """The message about the last of these facts of one stream, if anybody outside is told of it. What led up to it says
    what it is about."""
    fact = facts[-1]
    told = _of_notice(facts) if fact.stream.startswith(NOTICE) else _of_letter(facts)
    if told is None:
        return None
    kind, subject, data = told
    return Outgoing(
        id=id_of("fact", fact.stream, str(fact.version)),
        type=kind,
        occurred_at=fact.recorded_at,
        subject=subject,
        data=data,
    )


def _of_notice(facts: Sequence[Recorded]) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    fact = facts[-1]
    notice = telling.fold(facts)
    id = fact.stream.removeprefix(NOTICE)
    lines = notice.prepared.lines if notice.prepared else ()
    about = notice.prepared.about if notice.prepared else None
    common: dict[str, Any] = {
        "letters": sum(line.item.startswith(LETTER) for line in lines),
        "publications": sum(not line.item.startswith(LETTER) for line in lines),
        "about": {"kind": about.kind, "id": about.id} if about else None,
        "planned_on": notice.prepared.planned_on.isoformat()
        if notice.prepared and notice.prepared.planned_on
        else None,
        "see": f"/v1/notices/{id}",
    }
    subject = {"notice_id": id, **_lines(lines)}
    match fact.event:
        case NoticeDispatched() as sent:
            return "notice.sent", subject, common | {"channel": sent.channel, "sent_at": in_utc(sent.said_at)}
        case NoticeReceived() as received:
            return "notice.received", subject, common | _received(notice, received)
        case NoticeDispatchFailed(lasting=lasting):
            return "notice.delivery_failed", subject, common | {"lasting": lasting}
        case NoticeObjected(objection=number, items=items):
            stopped = [line for line in lines if not items or line.item in items]
            return (
                "notice.objected",
                {"notice_id": id, **_lines(stopped)},
                common | {"objection": number, "stopped": len(stopped)},
            )
        case NoticeWithdrawn():
            return "notice.superseded", subject, common | {"by": None}
        case NoticeOrdered() if notice.prepared and notice.prepared.renews:
            before = str(notice.prepared.renews)
            told = common | {"see": f"/v1/notices/{before}", "by": id}
            return "notice.superseded", subject | {"notice_id": before}, told
    return None


def _received(notice: Notice, received: NoticeReceived) -> dict[str, Any]:
    """When it was received, and what follows by the rule that was frozen into it: when the first of what it lists
    opens, after objections that were lifted, or, where all is stopped, when it would have."""
    told: dict[str, Any] = {"received_at": in_utc(received.received_at)}
    if notice.ordered is not None:
        first = min((each.opens_at for each in list_openings(notice)), default=None)
        opens = first or opens_at(received.received_at, notice.ordered.policy)
        stale = stale_at(received.received_at, notice.ordered.policy)
        told |= {"opens_at": in_utc(opens), "opens_on": day_of(opens).isoformat(), "stale_at": in_utc(stale)}
    return told


def _of_letter(facts: Sequence[Recorded]) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    fact = facts[-1]
    held = holding.fold(facts)
    case_id = fact.stream.removeprefix(LETTER)
    subject, see = _letter(held, case_id), {"see": f"/v1/awards/{case_id}"}
    match fact.event:
        case LetterReleased() as released:
            told = {
                "letter_sha256": released.letter_sha256,
                "channel": released.channel,
                "released_at": in_utc(fact.recorded_at),
                "released_on": day_of(fact.recorded_at).isoformat(),
                "ground": told_ground(released.ground),
            }
            return "letter.released", subject, told | see
        case LetterDelivered() as delivered:
            told = {
                "letter_sha256": delivered.letter_sha256,
                "channel": delivered.channel,
                "delivered_at": in_utc(delivered.delivered_at),
                "delivered_on": day_of(delivered.delivered_at).isoformat(),
            }
            return "letter.delivered", subject, told | see
        case LetterReleaseEnded(letter_sha256=letter, code=code):
            return "letter.refused", subject, {"letter_sha256": letter, "code": code} | see
    return None


def _letter(held: Held, case_id: str) -> dict[str, Any]:
    letter = held.letter
    scheme_id = letter.manifest.scheme_id if letter else None
    post = post_of(letter.manifest.fund_id) if letter else None
    return {"case_id": case_id, "case_number": held.case_number, "scheme_id": scheme_id, "post": post}


def _lines(lines: Iterable[NoticeLine]) -> dict[str, Any]:
    """What a notice lists, as endpoints filter on it."""
    told = list(lines)
    return {
        "scheme_ids": sorted({line.scheme_id for line in told if line.scheme_id}),
        "posts": sorted({post for line in told if line.fund_id and (post := post_of(line.fund_id))}),
        "case_ids": sorted(line.item.removeprefix(LETTER) for line in told if line.item.startswith(LETTER)),
        "case_numbers": sorted(line.case_number for line in told if line.case_number),
    }


def post_of(fund_id: str) -> str | None:
    """Chapter and post of a fund: `2020/671/60/...` is of 671.60."""
    parts = fund_id.split("/")
    return f"{parts[1]}.{parts[2]}" if len(parts) > 2 else None


TOPICS = tuple(
    kind.TOPIC
    for kind in (
        NoticeDispatched,
        NoticeReceived,
        NoticeDispatchFailed,
        NoticeObjected,
        NoticeWithdrawn,
        NoticeOrdered,
        LetterReleased,
        LetterDelivered,
        LetterReleaseEnded,
    )
)
