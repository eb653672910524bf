"""A sheet's rows out of its own XML: every row and cell where it says it stands, in order and once, or the sheet is
refused. What a person at the screen does not see (hidden rows and columns, what lies below merged cells) is refused
with that reason: nobody awards what they did not see, and nothing that was seen is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils.cell import get_column_letter, range_boundaries

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.sheet_places import MOST_COLUMNS, MOST_ROWS, WorkbookNotInOrder
from services.grants.round.batch_file.sheet_values import RawCell
from services.grants.round.batch_file.workbook_parts import NAMESPACES, WorkbookUnreadable, parse

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_MEANT = frozenset({"row", "c", "v", "f", "is", "t"})
DEEPEST, TOLD = 20, 20
LOWEST, NARROWEST = 2.0, 0.3
"""A row below so many points, or a column below so many signs, shows nothing that anybody could read."""


class WorkbookHides(Refusal):
    """The sheet holds something that is not to be seen in it: hidden rows or columns, or merged cells. Nothing of it is
    taken."""

    code = "workbook-hides-something"
    status = 422
    title = "Arket skjuler noe av innholdet"


@dataclass
class SheetRows:
    """The rows that hold something, as the XML is read; what hides them is told once all is known."""

    most: int
    rows: dict[int, list[RawCell]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    wide: list[tuple[int, int]] = field(default_factory=list)
    rows_hide: bool = False
    columns_hide: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)
    _row: int = 0
    _hides: bool = False
    _cells: list[RawCell] = field(default_factory=list)
    _runs: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition("}")
        if namespace not in NAMESPACES:
            if element in _MEANT:
                raise WorkbookNotInOrder(f"After row {self._row} stands a part of another kind of document.")
            element = f"{namespace}}}{element}"
        self._inside.append(element)
        if len(self._inside) > DEEPEST:
            raise WorkbookUnreadable(f"The sheet is nested deeper than {DEEPEST} levels. Save it as .xlsx again.")
        match self._inside[1:]:
            case ["sheetData", "row"]:
                self._begin_row(attributes)
            case ["sheetData", "row", "c"]:
                self._begin_cell(attributes)
            case ["sheetData", "row", "c", "f"]:
                self._cells[-1].formula = True
            case ["sheetData", "row", "c", "v" | "is"]:
                self._begin_value(element)
            case ["sheetData", *_, "row" | "c" | "v" | "is"]:
                raise WorkbookNotInOrder(f"Row {self._row} holds a {element} within another. Save it as .xlsx again.")
            case ["cols", "col"]:
                columns = int(attributes["min"]), int(attributes["max"])
                narrow = _is_below(NARROWEST, attributes.get("width"))
                (self.hidden_columns if narrow or _is_true(attributes.get("hidden")) else self.wide).append(columns)
            case ["sheetFormatPr"]:
                self.rows_hide = _is_true(attributes.get("zeroHeight")) or _is_below(
                    LOWEST, attributes.get("defaultRowHeight")
                )
                self.columns_hide = _is_below(NARROWEST, attributes.get("defaultColWidth"))
            case ["mergeCells", "mergeCell"]:
                self.merged.append(_boundaries(attributes.get("ref", "")))

    def end(self, _: str) -> None:
        match self._inside[1:]:
            case ["sheetData", "row", "c", "v"]:
                self._cells[-1].value = "".join(self._runs)
            case ["sheetData", "row", "c", "is"]:
                self._cells[-1].text = "".join(self._runs)
            case ["sheetData", "row", "c"]:
                self._check_kind(self._cells[-1])
            case ["sheetData", "row"]:
                self._end_row()
        self._inside.pop()

    def text(self, said: str) -> None:
        match self._inside[4:]:
            case ["v"] | ["is", "t"] | ["is", "r", "t"]:
                self._runs.append(said)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r", str(self._row + 1))
        number = int(said) if re.fullmatch(r"\d{1,7}", said, re.ASCII) else 0
        if not self._row < number <= MOST_ROWS:
            raise WorkbookNotInOrder(
                f"After row {self._row} stands a row that is no later one. Save it as .xlsx again."
            )
        self._row, self._cells = number, []
        hidden = attributes.get("hidden")
        low = _is_below(LOWEST, attributes["ht"]) if "ht" in attributes else self.rows_hide and hidden is None
        self._hides = low or _is_true(hidden)

    def _end_row(self) -> None:
        held = [cell for cell in self._cells if cell.holds]
        if not held:
            return
        if held[-1].column > MOST_COLUMNS:
            raise WorkbookNotInOrder(
                f"Row {self._row} holds something to the right of column {MOST_COLUMNS}. Remove it."
            )
        self.rows[self._row] = held
        if self._hides:
            self.hidden_rows.append(self._row)
        if len(self.rows) > self.most:
            raise Enough

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        last = self._cells[-1].column if self._cells else 0
        row, column = _place(attributes["r"]) if "r" in attributes else (self._row, last + 1)
        if row != self._row or column <= last:
            raise WorkbookNotInOrder(
                f"Row {self._row} holds a cell of another row, or one twice. Save it as .xlsx again."
            )
        style = attributes.get("s", "0")
        self._cells.append(RawCell(column, attributes.get("t", "n"), int(style) if style.isdecimal() else 0))

    def _begin_value(self, element: str) -> None:
        cell = self._cells[-1]
        if (cell.value if element == "v" else cell.text) is not None:
            raise WorkbookNotInOrder(f"Row {self._row} holds a cell with two values. Save it as .xlsx again.")
        self._runs = []

    def _check_kind(self, cell: RawCell) -> None:
        """A cell's value stands where its kind says, or a reader would miss it."""
        if (cell.text is not None) != (cell.kind == "inlineStr") and cell.holds:
            raise WorkbookNotInOrder(f"Row {self._row} holds something that cannot be read. Save it as .xlsx again.")


class Enough(Exception):
    """More rows than are taken; reading on would be of no use."""


def read_sheet_rows(xml: bytes, *, most: int) -> dict[int, list[RawCell]]:
    """The rows of a sheet that hold something, each with its cells that do. More than `most` are told as one more than
    that, and not read further. Refuses `WorkbookNotInOrder`, `WorkbookHides`, `WorkbookUnreadable`."""
    sheet = SheetRows(most)
    try:
        parse(xml, sheet.start, sheet.end, sheet.text)
    except Enough:
        return sheet.rows
    for told in _hiding(sheet):
        raise WorkbookHides(told)
    return sheet.rows


def _hiding(sheet: SheetRows) -> Iterator[str]:
    """What in the sheet is not to be seen, a sentence each."""
    if sheet.hidden_rows:
        named = ", ".join(map(str, sheet.hidden_rows[:TOLD]))
        yield (
            f"{len(sheet.hidden_rows)} rows that hold something are hidden, by a filter perhaps: {named}."
            " Show them, or remove them."
        )
    used = {cell.column for cells in sheet.rows.values() for cell in cells}
    for first, last in sheet.hidden_columns:
        if covered := [column for column in used if first <= column <= last]:
            yield f"Column {get_column_letter(min(covered))} is hidden and holds something. Show it, or remove it."
    if sheet.columns_hide and any(not any(low <= each <= high for low, high in sheet.wide) for each in used):
        yield "The sheet's columns have no width and hold something. Give them one, or remove them."
    for left, top, right, bottom in sheet.merged:
        if any(top <= row <= bottom for row in sheet.rows):
            yield (
                f"Cells {get_column_letter(left)}{top}:{get_column_letter(right)}{bottom} are merged. Split them, and"
                " write in each what it holds."
            )


def _place(said: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(said)
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _boundaries(ref: str) -> tuple[int, int, int, int]:
    try:
        left, top, right, bottom = range_boundaries(ref)
    except ValueError:
        raise WorkbookUnreadable("The sheet merges cells that there are not. Save it as .xlsx again.") from None
    return left or 1, top or 1, right or MOST_COLUMNS, bottom or MOST_ROWS


def _is_below(least: float, said: str | None) -> bool:
    return said is not None and float(said) < least


def _is_true(said: str | None) -> bool:
    return said in ("1", "true")
