"""What a caseworker sees of the ministry's notices of a case."""

from typing import Annotated

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.grants.case.command_handler import CaseCommands
from services.grants.notice.view import list_notices
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id


def case_notice_router(cases: CaseCommands, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1/cases", tags=["cases"])

    @router.get("/{case_id}/notices")
    async def show_notices(case_id: Id, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """The notices to the ministry that list the case's letter, oldest first, and where each stands: prepared, sent,
        received, objected, withdrawn. It follows the notifications service within moments. When the letter may leave,
        and what is in the way, that service says: `/v1/awards/{case_id}` there."""
        await cases.history(case_id)
        items = await list_notices(pool, case_id)
        return JsonResponse({"items": items, "next": None})

    return router
