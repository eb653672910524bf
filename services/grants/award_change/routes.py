"""What becomes of an award, over HTTP: changes by two people, what the recipient says, and the turn of the year."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from services.grants.award.preparing import Preparing
from services.grants.award.requests import Return
from services.grants.award.routes import Approver, Caseworker, CaseworkerOrApprover
from services.grants.award.rules import fold
from services.grants.award_change.recipient import accept_terms, answer_change, decline, request_change
from services.grants.award_change.requests import (
    Acceptance,
    ChangeAnswer,
    ChangeApproval,
    ChangeAsked,
    ChangeRequest,
    RefusalByRecipient,
    YearTurned,
)
from services.grants.award_change.rules import approve_change, propose_change, return_change
from services.grants.award_change.year_end import turn_year
from services.grants.balance.view import AsOf
from services.httpapi.admission import allow
from services.httpapi.caller import STAFF, Caller, Role
from services.httpapi.etag import ExpectedVersion
from services.httpapi.fields import Digits, Id
from services.httpapi.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.route import Router

Number = Annotated[int, Digits(1, 1000)]
Year = Annotated[int, Digits(1900, 2199)]
UNPAID = Listing("unpaid-promises", str)


def change_router(preparing: Preparing, today: Callable[[], date]) -> Router:
    """`today` tells whether a budget year has ended."""
    router = Router(tags=["awards"])
    act = preparing.cases.act

    @router.post("/v1/cases/{case_id}/award/changes")
    async def propose_award_change(
        case_id: Id, change: ChangeAsked, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Prepares a supplementary award, a reduction or an annulment. No money moves until a second person decides."""
        asked: dict[str, Any] = {**change.facts(), "proposed_by": caller.subject}
        if promised := (await preparing.commitment(case_id, expected)).approved:
            added = asked["added"]
            asked["commitment_authority"] = await preparing.authority(promised.fund_id, added)
        return await act(case_id, propose_change, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.post("/v1/cases/{case_id}/award/changes/returns")
    async def return_award_change(
        case_id: Id, returned: Return, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposed change with a reason; its preparer may also take it back."""
        asked = {"reason": returned.reason, "returned_by": caller.subject}
        return await act(case_id, return_change, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/v1/cases/{case_id}/award/changes/approval")
    async def approve_award_change(
        case_id: Id, approval: ChangeApproval, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Decides the proposed change as a second person. More money binds the fund, or the fund refuses; less frees
        it."""
        asked: dict[str, Any] = {**approval.model_dump(), "approved_by": caller.subject}
        granted = fold(await preparing.events(case_id, expected))
        if granted.waiting and (promised := granted.commitment.approved):
            asked["commitment_authority"] = await preparing.authority(
                promised.fund_id, granted.waiting.added, on=approval.approved_on
            )
        return await act(case_id, approve_change, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/v1/cases/{case_id}/award/acceptance")
    async def record_acceptance(
        case_id: Id, acceptance: Acceptance, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the recipient accepted the terms of its letter."""
        asked = {**acceptance.model_dump(), "recorded_by": caller.subject}
        return await act(case_id, accept_terms, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/v1/cases/{case_id}/award/refusal")
    async def record_refusal(
        case_id: Id, refusal: RefusalByRecipient, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the recipient refuses the award: everything unpaid of it is free on the fund again."""
        asked = {**refusal.model_dump(), "recorded_by": caller.subject}
        return await act(case_id, decline, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.post("/v1/cases/{case_id}/award/change-requests")
    async def register_change_request(
        case_id: Id, request: ChangeRequest, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Registers what the recipient asks to have otherwise."""
        asked = {**request.model_dump(), "registered_by": caller.subject}
        return await act(case_id, request_change, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/v1/cases/{case_id}/award/change-requests/{number}/answer")
    async def answer_change_request(
        case_id: Id, number: Number, answer: ChangeAnswer, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Grants or refuses the request. What it does to the money is a change of its own."""
        asked = {
            "number": number,
            "granted_it": answer.granted,
            "reason": answer.reason,
            "answered_on": answer.answered_on,
            "answered_by": caller.subject,
        }
        return await act(case_id, answer_change, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.post("/v1/cases/{case_id}/turn-of-year")
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
        asked = {
            "year": turned.year,
            "transferable": transferable,
            "into_post_id": into_post_id,
            "today": today(),
            "recorded_by": caller.subject,
        }
        return await act(case_id, turn_year, asked, fold=fold, caller=caller, key=key, expected=expected)

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
        return JSONResponse(jsonable_encoder({"items": items, "next": following}))

    return router
