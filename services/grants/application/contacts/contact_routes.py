"""Contact persons over HTTP: read by those who work with the case, changed, and erased for good.

What is stored beside a command tells nothing of the person: neither its answer nor the hash that a repeat is known by.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.application.contacts.contact import name_contact, record_erasure
from services.grants.application.contacts.contact_rows import ContactRows, row_of
from services.grants.application.contacts.requests import NewContact
from services.grants.application.rules import Application
from services.grants.application.view import fold
from services.grants.case.command_handler import CaseCommands, stream_of
from services.grants.case.responses import CaseShown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.commands.impersonal import without
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id

WorksWithCases = Annotated[Caller, allow(Role.caseworker, Role.approver)]
ImpersonalKey = Annotated[IdempotencyKey, Depends(without("contact"))]


def contact_router(cases: CaseCommands, rows: ContactRows, today: Callable[[], date]) -> Router:
    router = Router(prefix="/v1", tags=["contacts"])

    @router.get("/cases/{case_id}/contact")
    async def show_contact(case_id: Id, _: WorksWithCases) -> Response:
        """Whom to write to in the case. An erased contact has nothing but the day of it. Neither the ministry nor an
        auditor needs it: the log tells them everything but who the person was."""
        contact_id = fold((await cases.history(case_id)).events).contact_id
        found = await rows.find(contact_id) if contact_id else None
        if found is None:
            raise NotFound("The case has no contact person.")
        return JsonResponse(found, headers={"Cache-Control": "no-store"})

    @router.put("/cases/{case_id}/contact", response_model=CaseShown)
    async def change_contact(
        case_id: Id,
        new: NewContact,
        caller: Annotated[Caller, allow(Role.caseworker)],
        expected: ExpectedVersion,
        key: ImpersonalKey,
    ) -> Response:
        """Names another contact person. The one before stays in their row until erased."""
        await cases.history(case_id)

        def naming(contact_id: UUID, digest: str | None = None) -> Callable[[Application], Sequence[Event]]:
            return lambda application: name_contact(
                application, contact_id=contact_id, named_on=new.named_on, recorded_by=caller.subject, digest=digest
            )

        rule = naming(row_of(case_id, caller, key))
        await cases.ask(case_id, fold, rule, caller=caller, key=key, expected=expected)
        kept = await rows.keep(
            case_id, name=new.contact.name, email=new.contact.email, phone=new.contact.phone, caller=caller, key=key
        )
        rule = naming(kept.id, kept.digest)
        return await cases.act(case_id, fold, rule, caller=caller, key=key, expected=expected)

    @router.delete("/contacts/{contact_id}")
    async def erase_contact(
        contact_id: Id, caller: Annotated[Caller, allow(Role.controller)], key: Idempotency
    ) -> Response:
        """Erases a contact person for good: a controller's act, for it cannot be undone, and whoever works with the
        case may be in a hurry. The row is emptied by the fact, in the transaction that records it; one that no fact
        names is emptied without."""
        found = await rows.find(contact_id)
        if found is None:
            raise NotFound("There is no such contact person.")
        answered = await cases.desk.carry_out(
            stream_of(found.case_id),
            caller=caller,
            key=key,
            decide=lambda history: record_erasure(
                fold(history.events), contact_id=contact_id, erased_on=today(), erased_by=caller.subject
            ),
            answer=lambda _: Answer(
                body={"contact_id": str(contact_id), "case_id": str(found.case_id), "erased": True}
            ),
        )
        await rows.erase(contact_id)
        return answered

    return router
