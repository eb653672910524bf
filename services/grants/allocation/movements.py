"""What a new fact moves: the year's lines as they would be with it, minus the lines as they are recorded.

So a back-dated letter moves its own change on its own day and, on the day a later letter states a total, the
difference that letter left: nothing is counted twice, and each movement keeps the day and the letter it stands on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.grants.budget_year.differences import Settlements, open_counts
from services.grants.budget_year.events.allocation import DifferenceSettled, Posting, Statement
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reckoning import reckon
from services.grants.budget_year.state import BudgetYear


@dataclass(frozen=True)
class Moves:
    """What a fact moves at funds' disposal, and what it changes in what is said of posts."""

    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]


def moved(year: BudgetYear, letters: Iterable[Letter]) -> Moves:
    """From what is recorded of the year's letters to what these letters come to. What is recorded, and not what would
    be reckoned of them today: where the reckoning has learned to show something since, the next fact shows it."""
    after = _lines(letters, year.settled)
    return Moves(_postings(_recorded(year), after.postings), _statements(year.statements, after.statements))


def said_anew(year: BudgetYear, settled: DifferenceSettled) -> tuple[Statement, ...]:
    """What a settlement changes in the counts of open differences."""
    letters = [each.letter for each in year.letters.values()]
    key = (settled.letter_number, settled.fund_id, settled.sort)
    after = _lines(letters, {**year.settled, key: settled})
    return _statements(year.statements, after.statements)


def _recorded(year: BudgetYear) -> list[Posting]:
    """What letters have moved; an authority that was used stays used, whatever letters come to."""
    return [each for each in year.postings if each.ground != "authority"]


def _lines(letters: Iterable[Letter], settlements: Settlements) -> Moves:
    reckoning = reckon(letters)
    return Moves(reckoning.postings, (*reckoning.statements, *open_counts(reckoning, settlements)))


def _postings(before: Iterable[Posting], after: Iterable[Posting]) -> tuple[Posting, ...]:
    sums: dict[Posting, tuple[int, int]] = {}
    for sign, postings in ((1, after), (-1, before)):
        for each in postings:
            line = replace(each, at_disposal_ore=0, of_which_carried_over_ore=0)
            amount_ore, carried_ore = sums.get(line, (0, 0))
            sums[line] = (
                amount_ore + sign * each.at_disposal_ore,
                carried_ore + sign * each.of_which_carried_over_ore,
            )
    return tuple(
        replace(line, at_disposal_ore=amount_ore, of_which_carried_over_ore=carried_ore)
        for line, (amount_ore, carried_ore) in sums.items()
        if amount_ore or carried_ore
    )


def _statements(before: Iterable[Statement], after: Iterable[Statement]) -> tuple[Statement, ...]:
    """A figure that is said for the first time is a statement even where it is zero: until then there is none."""
    sums: dict[Statement, int] = {}
    said_before = {replace(each, amount=0) for each in before}
    for sign, statements in ((1, after), (-1, before)):
        for each in statements:
            line = replace(each, amount=0)
            sums[line] = sums.get(line, 0) + sign * each.amount
    return tuple(
        replace(line, amount=amount)
        for line, amount in sums.items()
        if amount or (line.name in ("appropriated", "held_back") and line not in said_before)
    )
