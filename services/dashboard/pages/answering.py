"""A page as it leaves: nothing in it may run, nothing of it may be kept by others, nobody may frame it. And what is
asked for of it beside itself: one of its tables as a file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.dashboard.pages import exports, page
from services.dashboard.pages.asked import Asked, NotUnderstood, is_number
from services.dashboard.pages.news import Fresh, fresh_of, note_freshness, read_of
from services.dashboard.pages.tables import Side, Table
from services.dashboard.pages.turns import in_turn
from services.dashboard.sign_in.reader import Reader
from services.dashboard.sign_in.refusals import PageRefusal
from services.dashboard.words.spoken import N_, gettext, instant_in_words
from services.httpapi.route import Router

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language",
}
_OF_EXPORTS = ("tabell", "som")
_WRITTEN = re.compile(r"[0-9A-Za-z.,:+_~/ -]{0,100}", re.ASCII)
"""What our own links ask for, and no sign that could be anything else; what is not so written is not carried on."""
FREE_TEXT = "q"
"""What somebody looks for is theirs to write, and shown back as text."""


class NotThere(PageRefusal):
    """There is no such page, post, letter or table. `detail` is our own sentence; the address is never shown back."""

    code = "page-not-there"
    status = 404
    title = N_("Vi fant ikke siden")


@dataclass(frozen=True)
class Shown:
    """What a page shows: a template, the tables in it, and the facts it tells of. Among the facts is `asked`, where
    the page is of a day, and `left_out`, where something is not told of (left_out.py): it stands in the files too. The
    template finds each table by its name: `{{ tables.show(table["poster"]) }}`."""

    template: str
    tables: Sequence[Table] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


async def takes_tables(tabell: str = "", som: str = "") -> None:
    """Every page may be asked for one of its tables as a file. It says so and does nothing, and a thread is fetched for
    whatever is no coroutine."""
    del tabell, som


async def takes_sides(side: str = "") -> None:
    """One with a large table also for a side of it."""
    del side


def page_router(*, sides: bool = False) -> Router:
    """A router for one page: no part of the API, made in the reader's turn, and its tables can be asked for. `sides`:
    one of them may be so large that it is leafed through."""
    asked = [Depends(takes_tables), *([Depends(takes_sides)] if sides else [])]
    turn = Depends(in_turn, scope="function")
    return Router(include_in_schema=False, dependencies=[*asked, turn, Depends(note_freshness)])


def side_of(request: Request) -> int:
    """Which side of a large table is asked for. Raises `NotUnderstood`."""
    asked = request.query_params.get("side", "1")
    if not is_number(asked, 6) or asked == "0":
        raise NotUnderstood("side", gettext(N_("Siden av en tabell er et tall, for eksempel 2.")))
    return int(asked)


def _refuse_beyond(number: int, shown: Shown) -> None:
    """No table on the page has so many sides: there is no such page. Raises `NotThere`."""
    leafed = [table.side for table in shown.tables] + [shown.facts.get("side")]
    if number > max((side.last for side in leafed if isinstance(side, Side)), default=1):
        raise NotThere(gettext(N_("Tabellen har ikke så mange sider. Gå til den første og bla derfra.")))


def answer(shown: Shown, request: Request, reader: Reader) -> Response:
    """The page; or, where that is asked for, one of its tables as XLSX or CSV. Raises `NotThere` for a table that it
    has not and for a side beyond the last, and `NotUnderstood` for a side that is no number."""
    _refuse_beyond(side_of(request), shown)
    here = Here.of(request, shown.facts.get("asked"))
    query = request.query_params
    if "tabell" in query or "som" in query:
        return _export(shown, here, name=query.get("tabell", ""), kind=query.get("som", ""), of=reader.proof)
    by_name = {table.name: table for table in shown.tables}
    assert len(by_name) == len(shown.tables), "two tables of one name"
    drawn = page.render(shown.template, reader=reader, here=here, table=by_name, **shown.facts)
    return html(drawn, headers=read_of(request))


@dataclass(frozen=True)
class Here:
    """The address of the page that is shown, with the day it is shown for, so that what is fetched of it is of the same
    day."""

    path: str
    query: Mapping[str, str]
    asked: Asked | None = None
    fresh: Fresh | None = None

    @classmethod
    def of(cls, request: Request, asked: Asked | None = None) -> "Here":
        query = {
            name: value
            for name, value in request.query_params.items()
            if name not in _OF_EXPORTS and (name == FREE_TEXT or _WRITTEN.fullmatch(value))
        }
        if asked is not None:
            query |= asked.query
        return cls(request.url.path, query, asked, fresh_of(request))

    def link(self, **changed: str | int) -> str:
        """The same page with something else asked for: `here.link(side=2)`."""
        query = {name: value for name, value in {**self.query, **changed}.items() if value != ""}
        return f"{self.path}?{urlencode(query)}" if query else self.path

    def of_year(self, year: int) -> str:
        """The same page of another budget year; from a page of what is of one year alone, that year's first page."""
        if "aar" in self.query or self.asked is None:
            return self.link(aar=year)
        return self.asked.year_link(year=year)

    def beside(self, *names: str) -> list[tuple[str, str]]:
        """What is asked for beside these: a form that changes them carries it on."""
        return [(name, value) for name, value in self.query.items() if name not in (*names, "side") and value]


def _export(shown: Shown, here: Here, *, name: str, kind: str, of: str) -> Response:
    table = next((each for each in shown.tables if each.name == name), None)
    if table is None or kind not in ("xlsx", "csv"):
        raise NotThere(gettext(N_("Siden har ingen slik tabell. Gå til siden og velg en av dem som står der.")))
    lines = [(gettext(N_("Tabell")), gettext(table.caption))]
    day = ""
    if here.asked is not None:
        day = f"-{here.asked.valid_at.isoformat()}"
        lines += [(gettext(N_("Gjelder per")), here.asked.day_in_field)]
        known = instant_in_words(here.asked.known_at) if here.asked.known_at else gettext(N_("alt som er registrert"))
        lines += [(gettext(N_("Kjent per")), known)]
    left_out = str(shown.facts.get("left_out", ""))
    if left_out:
        lines += [(gettext(N_("Holdt utenfor")), left_out)]
    if table.note:
        lines += [(gettext(N_("Merknad")), gettext(table.note))]
    about = exports.About(name=f"tilsagn-{table.name}{day}", lines=lines, left_out=left_out)
    return (exports.AsCsv if kind == "csv" else exports.AsXlsx)(table, about, of=of)


def html(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page. What a reader may see depends on who they are, so no cache keeps it."""
    return HTMLResponse(text, status_code=status, headers={**HEADERS, **(headers or {})})
