"""For which fund the money is that a letter carries over: for the one it names, and for none above or beside it."""

from collections import Counter
from collections.abc import Iterable

from services.grants.budget_year.letter import Change
from services.grants.budget_year.tree import post_of


def carried_on_lines(changes: Iterable[Change]) -> dict[str, int]:
    """What one letter carries over on each fund it names below a post, and on no fund below that (øre). What it names
    above too is the same money once more, as far as it goes: that part is taken off the post, below zero. What the
    letter leaves free below a post is taken off all that the post has released, and given back here where this letter
    releases nothing above it."""
    named: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for change in changes:
        if change.ground == "carry-over" and not change.free:
            named[change.fund_id] += change.amount_ore
        elif change.ground == "carry-over" and change.fund_id != post_of(change.fund_id):
            free[post_of(change.fund_id)] += change.amount_ore
    own: dict[str, int] = {}
    below: Counter[str] = Counter()
    for fund_id in sorted((each for each in named if each != post_of(each)), key=_depth, reverse=True):
        own[fund_id] = max(0, named[fund_id] - below[fund_id])
        above = max((each for each in named if fund_id.startswith(f"{each}/")), key=len, default=post_of(fund_id))
        below[above] += max(named[fund_id], below[fund_id])
    for post_id in {post_of(each) for each in (*named, *free)}:
        own[post_id] = free[post_id] - min(named[post_id], below[post_id] + free[post_id])
    return {fund_id: amount_ore for fund_id, amount_ore in own.items() if amount_ore}


def _depth(fund_id: str) -> int:
    return fund_id.count("/")
