"""Where a sheet holds something, told by its own XML: what the library reads is held against it, cell by cell.

A sheet states the place of each row and cell, and a reader may trust the order instead: openpyxl passes over a row that
stands after a later one, or twice, without a word. A line that is lost is money that is not awarded; so a sheet is
taken whole or not at all.
"""

from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils.cell import coordinate_to_tuple

from services.eventlog.refusal import Refusal

MOST_ROWS, MOST_COLUMNS = 1_048_576, 64

Places = dict[int, list[int]]
"""The columns that hold something, by the number of their row; both from 1, in order. No row is empty."""


class WorkbookNotInOrder(Refusal):
    """The sheet holds its rows or cells out of order, twice, or where nothing is read; read on, a line might be lost.
    Nothing of it is taken."""

    code = "workbook-not-in-order"
    status = 422
    title = "Arket i arbeidsboken er ikke i orden"


def filled_places(sheet: IO[bytes], *, most: int) -> Places:
    """The places of a sheet's XML that hold a value, a formula or a text, an empty one too. More than `most` rows are
    told as one more than that, and not read further. Refuses `WorkbookNotInOrder`.

    The XML must be free of document types."""
    places: Places = {}
    last = 0
    for row in _rows(sheet):
        number = int(row.get("r", last + 1))
        if not last < number <= MOST_ROWS:
            raise WorkbookNotInOrder(f"After row {last} stands a row that is no later one. Save it as .xlsx again.")
        last = number
        if columns := _columns(row, number):
            places[number] = columns
            if len(places) > most:
                break
    return places


def _rows(sheet: IO[bytes]) -> Iterator[Element]:
    """Every row, whatever namespace it is written in, and in what it stands. Its cells are forgotten afterwards."""
    for _, element in iterparse(sheet):
        if _name(element) == "row":
            yield element
            element.clear()


def _columns(row: Element, number: int) -> list[int]:
    """The columns of a row that hold something."""
    columns: list[int] = []
    last = 0
    for cell in row:
        stated = cell.get("r")
        place = coordinate_to_tuple(stated) if stated else (number, last + 1)
        if place[0] != number or place[1] <= last:
            raise WorkbookNotInOrder(f"Row {number} holds a cell of another row, or one twice. Save it as .xlsx again.")
        last = place[1]
        if _holds(cell, number):
            columns.append(last)
    if columns and columns[-1] > MOST_COLUMNS:
        raise WorkbookNotInOrder(f"Row {number} holds something to the right of column {MOST_COLUMNS}. Remove it.")
    return columns


def _holds(cell: Element, number: int) -> bool:
    """Whether the cell holds something: a value, a text written in it, or a formula."""
    held = [_name(part) for part in cell]
    if held.count("v") > 1 or held.count("is") > 1:
        raise WorkbookNotInOrder(f"Row {number} holds a cell with two values. Save it as .xlsx again.")
    return any(name in ("is", "f") or (name == "v" and part.text) for name, part in zip(held, cell, strict=True))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
