"""A notice, and something held, as front-ends see them: where it stands, what blocks it, and when it opens, in
words."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.bokmal import instant_in_words
from services.calendar.days import day_of
from services.eventlog.refusal import Refusal
from services.httpapi.paging import WHOLE_UNTIL, Listing, Place
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.publication import Planned
from services.notifications.gate.counting import receive_by, stale_at
from services.notifications.gate.decision import EVER, Clocks, ListedNotice, check, stand
from services.notifications.gate.openings import list_openings

LINES = Listing("notice-lines", int)


def show_notice(
    notice_id: UUID, notice: Notice, *, after: Place | None = None, limit: int = WHOLE_UNTIL
) -> dict[str, Any]:
    """The notice: its lines, a page at a time, what has happened to it, and from and until when it opens what it lists.
    Of an objection the items among those lines. `opens_at` is the first instant at which anything of it opens; None
    while all of it is stopped."""
    assert notice.prepared is not None
    lines, following = LINES.part(notice.prepared.lines, after, limit)
    shown_items = {line.item for line in lines}
    policy = notice.ordered.policy if notice.ordered else None
    received = notice.received
    shown: dict[str, Any] = {
        "notice_id": notice_id,
        "state": notice.state,
        "version": notice.version,
        "about": asdict(notice.prepared.about),
        "planned_on": notice.prepared.planned_on,
        "renews": notice.prepared.renews,
        "prepared_by": notice.prepared.prepared_by,
        "lines": [asdict(line) for line in lines],
        "line_count": len(notice.prepared.lines),
        "next": following,
        "channel": notice.ordered.channel if notice.ordered else None,
        "document_sha256": notice.ordered.document_sha256 if notice.ordered else None,
        "policy": asdict(policy) if policy else None,
        "dispatch": notice.dispatch,
        "dispatched_at": notice.dispatched_at,
        "trouble": notice.trouble.problem if notice.trouble else None,
        "receipt_waiting": asdict(notice.claimed) if notice.claimed else None,
        "received": asdict(received) if received else None,
        "objections": [
            {
                "objection": each.number,
                "items": sorted(each.items & shown_items),
                "item_count": len(each.items),
                "lifted_at": each.lifted_at,
            }
            for each in notice.objections
        ],
        "opens_at": min((each.opens_at for each in list_openings(notice)), default=None),
        "stale_at": stale_at(received.received_at, policy) if received and policy else None,
    }
    if policy and notice.prepared.planned_on:
        shown["must_be_received_by"] = receive_by(notice.prepared.planned_on, policy)
    return shown


def show_held(item: str, held: Held, told: Sequence[ListedNotice], clocks: Clocks) -> dict[str, Any]:
    """What is held: the manifest that binds it, the notices that list it, what blocks it now, and when it opens."""
    standing = stand(item, held, told)
    known = standing.refusal is None and standing.opens_at != EVER
    return {
        "item": item,
        "case_number": held.case_number,
        "version": held.version,
        "state": state_of(held),
        "manifest": asdict(held.letter.manifest) if held.letter else None,
        "planned": show_planned(held.publication) if held.publication else None,
        "manifest_sha256": held.manifest_sha256,
        "letter_sha256": held.letter.letter_sha256 if held.letter else None,
        "exemption": asdict(held.letter.exemption) if held.letter and held.letter.exemption else None,
        "ordered_by": held.ordered.ordered_by if held.ordered else None,
        "waiver": asdict(held.waived) if held.waived else None,
        "waiver_waiting": asdict(held.claimed) if held.claimed else None,
        "notices": [{"notice_id": each.notice_id, "state": each.notice.state} for each in told],
        "opens_at": standing.opens_at if known else None,
        "opens_on": day_of(standing.opens_at) if known else None,
        "opens_in_words": instant_in_words(standing.opens_at) if known else None,
        "stale_at": standing.stale_at,
        "blocked": blocked(item, held, told, clocks),
        "released": asdict(held.released) | {"released_at": held.released_at} if held.released else None,
        "dispatched": asdict(held.dispatched) if held.dispatched else None,
        "trouble": held.trouble.problem if held.trouble else None,
        "delivered": asdict(held.delivered) if held.delivered else None,
    }


def show_planned(planned: Planned) -> dict[str, Any]:
    """What is to be published, when, and who planned it."""
    fields = ("title", "document_sha256", "planned_on", "policy_version", "manifest_sha256", "planned_by")
    return {name: getattr(planned, name) for name in fields}


def blocked(item: str, held: Held, told: Sequence[ListedNotice], clocks: Clocks) -> dict[str, Any] | None:
    """Why it may not leave now: the refusal the gate would give. None when it may, or has."""
    if held.released:
        return None
    try:
        check(item, held, told, clocks)
    except Refusal as refusal:
        return {"code": refusal.code, "title": refusal.title, "detail": refusal.detail, **refusal.details}
    return None


def state_of(held: Held) -> str:
    """Where it stands, in one word."""
    if held.delivered:
        return "delivered"
    if held.released:
        return "dispatched" if held.dispatched else "released"
    if held.ended:
        return "outdated"
    return "held" if held.held else "heard"
