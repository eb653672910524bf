"""One post on a day: its figures, its tree of funds, what is not as it should be, what the letters disagree on about
it, and every entry behind it."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked, differences, figures
from services.dashboard.pages import deviations as amiss
from services.dashboard.pages.answering import NotThere, Shown, answer, page_router
from services.dashboard.pages.asked import is_number
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.words import N_, gettext
from services.dashboard.sign_in.access import POST
from services.dashboard.sign_in.reader import Reader, reader_of
from services.httpapi.route import Router

NO_POST = N_("Ingen brev hadde nevnt en slik post på den valgte dagen. Velg en annen dag eller en post fra oversikten.")


def post_router(source: Source, *, today: Callable[[], date]) -> Router:
    """`/poster/…`, for those the table of pages lets in."""
    router = page_router()

    @router.get(POST.address)
    async def see_post(
        request: Request,
        reader: Annotated[Reader, reader_of(POST)],
        year: str,
        chapter: str,
        post: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        if not (is_number(year, 4) and is_number(chapter, 4) and is_number(post, 2)):
            raise NotThere(gettext(NO_POST))
        question = asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=today())
        seen, which = seen_by(reader, source), (question.year, int(chapter), int(post))
        day, known = question.valid_at, question.known_at
        row = await seen.post(*which, valid_at=day, known_at=known)
        if row is None:
            raise NotThere(gettext(NO_POST))
        funds = await seen.funds(*which, valid_at=day, known_at=known)
        letters = differences.letters(await seen.letters(question.year, known_at=known))
        told, _ = differences.by_day(letters, day)
        about_it = [letter.about_post(which[1], which[2]) for letter in told]
        line = figures.post_line(row)
        rows = await seen.deviations(question.year, valid_at=day, known_at=known)
        entries = await seen.entries(*which, valid_at=day, known_at=known)
        facts = {
            "asked": question,
            "post": line,
            "untold": await seen.untold(question.year),
            "columns": figures.POST_COLUMNS,
            "fund_columns": figures.FUND_COLUMNS,
            "funds": figures.fund_lines(funds),
            "deviations": amiss.deviations(row for row in rows if row["post_id"] == f"{question.year}/{line.code}"),
            "entries": figures.entry_lines(entries, {row["fund_id"]: row["name"] for row in funds}),
            "letters": [letter for letter in about_it if letter.totals or letter.earmarks or letter.contradictions],
        }
        return answer(Shown("post.html", facts=facts), request, reader)

    return router
