"""What the letters ask for, over HTTP: assignments, deadlines, restrictions."""

from collections.abc import Sequence
from typing import Annotated, Any

from starlette.responses import Response

from services.grants.allocation.view import Letters
from services.grants.budget_year.duties import list_assignments, list_deadlines, list_restrictions
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Instant

Year = Annotated[int, Digits(1900, 2199)]
Anybody = Annotated[Caller, allow(*STAFF)]


def duties_router(letters: Letters) -> Router:
    """Reading only."""
    router = Router(prefix="/v1", tags=["duties"])

    @router.get("/assignments")
    async def assignments(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """The assignments (oppdrag) of the year by the number in force, with parts, frames and deadlines."""
        return _items(list_assignments(await letters.year(year, valid_at=valid_at, known_at=known_at)))

    @router.get("/deadlines")
    async def deadlines(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """Everything due: pay-outs, assignments, reports, meetings. Days in Europe/Oslo, the day included."""
        return _items(list_deadlines(await letters.year(year, valid_at=valid_at, known_at=known_at)))

    @router.get("/restrictions")
    async def restrictions(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """Money that may not be used for anything else until the ministry clears it. Only a letter lifts one."""
        return _items(list_restrictions(await letters.year(year, valid_at=valid_at, known_at=known_at)))

    return router


def _items(items: Sequence[Any]) -> Response:
    return JsonResponse({"items": items, "next": None})
