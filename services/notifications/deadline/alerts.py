"""What receivers are told of a deadline as it stands at a moment: the latest threshold that has passed, and the last
thing that happened to it. Each has an id made of what it tells, so it is told once however often it is found.

A deadline that was over long before it was known here stands as history and is told of to nobody. What is told names
the scheme, post and case, so that whoever gets it can act without asking.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.calendar.clock import in_utc
from services.notifications.deadline.listing import DeadlineRow
from services.notifications.deadline.thresholds import DUE, Thresholds, latest_passed, next_after
from services.notifications.receiver.outbox import Outgoing, id_of

TOLD_FOR = timedelta(days=7)
"""How long a message of a deadline is worth telling where nothing newer takes its place."""
CHANGES_FOR = timedelta(days=14)
"""How long after it a change is still told: what happened before that, people have long seen."""
OPENING_TELLS_IT = frozenset({"letters-waiting", "letter-waiting", "letter-unnoticed"})
"""That letters may leave from an instant is told by the opening, or by nothing at all where none is waited for; and
that one is held, by nothing: the ministry can hardly have been told by then."""
AHEAD: Mapping[str, str] = {
    "notice-must-go": "notice.due_soon",
    "notice-opens": "notice.opens_soon",
    "notice-stale": "notice.stale_soon",
}
PASSED: Mapping[str, str] = {"notice-must-go": "notice.overdue", "notice-opens": "notice.opened"}
CHANGED: Mapping[str, str] = {
    "moved": "deadline.moved",
    "reopened": "deadline.moved",
    "met": "deadline.met",
    "fallen": "deadline.fallen",
}
LONGEST_SUBJECT = 3_500
LISTS = ("scheme_ids", "posts", "case_ids", "case_numbers")


def alerts_of(row: DeadlineRow, thresholds: Thresholds, *, now: datetime) -> list[Outgoing]:
    """Everything to tell of it now: a change, a threshold, both or nothing; of what has no day, nothing."""
    if row.history or row.due_on is None:
        return []
    return [*_change(row, now), *_threshold(row, thresholds, now)]


def look_at(row: DeadlineRow, thresholds: Thresholds, *, now: datetime) -> datetime | None:
    """When to look at it next, if nothing happens to it before; None when nothing more will pass."""
    if row.history or (row.state != "due" and row.waiting is None):
        return None
    return next_after(thresholds, due_on=row.due_on, due_at=row.due_at, now=now)


def _change(row: DeadlineRow, now: datetime) -> Iterator[Outgoing]:
    kind = CHANGED.get(row.changed)
    if kind is None or row.changed_at < now - CHANGES_FOR or (row.changed_found and not row.told):
        return
    yield Outgoing(
        id=id_of("deadline", str(row.deadline_id), "changed", str(row.changed_position)), type=kind,
        occurred_at=row.changed_at, subject=_subject(row), data=_data(row, now) | {"changed": row.changed},
        expires_at=max(now, row.changed_at) + TOLD_FOR,
    )  # fmt: skip


def _threshold(row: DeadlineRow, thresholds: Thresholds, now: datetime) -> Iterator[Outgoing]:
    last = latest_passed(thresholds, due_on=row.due_on, due_at=row.due_at, now=now)
    if last is None or row.state not in ("due", "over"):
        return
    if row.kind in OPENING_TELLS_IT and last.name == DUE:
        return
    ahead = last.name.startswith("before-")
    of_notice = (AHEAD if ahead else PASSED).get(row.kind) if row.notice_id else None
    kind = of_notice or ("deadline.approaching" if ahead else "deadline.passed")
    following = next_after(thresholds, due_on=row.due_on, due_at=row.due_at, now=now)
    assert row.due_at is not None
    yield Outgoing(
        id=id_of("deadline", str(row.deadline_id), in_utc(row.due_at), last.name, *_another(row)), type=kind,
        occurred_at=last.at,
        subject=_subject(row), data=_data(row, now) | {"threshold": last.name},
        expires_at=following or now + TOLD_FOR,
    )  # fmt: skip


def _another(row: DeadlineRow) -> Sequence[str]:
    """Whoever it is for now, where that is another than when it was first known: they hear of it as the first did, at
    once where its day is near already, and each once."""
    roles = sorted(row.roles)
    return roles if roles != sorted(row.first_roles) else []


def _data(row: DeadlineRow, now: datetime) -> dict[str, Any]:
    """What it says. `waiting` is how many of a notice's letters wait for it, `cases` of how many cases it is."""
    assert row.due_on is not None
    assert row.due_at is not None
    return {
        "kind": row.kind,
        "what": row.what[:500],
        "state": row.state,
        "overdue": row.overdue,
        "due_on": row.due_on.isoformat(),
        "due_at": in_utc(row.due_at),
        "roles": list(row.roles),
        "part": row.part,
        "cases": len(row.case_ids),
        "waiting": row.waiting,
        "year": row.year,
        "letter_number": row.letter_number,
        "assignment": row.assignment,
        "amount_ore": row.amount_ore,
        "as_of": in_utc(now),
        "see": f"/v1/deadlines/{row.deadline_id}",
    }


def _subject(row: DeadlineRow) -> dict[str, Any]:
    """What it is about, as endpoints filter. Of a notice of very many cases as many are named as there is room for;
    `cases` in the content says how many there are."""
    about: dict[str, Any] = {"deadline_id": str(row.deadline_id)}
    if row.notice_id:
        about["notice_id"] = str(row.notice_id)
    for name in LISTS:
        about |= {name: [str(each) for each in _list(row, name)]}
    for name in reversed(LISTS):
        while len(json.dumps(about)) > LONGEST_SUBJECT and about[name]:
            about[name] = about[name][: len(about[name]) // 2]
    return about


def _list(row: DeadlineRow, name: str) -> Sequence[Any]:
    return list(getattr(row, name))
