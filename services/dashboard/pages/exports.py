"""A table as a file: XLSX or CSV. Amounts are numbers in kroner, codes are text, and no text is a formula.

Both are made a batch of rows at a time, so that a large table takes no more memory than a small one, and are written to
a temporary file first: a failure on the way is still answered as one. Two are made at once, one of each session.
"""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any
from weakref import WeakKeyDictionary

import xlsxwriter
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.calendar.clock import OSLO
from services.calendar.patience import at_most
from services.dashboard.pages.cells import as_text, is_formula, plain
from services.dashboard.pages.tables import Column, Row, Table, Value, told
from services.dashboard.pages.turns import Turns
from services.dashboard.words.spoken import N_, gettext

BATCH = 500
CHUNK_BYTES = 64 * 1024
LONGEST_TEXT = 32_000
"""What a cell of a spreadsheet can hold is 32 767 characters."""
FIRST_DAY = date(1900, 3, 1)
"""Excel knows no day before 1900, and takes that February for longer than it was."""
AT_ONCE, SECONDS = 2, at_most(20)
"""So many files are made at once, and so long one waits for its turn."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"text": 34, "code": 16, "money": 20, "day": 12, "instant": 18, "count": 10}
_WORDS = {"text": "@", "code": "@"}
_NUMBERS = {"money": "#,##0.00", "count": "0", "day": "dd.mm.yyyy", "instant": "dd.mm.yyyy hh:mm:ss"}
_FORMATS = {**_WORDS, **_NUMBERS}
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class About:
    """What a file tells of itself beside its rows: a line each, `what` and what it is. `left_out` is said in every
    kind of file: at the end of one that has no place but its rows."""

    name: str
    lines: Sequence[tuple[str, str]]
    left_out: str = ""


class _AsFile(Response):
    """The table as a file, made whole in the turn of whoever asks (`of`) and then sent. Refuses `NotYourTurn`."""

    ending, kind = "", ""

    def __init__(self, table: Table, about: About, *, of: str = "") -> None:
        super().__init__(media_type=self.kind, headers=_headers(f"{about.name}.{self.ending}"))
        self._table, self._about, self._of = table, about, of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        turns = _turns.setdefault(asyncio.get_running_loop(), Turns(at_once=AT_ONCE, of_one=1, seconds=SECONDS))
        with tempfile.TemporaryFile() as file:
            async with turns.taken(self._of):
                await self.write(file)
            self.headers["content-length"] = str(file.seek(0, io.SEEK_END))
            file.seek(0)
            sent = StreamingResponse(_chunks(file), headers=dict(self.headers), media_type=self.kind)
            await sent(scope, receive, send)

    async def write(self, file: IO[bytes]) -> None:
        raise NotImplementedError


class AsCsv(_AsFile):
    """UTF-8 with a mark that says so, parted by semicolons, decimal commas: as Norwegian spreadsheets open it."""

    ending, kind = "csv", "text/csv; charset=utf-8"

    async def write(self, file: IO[bytes]) -> None:
        async for lines in _csv_batches(self._table, self._about.left_out):
            await asyncio.to_thread(file.write, lines.encode())


class AsXlsx(_AsFile):
    """A spreadsheet, made when it is asked for."""

    ending, kind = "xlsx", XLSX

    async def write(self, file: IO[bytes]) -> None:
        await _write(self._table, self._about, file)


async def _csv_batches(table: Table, left_out: str) -> AsyncIterator[str]:
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _csv_lines([[gettext(column.title) for column in table.columns]])
    async for batch in _batches(table):
        yield _csv_lines([[as_text(told(row.get(each.key)), each) for each in table.columns] for row in batch])
    if left_out:
        yield _csv_lines([[left_out]])


def _csv_lines(rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(rows)
    return written.getvalue()


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


async def _write(table: Table, about: About, file: IO[bytes]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(file, options | {"strings_to_numbers": False, "default_date_format": "dd.mm.yyyy"})
    try:
        sheet = _Sheet(workbook, table)
        async for batch in _batches(table):
            await asyncio.to_thread(sheet.add, batch)
        sheet.finish()
        _tell(workbook, about)
    finally:
        await asyncio.to_thread(workbook.close)


class _Sheet:
    """The rows, under a header that stays in sight and filters."""

    def __init__(self, workbook: Any, table: Table) -> None:
        self._columns = table.columns
        self._formats = {kind: workbook.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        self._quoted = workbook.add_format({"num_format": "@", "quote_prefix": True})
        self._sheet = workbook.add_worksheet(gettext(N_("Tabell")))
        self._written = 1
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, WIDTHS[column.kind])
            self._sheet.write_string(0, place, plain(gettext(column.title)), head)
        self._sheet.freeze_panes(1, 1)

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            for place, column in enumerate(self._columns):
                self._put(self._written, place, told(row.get(column.key)), column)
            self._written += 1

    def finish(self) -> None:
        self._sheet.autofilter(0, 0, max(1, self._written - 1), len(self._columns) - 1)

    def _put(self, row: int, place: int, value: Value, column: Column) -> None:
        if value is None:
            return
        form = self._formats[column.kind]
        if isinstance(value, int):
            self._sheet.write_number(row, place, value / 100 if column.kind == "money" else value, form)
        elif isinstance(value, datetime):
            local = value.astimezone(OSLO).replace(tzinfo=None)
            self._sheet.write_datetime(row, place, local, self._formats["instant"])
        elif isinstance(value, date) and value >= FIRST_DAY:
            self._sheet.write_datetime(row, place, value, self._formats["day"])
        else:
            text = plain(value if isinstance(value, str) else as_text(value, column))[:LONGEST_TEXT]
            self._sheet.write_string(row, place, text, self._quoted if is_formula(text) else self._formats["text"])


def _tell(workbook: Any, about: About) -> None:
    quoted = workbook.add_format({"quote_prefix": True})
    sheet = workbook.add_worksheet(gettext(N_("Om tabellen")))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for row, (what, said) in enumerate(about.lines):
        sheet.write_string(row, 0, plain(what))
        sheet.write_string(row, 1, plain(said)[:LONGEST_TEXT], quoted if is_formula(plain(said)) else None)


async def _batches(table: Table) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    async for row in table.every_row():
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _headers(file_name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{file_name}"',
        "Cache-Control": "no-store",
        "Vary": "Cookie",
        "X-Content-Type-Options": "nosniff",
    }
