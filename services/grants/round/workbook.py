"""A workbook's one sheet as rows of exact values. It comes from outside, so it is unpacked within bounds before the
library sees it, and no formula is worked out.

openpyxl reads a sheet row by row and stops where it is told. (A reader that first makes room for every cell between the
outermost two ends the whole process on a single cell in the last row and column; decision 0020.)
"""

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from openpyxl import load_workbook

from services.eventlog.refusal import Refusal
from services.grants.round.batch_cells import Cell, Unusable
from services.grants.round.sheet_places import WorkbookNotInOrder, filled_places

UNPACKED_BYTES = 16 * 1024 * 1024
UNPACKED_PARTS = 200


class WorkbookUnreadable(Refusal):
    """The workbook as a whole is not of the form asked for; nothing of it was read further."""

    code = "workbook-unreadable"
    status = 422
    title = "Arbeidsboken kan ikke leses"


class BatchTooLong(Refusal):
    """More lines than one batch takes. Send it in parts."""

    code = "batch-too-long"
    status = 422
    title = "Filen har for mange linjer"

    @classmethod
    def than(cls, most_lines: int) -> "BatchTooLong":
        return cls(f"A batch takes at most {most_lines} lines.", most_lines=most_lines)


def read_rows(content: bytes, *, most_lines: int) -> list[tuple[int, list[Cell]]]:
    """The rows of the workbook's one sheet that hold something, each with its number there: all of them, wherever they
    stand, the header and at most so many lines. Refuses `WorkbookUnreadable`, `WorkbookNotInOrder`, `BatchTooLong`.

    openpyxl reads as it goes, so all of it happens here.
    """
    try:
        book = load_workbook(unpacked(content), read_only=True, data_only=False, keep_links=False)
        if len(book.worksheets) != 1:
            raise WorkbookUnreadable(f"The workbook has {len(book.worksheets)} sheets. Keep the one with the lines.")
        return list(_filled(_read_whole(book.worksheets[0], most_lines)))
    except Refusal:
        raise
    except Exception:  # noqa: BLE001 - the bytes are a stranger's, and the library fails on them in many ways
        raise WorkbookUnreadable("This is not a workbook that can be read. Save it as .xlsx again.") from None


def _read_whole(sheet: Any, most_lines: int) -> list[tuple[int, list[Cell]]]:
    """Every row in which the sheet's XML holds something, with its number. That the library read a value in each of
    those places, and in no other, is seen here and not believed."""
    with sheet._get_source() as xml:
        places = filled_places(xml, most=most_lines + 1)
    if len(places) > most_lines + 1:
        raise BatchTooLong.than(most_lines)
    lines: list[tuple[int, list[Cell]]] = []
    if not places:
        return lines
    width = max(columns[-1] for columns in places.values())
    for number, row in enumerate(sheet.iter_rows(max_row=max(places), max_col=width), start=1):
        if number in places:
            if [place for place, cell in enumerate(row, start=1) if cell.value is not None] != places[number]:
                raise WorkbookNotInOrder(f"Row {number} holds something that cannot be read. Save it as .xlsx again.")
            lines.append((number, [_cell(cell) for cell in row]))
    if len(lines) != len(places):
        raise WorkbookNotInOrder(f"Only {len(lines)} of {len(places)} rows could be read. Save it as .xlsx again.")
    return lines


def _filled(lines: list[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that hold something, each at least as wide as the first of them: a sheet's rows end where they are
    empty."""
    width = 0
    for number, cells in lines:
        used = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
        width = width or used
        if used:
            yield number, (cells + [None] * width)[: max(width, used)]


def unpacked(content: bytes) -> io.BytesIO:
    """The workbook with each part inflated once, within bounds, and none compressed: what the library then reads is
    what was measured here. Refuses one that unpacks to too much, hides parts behind others or defines entities.

    A document type is where entity bombs are written, and no workbook has one.
    """
    left, plain = UNPACKED_BYTES, io.BytesIO()
    with ZipFile(io.BytesIO(content)) as packed, ZipFile(plain, "w", ZIP_STORED) as stored:
        parts = packed.infolist()
        if len(parts) > UNPACKED_PARTS or len({part.filename for part in parts}) != len(parts):
            raise WorkbookUnreadable("The workbook has too many parts, or two of one name.")
        for part in parts:
            with packed.open(part) as inflating:
                data = inflating.read(left + 1)
            left -= len(data)
            if left < 0:
                raise WorkbookUnreadable(f"The workbook unpacks to more than {UNPACKED_BYTES} bytes.")
            if b"<!DOCTYPE" in data:
                raise WorkbookUnreadable("The workbook defines a document type, which no workbook needs.")
            stored.writestr(part.filename, data)
    plain.seek(0)
    return plain


def _cell(cell: Any) -> Cell:
    """What a cell holds as an exact value. A number that Excel keeps as binary is read as the shortest decimal that is
    that number, which is what was typed."""
    value = cell.value
    if cell.data_type == "f":
        return Unusable("formula", "This cell is a formula. Paste it as a value.")
    if cell.data_type == "e" or isinstance(value, bool):
        return Unusable("not-a-value", "This cell holds an error or a yes/no, and no value.")
    match value:
        case None | str() | int():
            return value or None if isinstance(value, str) else value
        case float():
            return Decimal(repr(value))
        case datetime() if (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
            return value.date()
    return Unusable("not-a-value", "This cell holds a time of day or something else that is no value here.")
