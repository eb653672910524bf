"""How much a round holds: what its lines come to together (`services/grants/balance/sums.py`), in whole øre; and on
which days what it would come to is foreseen."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.eventlog.refusal import Refusal
from services.grants.balance.sums import LARGEST_ROUND_ORE, SumOutOfRange, find_passing
from services.grants.case.events.round import RoundLine


def sum_without(beside: Iterable[RoundLine], case_ids: Iterable[UUID]) -> int:
    """What these lines come to without those of some cases (øre)."""
    left_out = set(case_ids)
    return sum(line.amount_ore for line in beside if line.case_id not in left_out)


def stay_within_bounds(lines: Sequence[RoundLine], *, beside: Iterable[RoundLine] = ()) -> None:
    """Refuse (`SumOutOfRange`) lines that together, and with the round's others, come to more than a round holds; it
    names the one that passes it."""
    from_ore = sum_without(beside, [line.case_id for line in lines])
    passing = find_passing((line.amount_ore for line in lines), from_ore=from_ore)
    if passing is not None:
        raise SumOutOfRange(
            f"With line {passing + 1} the round comes to more than {LARGEST_ROUND_ORE} øre. Look the amounts over.",
            line=passing + 1,
            case_id=str(lines[passing].case_id),
            largest_ore=LARGEST_ROUND_ORE,
        )


class ForeseenOutOfRange(Refusal):
    """Nothing of a round is approved before it was opened, nor years after: nothing could be foreseen of that day."""

    code = "foreseen-out-of-range"
    status = 422
    title = "Datoen er utenfor tiden runden kan vedtas i"


FORESEEN_YEARS = 1
"""How many years after a round was opened what it would come to is foreseen in: our own number."""


def check_foreseen(opened_on: date, approved_on: date) -> None:
    """Refuse (`ForeseenOutOfRange`) a day before the round was opened, or after the year that follows."""
    last_on = date(opened_on.year + FORESEEN_YEARS, 12, 31)
    if not opened_on <= approved_on <= last_on:
        raise ForeseenOutOfRange(
            f"The round was opened on {opened_on}. Give a day from then to {last_on}.",
            first_day_on=str(opened_on),
            last_day_on=str(last_on),
        )
