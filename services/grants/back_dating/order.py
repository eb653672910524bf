"""No day lies before what it builds on, and what is told to have happened has happened by today.

The tables stand beside: which days are acts (`acts.py`), what each builds on (`bases.py`), and what bounds it where
that is nothing (`floors.py`). Whatever a rule of a room knows better, it says itself and first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import ACTS, HAPPENED, MAY_LIE_AHEAD, TO_COME
from services.grants.back_dating.bases import BUILDS_ON, Basis
from services.grants.back_dating.floors import COUNTS_FROM, PLANNED_FROM, YEARS_BACK
from services.grants.back_dating.rules import DatedAhead


class BeforeItsBasis(Refusal):
    """The day lies before what it builds on: nothing is paid before it is promised, or assessed before it arrived."""

    code = "before-what-it-builds-on"
    status = 422
    title = "Datoen er før det den bygger på"


class TooFarAhead(Refusal):
    """Nobody plans so far ahead: the year is a slip of the pen."""

    code = "too-far-ahead"
    status = 422
    title = "Datoen er for langt fram i tid"


PLANNED_YEARS = 15
"""How many years after this one a day may be planned in: our own number. A report of a scheme falls due at most ten
years after the award's."""
NEAR: Mapping[str, int] = {"award.letter-frozen.v1": 60}
"""Acts that lie only some days ahead, our own number: a letter waits for the ministry's days and little else."""


@dataclass(frozen=True, kw_only=True)
class DaysAsked:
    """What the tables ask of the days of one kind of fact. Each says where in the fact the days stand."""

    happened: tuple[str, ...]
    planned: tuple[str, ...]
    ahead: tuple[str, ...]
    floors: tuple[tuple[str, int], ...]
    begins: tuple[tuple[str, str], ...]
    bases: tuple[tuple[str, tuple[Basis, ...]], ...]


@cache
def _asked_of(topic: str) -> DaysAsked:
    """Looked up once: a round asks it of each of its lines."""
    counting = [path for named, path in COUNTS_FROM if named == topic]
    return DaysAsked(
        happened=tuple(HAPPENED.get(topic, "").split()),
        planned=(*TO_COME.get(topic, "").split(), *counting),
        ahead=tuple(ACTS.get(topic, "").split()) if topic in MAY_LIE_AHEAD else (),
        floors=tuple(
            (path, years) for (named, path), years in (*YEARS_BACK.items(), *COUNTS_FROM.items()) if named == topic
        ),
        begins=tuple((path, begins) for (named, path), begins in PLANNED_FROM.items() if named == topic),
        bases=tuple((path, bases) for (named, path), bases in BUILDS_ON.items() if named == topic),
    )


def check_days(past: Sequence[Event], new: Sequence[Event], *, today: date) -> None:
    """Refuse a day before what it builds on (`BeforeItsBasis`), among what stood and what is decided with it; one that
    tells of something done, after today (`DatedAhead`); and a plan further ahead than plans are made (`TooFarAhead`).
    """
    for place, event in enumerate(new):
        asked = _asked_of(event.TOPIC)
        for day in _list_days(event, asked.happened) if asked.happened else ():
            if day > today:
                raise DatedAhead(f"{day} is still to come. Record it when it has happened.", last_day_on=str(today))
        if asked.floors or asked.begins:
            _keep_floor(event, asked, today)
        if asked.planned or asked.ahead:
            _keep_near(event, asked, today)
        for path, bases in asked.bases:
            for day in find_all(event, path):
                _keep_after(event, day, bases, past, new[:place])


def _keep_near(event: Event, asked: DaysAsked, today: date) -> None:
    """Refuse a plan, or an act that may lie ahead, that lies further ahead than such things do."""
    planned, ahead = _list_days(event, asked.planned), _list_days(event, asked.ahead)
    if not (planned or ahead):
        return
    planned_on = date(today.year + PLANNED_YEARS, 12, 31)
    act_on = today + timedelta(days=NEAR[event.TOPIC]) if event.TOPIC in NEAR else planned_on
    for day, last_on in (*((day, planned_on) for day in planned), *((day, act_on) for day in ahead)):
        if day > last_on:
            raise TooFarAhead(f"{day} is too far ahead. Date it no later than {last_on}.", last_day_on=str(last_on))


def _keep_floor(event: Event, asked: DaysAsked, today: date) -> None:
    """Refuse what is too old to be recorded for the first time, and a plan that begins before it is made."""
    for path, years in asked.floors:
        first = date(today.year - years, 1, 1)
        if any(day < first for day in find_all(event, path)):
            raise BeforeItsBasis(f"That is before {first}. Look the day up again.", first_day_on=str(first))
    for path, begins in asked.begins:
        days = find_all(event, path)
        for first in find_all(event, begins) if days else ():
            early = [day for day in days if day < first]
            if early:
                raise BeforeItsBasis(
                    f"{early[0]} is before {first}, when it is decided. Give that day or a later one.",
                    first_day_on=str(first),
                )


def _list_days(event: Event, paths: Sequence[str]) -> list[date]:
    return [day for path in paths for day in find_all(event, path)] if paths else []


def _keep_after(event: Event, day: date, bases: Iterable[Basis], *before: Sequence[Event]) -> None:
    for basis in bases:
        days = _days_of(basis, event, before)
        if days and day < (first := min(days)):
            raise BeforeItsBasis(
                f"{day} is before {first}, the day of what it builds on. Give that day or a later one.",
                first_day_on=str(first),
            )


def _days_of(basis: Basis, event: Event, before: Iterable[Sequence[Event]]) -> list[date]:
    topics, same, found = basis.topics, basis.same, list[date]()
    for facts in before:
        for fact in facts:
            if fact.TOPIC in topics and not (same and any(_value(fact, name) != _value(event, name) for name in same)):
                found += find_all(fact, basis.day)
    return found


def _value(event: Event, name: str) -> Any:
    return getattr(event, name, None)


def find_all(value: Any, path: str) -> list[date]:
    """The days at a path such as `hearing.warned_on`, or `instalments.due_on` of each instalment."""
    name, rest = _parted(path)
    found = getattr(value, name, None)
    if found is None:
        return []
    if isinstance(found, date):
        return [found]
    inner = found if isinstance(found, tuple) else (found,)
    return [day for each in inner for day in find_all(each, rest)] if rest else []


@cache
def _parted(path: str) -> tuple[str, str]:
    name, _, rest = path.partition(".")
    return name, rest
