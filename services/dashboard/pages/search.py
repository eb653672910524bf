"""Search: posts, letters, schemes, recipients and cases, by words of a name or by a number. What is named exactly by
its number leads straight on; of anything else the first of each kind are shown.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Protocol

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.dashboard.pages import asked, left_out
from services.dashboard.pages import found_tables as tables
from services.dashboard.pages.answering import HEADERS, Shown, answer, page_router
from services.dashboard.pages.cells import plain
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.sign_in.access import SEARCH
from services.dashboard.sign_in.reader import Reader, reader_of
from services.grants.overview.search.view import Found
from services.httpapi.route import Router

LONGEST = 200
"""How much of what is written is looked for, and shown back in the field."""


class Finds(Protocol):
    """What is found, as the reader may see it."""

    async def find(self, text: str) -> Found:
        """Whatever the text may mean."""
        ...


def search_router(source: Source, finds: Callable[[Source], Finds], *, today: Callable[[], date]) -> Router:
    """`/sok`, for those the table of pages lets in."""
    router = page_router()

    @router.get(SEARCH.address)
    async def see_found(
        request: Request, reader: Annotated[Reader, reader_of(SEARCH)], q: str = "", gjelder: str = "", kjent: str = ""
    ) -> Response:
        seen, text = seen_by(reader, source), " ".join(plain(q)[:LONGEST].split())
        day = gjelder or today().isoformat()
        question = asked.read(aar="", gjelder=day, kjent=kjent, years=(), today=today())
        found = await finds(seen).find(text) if text else Found()
        leads = tables.leads_to(found, question)
        if leads is not None and "tabell" not in request.query_params:
            return RedirectResponse(leads, status_code=303, headers=HEADERS)
        facts = {
            "asked": question,
            "left_out": left_out.in_general(reader),
            "text": text,
            "found": any((found.funds, found.letters, found.schemes, found.cases)),
        }
        return answer(Shown("search.html", tables=tables.found_tables(found, question), facts=facts), request, reader)

    return router
