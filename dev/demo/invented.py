"""Those the demonstration makes up: recipients, and numbers that add up as the register's do and are nobody's.

They are of the ranges that are for tests alone (`data/number-ranges.csv`): organisation numbers that begin with 3,
accounts that begin with 9999. The letters print no organisation numbers, so the recipients they name get such a number
too.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

FIRST = 310_000_00


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A made-up applicant. A municipality borrows the number of a real one, for the register is asked."""

    name: str
    organisation_number: str
    municipality_number: str | None = None

    def applicant(self) -> dict[str, Any]:
        kind = "municipality" if self.municipality_number else "organisation"
        return {"kind": kind, "name": self.name, "organisation_number": self.organisation_number} | (
            {"municipality_number": self.municipality_number} if self.municipality_number else {}
        )


class Numbers:
    """Organisation numbers and accounts, one after the other, each with a right check digit."""

    def __init__(self) -> None:
        self._organisations, self._accounts = count(FIRST), count(1)

    def organisation(self) -> str:
        """Nine digits, beginning with 3."""
        return next(found for stem in self._organisations if (found := checked(f"{stem:08}", (3, 2, 7, 6, 5, 4, 3, 2))))

    def account(self) -> str:
        """Eleven digits, beginning with 9999."""
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        return next(found for stem in self._accounts if (found := checked(f"9999{stem:06}", weights)))

    def municipality(self, name: str, number: str) -> Invented:
        return Invented(name=name, organisation_number=self.organisation(), municipality_number=number)

    def society(self, name: str) -> Invented:
        return Invented(name=name, organisation_number=self.organisation())


def checked(stem: str, weights: tuple[int, ...]) -> str | None:
    """The digits with their check digit (modulo 11); None where there is none, for it would be ten."""
    digit = -sum(int(each) * weight for each, weight in zip(stem, weights, strict=True)) % 11
    return None if digit == 10 else f"{stem}{digit}"
