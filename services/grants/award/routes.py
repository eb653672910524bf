"""Awards over HTTP: propose, return and approve them.

What becomes of an award once it is made stands in `award_change/`, its letter in `grant_letter/`.
"""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import uuid4

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.award.approval import approve, propose, return_proposal
from services.grants.award.preparing import Preparing
from services.grants.award.requests import Approval, Proposal, Return
from services.grants.award.state import Award, evolve
from services.grants.case.responses import CaseShown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id

Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]


def fold(events: Sequence[Event]) -> Award:
    """The case as proposing and approving know it."""
    return fold_once(evolve, events, Award)


def award_router(preparing: Preparing) -> Router:
    router = Router(prefix="/v1/cases", tags=["awards"])
    act = preparing.cases.act

    async def proposing(asked: Proposal, by: Caller) -> Callable[[Award], Sequence[Event]]:
        """The rule, with all that it is asked beside the case."""
        proposal, scheme = await preparing.whole(asked, by=by.subject)
        authority = await preparing.authority(proposal.fund_id, proposal.instalments)
        return lambda award: propose(award, proposal=proposal, scheme=scheme, commitment_authority=authority)

    @router.post("", status_code=201, response_model=CaseShown)
    async def open_case(proposal: Proposal, caller: Caseworker, key: Idempotency) -> Response:
        """Opens a case that nobody applied in, with a proposed award: to the named, per capita, or by agreement.
        Nothing is bound yet. `remarks` tells what stands out in the recipient's name and numbers."""
        rule = await proposing(proposal, caller)
        return await act(
            uuid4(), fold, rule, caller=caller, key=key, expected=0, opening=True, named=proposal.recipient
        )

    @router.put("/{case_id}/award", response_model=CaseShown)
    async def propose_award(
        case_id: Id, proposal: Proposal, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes what an application is granted, or proposes anew after a return. `remarks` tells what stands out in
        the recipient's name and numbers."""
        await preparing.cases.history(case_id)  # what is not there is said before what is wrong with the proposal
        rule = await proposing(proposal, caller)
        return await act(case_id, fold, rule, caller=caller, key=key, expected=expected, named=proposal.recipient)

    @router.post("/{case_id}/award/returns", response_model=CaseShown)
    async def return_award(
        case_id: Id, returned: Return, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposal with a reason; its preparer may also take it back."""
        return await act(
            case_id,
            fold,
            lambda award: return_proposal(award, reason=returned.reason, returned_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/award/approval", response_model=CaseShown)
    async def approve_award(
        case_id: Id, approval: Approval, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Approves the award as a second person with budget disposal authority. The fund is bound, or refuses."""
        day, scheme, authority = approval.approved_on, None, False
        if waiting := (await preparing.commitment(case_id, expected)).proposed:
            scheme = await preparing.terms_of(waiting.scheme_id, waiting.basis)
            authority = await preparing.authority(waiting.fund_id, waiting.instalments, on=day)
        return await act(
            case_id,
            fold,
            lambda award: approve(
                award,
                approved_by=caller.subject,
                approved_on=day,
                disposal_authority=approval.disposal_authority,
                cover_valid_until=approval.cover_valid_until,
                scheme=scheme,
                commitment_authority=authority,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
