"""Which numbers the registers have given, by range: a right check digit alone says nothing, and nine zeros have one.

The ranges stand in `data/number-ranges.csv` with the days they held (Europe/Oslo; see `data/README.md`). Development
has a range of its own, which nobody is registered in; production has none.
"""

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

RANGES = Path(__file__).parents[3] / "data" / "number-ranges.csv"
NumberKind = Literal["organisation", "account"]


@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """Numbers of a kind from `first` to `last`, both included, given from a day on and to a day where there is one.
    With an `environment` they are given there alone."""

    kind: NumberKind
    first: str
    last: str
    valid_from: date
    valid_to: date | None
    environment: str | None


def is_given(kind: NumberKind, number: str, *, on: date | None = None, environment: str | None = None) -> bool:
    """Whether a number of that kind lies in a range that held on that day (None: on any) in that environment (None: in
    any). Its length and check digit are for others to look at."""
    return any(
        len(number) == len(each.first) and each.first <= number <= each.last
        for each in _list_ranges(kind, on=on, environment=environment)
    )


def list_not_given(
    kind: NumberKind, numbers: Iterable[str], *, on: date, environment: str, recorded: Collection[str] = ()
) -> list[str]:
    """Those of the numbers that no register has given by that day, in order. What is recorded already stays usable."""
    return sorted(
        number for number in set(numbers) - set(recorded) if not is_given(kind, number, on=on, environment=environment)
    )


def _list_ranges(kind: NumberKind, *, on: date | None, environment: str | None) -> list[NumberRange]:
    return [
        each
        for each in _read(RANGES)
        if each.kind == kind
        and (on is None or (each.valid_from <= on and (each.valid_to is None or on <= each.valid_to)))
        and (environment is None or each.environment in (None, environment))
    ]


@cache
def _read(path: Path) -> tuple[NumberRange, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            NumberRange(
                kind="organisation" if row["kind"] == "organisation" else "account",
                first=row["first"],
                last=row["last"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                environment=row["environment"] or None,
            )
            for row in csv.DictReader(file)
        )
