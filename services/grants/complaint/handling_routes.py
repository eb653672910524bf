"""What is decided of a complaint that is taken up, over HTTP: suspended, reversed, sent on, and its outcome."""

from typing import Annotated

from starlette.responses import Response

from services.grants.case.command_handler import CaseCommands
from services.grants.case.responses import CaseShown
from services.grants.complaint.handling import (
    end_suspension,
    forward,
    grant_suspension,
    record_outcome,
    reverse,
)
from services.grants.complaint.requests import (
    Forwarding,
    Outcomes,
    Reversal,
    Suspension,
    SuspensionEnd,
)
from services.grants.complaint.view import fold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id

A_COMPLAINT = "/cases/{case_id}/complaints/{number}"
Number = Annotated[int, Digits(1, 1000)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
Ministry = Annotated[Caller, allow(Role.ministry, Role.approver)]
"""The ministry's outcome is the ministry's to record; where it came as a letter, an approver enters it. Not the
caseworker, who wrote the statement it answers."""


def add_handling(router: Router, cases: CaseCommands) -> None:
    """Each step is one address under the complaint, beside those of its arrival."""

    @router.put(A_COMPLAINT + "/suspension", response_model=CaseShown)
    async def grant_suspensive_effect(
        case_id: Id, number: Number, said: Suspension, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets payment or reclaim wait until the complaint is decided."""
        return await cases.act(
            case_id,
            fold,
            lambda case: grant_suspension(
                case,
                number=number,
                suspends=said.suspends,
                reason=said.reason,
                granted_on=said.granted_on,
                granted_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/suspension/end", response_model=CaseShown)
    async def end_suspensive_effect(
        case_id: Id, number: Number, said: SuspensionEnd, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets the decision be carried out while the complaint stands."""
        return await cases.act(
            case_id,
            fold,
            lambda case: end_suspension(
                case, number=number, reason=said.reason, ended_on=said.ended_on, ended_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(A_COMPLAINT + "/reversals", response_model=CaseShown)
    async def reverse_decision(
        case_id: Id, number: Number, said: Reversal, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Gives the party right, wholly or in part. The case then names the acts that follow."""
        return await cases.act(
            case_id,
            fold,
            lambda case: reverse(
                case,
                number=number,
                wholly=said.wholly,
                reason=said.reason,
                reversed_on=said.reversed_on,
                reversed_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/forwarding", response_model=CaseShown)
    async def forward_complaint(
        case_id: Id, number: Number, said: Forwarding, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sends the complaint to the ministry with the directorate's statement."""
        return await cases.act(
            case_id,
            fold,
            lambda case: forward(
                case,
                number=number,
                statement=said.statement,
                forwarded_on=said.forwarded_on,
                forwarded_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/outcome", response_model=CaseShown)
    async def record_ministrys_outcome(
        case_id: Id,
        number: Number,
        said: Outcomes,
        caller: Ministry,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records what the ministry decided. It is final."""
        return await cases.act(
            case_id,
            fold,
            lambda case: record_outcome(
                case,
                number=number,
                outcome=said.outcome,
                document=said.document,
                decided_on=said.decided_on,
                recorded_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )
