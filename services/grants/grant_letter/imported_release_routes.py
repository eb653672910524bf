"""Letters that went out before this system released any, over HTTP: claimed by one person, confirmed by another."""

from datetime import date
from typing import Annotated

from starlette.responses import Response

from services.grants.award.rules import fold
from services.grants.case.command_handler import CaseCommands
from services.grants.case.responses import CaseShown
from services.grants.grant_letter.imported_release import claim_release, confirm_release
from services.grants.grant_letter.requests import Release
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id

Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]


def release_import_router(cases: CaseCommands, *, system_began_on: date) -> Router:
    """`system_began_on` is the first day this system releases letters: no release from it on is ever imported."""
    router = Router(prefix="/v1/cases", tags=["awards"])
    act = cases.act

    @router.put("/{case_id}/letter-release", response_model=CaseShown)
    async def claim_letter_release(
        case_id: Id, release: Release, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Claims that the letter went out before this system released letters. A second person must confirm."""
        return await act(
            case_id,
            fold,
            lambda granted: claim_release(
                granted,
                released_on=release.released_on,
                document=release.document,
                document_sha256=release.document_sha256,
                proposed_by=caller.subject,
                system_began_on=system_began_on,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/letter-release/confirmation", response_model=CaseShown)
    async def confirm_letter_release(
        case_id: Id, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Confirms the claim, having seen its document. The letter counts as out: imported history."""
        return await act(
            case_id,
            fold,
            lambda granted: confirm_release(granted, confirmed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
