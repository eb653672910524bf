"""The deadlines of a notice: by when the ministry must have it, when it opens what it lists, since when letters that it
lets out have waited, and when it grows stale. And of a letter that owes no notice: since when it has waited.

The days are the gate's own (`gate/`): an objection ends what it stops, a lifted one begins it anew, a
receipt that is revoked ends all of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.calendar.days import day_of
from services.notifications.deadline.deadline import Deadline, end_of, post_of
from services.notifications.deadline.events import State
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice import CountingPolicy
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.notice_words import WORDS, publishing_must_go
from services.notifications.gate.counting import receive_by, stale_at
from services.notifications.gate.openings import list_openings

LETTER = "letter-"
DIRECTORATE, BOTH = ("caseworker", "approver"), ("caseworker", "ministry")
SHIPPED = CountingPolicy(
    version="instruks-5.4", days=14, day_of_notice_counted=False, starts="received", min_hours=336, roll_forward=False,
    tz="Europe/Oslo", basis="Instruks 5.4", stale_after_days=90,
)  # fmt: skip
"""How a notice's days are counted until it is ordered, when its own rule is frozen into it."""


def of_notice(notice_id: UUID, notice: Notice) -> list[Deadline]:
    """Every deadline of the notice as it stands; one that is withdrawn has none."""
    if notice.prepared is None or notice.withdrawn:
        return []
    return [*_must_go(notice_id, notice), *_openings(notice_id, notice), *_stale(notice_id, notice)]


def _must_go(notice_id: UUID, notice: Notice) -> Iterator[Deadline]:
    """The last day the ministry can receive it for the letters to leave on the planned day."""
    assert notice.prepared is not None
    planned_on = notice.prepared.planned_on
    if planned_on is None:
        return
    day = receive_by(planned_on, notice.ordered.policy if notice.ordered else SHIPPED)
    state: State = "met" if notice.received else "due"
    what = WORDS[notice.prepared.about.kind].must_go(planned_on, notice.prepared.lines)
    yield _deadline(
        notice_id, notice, "must-go", "notice-must-go", BOTH, what, day, end_of(day), state=state,
        items=tuple(sorted(notice.items)),
    )  # fmt: skip


def _openings(notice_id: UUID, notice: Notice) -> Iterator[Deadline]:
    """One opening for all that was never stopped, and one for all that each lifted objection stopped last."""
    assert notice.prepared is not None
    waits = WORDS[notice.prepared.about.kind].waits
    for opening in list_openings(notice):
        suffix = f"-{opening.after}" if opening.after else ""
        on, items = (day_of(opening.opens_at), opening.opens_at), opening.items
        yield _deadline(
            notice_id, notice, f"opens{suffix}", "notice-opens", BOTH, "Orienteringen åpner", *on, items=items
        )
        yield _deadline(
            notice_id, notice, f"waiting{suffix}", "letters-waiting", DIRECTORATE, waits, *on, items=items,
        )  # fmt: skip


def _stale(notice_id: UUID, notice: Notice) -> Iterator[Deadline]:
    """What the ministry has stopped grows stale for nobody until it is lifted. The last day is the one before it begins
    to be too old."""
    items = tuple(sorted(notice.items - _stopped(notice)))
    if notice.received and notice.ordered and items:
        at = stale_at(notice.received.received_at, notice.ordered.policy)
        day = day_of(at - timedelta(microseconds=1))
        yield _deadline(
            notice_id, notice, "stale", "notice-stale", DIRECTORATE, "Orienteringen blir for gammel", day, at,
            items=items,
        )  # fmt: skip


def _stopped(notice: Notice) -> frozenset[str]:
    """The items of objections that stand."""
    standing = (each.items for each in notice.objections if each.lifted_at is None)
    return frozenset[str]().union(*standing)


def _deadline(
    notice_id: UUID, notice: Notice, key: str, kind: str, roles: tuple[str, ...], what: str, on: date, at: datetime, *,
    items: tuple[str, ...], state: State = "due",
) -> Deadline:  # fmt: skip
    assert notice.prepared is not None
    lines = [line for line in notice.prepared.lines if line.item in items]
    numbers = {line.item: line.case_number or "" for line in lines}
    return Deadline(
        key=key, kind=kind, state=state, due_on=on, due_at=at, roles=roles, what=what, items=items,
        item_numbers=tuple(numbers[item] for item in items),
        notice_id=notice_id,
        case_ids=tuple(sorted({UUID(line.item[len(LETTER) :]) for line in lines if line.item.startswith(LETTER)})),
        case_numbers=tuple(sorted({line.case_number for line in lines if line.case_number})),
        scheme_ids=tuple(sorted({line.scheme_id for line in lines if line.scheme_id})),
        posts=tuple(sorted({post for line in lines if (post := post_of(line.fund_id))})),
    )  # fmt: skip


def of_publication(stream: str, held: Held) -> list[Deadline]:
    """A publication that is planned for a day and that no notice tells of as it is planned now: the ministry must have
    one in time. Once a notice with a day of its own does, that one's deadline takes over (`listing.py`)."""
    planned = held.publication
    if planned is None or planned.as_written().planned_on is None or held.ended:
        return []
    told = planned.as_written()
    assert told.planned_on is not None
    day = receive_by(told.planned_on, SHIPPED)
    return [
        Deadline(
            key="must-go", kind="notice-must-go", state="met" if held.released else "due", due_on=day,
            due_at=end_of(day), roles=BOTH, what=publishing_must_go(told.planned_on, told.title), items=(stream,),
            item_numbers=("",),
        )
    ]  # fmt: skip


def is_free(held: Held) -> bool:
    """Whether the letter owes no notice: its scheme is exempt, or the ministry has waived the days for this one."""
    letter = held.letter
    if letter is None or held.ended:
        return False
    exempt = letter.exemption is not None and letter.exemption.confirmed_at is not None
    return exempt or (held.waived is not None and held.waived.manifest_sha256 == held.manifest_sha256)


def of_letter(stream: str, held: Held, *, free_since: datetime | None, held_since: datetime | None) -> list[Deadline]:
    """A letter that owes no notice waits from the moment that is known until it is let out. One that owes one waits for
    it by the end of the day it is held; whether a notice tells of it is asked as it is read (`listing.py`)."""
    if held.letter is None or held.ended:
        return []
    if free_since:
        what = "Brevet kan sendes og er ikke sendt"
        return [_of_a_letter(held, "waiting", "letter-waiting", what, since=free_since)]
    if held_since:
        what = "Departementet er ikke orientert om brevet"
        unnoticed = _of_a_letter(held, "unnoticed", "letter-unnoticed", what, since=held_since)
        last = end_of(day_of(held_since))
        return [replace(unnoticed, due_at=last, items=(stream,), item_numbers=(held.case_number or "",))]
    return []


def _of_a_letter(held: Held, key: str, kind: str, what: str, *, since: datetime) -> Deadline:
    assert held.letter is not None
    manifest = held.letter.manifest
    post = post_of(manifest.fund_id)
    return Deadline(
        key=key, kind=kind, state="met" if held.released else "due", due_on=day_of(since), due_at=since,
        roles=DIRECTORATE, what=what, case_ids=(manifest.case_id,),
        case_numbers=(held.case_number,) if held.case_number else (),
        scheme_ids=(manifest.scheme_id,) if manifest.scheme_id else (), posts=(post,) if post else (),
        amount_ore=manifest.amount_ore,
    )  # fmt: skip
