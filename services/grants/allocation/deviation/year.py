"""Everything in a budget year that is not as it should be, by post: what its letters do that cannot be as meant, and
what is amiss between it and the year before. Worked out when asked; what is cured is gone. Whole øre."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.grants.allocation.deviation.leaning import used_without_letter
from services.grants.allocation.deviation.rules import deviations_of
from services.grants.allocation.deviation.view import Surroundings
from services.grants.balance.view import AsOf
from services.grants.budget_year.tree import post_of
from services.grants.held_over.view import HeldOver

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class YearDeviations:
    """The queries. Reading only."""

    surroundings: Surroundings
    held_over: HeldOver

    async def list_all(self, year: int, as_of: AsOf) -> list[Row]:
        """Each with its kind, the post and the fund it is on, its size, and the letter or the case it is of; settled
        ones too, with their reason."""
        letters = await self.surroundings.letters.year(year, valid_at=as_of.valid_at, known_at=as_of.known_at)
        counting = [each.letter for each in letters.in_order]
        around = await self.surroundings.around(year, counting, known_at=as_of.known_at)
        of_letters = [
            {"post_id": post_of(found.fund_id), "case_id": None, **asdict(found)}
            for letter in counting
            for found in deviations_of(letters, letter.number, around)
        ]
        if not counting:
            of_letters = [
                {"post_id": post_of(found.fund_id), "case_id": None, **asdict(found), "letter_number": None}
                for found in used_without_letter(letters, letter_number=0)
            ]
        between = [
            {"fund_id": _line_of(row), "letter_number": None, "on": None, "status": "open", "reason": None, **row}
            for row in await self.held_over.list_deviations(year, as_of)
        ]
        return [*of_letters, *between]

    async def count_open(self, year: int, as_of: AsOf) -> Mapping[str, int]:
        """How many of them nobody has settled, by post."""
        return Counter(row["post_id"] for row in await self.list_all(year, as_of) if row["status"] == "open")


def _line_of(row: Row) -> str:
    """The line it is on, where it is on one; else its post."""
    lines: list[str] = row["fund_ids"] or []
    return lines[0] if len(lines) == 1 else str(row["post_id"])
