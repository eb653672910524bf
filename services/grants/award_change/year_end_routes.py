"""What the end of a budget year does to what is unpaid, over HTTP: recorded case by case, and listed."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from starlette.responses import Response

from services.grants.award.preparing import Preparing
from services.grants.award.rules import fold
from services.grants.award_change.requests import (
    YearTurned,
)
from services.grants.award_change.year_end import turn_year
from services.grants.balance.view import AsOf
from services.grants.case.responses import CaseShown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id

Year = Annotated[int, Digits(1900, 2199)]
UNPAID = Listing("unpaid-promises", str)


def add_year_end(router: Router, preparing: Preparing, today: Callable[[], date]) -> None:
    """`today` tells whether a budget year has ended."""

    @router.post("/v1/cases/{case_id}/turn-of-year", response_model=CaseShown)
    async def record_turn_of_year(
        case_id: Id,
        turned: YearTurned,
        caller: Annotated[Caller, allow(Role.controller)],
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records what the end of the budget year did to what is unpaid: held over to the next year's books where the
        post is "kan overføres" on its last day, or a commitment authority let it be promised; else lapsed on that day.
        A year that was recorded before the next year's books knew of it is recorded anew."""
        promised = (await preparing.commitment(case_id, expected)).approved
        transferable = promised is not None and await preparing.was_transferable(promised.fund_id)
        into_post_id = await preparing.later_years.post_in(promised.fund_id, turned.year + 1) if promised else ""
        return await preparing.cases.act(
            case_id,
            fold,
            lambda granted: turn_year(
                granted,
                year=turned.year,
                transferable=transferable,
                into_post_id=into_post_id,
                today=today(),
                recorded_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.get("/v1/turn-of-year")
    async def list_turn_of_year(
        year: Year, _: Annotated[Caller, allow(*STAFF)], cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """The cases the end of a budget year concerns: those with money promised and not paid on its last day, and
        whether their post was "kan overføres" on the last day of its own year. `turned` tells that it is recorded;
        `to_record_anew` that it was, before the next year's books knew of it."""
        place = UNPAID.after(cursor)
        as_of = AsOf(valid_at=date(year, 12, 31))
        rows = await preparing.later_years.list_unpaid(as_of, after=str(place[0]) if place else "", limit=limit + 1)
        following = UNPAID.cursor(rows[limit - 1]["commitment_id"]) if len(rows) > limit else None
        items = [{name: value for name, value in row.items() if name != "commitment_id"} for row in rows[:limit]]
        items = await preparing.cases.numbers.numbered(items)
        return JsonResponse({"items": items, "next": following})
