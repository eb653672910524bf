"""Carry-over that a letter releases, held against the year before and the posts above (bevilgningsreglementet § 5)."""

from collections.abc import Iterator

from services.grants.allocation.deviation.found import Around, Deviation, YearBefore, deviation
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear
from services.grants.budget_year.tree import parent_of, post_of


def carried_over(year: BudgetYear, letter: Letter, around: Around) -> Iterator[Deviation]:
    released = _released(letter)
    below: dict[str, int] = {}
    for fund_id, amount_ore in released.items():
        if above := parent_of(fund_id):
            below[above] = below.get(above, 0) + amount_ore
    for fund_id, amount_ore in below.items():
        if amount_ore > released.get(fund_id, 0):
            yield deviation(letter, fund_id, "carry-over-not-above", amount_ore - released.get(fund_id, 0))
    so_far: dict[str, int] = {}
    for each in (other.letter for other in year.in_order if other.letter.order <= letter.order):
        for fund_id, amount_ore in _released(each).items():
            so_far[fund_id] = so_far.get(fund_id, 0) + amount_ore
    for post_id, amount_ore in released.items():
        if post_id == post_of(post_id):
            yield from _held_against(letter, post_id, amount_ore, so_far[post_id], around.before.get(post_id))


def _held_against(
    letter: Letter, post_id: str, amount_ore: int, so_far_ore: int, before: YearBefore | None
) -> Iterator[Deviation]:
    """What letters have released in all against what was left, as far as this letter is beyond it."""
    if before is None or before.unused_ore is None:
        yield deviation(letter, post_id, "carry-over-of-unknown-year", amount_ore)
        return
    if not before.transferable and so_far_ore > before.applied_ore:
        yield deviation(letter, post_id, "carry-over-without-ground", min(amount_ore, so_far_ore - before.applied_ore))
    if so_far_ore > max(0, before.unused_ore):
        beyond_ore = min(amount_ore, so_far_ore - max(0, before.unused_ore))
        yield deviation(letter, post_id, "carry-over-beyond-unused", beyond_ore)


def _released(letter: Letter) -> dict[str, int]:
    released: dict[str, int] = {}
    for change in letter.changes:
        if change.ground == "carry-over":
            released[change.fund_id] = released.get(change.fund_id, 0) + change.amount_ore
    return released
