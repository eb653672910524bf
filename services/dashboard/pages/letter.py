"""One letter and its whole reconciliation, the totals that agree included."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked, differences
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router
from services.dashboard.pages.asked import is_number
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.words import N_, gettext
from services.dashboard.sign_in.access import LETTER
from services.dashboard.sign_in.reader import Reader, reader_of
from services.httpapi.route import Router

NO_LETTER = N_("Det er ikke registrert noe slikt brev. Velg et brev fra oversikten.")


def letter_router(source: Source, *, today: Callable[[], date]) -> Router:
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
        seen = seen_by(reader, source)
        row = await seen.reconciliation(question.year, int(number), known_at=question.known_at)
        if row is None:
            raise NotThere(gettext(NO_LETTER))
        letter = differences.letter(row, totals=row["items"])
        return answer(Shown("letter.html", facts={"asked": question, "letter": letter}), request, reader)

    return router
