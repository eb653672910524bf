"""The ministry's read-only pages over HTTP: `/`, `/poster/…`, `/brev/…` and `/tilgjengelighet`."""

from collections.abc import Callable
from datetime import date
from os import PathLike
from pathlib import Path
from re import fullmatch
from typing import Annotated, Any

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from services.dashboard.pages import asked, page
from services.dashboard.pages.answering import html
from services.dashboard.pages.asked import NotUnderstood
from services.dashboard.pages.source import Source
from services.dashboard.sign_in import access
from services.dashboard.sign_in.reader import Reader, reader_of
from services.httpapi.caller import open_to_all
from services.httpapi.route import Router

_NO_POST = "Ingen brev hadde nevnt en slik post på den valgte dagen. Velg en annen dag eller en post fra oversikten."
_NO_LETTER = "Det er ikke registrert noe slikt brev. Velg et brev fra oversikten."


class _Static(StaticFiles):
    """Style sheets and fonts. Kept an hour by the browser, then asked for again by their ETag."""

    def file_response(self, full_path: PathLike[str] | str, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def static_files() -> StaticFiles:
    """What the pages are dressed in, to be mounted at `/static`. Open to all: there is nothing in it but style."""
    return _Static(directory=Path(__file__).parent / "static")


def dashboard_router(source: Source, *, today: Callable[[], date]) -> Router:
    """The pages over `source`. `today` gives the day in Europe/Oslo that is shown when none is asked for. The table of
    pages (`access.py`) says whom each serves; `/tilgjengelighet` is open to all. An address that cannot be read gives
    400, a post or letter that is not there 404, both as a page in bokmål that shows nothing of the address back."""
    pages = _Pages(source, today)
    router = Router(include_in_schema=False)
    router.add_api_route("/tilgjengelighet", _see_accessibility, methods=["GET"], dependencies=[open_to_all])
    router.add_api_route(access.YEAR.address, pages.see_year, methods=["GET"])
    router.add_api_route(access.POST.address, pages.see_post, methods=["GET"])
    router.add_api_route(access.LETTER.address, pages.see_letter, methods=["GET"])
    return router


async def _see_accessibility() -> Response:
    return html(page.accessibility_page())


class _Pages:
    """Each method answers one address. Query and path come as text: a slip is answered by a page, not by JSON."""

    def __init__(self, source: Source, today: Callable[[], date]) -> None:
        self._source = source
        self._today = today

    def _of(self, reader: Reader) -> Source:
        """What this reader may see of it."""
        return self._source.told() if reader.sight is access.Sight.told else self._source

    async def see_year(
        self, reader: Annotated[Reader, reader_of(access.YEAR)], aar: str = "", gjelder: str = "", kjent: str = ""
    ) -> Response:
        source = self._of(reader)
        years = await source.years()
        try:
            question = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=self._today())
        except NotUnderstood as problem:
            return await self._not_understood(problem, reader)
        posts = await source.posts(question.year, valid_at=question.valid_at, known_at=question.known_at)
        letters = await source.letters(question.year, known_at=question.known_at)
        amiss = await source.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        untold = await source.untold(question.year)
        return html(
            page.year_page(
                question, years=years, posts=posts, letters=letters, deviations=amiss, untold=untold, reader=reader
            )
        )

    async def see_post(
        self,
        reader: Annotated[Reader, reader_of(access.POST)],
        year: str,
        chapter: str,
        post: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        if not (_is_number(year, 4) and _is_number(chapter, 4) and _is_number(post, 2)):
            return _missing(_NO_POST, reader)
        try:
            question = asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=self._today())
        except NotUnderstood as problem:
            return await self._not_understood(problem, reader)
        source, which = self._of(reader), (question.year, int(chapter), int(post))
        row = await source.post(*which, valid_at=question.valid_at, known_at=question.known_at)
        if row is None:
            return _missing(_NO_POST, reader)
        funds = await source.funds(*which, valid_at=question.valid_at, known_at=question.known_at)
        entries = await source.entries(*which, valid_at=question.valid_at, known_at=question.known_at)
        letters = await source.letters(question.year, known_at=question.known_at)
        amiss = await source.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        untold = await source.untold(question.year)
        found = {"funds": funds, "entries": entries, "letters": letters, "deviations": amiss}
        return html(page.post_page(question, post=row, **found, untold=untold, reader=reader))

    async def see_letter(
        self,
        reader: Annotated[Reader, reader_of(access.LETTER)],
        year: str,
        number: str,
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        if not (_is_number(year, 4) and _is_number(number, 3)):
            return _missing(_NO_LETTER, reader)
        try:
            question = asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=self._today())
        except NotUnderstood as problem:
            return await self._not_understood(problem, reader)
        row = await self._of(reader).reconciliation(question.year, int(number), known_at=question.known_at)
        if row is None:
            return _missing(_NO_LETTER, reader)
        return html(page.letter_page(question, reconciliation=row, reader=reader))

    async def _not_understood(self, problem: NotUnderstood, reader: Reader) -> Response:
        years = await self._source.years()
        instead = asked.read(aar="", gjelder="", kjent="", years=years, today=self._today())
        return html(page.not_understood_page(problem, instead=instead, years=years, reader=reader), status=400)


def _missing(what: str, reader: Reader) -> HTMLResponse:
    return html(page.missing_page(what, reader=reader), status=404)


def _is_number(text: str, most_digits: int) -> bool:
    return fullmatch("[0-9]+", text) is not None and len(text) <= most_digits
