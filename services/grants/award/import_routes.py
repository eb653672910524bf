"""Awards that were decided outside this system over HTTP: claimed by one person, confirmed by another."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import uuid4

from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.award.award_import import confirm_import, propose_import
from services.grants.award.preparing import Preparing
from services.grants.award.requests import ImportedAward
from services.grants.award.routes import fold
from services.grants.award.state import Award
from services.grants.case.responses import CaseShown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id

Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]


def import_router(preparing: Preparing, *, system_began_on: date) -> Router:
    """`system_began_on` is the first day awards are decided here: none from it on is ever imported."""
    router = Router(prefix="/v1", tags=["imported awards"])
    act = preparing.cases.act

    async def claiming(asked: ImportedAward, by: Caller) -> Callable[[Award], Sequence[Event]]:
        """The rule, with all that it is asked beside the case."""
        proposal, scheme = await preparing.whole(asked, by=by.subject, made_here=False)
        authority = await preparing.authority(proposal.fund_id, proposal.instalments)
        return lambda award: propose_import(
            award,
            proposal=proposal,
            outside=asked.outside(),
            scheme=scheme,
            commitment_authority=authority,
            system_began_on=system_began_on,
        )

    @router.post("/award-imports", status_code=201, response_model=CaseShown)
    async def open_imported_case(imported: ImportedAward, caller: Caseworker, key: Idempotency) -> Response:
        """Opens a case with an award that was decided outside, before this system began. Nothing is bound before a
        second person confirms it. `remarks` tells what stands out in the recipient's name and numbers."""
        rule = await claiming(imported, caller)
        return await act(
            uuid4(), fold, rule, caller=caller, key=key, expected=0, opening=True, named=imported.recipient
        )

    @router.put("/cases/{case_id}/award/import", response_model=CaseShown)
    async def propose_import_anew(
        case_id: Id, imported: ImportedAward, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Claims it anew after a return (`award/returns`, as for any proposal)."""
        await preparing.cases.history(case_id)  # what is not there is said before what is wrong with the claim
        rule = await claiming(imported, caller)
        return await act(case_id, fold, rule, caller=caller, key=key, expected=expected, named=imported.recipient)

    @router.put("/cases/{case_id}/award/import/confirmation", response_model=CaseShown)
    async def confirm_imported_award(
        case_id: Id, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Confirms the claim as a second person, having seen its document. The fund is bound from the day it was
        decided, or refuses. Its letter may then be registered as out before the system (`letter-release`)."""
        known = fold(await preparing.events(case_id, expected))
        scheme, authority = None, False
        if known.importing and (waiting := known.commitment.proposed):
            scheme = await preparing.terms_of(waiting.scheme_id, waiting.basis)
            authority = await preparing.authority(waiting.fund_id, waiting.instalments, on=known.importing.decided_on)
        return await act(
            case_id,
            fold,
            lambda award: confirm_import(
                award, confirmed_by=caller.subject, scheme=scheme, commitment_authority=authority
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
