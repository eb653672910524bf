"""Assessing an application and answering no, over HTTP. A yes is an award, in rooms of its own."""

from typing import Annotated

from starlette.responses import Response

from services.grants.application.assessment import assess
from services.grants.application.calls import call_of
from services.grants.application.impartiality import state_impartiality
from services.grants.application.outcome import (
    dismiss,
    propose_dismissal,
    propose_rejection,
    reject,
    return_dismissal,
    return_rejection,
)
from services.grants.application.requests import (
    Assessment,
    DismissalAsked,
    DismissalDecided,
    Impartiality,
    RejectionAsked,
    RejectionDecided,
    Return,
)
from services.grants.application.view import fold
from services.grants.case.command_handler import CaseCommands
from services.grants.case.responses import CaseShown
from services.grants.scheme.view import Schemes
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id

Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]


def answer_router(cases: CaseCommands, schemes: Schemes) -> Router:
    router = Router(prefix="/v1/cases", tags=["assessments"])

    @router.put("/{case_id}/impartiality", response_model=CaseShown)
    async def state_own_impartiality(
        case_id: Id, stated: Impartiality, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """States that one is impartial in the case, or is not. Nobody states it for another."""
        return await cases.act(
            case_id,
            fold,
            lambda application: state_impartiality(
                application, person=caller.subject, impartial=stated.impartial, stated_on=stated.stated_on
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/assessments", response_model=CaseShown)
    async def assess_application(
        case_id: Id, assessment: Assessment, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Assesses the version that counts, criterion by criterion, after stating impartiality."""
        criteria = (await call_of(cases, schemes, case_id)).published.terms.criteria
        return await cases.act(
            case_id,
            fold,
            lambda application: assess(
                application,
                version=assessment.version,
                scores=assessment.each_score(),
                summary=assessment.summary,
                recommended_ore=assessment.recommended_ore,
                criteria=criteria,
                assessed_on=assessment.assessed_on,
                assessed_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/application/dismissal-proposal", response_model=CaseShown)
    async def prepare_dismissal(
        case_id: Id, proposed: DismissalAsked, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Prepares a dismissal (avvisning): it cannot be taken up, for want of form, time or standing."""
        return await cases.act(
            case_id,
            fold,
            lambda application: propose_dismissal(
                application,
                ground=proposed.ground,
                reason=proposed.reason,
                proposed_on=proposed.proposed_on,
                proposed_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/application/dismissal-proposal/returns", response_model=CaseShown)
    async def give_back_dismissal(
        case_id: Id, returned: Return, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposed dismissal with a reason; its preparer may also take it back."""
        return await cases.act(
            case_id,
            fold,
            lambda application: return_dismissal(application, reason=returned.reason, returned_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/application/dismissal", response_model=CaseShown)
    async def decide_dismissal(
        case_id: Id, decided: DismissalDecided, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Dismisses the application, as a second person. It can be complained of."""
        return await cases.act(
            case_id,
            fold,
            lambda application: dismiss(application, dismissed_on=decided.dismissed_on, dismissed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/application/rejection-proposal", response_model=CaseShown)
    async def prepare_rejection(
        case_id: Id, proposed: RejectionAsked, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Prepares a rejection (avslag): it was considered, and the answer is no."""
        return await cases.act(
            case_id,
            fold,
            lambda application: propose_rejection(
                application,
                ground=proposed.ground,
                reason=proposed.reason,
                proposed_on=proposed.proposed_on,
                proposed_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/application/rejection-proposal/returns", response_model=CaseShown)
    async def give_back_rejection(
        case_id: Id, returned: Return, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposed rejection with a reason; its preparer may also take it back."""
        return await cases.act(
            case_id,
            fold,
            lambda application: return_rejection(application, reason=returned.reason, returned_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/application/rejection", response_model=CaseShown)
    async def decide_rejection(
        case_id: Id, decided: RejectionDecided, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Rejects the application, as a second person who has not assessed it. It can be complained of."""
        return await cases.act(
            case_id,
            fold,
            lambda application: reject(application, rejected_on=decided.rejected_on, rejected_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
