"""The overview: the budget year on a day. What needs attention, a row for each post, and the letters beside them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked, differences, figures, left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.attention import Found, attention_table, kinds_of, post_address
from services.dashboard.pages.figures import PostLine
from services.dashboard.pages.looked_at import Looks
from services.dashboard.pages.seen_deadlines import of_awards
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Column, Link, Row, Table, paged
from services.dashboard.sign_in.access import YEAR
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_
from services.httpapi.route import Router

AT_ONCE = 6
"""How many things that need attention are shown before one has to turn the page."""
COLUMNS = (
    Column("post", N_("Post"), "code"),
    Column("name", N_("Navn")),
    *(Column(key, title, "money", missing=N_("ikke oppgitt i brevene")) for key, title in figures.YEAR_COLUMNS),
    Column("differences", N_("Åpne avvik"), "count"),
    Column("deviations", N_("Forhold å rette"), "count"),
)


def year_router(source: Source, looks: Looks, *, today: Callable[[], date]) -> Router:
    """`/`, for those the table of pages lets in. `today` gives the day in Europe/Oslo that is shown when none is asked
    for. Of deadlines the register keeps what stands now, whatever day is asked for."""
    router = page_router(sides=True)

    @router.get(YEAR.address)
    async def see_year(
        request: Request,
        reader: Annotated[Reader, reader_of(YEAR)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        seen = seen_by(reader, source)
        years = await seen.years()
        question = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        posts = await seen.posts(question.year, valid_at=question.valid_at, known_at=question.known_at)
        letters = differences.letters(await seen.letters(question.year, known_at=question.known_at))
        amiss = await seen.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        to_mend = Counter(row["post_id"].partition("/")[2] for row in amiss if row["status"] == "open")
        chapters = figures.chapters(posts)
        lines = [line for chapter in chapters for line in chapter.posts]
        told, later = differences.by_day(letters, question.valid_at)
        hidden = await seen.untold_cases()
        found = Found(posts=lines, letters=told, deviations=to_mend)
        if told:
            counting = {letter.number for letter in told}
            found = replace(
                found,
                deadlines=(await of_awards(seen, await looks.deadlines(question, counting=counting), hidden))[0],
                notices=await looks.seen_notices(reader, question, years),
                complaints=await looks.complaints(reader, question),
            )
        attention = attention_table(found, question)
        facts = {
            "asked": question,
            "years": asked.selectable(years, question),
            "left_out": await left_out.of_year(seen, question),
            "chapters": chapters,
            "sums": figures.column_sums(lines),
            "letters": told,
            "later_letters": later,
            "to_mend": to_mend,
            "kinds": kinds_of(attention),
            "columns": figures.YEAR_COLUMNS,
            "summary_columns": figures.SUMMARY_COLUMNS,
        }
        tables = (paged(attention, side_of(request), size=AT_ONCE), posts_table(lines, to_mend, question))
        return answer(Shown("year.html", tables, facts), request, reader)

    return router


def posts_table(lines: Sequence[PostLine], to_mend: Mapping[str, int], question: Asked) -> Table:
    """The posts as the page draws them by chapter; in a file they stand in one table."""
    return Table(
        "poster",
        N_("Poster i budsjettåret, beløp i kroner"),
        COLUMNS,
        [_row(each, to_mend, question) for each in lines],
        words=("Avvik", "kan overføres", "overslagsbevilgning", "overtrukket"),
    )


def _row(line: PostLine, to_mend: Mapping[str, int], question: Asked) -> Row:
    amounts: dict[str, Any] = {key: line.amounts[key] for key, _ in figures.YEAR_COLUMNS}
    return {
        "post": Link(line.code, post_address(question, line.code)),
        "name": line.name,
        **amounts,
        "differences": line.open_differences + line.open_earmark_differences,
        "deviations": to_mend.get(line.code, 0),
    }
