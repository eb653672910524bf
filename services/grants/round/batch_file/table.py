"""A batch file as a table: CSV or one sheet of XLSX, read strictly, without understanding what it says.

What cannot be read is refused rather than guessed at. `docs/per-capita-files.md` tells those who make the files what
they may hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.cells import Cell
from services.grants.round.batch_file.csv_lines import BatchUnreadable, rows_of_csv
from services.grants.round.batch_file.sheet_places import MOST_COLUMNS
from services.grants.round.batch_file.workbook import BatchTooLong, read_rows
from services.text.folding import folded

MOST_LINES = 10_000

Kind = Literal["csv", "xlsx"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number there (the header is line 1 of most), and what stands under each column."""

    line: int
    cells: dict[str, Cell]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong in one place of the file, and what to do about it. It never repeats what stood there."""

    line: int
    column: str | None
    code: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The lines that could be taken apart, and the faults of those that could not."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


class BatchColumnsWrong(Refusal):
    """The header is not the columns asked for: some are missing, unknown or named twice."""

    code = "batch-columns-wrong"
    status = 422
    title = "Filen har feil kolonner"


def read_sheet(content: bytes, kind: Kind, *, required: Sequence[str], optional: Sequence[str]) -> Sheet:
    """The file's lines under its columns, which may stand in any order.

    Lines that hold nothing are passed over, and no other. Refuses `BatchUnreadable`, `BatchTooLong`,
    `BatchColumnsWrong`.
    """
    lines = rows_of_csv(content) if kind == "csv" else iter(read_rows(content, most_lines=MOST_LINES))
    header_line, header = next(lines, (1, []))
    header = _without_blank_end(header)
    columns = _columns(header, required, optional)
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, (line, cells) in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise BatchTooLong.than(MOST_LINES)
        cells = cells if len(cells) <= len(columns) else _without_blank_end(cells, least=len(columns))
        if len(cells) == len(columns):
            rows.append(Row(line, dict(zip(columns, cells, strict=True))))
        else:
            told = f"The line has {len(cells)} cells and the header has {len(columns)}."
            faults.append(Fault(line=line, column=None, code="cells-not-as-header", what=told))
    if not rows and not faults:
        raise BatchUnreadable(f"There is no line below the header on line {header_line}.")
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def _as_named(column: str) -> str:
    """A column's name without what nobody means by it: case, spaces, and what joins its words."""
    return folded(column).replace("_", "").replace("-", "")


def _without_blank_end(cells: Sequence[Cell], *, least: int = 0) -> list[Cell]:
    """The cells without the empty ones at the end, which a spreadsheet writes for every column it has formatted."""
    used = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
    return list(cells[: max(used, least)])


def _columns(header: Sequence[Cell], required: Sequence[str], optional: Sequence[str]) -> list[str]:
    known = (*required, *optional)
    by_name = {_as_named(column): column for column in known}
    columns = [by_name.get(_as_named(cell), "") if isinstance(cell, str) else "" for cell in header]
    if len(columns) > MOST_COLUMNS:
        raise BatchColumnsWrong(f"The first line names {len(columns)} columns.", known=list(known))
    missing = [column for column in required if column not in columns]
    twice = [column for column in known if columns.count(column) > 1]
    unknown = [place for place, column in enumerate(columns, start=1) if column not in known]
    if missing or twice or unknown:
        raise BatchColumnsWrong(
            " ".join(
                [
                    "The first line names the columns: each required one once, and no other than the known ones.",
                    *([f"Missing: {', '.join(missing)}."] if missing else []),
                    *([f"More than once: {', '.join(twice)}."] if twice else []),
                    *([f"Not known: cell {', '.join(map(str, unknown[:10]))} of the line."] if unknown else []),
                ]
            ),
            missing=missing,
            twice=twice,
            unknown_at=unknown,
            known=list(known),
        )
    return columns
