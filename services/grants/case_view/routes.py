"""What anybody with access may read of a case: as it stands, and everything that has happened in it."""

from itertools import islice
from typing import Annotated, Any

from fastapi import Path, Query
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response

from services.grants.case.command_handler import CaseCommands
from services.grants.case.responses import CaseListShown, CaseShown
from services.grants.case.state import State
from services.grants.case_number.view import Written, find_case_number
from services.grants.case_view.answer import show, show_whole
from services.grants.case_view.listing import NumberedCase, list_cases
from services.grants.case_view.lists import CUT, bounded, find_list
from services.grants.case_view.timeline import TimelineFilter, tell
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import etag, not_modified
from services.httpapi.paging import WHOLE_UNTIL, Cursor, Limit, Listing, page_of
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Id, Line

CASES = Listing("cases", int)
TIMELINE = Listing("timeline", int)
ListName = Annotated[
    str,
    Path(max_length=200, pattern=r"^[a-z_]+(\.([a-z_]+|[0-9]{1,6}))*$", description="As the case's `cut` names it."),
]


def case_router(cases: CaseCommands, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1/cases", tags=["cases"])

    @router.get("", response_model=page_of(NumberedCase))
    async def list_all(
        _: Annotated[Caller, allow(*STAFF)],
        year: Annotated[int, Digits(1900, 2199)] | None = None,
        number: Annotated[str, Written(), Query(examples=["2020/17", "2020-17"])] | None = None,
        chapter: Annotated[int, Digits(1, 9999)] | None = None,
        post: Annotated[int, Digits(0, 99)] | None = None,
        scheme_id: Line | None = None,
        call_id: Line | None = None,
        state: State | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """The cases, newest first: of one budget year where `year` says so; or the one that people call by a number
        (`number`: `2020/17`, `2020-17`). The list follows the log within moments; a case's own address is never
        behind."""
        place = CASES.after(cursor)
        found = find_case_number(number) if number else None
        wanted: dict[str, Any] = {"chapter": chapter, "post": post, "scheme_id": scheme_id, "call_id": call_id}
        after = int(place[0]) if place else None
        rows = await list_cases(pool, year=year, number=found, after=after, limit=limit + 1, state=state, **wanted)
        following = CASES.cursor(rows[limit - 1].opened_position) if len(rows) > limit else None
        return JsonResponse({"items": rows[:limit], "next": following})

    @router.get("/{case_id}", response_model=CaseShown)
    async def show_case(case_id: Id, request: Request, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """The case as it stands, with the first of each list; where there are more, `cut` says how many. Its ETag is
        the version an act must name in If-Match."""
        history = await cases.history(case_id)
        tag = etag(history.version)
        unchanged = not_modified(request, tag)
        if unchanged:
            return unchanged
        stands = show(case_id, history.events, number=await cases.numbers.find(case_id))
        return JsonResponse(stands, headers={"ETag": tag})

    @router.get("/{case_id}/lists/{name}", response_model=CaseListShown)
    async def show_list(
        case_id: Id, name: ListName, _: Annotated[Caller, allow(*STAFF)], cursor: Cursor = None, limit: Limit = 100
    ) -> Response:
        """One list of the case's answer, in pages: `instalments`, `withholding.repayments`, or a list within an item of
        another (`withholding.withholdings.3.releases`, places from 0). `version` tells whether it moved between two."""
        listing = Listing(f"case.{name}", int)
        place = listing.after(cursor)
        history = await cases.history(case_id)
        whole = show_whole(case_id, history.events, number=None)
        found = find_list(whole, name)
        if found is None:
            raise NotFound("The case has no list of that name.")
        items, following = listing.part(found, place, limit)
        shown = bounded({f"{name}.{place}": each for place, each in enumerate(items, place[0] if place else 0)})
        cut = shown.pop(CUT, {})
        answer = {"version": history.version, "items": list(shown.values()), "cut": cut, "next": following}
        return JsonResponse(answer, headers={"ETag": etag(history.version)})

    @router.get("/{case_id}/timeline")
    async def show_timeline(
        case_id: Id,
        _: Annotated[Caller, allow(*STAFF)],
        room: Line | None = None,
        what: Line | None = None,
        actor: Line | None = None,
        since: Day | None = None,
        until: Day | None = None,
        cursor: Cursor = None,
        limit: Limit = WHOLE_UNTIL,
    ) -> Response:
        """Who did what, when, what it changed and why, oldest first: each fact as it was recorded. Days are days of
        recording in Europe/Oslo, both counted. `case_number` is what people call the case by."""
        place = TIMELINE.after(cursor)
        history = await cases.history(case_id)
        asked = TimelineFilter(room=room, what=what, actor=actor, since=since, until=until)
        number = await cases.numbers.find(case_id)
        later = (each for each in tell(history.recorded, asked) if place is None or each["version"] > place[0])
        rows = list(islice(later, limit + 1))
        following = TIMELINE.cursor(rows[limit - 1]["version"]) if len(rows) > limit else None
        return JsonResponse({"case_number": number, "items": rows[:limit], "next": following})

    return router
