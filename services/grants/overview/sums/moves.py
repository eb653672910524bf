"""What each fact of a case does to what its award has come to: in the books of the award's own budget year, and over
all years. Whole øre, days in Europe/Oslo.

In the books a move that follows the money into a later year is that year's: what a case had moved there before it was
held over is taken off when it is (`migrations/grants/sql/held_over.sql`). Over all years each move counts where it was
made. Nothing counts before the day the award was made on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.balance.movements import effects
from services.grants.case.events.award import AwardMade, AwardProposed
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.moves import MOVING, moves_of
from services.grants.overview.facts.view import day_of_fact

Amounts = tuple[int, int, int]
"""Committed, disbursed, withheld."""
NOTHING: Amounts = (0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class AwardMove:
    """What one fact, at its position in the log, does from a day on: `awards` is 1 where it makes the award, which then
    is `approved_ore`; the `booked` amounts are those of the books of its own year, the others those of all years."""

    position: int
    effective_on: date
    awards: int = 0
    approved_ore: int = 0
    booked_committed_ore: int = 0
    booked_disbursed_ore: int = 0
    booked_withheld_ore: int = 0
    committed_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0


def award_moves(facts: Sequence[Recorded]) -> list[AwardMove]:
    """Every move of the case's award, in the order of the log; none where no award is made."""
    made = next((fact for fact in facts if isinstance(fact.event, AwardMade)), None)
    if made is None:
        return []
    assert isinstance(made.event, AwardMade)
    books, found = _Books(), list[AwardMove]()
    for fact in facts:
        booked, told = dict(books.moves(fact)), _over_all_years(fact, facts)
        days: dict[date, tuple[Amounts, Amounts]] = defaultdict(lambda: (NOTHING, NOTHING))
        for day, amounts in booked.items():
            day = max(day, made.event.approved_on)
            days[day] = (_added(days[day][0], amounts), days[day][1])
        if any(told):
            day = max(day_of_fact(fact.event) or made.event.approved_on, made.event.approved_on)
            days[day] = (days[day][0], _added(days[day][1], told))
        found += [_move(fact, made, day, *amounts) for day, amounts in sorted(days.items())]
    return found


def _move(fact: Recorded, made: Recorded, day: date, booked: Amounts, told: Amounts) -> AwardMove:
    return AwardMove(
        position=fact.position,
        effective_on=day,
        awards=int(fact is made),
        approved_ore=booked[0] if fact is made else 0,
        booked_committed_ore=booked[0],
        booked_disbursed_ore=booked[1],
        booked_withheld_ore=booked[2],
        committed_ore=told[0],
        disbursed_ore=told[1],
        withheld_ore=told[2],
    )


def _over_all_years(fact: Recorded, facts: Sequence[Recorded]) -> Amounts:
    """What the fact does to the promise, as `Commitment` folds it."""
    if isinstance(fact.event, AwardMade):
        return sum(part.amount_ore for part in _proposed(fact, facts).instalments), 0, 0
    if not isinstance(fact.event, MOVING):
        return NOTHING
    moves = moves_of(fact.event)
    return (
        sum(move.promised_ore for move in moves),
        sum(move.disbursed_ore for move in moves),
        sum(move.withheld_ore for move in moves),
    )


def _proposed(made: Recorded, facts: Sequence[Recorded]) -> AwardProposed:
    """The proposal that the award was made on."""
    before = [each.event for each in facts if each.position < made.position]
    return next(event for event in reversed(before) if isinstance(event, AwardProposed))


def _added(one: Amounts, other: Amounts) -> Amounts:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


@dataclass
class _Books:
    """The case's line in the books of its own year, as far as it is told: what each day came to, the years it is held
    over into, and those in which it was paid without that."""

    by_day: dict[date, Amounts] = field(default_factory=dict)
    held_into: set[int] = field(default_factory=set)
    paid_in: set[int] = field(default_factory=set)

    def moves(self, fact: Recorded) -> Iterator[tuple[date, Amounts]]:
        """What the fact moves on that line, by day."""
        for day, amounts in self._moves(fact.stream, fact.event):
            self.by_day[day] = _added(self.by_day.get(day, NOTHING), amounts)
            yield day, amounts

    def _moves(self, stream: str, event: Event) -> Iterator[tuple[date, Amounts]]:
        if isinstance(event, CommitmentCarriedOver):
            yield from self._held_over(event.year + 1)
        elif isinstance(event, (AwardMade, *MOVING)):
            for movement in (effects([(stream, event)]) or {}).get("movements", ()):
                day, amounts = self._routed(movement)
                if any(amounts):
                    yield day, amounts

    def _held_over(self, into: int) -> list[tuple[date, Amounts]]:
        """What had moved on a day of that year or later is taken off: it is that year's, or a later one's."""
        first = not any(year < into for year in self.held_into)
        self.held_into.add(into)
        moved = [(day, amounts) for day, amounts in self.by_day.items() if first and day.year >= into and any(amounts)]
        return [(day, (-amounts[0], -amounts[1], -amounts[2])) for day, amounts in moved]

    def _routed(self, movement: dict[str, Any]) -> tuple[date, Amounts]:
        """A movement's day, and what of it stays on the line."""
        day = date.fromisoformat(movement["day"])
        into = max((year for year in self.held_into if year <= day.year), default=None)
        disbursed_ore = movement.get("disbursed", 0)
        if disbursed_ore and into != day.year and (movement.get("charged") or day.year in self.paid_in):
            self.paid_in.add(day.year)
            disbursed_ore = 0
        amounts = movement.get("committed", 0), disbursed_ore, movement.get("withheld", 0)
        return day, NOTHING if into is not None else amounts
