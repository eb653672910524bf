"""A table as data. The page that is read, the spreadsheet and the CSV file are made from the same one, so they cannot
tell of different things.

A page gives its tables names, and is asked for one of them by `?tabell=<name>&som=xlsx` (or `csv`) beside what it was
asked for itself.

Titles, captions, notes and tags are marked (`N_`) and looked up in the reader's language as they are shown. What stands
in a cell is shown as it is: where it is a sentence of ours, it is looked up as the row is made (`words.gettext`).
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.dashboard.words.spoken import N_, gettext

Kind = Literal["text", "code", "money", "day", "instant", "count"]
"""`code` is text that looks like a number and is none: organisation numbers, case numbers, posts."""

Value = str | int | date | datetime | None
"""Money in whole øre; instants aware of their zone. None: there is none, or nobody has said."""

PAGE = 50
LONGEST = 400
"""How much of a text is shown in a cell of a page. The spreadsheet has all of it that a cell can hold."""


@dataclass(frozen=True)
class Link:
    """A value that leads to one of our own pages."""

    value: Value
    address: str


@dataclass(frozen=True)
class Tag:
    """A state or a kind, which is also coloured. The words carry it; the colour only helps."""

    value: str
    colour: Literal["neutral", "info", "success", "warning", "danger"] = "neutral"


@dataclass(frozen=True)
class Links:
    """Several values, each of which leads to a page of its own. The page shows the first of very many and says how many
    more there are; a file has all of them."""

    links: tuple[Link, ...]
    shown: int = 12

    @property
    def first(self) -> tuple[Link, ...]:
        """Those the page shows: all but one would be no shorter than all."""
        return self.links if len(self.links) <= self.shown + 1 else self.links[: self.shown]

    @property
    def more(self) -> int:
        return len(self.links) - len(self.first)


Cell = Value | Link | Links | Tag
Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Column:
    """`missing` is read aloud where there is nothing; `term` is the word of money its header explains
    (`definitions.py`)."""

    key: str
    title: str
    kind: Kind = "text"
    missing: str = N_("ikke oppgitt")
    term: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in ("money", "count")


@dataclass(frozen=True)
class Side:
    """Which part of a large table is shown, of how many. The first is 1."""

    number: int
    last: int


@dataclass(frozen=True)
class Table:
    """`name` is what it is called in addresses. The first column says what each row is of. `empty` is said where there
    is no row, `note` under the rows. `words`: those that stand in it beside its
    headers and need a definition. Where only a part is shown (`side`), `whole` gives every row of it anew."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""
    empty: str = N_("Ingen rader.")
    words: Sequence[str] = ()
    side: Side | None = None
    whole: Callable[[], AsyncIterator[Row]] | None = None

    async def every_row(self) -> AsyncIterator[Row]:
        """All of it, as the export tells it."""
        if self.whole is None:
            for row in self.rows:
                yield row
        else:
            async for row in self.whole():
                yield row


def paged(table: Table, number: int, *, size: int = PAGE) -> Table:
    """One side of a table whose rows are all at hand; the export still has every one. A side beyond the last is the
    last."""
    rows = table.rows
    last = max(1, -(-len(rows) // size))
    number = min(max(1, number), last)

    async def whole() -> AsyncIterator[Row]:
        for row in rows:
            yield row

    shown = rows[(number - 1) * size : number * size]
    return replace(table, rows=shown, side=Side(number, last) if last > 1 else None, whole=whole)


def told(cell: Cell) -> Value:
    """What the cell tells, without where it leads and what colour it has."""
    if isinstance(cell, Tag):
        return gettext(cell.value)
    if isinstance(cell, Links):
        return ", ".join(str(each.value) for each in cell.links) or None
    return cell.value if isinstance(cell, Link) else cell


def shortened(text: str) -> str:
    """A text as a page shows it: its beginning, where it is very long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
