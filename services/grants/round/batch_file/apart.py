"""A batch file read in a process of its own, and what comes over from there: each cell as JSON can say it, exactly.

A text is a text and a whole number a number; a decimal, a day and what is no value are told by their kind.
"""

from dataclasses import astuple
from datetime import date
from decimal import Decimal
from typing import Any

from services.grants.round.batch_file.cells import Cell, Unusable
from services.grants.round.batch_file.csv_lines import BatchUnreadable
from services.grants.round.batch_file.table import (
    BatchColumnsWrong,
    Fault,
    Kind,
    Row,
    Sheet,
    read_sheet,
)
from services.grants.round.batch_file.workbook import (
    BatchTooLong,
    WorkbookHides,
    WorkbookNotInOrder,
    WorkbookUnreadable,
)
from services.httpapi.strict.strict_json import DocumentUnreadable
from services.sandbox import Reading


def read_apart(content: bytes, *, kind: Kind, required: list[str], optional: list[str]) -> Any:
    """The sheet (`read_sheet`) as JSON can say it. Called in the other process."""
    sheet = read_sheet(content, kind, required=required, optional=optional)
    rows = [[row.line, {column: _told(cell) for column, cell in row.cells.items()}] for row in sheet.rows]
    return {"rows": rows, "faults": [astuple(fault) for fault in sheet.faults]}


def _told(cell: Cell) -> Any:
    match cell:
        case Decimal():
            return {"decimal": str(cell)}
        case date():
            return {"day": cell.isoformat()}
        case Unusable(code, what):
            return {"code": code, "what": what}
    return cell


def _taken(told: Any) -> Sheet:
    return Sheet(
        rows=tuple(Row(line, {column: _cell(each) for column, each in cells.items()}) for line, cells in told["rows"]),
        faults=tuple(
            Fault(line=line, column=column, code=code, what=what) for line, column, code, what in told["faults"]
        ),
    )


def _cell(told: Any) -> Cell:
    match told:
        case {"decimal": digits}:
            return Decimal(digits)
        case {"day": day}:
            return date.fromisoformat(day)
        case {"code": code, "what": what}:
            return Unusable(code, what)
    assert told is None or isinstance(told, str | int)
    return told


SHEET = Reading(
    function=f"{__name__}:{read_apart.__name__}",
    taken=_taken,
    refusals=(
        BatchUnreadable,
        BatchColumnsWrong,
        BatchTooLong,
        WorkbookUnreadable,
        WorkbookNotInOrder,
        WorkbookHides,
        DocumentUnreadable,
    ),
)
"""A batch file of CSV or XLSX. Asked with `kind`, and the columns that are `required` and `optional`."""
