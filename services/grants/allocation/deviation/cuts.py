"""Funds that a letter leaves with less than is there, or is promised of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from services.grants.allocation.deviation.found import Around, Deviation, deviation
from services.grants.budget_year.events.allocation import DeviationKind
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear
from services.grants.budget_year.tree import parent_of


def cuts(year: BudgetYear, letter: Letter, around: Around) -> Iterator[Deviation]:
    """Funds the letter leaves below zero, below what is promised on them, or with more promised on the fund itself than
    is left beside its earmarks: on its day, or a day after it until another letter moves the fund."""
    moves = year.reckoning.postings
    moved: dict[str, int] = {}
    bound: set[str] = set()
    for each in moves:
        if each.letter_number == letter.number:
            moved[each.fund_id] = moved.get(each.fund_id, 0) + each.at_disposal_ore
            if each.at_disposal_ore > 0 and (above := parent_of(each.fund_id)):
                bound.add(above)
    for fund_id in sorted(moved.keys() | bound):
        cut = moved.get(fund_id, 0) < 0
        until = min(
            (each.effective_on for each in moves if each.fund_id == fund_id and each.effective_on > letter.dated.on),
            default=date(letter.year + 1, 1, 1),
        )
        at_disposal_ore = year.at_disposal_ore(fund_id, letter.dated.on)
        if cut and at_disposal_ore < 0:
            yield deviation(letter, fund_id, "below-zero", -at_disposal_ore)
        yield from _short(year, letter, fund_id, around, until=until, cut=cut)


def _short(
    year: BudgetYear, letter: Letter, fund_id: str, around: Around, *, until: date, cut: bool
) -> Iterator[Deviation]:
    begins = letter.dated.on
    promised = around.promised.get(fund_id, ())
    days = sorted({begins, *(on for on, _, _ in promised if begins <= on < until)})
    held = _moves(year, [fund_id])
    parts = _moves(year, year.moved_parts.get(fund_id, ()))
    worst: dict[DeviationKind, tuple[int, date]] = {}
    for day, promised_ore, direct_ore, held_ore, earmarked_ore in zip(
        days,
        _stood([(on, committed) for on, committed, _ in promised], days),
        _stood([(on, direct) for on, _, direct in promised], days),
        _stood(held, days),
        _stood(parts, days),
        strict=True,
    ):
        lacks: list[tuple[DeviationKind, bool, int]] = [
            ("below-promised", cut and promised_ore > 0, promised_ore - held_ore),
            ("earmarked-beyond-promised", direct_ore > 0 and earmarked_ore > 0, direct_ore + earmarked_ore - held_ore),
        ]
        for kind, applies, lacks_ore in lacks:
            if applies and lacks_ore > worst.get(kind, (0, day))[0]:
                worst[kind] = (lacks_ore, day)
    for kind, (amount_ore, day) in worst.items():
        yield deviation(letter, fund_id, kind, amount_ore, day)


def _moves(year: BudgetYear, fund_ids: Iterable[str]) -> list[tuple[date, int]]:
    return [
        (each.effective_on, each.at_disposal_ore)
        for fund_id in fund_ids
        for each in year.postings_by_fund.get(fund_id, ())
    ]


def _stood(changes: Iterable[tuple[date, int]], days: Sequence[date]) -> Iterator[int]:
    """What changes add up to at the end of each of these days, which are in order."""
    waiting = deque(sorted(changes))
    stood_ore = 0
    for day in days:
        while waiting and waiting[0][0] <= day:
            stood_ore += waiting.popleft()[1]
        yield stood_ore
