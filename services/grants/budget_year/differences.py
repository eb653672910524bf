"""How each difference stands: open, settled for exactly its size, or overtaken by a later letter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.grants.budget_year.events.allocation import DifferenceSettled, Sort, Statement
from services.grants.budget_year.reckoning import Difference, Reckoning
from services.grants.budget_year.state import BudgetYear
from services.grants.budget_year.tree import post_of

Settlements = Mapping[tuple[int, str, Sort], DifferenceSettled]


@dataclass(frozen=True, kw_only=True)
class DifferenceToday:
    """A difference, and what closed it: a settlement of its very size, or a later letter that split it anew."""

    difference: Difference
    settled: DifferenceSettled | None
    superseded: Difference | None

    @property
    def is_open(self) -> bool:
        return self.difference.kind != "exact" and self.settled is None and self.superseded is None

    @property
    def closed_on(self) -> date | None:
        """The first day it is no longer open; none while it is."""
        begins_on = self.difference.effective_on
        days = [max(self.settled.settled_on, begins_on)] if self.settled else []
        days += [self.superseded.effective_on] if self.superseded else []
        return min(days, default=None)


def standings(reckoning: Reckoning, settlements: Settlements) -> list[DifferenceToday]:
    """How every difference of the year stands. A settlement holds for the size it was given for and no other."""
    next_split: dict[str, Difference] = {}
    superseded: dict[int, Difference | None] = {}
    for split in reversed(reckoning.splits):
        superseded[id(split)] = next_split.get(split.fund_id)
        next_split[split.fund_id] = split
    found = []
    for each in (*reckoning.totals, *reckoning.splits):
        settled = settlements.get((each.letter_number, each.fund_id, each.sort))
        holds = settled is not None and settled.difference_ore == each.difference_ore
        found.append(
            DifferenceToday(difference=each, settled=settled if holds else None, superseded=superseded.get(id(each)))
        )
    return found


def open_counts(reckoning: Reckoning, settlements: Settlements) -> Iterator[Statement]:
    """How many differences are open on each post, as statements: one more from the day a letter leaves one, one less
    from the day it is closed."""
    for standing in standings(reckoning, settlements):
        each = standing.difference
        if each.kind == "exact":
            continue
        post_id = post_of(each.fund_id)
        name: Literal["open_differences", "open_earmark_differences"] = (
            "open_differences" if each.sort == "total" else "open_earmark_differences"
        )
        yield Statement(fund_id=post_id, effective_on=each.effective_on, name=name, amount=1)
        if closed_on := standing.closed_on:
            yield Statement(fund_id=post_id, effective_on=closed_on, name=name, amount=-1)


def find_standing(year: BudgetYear, letter_number: int, fund_id: str, sort: Sort) -> DifferenceToday | None:
    """How one letter's difference on one fund stands, if the letter says anything of it."""
    for standing in year_standings(year):
        each = standing.difference
        if (each.letter_number, each.fund_id, each.sort) == (letter_number, fund_id, sort):
            return standing
    return None


def year_standings(year: BudgetYear) -> list[DifferenceToday]:
    return standings(year.reckoning, year.settled)
