"""The recipient's account over HTTP: registered, looked at, verified by another, and erased."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import uuid5

from fastapi import Query
from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.case.command_handler import CaseCommands
from services.grants.case.number_guard import Numbers
from services.grants.case.responses import CaseShown
from services.grants.disbursement.batch.account_rows import AccountRows
from services.grants.disbursement.batch.rules import PayeeAccount
from services.grants.disbursement.payee.rules import (
    erase_account,
    erasure_of,
    recorded_numbers,
    register_account,
    verify_account,
)
from services.grants.disbursement.rules import Disbursement
from services.grants.disbursement.view import fold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import DatedBody, Day, Id, Line


class Account(DatedBody):
    """Eleven digits without spaces, and the organisation number of whom the account belongs to."""

    account_number: Line
    organisation_number: Line
    registered_on: Day


class Verification(DatedBody):
    """The account that was looked at, what it was held against, and when."""

    account_id: Id
    source: Line
    verified_on: Day


def payee_router(cases: CaseCommands, rows: AccountRows, numbers: Numbers, today: Callable[[], date]) -> Router:
    router = Router(prefix="/v1", tags=["payee-accounts"])

    @router.put("/cases/{case_id}/payee-account", response_model=CaseShown)
    async def register_payee_account(
        case_id: Id,
        account: Account,
        caller: Annotated[Caller, allow(Role.caseworker)],
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Registers which account the recipient is paid to. A second person must verify it before anything is paid."""
        numbers.check_account(account.account_number)
        account_id = uuid5(case_id, f"{caller.subject}\n{key.key}")

        def rule(case: Disbursement, digest: str | None = None) -> Sequence[Event]:
            return register_account(
                case,
                account_id=account_id,
                holder=account.organisation_number,
                registered_on=account.registered_on,
                registered_by=caller.subject,
                digest=digest,
            )

        # The row is stored once the rule and the guards have agreed, and before any fact refers to it.
        await cases.ask(case_id, fold, rule, caller=caller, key=key, expected=expected)
        case = fold((await cases.history(case_id)).events)
        known = [number for number in recorded_numbers(case) if number]
        numbers.check_organisations([account.organisation_number], recorded=known)
        digest = await rows.keep(
            PayeeAccount(
                account_id=account_id,
                account_number=account.account_number,
                organisation_number=account.organisation_number,
            )
        )
        return await cases.act(
            case_id, fold, lambda case: rule(case, digest), caller=caller, key=key, expected=expected
        )

    @router.get("/cases/{case_id}/payee-account")
    async def show_payee_account(
        case_id: Id, _: Annotated[Caller, allow(Role.caseworker, Role.controller)]
    ) -> Response:
        """The account as registered, its number too, for whoever is to hold it against a source."""
        history = await cases.history(case_id)
        case = fold(history.events)
        if case.account is None:
            raise NotFound("No account is registered in this case.")
        row = (await rows.find_all([case.account.account_id])).get(case.account.account_id)
        content = {
            "account_id": case.account.account_id,
            "account_number": row.account_number if row else None,
            "organisation_number": row.organisation_number if row else None,
            "registered_on": case.account.registered_on,
            "registered_by": case.account.registered_by,
            "verified_on": case.verified.verified_on if case.verified else None,
            "verified_by": case.verified.verified_by if case.verified else None,
            "source": case.verified.source if case.verified else None,
        }
        return JsonResponse(content, headers={"ETag": etag(history.version)})

    @router.put("/cases/{case_id}/payee-account/verification", response_model=CaseShown)
    async def verify_payee_account(
        case_id: Id,
        verification: Verification,
        caller: Annotated[Caller, allow(Role.caseworker, Role.controller)],
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Confirms, as a second person with a source, that the account is the recipient's."""
        return await cases.act(
            case_id,
            fold,
            lambda case: verify_account(
                case,
                account_id=verification.account_id,
                source=verification.source,
                verified_on=verification.verified_on,
                verified_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.delete("/payee-accounts/{account_id}", status_code=204)
    async def erase_payee_account(
        account_id: Id,
        caller: Annotated[Caller, allow(Role.administrator)],
        key: Idempotency,
        reason: Annotated[Line, Query(description="Why, in words that name nobody and no number.")],
    ) -> Response:
        """Erases the number for good, and says in the log who did and why. What waits to be paid to it is left out of
        every batch from now on; files already made are accounting records and stay."""
        if account_id not in await rows.find_all([account_id]):
            raise NotFound("There is no account of that id.")
        await cases.desk.carry_out(
            erasure_of(account_id),
            caller=caller,
            key=key,
            decide=lambda history: erase_account(
                history.events, account_id=account_id, reason=reason, erased_on=today(), erased_by=caller.subject
            ),
            answer=lambda _: Answer(body={"account_id": str(account_id), "erased": True}),
        )
        return Response(status_code=204)

    return router
