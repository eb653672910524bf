"""A batch of per-capita awards: one line for each municipality, period and rule, read from a sheet with every fault.

A line is checked whole: all its cells, then how they hang together, then that no other line is for the same months. All
amounts in the file are kroner with up to two decimals; here they are whole øre, and no step on the way rounds.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID, uuid5

from services.grants.case.events.award import Instalment, PerCapita, Recipient
from services.grants.case.periods import find_months, paid_for_by
from services.grants.registers.municipalities import find_municipality
from services.grants.round.batch_file.batch_cells import (
    Wrong,
    months,
    read_address,
    read_count,
    read_day,
    read_numbered,
    read_ore,
    read_organisation,
    read_period,
    read_prose,
    read_text,
)
from services.grants.round.batch_file.cells import Cell, Unusable
from services.grants.round.batch_file.table import Fault, Row, Sheet
from services.text.folding import folded

REQUIRED = (
    "municipality_number",
    "name",
    "organisation_number",
    "fund",
    "period",
    "rule",
    "count",
    "rate",
    "amount",
    "due_on",
)
LATER_INSTALMENTS = (2, 3, 4)
ADDRESS = tuple(f"address_{number}" for number in range(1, 6))
OPTIONAL = (*(f"{part}_{number}" for number in LATER_INSTALMENTS for part in ("due_on", "amount")), *ADDRESS, "reasons")

# The case of a line is named by what the line is for, so that the same line in any other file is the same case.
_CASES = UUID("5f3ad1f4-6f0b-5c0e-9d57-1f8f0d0a2020")

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class PerCapitaLine:
    """One award of the batch, and the line of the file it stands on."""

    line: int
    recipient: Recipient
    fund_id: str
    period: str
    basis: PerCapita
    amount_ore: int
    instalments: tuple[Instalment, ...]
    reasons: str | None = None

    @property
    def last_due_on(self) -> date | None:
        """The last day the line promises money on."""
        return self.instalments[-1].due_on

    def case_id(self, scheme_id: str) -> UUID:
        """The line's case: one for each scheme, municipality, fund, rule and period, whichever file it comes in."""
        named = [scheme_id, self.recipient.municipality_number, self.fund_id, self.basis.rule, self.period]
        return uuid5(_CASES, json.dumps(named, ensure_ascii=False))

    def paid_for(self, scheme_id: str) -> str:
        """To whom, from which fund and by what rule its months are paid for, as it reads."""
        return folded(paid_for_by(scheme_id, self.recipient.municipality_number, self.fund_id, self.basis.rule))


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a sheet says: the lines that are whole, and every fault of the others."""

    lines: tuple[PerCapitaLine, ...]
    faults: tuple[Fault, ...]


def read_batch(sheet: Sheet, fund_ids: Collection[str]) -> Batch:
    """The sheet's lines. `fund_ids` are those the scheme pays from: a line on any other is a fault."""
    lines: list[PerCapitaLine] = []
    faults = list(sheet.faults)
    for row in sheet.rows:
        line, its = _read_line(row, fund_ids)
        faults += its
        lines += [line] if line else []
    repeats = {fault.line: fault for fault in _repeats(lines)}
    whole = tuple(line for line in lines if line.line not in repeats)
    return Batch(lines=whole, faults=(*faults, *repeats.values()))


def _read_line(row: Row, fund_ids: Collection[str]) -> tuple[PerCapitaLine | None, list[Fault]]:
    """The line, or everything that is wrong with it."""
    said: dict[str, Any] = {}
    faults: list[Fault] = []
    for column, read in READERS.items():
        cell = row.cells.get(column)
        try:
            said[column] = None if cell is None and column in OPTIONAL else _value(cell, read)
        except Wrong as wrong:
            faults.append(Fault(line=row.line, column=column, code=wrong.code, what=wrong.what))
    if not faults:
        clashes = _clashes(said, fund_ids)
        faults = [Fault(line=row.line, column=column, code=code, what=what) for column, code, what in clashes]
    return (None, faults) if faults else (_line(row.line, said), [])


def _value(cell: Cell, read: Callable[[Any], Value]) -> Value:
    if cell is None:
        raise Wrong("missing", "This cell is empty and must not be.")
    if isinstance(cell, Unusable):
        raise Wrong(cell.code, cell.what)
    return read(cell)


def _clashes(said: Mapping[str, Any], fund_ids: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """What cannot be so at once: (column, code, sentence)."""
    if find_municipality(said["municipality_number"], said["due_on"]) is None:
        yield "municipality_number", "municipality-unknown", "No municipality has that number on the day it falls due."
    if said["fund"] not in fund_ids:
        yield "fund", "fund-not-of-scheme", "The scheme of this round pays from no such fund."
    elif not is_paid_from(said["period"], year := int(said["fund"][:4])):
        told = f"The fund is {year}'s. It pays for months of that year and, settled late, of {year - 1}."
        yield "period", "period-outside-fund", told
    reckoned_ore = said["count"] * said["rate"]
    if said["amount"] != reckoned_ore:
        yield "amount", "amount-not-count-times-rate", f"Count times rate is {reckoned_ore} øre, and the amount is not."
    parts = _parts(said)
    if any((day is None) != (amount_ore is None) for day, amount_ore in parts):
        yield "due_on", "instalment-half-given", "A later instalment has both its day and its amount, or neither."
        return
    given = [(day, amount_ore) for day, amount_ore in parts if day is not None]
    if parts[: len(given)] != given:
        yield "due_on", "instalment-left-out", "Instalments are given in turn: 2 before 3, 3 before 4."
    if sum(amount_ore for _, amount_ore in given) >= said["amount"]:
        yield "amount", "instalments-take-all", "The later instalments leave nothing of the amount for the first."
    if any(later <= earlier for earlier, later in pairwise([said["due_on"], *(day for day, _ in given)])):
        yield "due_on", "days-out-of-order", "Each instalment falls due on a later day than the one before."


def is_paid_from(period: str, year: int) -> bool:
    """Whether a budget year's money may pay for the months of a period: those of the year, and those of the year before
    that were not settled in it."""
    of_period = find_months(period)
    return of_period is not None and (year - 1) * 12 <= of_period.start and of_period.stop <= (year + 1) * 12


def _parts(said: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(said[f"due_on_{number}"], said[f"amount_{number}"]) for number in LATER_INSTALMENTS]


def _line(number: int, said: Mapping[str, Any]) -> PerCapitaLine:
    later = [(day, amount_ore) for day, amount_ore in _parts(said) if day is not None]
    first_ore = said["amount"] - sum(amount_ore for _, amount_ore in later)
    plan = [(said["due_on"], first_ore), *later]
    return PerCapitaLine(
        line=number,
        recipient=Recipient(
            name=said["name"],
            organisation_number=said["organisation_number"],
            municipality_number=said["municipality_number"],
            address=tuple(said[column] for column in ADDRESS if said[column]),
        ),
        fund_id=said["fund"],
        period=said["period"],
        basis=PerCapita(count=said["count"], rate_ore=said["rate"], rule=said["rule"]),
        amount_ore=said["amount"],
        instalments=tuple(
            Instalment(number=nth, amount_ore=amount_ore, due_on=day) for nth, (day, amount_ore) in enumerate(plan, 1)
        ),
        reasons=said["reasons"],
    )


def _repeats(lines: Collection[PerCapitaLine]) -> Iterator[Fault]:
    """Lines that pay a municipality twice for the same months on one fund by one rule."""
    seen: dict[tuple[str | None, str, str, int], int] = {}
    for line in lines:
        rule = folded(line.basis.rule)
        keys = [(line.recipient.municipality_number, line.fund_id, rule, month) for month in months(line.period)]
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None:
            told = f"Line {first} is for the same municipality, fund and rule in the same months."
            yield Fault(line=line.line, column="period", code="line-repeated", what=told)
        for key in keys:
            seen.setdefault(key, line.line)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "municipality_number": read_numbered(
        4, "municipality-number-malformed", "A municipality's number has four digits."
    ),
    "name": read_text,
    "organisation_number": read_organisation,
    "fund": read_text,
    "period": read_period,
    "rule": read_text,
    "count": read_count,
    "rate": read_ore,
    "amount": read_ore,
    "due_on": read_day,
    **{f"due_on_{number}": read_day for number in LATER_INSTALMENTS},
    **{f"amount_{number}": read_ore for number in LATER_INSTALMENTS},
    **dict.fromkeys(ADDRESS, read_address),
    "reasons": read_prose,
}
