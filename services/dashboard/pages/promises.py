"""What is promised on a post, or on one of its lines: promise by promise, its recipient by name, in sides."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import figures, left_out
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import case_cell
from services.dashboard.pages.explained import address_of, place_of
from services.dashboard.pages.post import BATCH, asked_of, find_post
from services.dashboard.pages.source import OnePost, Row, Source, seen_by
from services.dashboard.pages.tables import Cell, Column, Link, Side, Table
from services.dashboard.pages.tables import Row as Line
from services.dashboard.sign_in.access import PROMISES
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

PER_SIDE = 20
MOST = 2000
"""So many promises can be leafed through; the file has every one."""
_LINE = re.compile(r"[a-z0-9-]{1,200}(?:/[a-z0-9-]{1,200}){0,8}", re.ASCII)
_NO_LINE = N_("Posten har ingen slik linje på den valgte dagen. Velg en linje fra postens side.")


def promises_router(source: Source, *, today: Callable[[], date]) -> Router:
    """`/poster/…/tilsagn`, for those the table of pages lets in. `linje`: one line of the post and those below it."""
    router = page_router(sides=True)

    @router.get(PROMISES.address)
    async def see_promises(
        request: Request,
        reader: Annotated[Reader, reader_of(PROMISES)],
        year: str,
        chapter: str,
        post: str,
        gjelder: str = "",
        kjent: str = "",
        linje: str = "",
    ) -> Response:
        question = asked_of(year, chapter, post, gjelder=gjelder, kjent=kjent, today=today())
        seen = seen_by(reader, source)
        row, of_post = await find_post(seen, question, int(chapter), int(post))
        lines = await of_post.lines()
        names = {each["fund_id"]: each["name"] for each in lines}
        chosen = _chosen(names, f"{question.year}/{int(chapter)}/{int(post):02}", linje)
        table = await _table(of_post, names, chosen, question, side_of(request))
        facts = {
            "asked": question,
            "post": figures.post_line(row),
            "line": names[chosen[0]] if linje else "",
            "left_out": await left_out.of_year(seen, question),
        }
        return answer(Shown("promises.html", tables=(table,), facts=facts), request, reader)

    return router


def _chosen(names: Mapping[str, str], post_id: str, part: str) -> list[str]:
    """The lines asked for, the one that is named first; every line of the post where none is."""
    above = f"{post_id}/{part}" if part else post_id
    if above not in names or (part and not _LINE.fullmatch(part)):
        raise NotThere(gettext(_NO_LINE))
    return [above, *(each for each in names if each.startswith(f"{above}/"))]


async def _table(
    of_post: OnePost, names: Mapping[str, str], chosen: Sequence[str], question: Asked, number: int
) -> Table:
    """The side asked for, of as many as can be leafed through."""
    counted = await of_post.count_commitments(chosen, most=MOST + 1)
    last = max(1, -(-min(counted, MOST) // PER_SIDE))
    number = min(number, last)
    shown = await of_post.commitments(chosen, limit=PER_SIDE, skip=(number - 1) * PER_SIDE)

    async def every() -> AsyncIterator[Line]:
        batch = await of_post.commitments(chosen, limit=BATCH)
        while batch:
            for line in _lines(batch, names, question):
                yield line
            place = (batch[-1]["parent_id"], batch[-1]["fund_id"])
            batch = await of_post.commitments(chosen, limit=BATCH, after=place)

    return Table(
        name="tilsagn",
        caption=N_("Tilsagn på posten, i kroner"),
        columns=(
            Column("recipient", N_("Mottaker"), missing=N_("mottakeren er ikke kjent")),
            Column("organisation_number", N_("Organisasjonsnummer"), "code", missing=N_("uten nummer")),
            Column("case", N_("Sak"), "code"),
            Column("line", N_("Linje")),
            *(Column(key, title, "money") for key, title in figures.AT_THE_DIRECTORATE[1:4]),
        ),
        rows=list(_lines(shown, names, question)),
        note=N_("Bare de 2000 første kan blas i her; filene har alle.") if counted > MOST else "",
        empty=N_("Ingen tilsagn denne dagen."),
        side=Side(number, last) if last > 1 else None,
        whole=every,
    )


def _lines(rows: Sequence[Row], names: Mapping[str, str], question: Asked) -> Iterator[Line]:
    keys = [key for key, _ in figures.AT_THE_DIRECTORATE[1:4]]
    for row in rows:
        yield {
            "recipient": row["recipient"],
            "organisation_number": row["organisation_number"],
            "case": case_cell(row, question),
            "line": names.get(row["parent_id"]),
            **{key: _explained(row, key, question) for key in keys},
        }


def _explained(row: Row, key: str, question: Asked) -> Cell:
    """The amount, which leads to what it is made of where the promise has a case number to ask by."""
    return Link(row[key], address_of(key, place_of(row), question)) if row["case_number"] else int(row[key])
