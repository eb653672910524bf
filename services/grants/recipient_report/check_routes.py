"""A recipient's report checked over HTTP: its content by one, its money by another; right, or sent back."""

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.grants.case.command_handler import CaseCommands
from services.grants.case.events.recipient_report import Check
from services.grants.case.responses import CaseShown
from services.grants.recipient_report.checking import check, return_report
from services.grants.recipient_report.requests import FoundRight, FoundWrong
from services.grants.recipient_report.rules import fold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id

A_REPORT = "/cases/{case_id}/reports/{number}"
Number = Annotated[int, Digits(1, 1000)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
MoneyChecker = Annotated[Caller, allow(Role.caseworker, Role.controller)]


def add_checks(router: Router, cases: CaseCommands) -> None:
    """Each check is one address under the report."""

    async def find_right(
        case_id: UUID, number: int, kind: Check, said: FoundRight, *, caller: Caller, key: IdempotencyKey, expected: int
    ) -> Response:
        return await cases.act(
            case_id,
            fold,
            lambda case: check(
                case,
                number=number,
                check=kind,
                note=said.note,
                checked_on=said.checked_on,
                checked_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    async def find_wrong(
        case_id: UUID, number: int, kind: Check, said: FoundWrong, *, caller: Caller, key: IdempotencyKey, expected: int
    ) -> Response:
        return await cases.act(
            case_id,
            fold,
            lambda case: return_report(
                case,
                number=number,
                check=kind,
                reasons=said.reasons,
                reply_by=said.reply_by,
                returned_on=said.returned_on,
                returned_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_REPORT + "/content-check", response_model=CaseShown)
    async def approve_content(
        case_id: Id, number: Number, said: FoundRight, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Finds the report right in content."""
        return await find_right(case_id, number, "content", said, caller=caller, key=key, expected=expected)

    @router.put(A_REPORT + "/money-check", response_model=CaseShown)
    async def approve_money(
        case_id: Id, number: Number, said: FoundRight, caller: MoneyChecker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Finds the report right in money. Not by whoever checked its content."""
        return await find_right(case_id, number, "money", said, caller=caller, key=key, expected=expected)

    @router.post(A_REPORT + "/content-check/returns", response_model=CaseShown)
    async def return_for_content(
        case_id: Id, number: Number, said: FoundWrong, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sends the report back for its content."""
        return await find_wrong(case_id, number, "content", said, caller=caller, key=key, expected=expected)

    @router.post(A_REPORT + "/money-check/returns", response_model=CaseShown)
    async def return_for_money(
        case_id: Id, number: Number, said: FoundWrong, caller: MoneyChecker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sends the report back for its money."""
        return await find_wrong(case_id, number, "money", said, caller=caller, key=key, expected=expected)
