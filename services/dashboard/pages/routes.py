"""The ministry's read-only pages over HTTP: `/`, `/poster/…`, `/brev/…` and `/tilgjengelighet`."""

from collections.abc import Callable
from datetime import date
from os import PathLike
from pathlib import Path
from re import fullmatch
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from services.dashboard.pages import asked, page
from services.dashboard.pages.asked import NotUnderstood
from services.dashboard.pages.source import Source
from services.httpapi.caller import open_to_all
from services.httpapi.route import Router

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
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


def dashboard_router(
    source: Source,
    *,
    today: Callable[[], date],
    authorised: Any = open_to_all,
) -> Router:
    """The pages over `source`. `today` gives the day in Europe/Oslo that is shown when none is asked for. `authorised`
    says whom they serve, `allow(...)` or `open_to_all`; `/tilgjengelighet` is open to all. An address
    that cannot be read gives 400, a post or letter that is not there 404, both as a page in bokmål that shows nothing
    of the address back."""
    pages = _Pages(source, today)
    router = Router(include_in_schema=False)
    router.add_api_route("/tilgjengelighet", _see_accessibility, methods=["GET"], dependencies=[open_to_all])
    for path, see in (
        ("/", pages.see_year),
        ("/poster/{year}/{chapter}/{post}", pages.see_post),
        ("/brev/{year}/{number}", pages.see_letter),
    ):
        router.add_api_route(path, see, methods=["GET"], dependencies=[authorised])
    return router


async def _see_accessibility() -> Response:
    return _html(page.accessibility_page())


class _Pages:
    """Each method answers one address. Query and path come as text: a slip is answered by a page, not by JSON."""

    def __init__(self, source: Source, today: Callable[[], date]) -> None:
        self._source = source
        self._today = today

    async def see_year(self, aar: str = "", gjelder: str = "", kjent: str = "") -> Response:
        years = await self._source.years()
        try:
            question = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=self._today())
        except NotUnderstood as problem:
            return await self._not_understood(problem)
        posts = await self._source.posts(question.year, valid_at=question.valid_at, known_at=question.known_at)
        letters = await self._source.letters(question.year, known_at=question.known_at)
        amiss = await self._source.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        return _html(page.year_page(question, years=years, posts=posts, letters=letters, deviations=amiss))

    async def see_post(self, year: str, chapter: str, post: str, gjelder: str = "", kjent: str = "") -> Response:
        if not (_is_number(year, 4) and _is_number(chapter, 4) and _is_number(post, 2)):
            return _missing(_NO_POST)
        try:
            question = asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=self._today())
        except NotUnderstood as problem:
            return await self._not_understood(problem)
        which = question.year, int(chapter), int(post)
        row = await self._source.post(*which, valid_at=question.valid_at, known_at=question.known_at)
        if row is None:
            return _missing(_NO_POST)
        funds = await self._source.funds(*which, valid_at=question.valid_at, known_at=question.known_at)
        entries = await self._source.entries(*which, valid_at=question.valid_at, known_at=question.known_at)
        letters = await self._source.letters(question.year, known_at=question.known_at)
        amiss = await self._source.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        return _html(
            page.post_page(question, post=row, funds=funds, entries=entries, letters=letters, deviations=amiss)
        )

    async def see_letter(self, year: str, number: str, gjelder: str = "", kjent: str = "") -> Response:
        if not (_is_number(year, 4) and _is_number(number, 3)):
            return _missing(_NO_LETTER)
        try:
            question = asked.read(aar=year, gjelder=gjelder, kjent=kjent, years=(), today=self._today())
        except NotUnderstood as problem:
            return await self._not_understood(problem)
        row = await self._source.reconciliation(question.year, int(number), known_at=question.known_at)
        return _missing(_NO_LETTER) if row is None else _html(page.letter_page(question, reconciliation=row))

    async def _not_understood(self, problem: NotUnderstood) -> Response:
        years = await self._source.years()
        instead = asked.read(aar="", gjelder="", kjent="", years=years, today=self._today())
        return _html(page.not_understood_page(problem, instead=instead, years=years), status=400)


def _missing(what: str) -> HTMLResponse:
    return _html(page.missing_page(what), status=404)


def _html(text: str, *, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status_code=status, headers=_HEADERS)


def _is_number(text: str, most_digits: int) -> bool:
    return fullmatch("[0-9]+", text) is not None and len(text) <= most_digits
