"""What one cell of a batch must hold, and what it is then: exact, or a reason why not.

A spreadsheet keeps 958935420 and 0301 as numbers and 1234.10 in binary; a CSV file holds text. Both come to the same
value here, or to none: nothing is rounded, and no spelling with two readings is taken.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from services.grants.case.periods import find_months
from services.grants.registers.organisation_numbers import is_organisation_number
from services.grants.round.batch_file.cells import Cell
from services.httpapi.strict.fields import FIRST_YEAR, LARGEST_ORE, LAST_YEAR, Text

MOST_COUNTED = 10_000_000

_LINE = Text(1, 200)
_ADDRESS = Text(1, 100)
_PROSE = Text(1, 10_000, lines=True)
_DIGITS = re.compile(r"\d+", re.ASCII)
_AS_COMPUTED = str.maketrans("\u2212\u2013,", "--.")
_KRONER = re.compile(r"[-+\u2212\u2013]?\d+(?:[.,]\d+)?", re.ASCII)
_PARTED = re.compile(r"-?\d{1,3}(?:([.,'\u2019])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?", re.ASCII)
"""Kroner with thousands parted by a sign that may also be that of the decimals, or is used elsewhere."""
_PRINTED = re.compile(r"(?P<whole>[0-9]{1,3}(?:[ \u00a0\u2007\u2009\u202f][0-9]{3}){1,4})(?:,(?P<ore>[0-9]{1,2}))?")
"""Kroner as they are printed in Norway: groups of three parted by a space of some kind, and a comma before the øre."""
_THREES = re.compile(r"[0-9]{3}(?:[ \u00a0\u2007\u2009\u202f][0-9]{3}){2}")
"""An organisation number as it is printed: 958 935 420."""
_WHOLE = re.compile(r"-?(?:[0-9]{1,30}|[0-9]{1,3}(?:[ \u00a0\u2007\u2009\u202f][0-9]{3}){1,9})")
_SERIAL = re.compile(r"\d{5}", re.ASCII)
"""A day as a spreadsheet keeps it: 43922 days from the end of 1899 are 1 April 2020."""
_OTHER_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Wrong(Exception):
    """A cell is not what its column asks for."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code, self.what = code, what


def months(period: str) -> range:
    """The months a period covers, counted from year 0: 2020-Q1 is three of them. Refuses `Wrong`."""
    found = find_months(period)
    if found is None or not FIRST_YEAR <= found.start // 12 <= LAST_YEAR:
        raise Wrong("period-malformed", "Write the period as 2020, 2020-H1, 2020-Q1 or 2020-01.")
    return found


def list_overlapping(period: str) -> list[str]:
    """Every other period that has a month in common with this one: for 2020-Q1 2020, 2020-H1 and three months."""
    year, own = period[:4], set(months(period))
    halves, quarters = [f"{year}-H{nth}" for nth in (1, 2)], [f"{year}-Q{nth}" for nth in range(1, 5)]
    others = [year, *halves, *quarters, *(f"{year}-{nth:02}" for nth in range(1, 13))]
    return [other for other in others if other != period and own & set(months(other))]


def read_text(cell: Cell, kind: Text = _LINE) -> str:
    if not isinstance(cell, str):
        raise Wrong("not-text", "This cell holds a number or a day. Write it as text.")
    try:
        return kind.read(cell)
    except ValueError as why:
        raise Wrong("text-unusable", f"The text {why}.") from None


def read_address(cell: Cell) -> str:
    """One line of a postal address."""
    return read_text(cell, _ADDRESS)


def read_prose(cell: Cell) -> str:
    """Text that may be of several lines."""
    return read_text(cell, _PROSE)


def read_whole(cell: Cell) -> int:
    """A whole number, also where a spreadsheet keeps it with a decimal point."""
    if isinstance(cell, str) and (found := _WHOLE.fullmatch(cell.strip())):
        return int("".join(found[0].split()))
    if isinstance(cell, int):
        return cell
    if isinstance(cell, Decimal) and cell.is_finite() and cell == cell.to_integral_value():
        return int(cell)
    raise Wrong("not-whole", "Write a whole number, in digits alone.")


def read_count(cell: Cell) -> int:
    count = read_whole(cell)
    if not 0 < count <= MOST_COUNTED:
        raise Wrong("count-out-of-range", f"The count is a whole number from 1 to {MOST_COUNTED}.")
    return count


def read_ore(cell: Cell) -> int:
    """Kroner with up to two decimals, as whole øre. Exact: a third decimal is refused, never rounded away."""
    if isinstance(cell, str):
        kroner = _kroner(cell)
    elif isinstance(cell, int | Decimal):
        kroner = Decimal(cell)
    else:
        raise Wrong("amount-malformed", "This cell is a day. Write kroner with up to two decimals.")
    ore = kroner * 100
    if not ore.is_finite() or ore != ore.to_integral_value():
        raise Wrong("amount-not-whole-ore", "The amount has more than two decimals. Round it in the file.")
    if not 0 < ore <= LARGEST_ORE:
        raise Wrong("amount-out-of-range", "The amount must be above zero, and no larger than a budget.")
    return int(ore)


def _kroner(text: str) -> Decimal:
    """Kroner in digits, or as they are printed in Norway (`2 469,00`, with whatever space a PDF gives)."""
    bare = text.strip()
    if printed := _PRINTED.fullmatch(bare):
        bare = "".join(printed["whole"].split()) + (f",{printed['ore']}" if printed["ore"] else "")
    if _PARTED.fullmatch(bare):
        raise Wrong(
            "amount-malformed", "A sign parts the thousands, it seems. Leave it out, or write a space: 1 234,50."
        )
    if not _KRONER.fullmatch(bare):
        unseen = sorted(
            {f"U+{ord(sign):04X}" for sign in bare if sign != " " and unicodedata.category(sign)[0] in "CZ"}
        )
        told = f" It holds {', '.join(unseen[:5])}." if unseen else ""
        raise Wrong("amount-malformed", f"Write kroner in digits with up to two decimals: 1234.50 or 1 234,50.{told}")
    return Decimal(bare.translate(_AS_COMPUTED))


def read_numbered(digits: int, code: str, what: str) -> Callable[[Cell], str]:
    """A number that is a name: so many digits, with its leading zeros also where a spreadsheet has dropped them, in its
    own cells or when it saved them as text."""

    whole = re.compile(rf"\d{{{digits}}}", re.ASCII)

    def read(cell: Cell) -> str:
        text = cell.strip() if isinstance(cell, str) else str(read_whole(cell))
        if _THREES.fullmatch(text):
            text = "".join(text.split())
        if _DIGITS.fullmatch(text):
            text = text.zfill(digits)
        if not whole.fullmatch(text):
            raise Wrong(code, what)
        return text

    return read


def read_organisation(cell: Cell) -> str:
    text = read_numbered(9, "organisation-number-invalid", "An organisation number has nine digits.")(cell)
    if not is_organisation_number(text):
        raise Wrong("organisation-number-invalid", "The check digit does not hold. Look the number up in the register.")
    return text


def read_period(cell: Cell) -> str:
    text = str(cell) if isinstance(cell, int) else read_text(cell)
    months(text)
    return text


def read_day(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell
    cell = cell.strip() if isinstance(cell, str) else cell
    try:
        if isinstance(cell, str) and _DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    if isinstance(cell, int) or (isinstance(cell, str) and _SERIAL.fullmatch(cell)):
        raise Wrong("day-as-number", "This cell holds a number. If it is a day, show it as one, or write YYYY-MM-DD.")
    if isinstance(cell, str) and _OTHER_DAY.fullmatch(cell):
        raise Wrong("day-malformed", "The day is written in another order. Write it as YYYY-MM-DD.")
    raise Wrong("day-malformed", "Write the day as YYYY-MM-DD.")
