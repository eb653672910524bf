"""What becomes of an award, over HTTP: changes by two people, what the recipient says, and the turn of the year."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from starlette.responses import Response

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
)
from services.grants.award_change.rules import approve_change, propose_change, return_change
from services.grants.award_change.year_end_routes import add_year_end
from services.grants.case.responses import CaseShown
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id

Number = Annotated[int, Digits(1, 1000)]


def change_router(preparing: Preparing, today: Callable[[], date]) -> Router:
    """`today` tells whether a budget year has ended."""
    router = Router(tags=["awards"])
    act = preparing.cases.act

    @router.post("/v1/cases/{case_id}/award/changes", response_model=CaseShown)
    async def propose_award_change(
        case_id: Id, change: ChangeAsked, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Prepares a supplementary award, a reduction or an annulment. No money moves until a second person decides."""
        promised = (await preparing.commitment(case_id, expected)).approved
        added = change.instalments()
        authority = promised is not None and await preparing.authority(promised.fund_id, added)
        return await act(
            case_id,
            fold,
            lambda granted: propose_change(
                granted,
                kind=change.kind,
                added=added,
                reductions=change.reduced(),
                ground=change.ground.fact(),
                hearing=change.heard(),
                proposed_by=caller.subject,
                commitment_authority=authority,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/v1/cases/{case_id}/award/changes/returns", response_model=CaseShown)
    async def return_award_change(
        case_id: Id, returned: Return, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposed change with a reason; its preparer may also take it back."""
        return await act(
            case_id,
            fold,
            lambda granted: return_change(granted, reason=returned.reason, returned_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/v1/cases/{case_id}/award/changes/approval", response_model=CaseShown)
    async def approve_award_change(
        case_id: Id, approval: ChangeApproval, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Decides the proposed change as a second person. More money binds the fund, or the fund refuses; less frees
        it."""
        known = fold(await preparing.events(case_id, expected))
        authority = False
        if known.waiting and (promised := known.commitment.approved):
            authority = await preparing.authority(promised.fund_id, known.waiting.added, on=approval.approved_on)
        return await act(
            case_id,
            fold,
            lambda granted: approve_change(
                granted,
                approved_on=approval.approved_on,
                disposal_authority=approval.disposal_authority,
                approved_by=caller.subject,
                commitment_authority=authority,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/v1/cases/{case_id}/award/acceptance", response_model=CaseShown)
    async def record_acceptance(
        case_id: Id, acceptance: Acceptance, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the recipient accepted the terms of its letter."""
        return await act(
            case_id,
            fold,
            lambda granted: accept_terms(
                granted, accepted_on=acceptance.accepted_on, document=acceptance.document, recorded_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/v1/cases/{case_id}/award/refusal", response_model=CaseShown)
    async def record_refusal(
        case_id: Id, refusal: RefusalByRecipient, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the recipient refuses the award: everything unpaid of it is free on the fund again."""
        return await act(
            case_id,
            fold,
            lambda granted: decline(
                granted, reason=refusal.reason, declined_on=refusal.declined_on, recorded_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/v1/cases/{case_id}/award/change-requests", response_model=CaseShown)
    async def register_change_request(
        case_id: Id, request: ChangeRequest, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Registers what the recipient asks to have otherwise."""
        return await act(
            case_id,
            fold,
            lambda granted: request_change(
                granted, asks=request.asks, received_on=request.received_on, registered_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/v1/cases/{case_id}/award/change-requests/{number}/answer", response_model=CaseShown)
    async def answer_change_request(
        case_id: Id, number: Number, answer: ChangeAnswer, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Grants or refuses the request. What it does to the money is a change of its own."""
        return await act(
            case_id,
            fold,
            lambda granted: answer_change(
                granted,
                number=number,
                granted_it=answer.granted,
                reason=answer.reason,
                answered_on=answer.answered_on,
                answered_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    add_year_end(router, preparing, today)
    return router
