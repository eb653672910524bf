"""A deviation of a letter, and what letters are held against beside themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.grants.budget_year.events.allocation import DeviationKind
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import Status

Days = Sequence[tuple[date, int, int]]
"""What is promised on a fund moves on a day: here and below, and on the fund itself (whole øre)."""


@dataclass(frozen=True, kw_only=True)
class YearBefore:
    """What the posts that a post carries on were left with when their year ended: unused (at disposal less paid; null
    where no letter opened them), the keyword "kan overføres", and what was applied for with the accounts."""

    unused_ore: int | None
    transferable: bool
    applied_ore: int


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands around a year's letters: promises by fund, the year before by post of this year, and what is promised
    beyond the year (øre) by post that one of the letters gives a commitment authority."""

    promised: Mapping[str, Days] = field(default_factory=dict)
    before: Mapping[str, YearBefore] = field(default_factory=dict)
    across_years: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One of them, from the day it is largest. `amount_ore` is how much is too little, or too much."""

    letter_number: int
    fund_id: str
    kind: DeviationKind
    on: date
    amount_ore: int
    status: Status = "open"
    reason: str | None = None
    settled_by: str | None = None
    settled_on: date | None = None


def deviation(letter: Letter, fund_id: str, kind: DeviationKind, amount_ore: int, on: date | None = None) -> Deviation:
    """What a letter leaves on a fund, from its own day where no other is said."""
    return Deviation(
        letter_number=letter.number, fund_id=fund_id, kind=kind, on=on or letter.dated.on, amount_ore=amount_ore
    )
