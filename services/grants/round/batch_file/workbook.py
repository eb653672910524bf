"""A workbook's one sheet as rows of exact values: all that stands in it, wherever, or a refusal that says why not.

What was read is held against a count of its own over the sheet's XML (`sheet_places.py`), cell by cell: a line that is
lost is money that is not awarded. No formula is worked out. Decision 0020.
"""

import io

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.cells import Cell
from services.grants.round.batch_file.sheet import WorkbookHides, read_sheet_rows
from services.grants.round.batch_file.sheet_places import WorkbookNotInOrder, filled_places
from services.grants.round.batch_file.sheet_values import RawCell, Values, values_of
from services.grants.round.batch_file.workbook_parts import UNPACKED_BYTES, WorkbookUnreadable, open_book

__all__ = [
    "UNPACKED_BYTES",
    "BatchTooLong",
    "WorkbookHides",
    "WorkbookNotInOrder",
    "WorkbookUnreadable",
    "read_rows",
]


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
    stand, the header and at most so many lines. Refuses `WorkbookUnreadable`, `WorkbookNotInOrder`, `WorkbookHides`,
    `BatchTooLong`."""
    try:
        return _read_rows(content, most_lines)
    except (Refusal, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - the bytes are a stranger's, and a library fails on them in many ways
        raise WorkbookUnreadable("This is not a workbook that can be read. Save it as .xlsx again.") from None


def _read_rows(content: bytes, most_lines: int) -> list[tuple[int, list[Cell]]]:
    book = open_book(content)
    rows = read_sheet_rows(book.sheet, most=most_lines + 1)
    if len(rows) > most_lines + 1:
        raise BatchTooLong.than(most_lines)
    places = filled_places(io.BytesIO(book.sheet), most=most_lines + 1)
    if {number: [cell.column for cell in cells] for number, cells in rows.items()} != places:
        raise WorkbookNotInOrder(f"{len(rows)} of {len(places)} rows could be read. Save it as .xlsx again.")
    values = values_of(book)
    width = 0
    lines = []
    for number, cells in rows.items():
        line = _line(number, cells, values)
        used = max((place for place, cell in enumerate(line, start=1) if cell is not None), default=0)
        width = width or used
        if used:
            lines.append((number, (line + [None] * width)[: max(width, used)]))
    return lines


def _line(number: int, cells: list[RawCell], values: Values) -> list[Cell]:
    """The row's cells from its first column on."""
    line: list[Cell] = [None] * cells[-1].column
    for cell in cells:
        try:
            line[cell.column - 1] = values.of(cell)
        except LookupError:
            raise WorkbookNotInOrder(
                f"Row {number} holds something that cannot be read. Save it as .xlsx again."
            ) from None
    return line
