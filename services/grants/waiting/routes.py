"""The inbox over HTTP: what waits for the caller's roles, and what waits in one case and for whom."""

from typing import Annotated
from uuid import UUID

from fastapi.encoders import jsonable_encoder
from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse, Response

from services.grants.case_file import CaseFile
from services.grants.waiting.rules import list_tasks
from services.grants.waiting.view import START, list_waiting
from services.httpapi.caller import STAFF, Caller, allow
from services.httpapi.fields import Day, Id, Line
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.route import Router

TASKS = Listing("inbox", int, UUID, str, int)


def waiting_router(cases: CaseFile, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1", tags=["inbox"])

    @router.get("/inbox")
    async def show_inbox(
        caller: Annotated[Caller, allow(*STAFF)],
        task: Line | None = None,
        on: Day | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """What waits for the caller: tasks of the caller's roles, without those a clashing duty keeps from them.
        Longest waiting first. `on` leaves out what cannot be done by that day. It follows the log within moments."""
        after = TASKS.after(cursor) or START
        rows = await list_waiting(
            pool, roles=caller.roles, person=caller.subject, task=task, on=on, after=after, limit=limit + 1
        )
        last = rows[limit - 1] if len(rows) > limit else None
        following = TASKS.cursor(last.since_position, last.case_id, last.task, last.part) if last else None
        return JSONResponse(jsonable_encoder({"items": rows[:limit], "next": following}))

    @router.get("/cases/{case_id}/waiting")
    async def show_waiting(case_id: Id, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """What is still to be done in the case, by which role, and who may not be the one to do it."""
        history = await cases.history(case_id)
        return JSONResponse(jsonable_encoder({"items": list_tasks(history.events), "next": None}))

    return router
