"""The rows of a table, and one cell, as HTML. Written here rather than in a template: a page has hundreds of cells,
and a macro costs ten times what the few words in a cell do. Every text is escaped.
"""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from services import bokmal
from services.dashboard.pages.tables import Cell, Column, Link, Links, Table, Tag, Value, shortened
from services.dashboard.words.spoken import N_, day_in_words, gettext, instant_in_words, kroner

LONGEST_WORD = 30
"""Signs of a word that is kept whole where there is room; what is longer is no word, and is broken anywhere."""


def body(table: Table) -> Markup:
    """Every row that is shown, the first cell of each as its header."""
    columns = [(each, _opened(each), "</td>\n") for each in table.columns]
    columns[0] = (table.columns[0], '<th scope="row">', "</th>\n")
    parts: list[str] = []
    for row in table.rows:
        parts.append("<tr>\n")
        for column, begins, ends in columns:
            parts += (begins, _drawn(row.get(column.key), column), ends)
        parts.append("</tr>\n")
    return Markup("".join(parts))


def cell(cell: Cell, column: Column) -> Markup:
    """What stands in a cell, with where it leads and what colour it has."""
    return Markup(_drawn(cell, column))


def _opened(column: Column) -> str:
    number = ' class="number"' if column.is_number else ""
    return f'<td{number} data-label="{escape(gettext(column.title))}">'


def _drawn(cell: Cell, column: Column) -> str:
    if isinstance(cell, Tag):
        return f'<span class="ds-tag" data-color="{cell.colour}">{escape(gettext(cell.value))}</span>'
    if isinstance(cell, Links):
        return "".join(_links(cell, column))
    if isinstance(cell, Link):
        plain = _plain(cell.value, column)
        return plain if cell.value is None else f'<a class="ds-link" href="{escape(cell.address)}">{plain}</a>'
    return _plain(cell, column)


def _plain(value: Value, column: Column) -> str:
    """A value as its kind is written. What kind of value stands there, the column says."""
    told: Any = value
    if told is None:
        missing = escape(gettext(column.missing))
        return f'<span class="missing" aria-hidden="true">–</span><span class="ds-sr-only">{missing}</span>'
    match column.kind:
        case "money":
            sort = " amount--zero" if told == 0 else " amount--below" if told < 0 else ""
            return f'<span class="amount{sort}">{escape(kroner(told))}</span>'
        case "day":
            return f'<time datetime="{escape(told)}">{escape(day_in_words(told))}</time>'
        case "instant":
            at = told.isoformat(timespec="milliseconds")
            return f'<time datetime="{escape(at)}">{escape(instant_in_words(told))}</time>'
        case "count":
            return f'<span class="amount amount--count">{escape(told)}</span>'
        case "code":
            return f'<span class="number-like">{escape(told)}</span>'
        case "text":
            shown = shortened(str(told))
            whole = "" if any(len(word) > LONGEST_WORD for word in shown.split()) else " words--whole"
            return f'<bdi class="words{whole}">{escape(bokmal.unbroken(shown))}</bdi>'


def _links(links: Links, column: Column) -> Iterator[str]:
    yield "<span>"
    for nth, each in enumerate(links.first):
        yield ", " if nth else ""
        yield from ('<a class="ds-link number-like" href="', escape(each.address), '">', escape(each.value), "</a>")
    if links.more:
        yield f" {escape(gettext(N_('og %(more)s til'), more=links.more))}"
    if not links.first:
        yield _plain(None, column)
    yield "</span>"
