"""What anybody with access may read of a case: as it stands, and everything that has happened in it."""

from typing import Annotated, Any

from fastapi.encoders import jsonable_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.eventlog.mapper import Recorded
from services.grants.case_file import CaseFile, show
from services.httpapi.caller import Caller, Role, allow
from services.httpapi.etag import etag, not_modified
from services.httpapi.fields import Id
from services.httpapi.route import Router


def case_router(cases: CaseFile) -> Router:
    router = Router(prefix="/v1/cases", tags=["cases"])

    @router.get("/{case_id}")
    async def show_case(case_id: Id, request: Request, _: Annotated[Caller, allow(*Role)]) -> Response:
        """The case as it stands. Its ETag is the version an act must name in If-Match."""
        history = await cases.history(case_id)
        tag = etag(history.version)
        unchanged = not_modified(request, tag)
        return unchanged or JSONResponse(jsonable_encoder(show(case_id, history.events)), headers={"ETag": tag})

    @router.get("/{case_id}/timeline")
    async def show_timeline(case_id: Id, _: Annotated[Caller, allow(*Role)]) -> Response:
        """Who did what, and when, oldest first: each fact as it was recorded."""
        history = await cases.history(case_id)
        return JSONResponse(jsonable_encoder({"items": [_told(fact) for fact in history.recorded], "next": None}))

    return router


def _told(fact: Recorded) -> dict[str, Any]:
    return {
        "position": fact.position,
        "version": fact.version,
        "recorded_at": fact.recorded_at,
        "actor": fact.actor,
        "correlation_id": fact.correlation_id,
        "what": fact.event.TOPIC,
        "data": fact.event,
    }
