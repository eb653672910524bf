"""Norway's municipalities by number, and when each number held: the reforms of 2020 and 2024 gave many a new one.

The numbers stand in `data/municipalities.csv` (see `data/README.md` for where they come from). The list begins on
1 January 2019; a number that held then may be older.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from services.eventlog.refusal import Refusal
from services.text.folding import folded

NUMBERS = Path(__file__).parents[3] / "data" / "municipalities.csv"


OF_WHAT_IT_IS = "kommune"
FIRST_YEAR = 2019
"""The year the list begins with; for earlier ones it is the best there is."""


class MunicipalityUnknown(Refusal):
    """No municipality had that number then: numbers change with the map."""

    code = "municipality-unknown"
    status = 422
    title = "Kommunenummeret fantes ikke på den datoen"


@dataclass(frozen=True, kw_only=True)
class Municipality:
    """A municipality's number of four digits, its name in Norwegian, and the first and last day the number held
    (Europe/Oslo); no last day while it holds."""

    number: str
    name: str
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Whether the number holds on that day, both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def find_municipality(number: str, on: date) -> Municipality | None:
    """The municipality that had this number on a day, or None: no such number, or not that day."""
    found = _by_number().get(number)
    return found if found is not None and found.holds(on) else None


def find_name(number: str) -> str | None:
    """The name of the municipality that has, or had, this number; None where none ever did."""
    found = _by_number().get(number)
    return found.name if found is not None else None


def as_compared(name: str) -> str:
    """A name as it is held against a municipality's: folded, and without saying that a municipality is one."""
    return folded(name).removesuffix(OF_WHAT_IT_IS)


def check_municipality_of(number: str, year: int, *, recorded: Collection[str | None] = ()) -> None:
    """Refuse (`MunicipalityUnknown`) a number that no municipality had on any day of a budget year. One that is
    `recorded` in the case already stays usable in it."""
    found = _by_number().get(number)
    held = found is not None and found.valid_from.year <= max(year, FIRST_YEAR)
    ended = found is not None and found.valid_to is not None and found.valid_to.year < year
    if number not in recorded and (not held or ended):
        raise MunicipalityUnknown(f"No municipality had the number {number} in {year}. Look it up in the register.")


def list_municipalities(on: date) -> list[Municipality]:
    """The municipalities of a day, by number."""
    return [each for each in _by_number().values() if each.holds(on)]


@cache
def _by_number() -> dict[str, Municipality]:
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["number"]: Municipality(
            number=row["number"],
            name=row["name"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in rows
    }
