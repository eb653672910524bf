"""Deadlines as one stream's facts leave them, each with its history."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from services.eventlog.recorded import Recorded
from services.notifications import held as holding
from services.notifications import told as telling
from services.notifications.deadline.deadline import Deadline
from services.notifications.deadline.events import DeadlineMet, DeadlineReopened, State, UndatedMet
from services.notifications.deadline.heard import Heard, evolve, standing
from services.notifications.deadline.of_notices import is_free, of_letter, of_notice, of_publication
from services.notifications.deadline.thresholds import OTHERS, SHIPPED, is_history

OURS = UUID("9e3a4a52-6a0a-4d0b-8b1b-3f7d2c9c5d11")
NOTICE, LETTER, PUBLICATION, HEARD = "notice-", "letter-", "publication-", "deadlines-"
What = Literal["set", "moved", "met", "fallen", "reopened"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that happened to a deadline, when it was recorded, and where it then stood. Where somebody recorded it:
    who, what shows it or why, and the day it was done."""

    what: What
    at: datetime
    position: int
    state: State
    due_on: date | None
    by: str | None = None
    ground: str | None = None
    met_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A deadline as it stands, and all that happened to it, the first first. `history`: it was over long before it was
    first known here, and nobody has waited for it since. `version` counts the facts that made it otherwise in any way,
    the last of them at `position`; `first_roles` are those it was for when it was first known."""

    deadline: Deadline
    changes: tuple[Change, ...]
    history: bool
    version: int
    position: int
    first_roles: tuple[str, ...]

    @property
    def known_at(self) -> datetime:
        """When this service first knew of it."""
        return self.changes[0].at

    @property
    def last(self) -> Change:
        return self.changes[-1]

    @property
    def moves(self) -> int:
        """How often its day was set to another: what a calendar counts its entry's editions by."""
        return len(self.changes) - 1


Lines = Mapping[str, Line]


def id_of(stream: str, key: str) -> UUID:
    """The deadline's id, which is its id for good."""
    return uuid5(OURS, f"{stream}\n{key}")


def follow(stream: str, facts: Iterable[Recorded]) -> dict[str, Line]:
    """Every deadline that the stream's facts have given, by its key, with its history."""
    lines: dict[str, Line] = {}
    for fact, now in _standing(stream)(facts):
        stands = {each.key: each for each in now}
        for key, line in lines.items():
            if key not in stands and line.deadline.state == "due":
                stands[key] = replace(line.deadline, state="fallen")
        for key, deadline in stands.items():
            lines[key] = _after(lines.get(key), deadline, fact)
    return lines


def _after(line: Line | None, deadline: Deadline, fact: Recorded) -> Line:
    what = _what(line.deadline if line else None, deadline)
    history = _is_history(line, deadline, fact, what)
    if line and what is None and line.deadline == deadline:
        return line
    version, first_roles = (line.version + 1, line.first_roles) if line else (1, deadline.roles)
    if line and what is None:
        return replace(line, deadline=deadline, history=history, version=version, position=fact.position)
    change = Change(
        what=what or "set", at=fact.recorded_at, position=fact.position, state=deadline.state, due_on=deadline.due_on,
        **_said(fact),
    )  # fmt: skip
    changes = (*(line.changes if line else ()), change)
    return Line(
        deadline=deadline, changes=changes, history=history, version=version, position=fact.position,
        first_roles=first_roles,
    )  # fmt: skip


def _said(fact: Recorded) -> dict[str, Any]:
    """What somebody recorded, of the one deadline it changes."""
    match fact.event:
        case DeadlineMet() | UndatedMet() as met:
            return {"by": met.recorded_by, "ground": met.ground, "met_on": met.met_on}
        case DeadlineReopened(recorded_by=person, reason=reason):
            return {"by": person, "ground": reason}
    return {}


def _is_history(line: Line | None, deadline: Deadline, fact: Recorded, what: What | None) -> bool:
    """What was known and waited for never becomes history, whatever day it is moved to. History that is moved to a day
    that is not long past, or that somebody says is not done after all, is history no more. What has no day is none,
    and is held to its day once it has one."""
    if deadline.due_at is None or (line and line.deadline.due_at and not line.history):
        return False
    if line and what == "reopened" and isinstance(fact.event, DeadlineReopened):
        return False
    if line and line.deadline.due_at == deadline.due_at:
        return True
    return is_history(SHIPPED.get(deadline.kind, OTHERS), due_at=deadline.due_at, known_at=fact.recorded_at)


def _what(before: Deadline | None, after: Deadline) -> What | None:
    """What has happened; None where nothing has that anybody waits for."""
    if before is None or before.state != after.state:
        if after.state == "due":
            return "reopened" if before else "set"
        return after.state
    return "moved" if before.due_at != after.due_at else None


Standing = Iterator[tuple[Recorded, list[Deadline]]]


def _standing(stream: str) -> Callable[[Iterable[Recorded]], Standing]:
    if stream.startswith(NOTICE):
        return _of_a_notice
    if stream.startswith(PUBLICATION):
        return _of_a_publication
    return _of_a_letter if stream.startswith(LETTER) else _of_what_was_heard


def _of_a_notice(facts: Iterable[Recorded]) -> Standing:
    notice = telling.Notice()
    for fact in facts:
        notice = telling.evolve(notice, fact)
        yield fact, of_notice(telling.id_of(fact.stream), notice)


def _of_a_letter(facts: Iterable[Recorded]) -> Standing:
    held, free_since, held_since = holding.Held(), None, None
    for fact in facts:
        held = holding.evolve(held, fact)
        free_since = (free_since or fact.recorded_at) if is_free(held) else None
        held_since = (held_since or fact.recorded_at) if held.letter and not held.ended else None
        yield fact, of_letter(fact.stream, held, free_since=free_since, held_since=held_since)


def _of_a_publication(facts: Iterable[Recorded]) -> Standing:
    held = holding.Held()
    for fact in facts:
        held = holding.evolve(held, fact)
        yield fact, of_publication(fact.stream, held)


def _of_what_was_heard(facts: Iterable[Recorded]) -> Standing:
    heard = Heard()
    for fact in facts:
        heard = evolve(heard, fact.event)
        yield fact, standing(heard)
