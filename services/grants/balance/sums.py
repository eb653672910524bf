"""How far sums of amounts go. Each amount has a bound of its own (`LARGEST_ORE`), but thousands of them can be added
up; so sums have one too, and whatever then adds sums stays within 64 bits. Whole øre.
"""

from collections.abc import Iterable

from services.eventlog.refusal import Refusal

LARGEST_ROUND_ORE = 10**17
"""What the lines of one round that wait or are approved come to, at most: a million billion kroner."""
LARGEST_FUND_ORE = 10**18
"""What stands on one fund, at most; kept by the database (`fund_sums_are_bounded`)."""


class SumOutOfRange(Refusal):
    """The amounts together go beyond what any budget holds, however small each is: something is wrong in them."""

    code = "sum-out-of-range"
    status = 422
    title = "Beløpene blir for store til sammen"


def find_passing(amounts_ore: Iterable[int], *, from_ore: int = 0, most_ore: int = LARGEST_ROUND_ORE) -> int | None:
    """Which of the amounts (counted from 0) is the first to bring the sum beyond the bound; None where none does."""
    so_far = from_ore
    for nth, amount_ore in enumerate(amounts_ore):
        so_far += amount_ore
        if so_far > most_ore:
            return nth
    return None
