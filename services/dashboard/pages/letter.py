"""One letter: what it says line by line, what it changed, the assignments it gives and what else it sets a day for, its
whole reconciliation with the totals that agree included, and whether it is published."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked, differences, letter_tables
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router
from services.dashboard.pages.asked import is_number
from services.dashboard.pages.source import Published, Source, seen_by
from services.dashboard.sign_in.access import LETTER
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

NO_LETTER = N_("Det er ikke registrert noe slikt brev. Velg et brev fra oversikten.")


def letter_router(source: Source, published: Published, *, today: Callable[[], date]) -> Router:
    """`/brev/…`, for those the table of pages lets in."""
    router = page_router()

    @router.get(LETTER.address)
    async def see_letter(
        request: Request,
        reader: Annotated[Reader, reader_of(LETTER)],
        year: str,
        number: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        if not (is_number(year, 4) and is_number(number, 3)):
            raise NotThere(gettext(NO_LETTER))
        question = asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=today())
        seen, day, known = seen_by(reader, source), question.valid_at, question.known_at
        row = await seen.reconciliation(question.year, int(number), known_at=known)
        said = await seen.letter(question.year, int(number), known_at=known)
        if row is None or said is None:
            raise NotThere(gettext(NO_LETTER))
        letter = differences.letter(row, totals=row["items"])
        tables = (
            letter_tables.lines(said["lines"], question),
            letter_tables.changes(said["changes"], letter.number, question),
            letter_tables.tasks(said["tasks"]),
            letter_tables.due(said["due"], question),
        )
        facts = {
            "asked": question,
            "letter": letter,
            "later": letter.effective_on > day,
            "published": await published.find(
                question.year, said["publication_key"], valid_at=day, known_at=known
            ),
        }  # fmt: skip
        return answer(Shown("letter.html", tables=tables, facts=facts), request, reader)

    return router
