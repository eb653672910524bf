"""Which language a reader is answered in: what they chose, kept by their browser; before they have, the first of ours
that the browser asks for."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.dashboard.sign_in.access import own_place
from services.dashboard.sign_in.form import FORM, read_form
from services.dashboard.sign_in.reader import Site
from services.dashboard.words.spoken import LANGUAGES, preferred, speaking
from services.httpapi.callers.admission import open_to_all
from services.httpapi.route import Router
from services.httpapi.strict.document import takes

SEE_OTHER = 303
A_YEAR = 365 * 24 * 3600
COOKIE = "tilsagn-language"


class Speaking:
    """The layer in which all of an answer is written in one language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        chosen = request.cookies.get(COOKIE, "")
        if chosen not in LANGUAGES:
            chosen = preferred(request.headers.get("accept-language", ""))
        with speaking(chosen):
            await self._app(scope, receive, send)


def language_router(site: Site) -> Router:
    """`/sprak`: a form on every page, and back to the page it stood on. What is not one of our languages chooses
    nothing."""
    router = Router(include_in_schema=False, dependencies=[open_to_all])

    @router.post("/sprak", openapi_extra=takes(FORM))
    async def choose(request: Request) -> Response:
        site.keep_to(request)
        form = await read_form(request)
        back = RedirectResponse(own_place(form.get("til", "")), SEE_OTHER, headers={"Cache-Control": "no-store"})
        if (chosen := form.get("sprak", "")) in LANGUAGES:
            site.hand(back, COOKIE, chosen, seconds=A_YEAR)
        return back

    return router
