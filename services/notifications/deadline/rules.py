"""Deadlines as one stream's facts leave them, each with its history."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID, uuid5

from services.eventlog.recorded import Recorded
from services.notifications.deadline.deadline import Deadline
from services.notifications.deadline.events import DeadlineFound, DeadlineMet, DeadlineReopened, State, UndatedMet
from services.notifications.deadline.heard import Heard, evolve, standing
from services.notifications.deadline.of_notices import is_free, of_letter, of_notice, of_publication
from services.notifications.deadline.thresholds import OTHERS, SHIPPED, is_history
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling

OURS = UUID("9e3a4a52-6a0a-4d0b-8b1b-3f7d2c9c5d11")
NOTICE, LETTER, PUBLICATION, HEARD = "notice-", "letter-", "publication-", "deadlines-"
FOUND = "deadline-found-"
"""What the streams begin with of what was found of another stream's deadlines; its name follows."""
What = Literal["set", "moved", "met", "fallen", "reopened"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that happened to a deadline, when it was recorded, and where it then stood. Where somebody recorded it:
    who, what shows it or why, and the day it was done. `found`: what happened elsewhere made it so."""

    what: What
    at: datetime
    position: int
    state: State
    due_on: date | None
    by: str | None = None
    ground: str | None = None
    met_on: date | None = None
    found: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A deadline as it stands, and all that happened to it, the first first. `history`: it was over long before it was
    first known here, and nobody has waited for it since. `found` is what was found of it last, which holds while its
    own facts say that it is due. `version` counts the facts that made it otherwise in any way, the last of them at
    `position`; `first_roles` are those it was for when it was first known."""

    deadline: Deadline
    changes: tuple[Change, ...]
    history: bool
    version: int
    position: int
    first_roles: tuple[str, ...]
    found: State | None = None

    @property
    def state(self) -> State:
        """How it stands, as its history says last."""
        return _state(self.deadline, self.found)

    @property
    def known_at(self) -> datetime:
        """When this service first knew of it."""
        return self.changes[0].at

    @property
    def last(self) -> Change:
        return self.changes[-1]

    @property
    def moves(self) -> int:
        """How often its day was set to another: by a move, or as it was begun anew."""
        pairs = pairwise(self.changes)
        return sum(after.what == "moved" or after.due_on != before.due_on for before, after in pairs)


Lines = Mapping[str, Line]


def id_of(stream: str, key: str) -> UUID:
    """The deadline's id, which is its id for good."""
    return uuid5(OURS, f"{stream}\n{key}")


def with_found(streams: Mapping[str, Iterable[Recorded]], stream: str) -> list[Recorded]:
    """A stream's facts and what was found of its deadlines, in the order of the log."""
    facts = [*streams[stream], *streams.get(FOUND + stream, ())]
    return sorted(facts, key=lambda fact: fact.position)


def follow(stream: str, facts: Sequence[Recorded]) -> dict[str, Line]:
    """Every deadline that the stream's facts have given, by its key, with its history. Among them, in the order of the
    log, what was found of its deadlines."""
    lines: dict[str, Line] = {}
    standing = _standing(stream)(fact for fact in facts if not isinstance(fact.event, DeadlineFound))
    for fact in facts:
        if isinstance(fact.event, DeadlineFound):
            if found := lines.get(fact.event.key):
                lines[fact.event.key] = _after(replace(found, found=fact.event.state), found, found.deadline, fact)
            continue
        stands = {each.key: each for each in next(standing)[1]}
        for key, line in lines.items():
            if key not in stands and line.deadline.state == "due":
                stands[key] = replace(line.deadline, state="fallen")
        for key, deadline in stands.items():
            lines[key] = _after(lines.get(key), lines.get(key), deadline, fact)
    return lines


def _state(deadline: Deadline, found: State | None) -> State:
    """What its own facts have ended is ended; what they say is due may be found to be no more."""
    return found if found and deadline.state == "due" else deadline.state


def _after(line: Line | None, before: Line | None, deadline: Deadline, fact: Recorded) -> Line:
    """The line after a fact; `before` is how it stood until then, `line` that with what was found now."""
    found = line.found if line else None
    what = _what(before, deadline, _state(deadline, found))
    history = _is_history(line, deadline, fact, what)
    if line and what is None and line.deadline == deadline:
        return line
    version, first_roles = (line.version + 1, line.first_roles) if line else (1, deadline.roles)
    if line and what is None:
        return replace(line, deadline=deadline, history=history, version=version, position=fact.position)
    change = Change(
        what=what or "set", at=fact.recorded_at, position=fact.position, state=_state(deadline, found),
        due_on=deadline.due_on, **_said(fact),
    )  # fmt: skip
    changes = (*(line.changes if line else ()), change)
    return Line(
        deadline=deadline, changes=changes, history=history, version=version, position=fact.position,
        first_roles=first_roles, found=found,
    )  # fmt: skip


def _said(fact: Recorded) -> dict[str, Any]:
    """What somebody recorded, of the one deadline it changes."""
    match fact.event:
        case DeadlineMet() | UndatedMet() as met:
            return {"by": met.recorded_by, "ground": met.ground, "met_on": met.met_on}
        case DeadlineReopened(recorded_by=person, reason=reason):
            return {"by": person, "ground": reason}
        case DeadlineFound():
            return {"found": True}
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


def _what(before: Line | None, after: Deadline, state: State) -> What | None:
    """What has happened; None where nothing has that anybody waits for. What was found to have ended has no day to
    move: where it is begun anew, that says the new one."""
    if before is None or before.state != state:
        if state == "due":
            return "reopened" if before else "set"
        return state
    return "moved" if before.deadline.due_at != after.due_at and state == after.state else None


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
