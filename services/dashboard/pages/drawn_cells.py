"""The rows of a table, and one cell, as HTML. Written here rather than in a template: a page has hundreds of cells,
and a macro costs ten times what the few words in a cell do. Every text is escaped.
"""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from services import bokmal
from services.dashboard.pages.tables import Cell, Column, Link, Links, Row, Table, Tag, Value, shortened
from services.dashboard.words.spoken import N_, day_in_words, gettext, instant_in_words, kroner


def body(table: Table) -> Markup:
    """Every row that is shown, the first cell of each as its header."""
    first, *others = table.columns
    begun = '<th scope="row">'
    opened = [(each, _opened(each)) for each in others]
    return Markup("".join(part for row in table.rows for part in _row(row, first, begun, opened)))


def cell(cell: Cell, column: Column) -> Markup:
    """What stands in a cell, with where it leads and what colour it has."""
    return Markup("".join(_parts(cell, column)))


def _opened(column: Column) -> str:
    number = ' class="number"' if column.is_number else ""
    return f'<td{number} data-label="{escape(gettext(column.title))}">'


def _row(row: Row, first: Column, begun: str, opened: list[tuple[Column, str]]) -> Iterator[str]:
    yield "<tr>\n"
    yield begun
    yield from _parts(row.get(first.key), first)
    yield "</th>\n"
    for column, begins in opened:
        yield begins
        yield from _parts(row.get(column.key), column)
        yield "</td>\n"
    yield "</tr>\n"


def _parts(cell: Cell, column: Column) -> Iterator[str]:
    if isinstance(cell, Tag):
        yield from ('<span class="ds-tag" data-color="', cell.colour, '">', escape(gettext(cell.value)), "</span>")
    elif isinstance(cell, Links):
        yield from _links(cell, column)
    elif isinstance(cell, Link) and cell.value is not None:
        yield from ('<a class="ds-link" href="', escape(cell.address), '">', *_plain(cell.value, column), "</a>")
    else:
        yield from _plain(cell.value if isinstance(cell, Link) else cell, column)


def _plain(value: Value, column: Column) -> tuple[str, ...]:
    """A value as its kind is written. What kind of value stands there, the column says."""
    told: Any = value
    if told is None:
        missing = escape(gettext(column.missing))
        return ('<span class="missing" aria-hidden="true">–</span><span class="ds-sr-only">', missing, "</span>")
    match column.kind:
        case "money":
            sort = " amount--zero" if told == 0 else " amount--below" if told < 0 else ""
            return ('<span class="amount', sort, '">', escape(kroner(told)), "</span>")
        case "day":
            return ('<time datetime="', escape(told), '">', escape(day_in_words(told)), "</time>")
        case "instant":
            return (
                '<time datetime="',
                escape(told.isoformat(timespec="milliseconds")),
                '">',
                escape(instant_in_words(told)),
                "</time>",
            )
        case "count":
            return ('<span class="amount amount--count">', escape(told), "</span>")
        case "code":
            return ('<span class="number-like">', escape(told), "</span>")
        case "text":
            return ('<bdi class="words">', escape(bokmal.unbroken(shortened(str(told)))), "</bdi>")


def _links(links: Links, column: Column) -> Iterator[str]:
    yield "<span>"
    for nth, each in enumerate(links.first):
        yield ", " if nth else ""
        yield from ('<a class="ds-link number-like" href="', escape(each.address), '">', escape(each.value), "</a>")
    if links.more:
        yield f" {escape(gettext(N_('og %(more)s til'), more=links.more))}"
    if not links.first:
        yield from _plain(None, column)
    yield "</span>"
