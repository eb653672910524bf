"""The budget year on a day: its posts, the letters beside them, and how much is not as it should be."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked, differences, figures
from services.dashboard.pages.answering import Shown, answer, page_router
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.source import Row, Source, seen_by
from services.dashboard.sign_in.access import YEAR
from services.dashboard.sign_in.reader import Reader, reader_of
from services.httpapi.route import Router


def year_router(source: Source, *, today: Callable[[], date]) -> Router:
    """`/`, for those the table of pages lets in. `today` gives the day in Europe/Oslo that is shown when none is asked
    for."""
    router = page_router()

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
        letters = await seen.letters(question.year, known_at=question.known_at)
        amiss = await seen.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        facts = year_facts(question, posts=posts, letters=letters, deviations=amiss)
        facts |= {"years": asked.selectable(years, question), "untold": await seen.untold(question.year)}
        return answer(Shown("year.html", facts=facts), request, reader)

    return router


def year_facts(
    question: Asked, *, posts: Sequence[Row], letters: Sequence[Row], deviations: Sequence[Row] = ()
) -> dict[str, Any]:
    """What the page tells of."""
    open_deviations = Counter(row["post_id"] for row in deviations if row["status"] == "open")
    grouped = figures.chapters(posts)
    lines = [line for chapter in grouped for line in chapter.posts]
    told, later = differences.by_day(differences.letters(letters), question.valid_at)
    return {
        "asked": question,
        "chapters": grouped,
        "post_count": len(lines),
        "sums": figures.column_sums(lines),
        "letters": told,
        "later_letters": later,
        "open_deviations": open_deviations,
        "open_totals": sum(len(letter.open_totals) for letter in told),
        "open_earmarks": sum(len(letter.open_earmarks) for letter in told),
        "open_contradictions": sum(len(letter.open_contradictions) for letter in told),
        "ministry_columns": figures.FROM_THE_MINISTRY,
        "directorate_columns": figures.AT_THE_DIRECTORATE,
        "columns": figures.POST_COLUMNS,
        "summary_columns": figures.SUMMARY_COLUMNS,
    }
