"""A post's year as it is drawn and told: what stood at the end of each day, and which letters moved it. Whole øre."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

DISPOSAL, COMMITTED, PAID, DEMANDED = "disposal", "committed", "paid", "demanded"
FIGURES = {DISPOSAL: "at_disposal_ore", COMMITTED: "committed_ore", PAID: "disbursed_ore"}
"""Each line of the drawing, and the figure of the post that it draws."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """A post's year, to the end of `until`, which is never a day to come: what stood at the end of each of `days`, in
    their order, by what it is (øre); the letters that moved what is at disposal, each with its day (`letters`; None for
    what no letter says); and what letters demand paid by a day (`demands`), each with its amount."""

    code: str
    year: int
    until: date
    days: tuple[date, ...]
    figures: Mapping[str, Sequence[int]]
    letters: tuple[tuple[date, int | None], ...]
    demands: tuple[tuple[date, int], ...]

    def at(self, what: str, day: date) -> int:
        """What stood at the end of a day."""
        before = bisect_right(self.days, day)
        return self.figures[what][before - 1] if before else 0

    def demanded_by(self, day: date) -> int:
        """How much letters want paid by the end of a day."""
        return sum(amount for on, amount in self.demands if on <= day)


def course_of(
    code: str,
    year: int,
    valid_at: date,
    *,
    days: Sequence[Mapping[str, Any]],
    moves: Sequence[Mapping[str, Any]],
    demands: Sequence[Mapping[str, Any]],
    reached: date,
) -> Course:
    """From the rows of the overview: `days` as `course`, the others as `moves` gives them. Nothing is drawn of days
    after `reached`, whatever is registered of them: nobody knows what else they bring."""
    sums: dict[tuple[date, int | None], int] = {}
    for each in moves:
        if each["what"] != "stated":
            key = (each["effective_on"], None if each["what"] == "authority" else each["letter_number"])
            sums[key] = sums.get(key, 0) + each["amount_ore"]
    first, last = date(year, 1, 1), date(year, 12, 31)
    until = min(valid_at, reached, last)
    days = [row for row in days if row["on"] <= until]
    return Course(
        code=code,
        year=year,
        until=until,
        days=tuple(row["on"] for row in days),
        figures={what: tuple(row[key] for row in days) for what, key in FIGURES.items()},
        letters=tuple((max(on, first), number) for (on, number), amount in sums.items() if amount and on <= until),
        demands=tuple((each["pay_by"], each["amount_ore"]) for each in demands),
    )
