"""Applications over HTTP: what arrived is registered, asked more of, taken in late or taken back; and listed."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi.encoders import jsonable_encoder
from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse, Response

from services.eventlog.refusal import Refusal
from services.grants.application.contact_routes import ImpersonalKey
from services.grants.application.contact_rows import ContactRows, row_of
from services.grants.application.eligibility import Call, earlier_calls
from services.grants.application.listing import list_applications, list_of_applicant
from services.grants.application.overlaps import list_overlaps
from services.grants.application.receiving import receive, request_supplement, take_in_late, withdraw
from services.grants.application.requests import (
    ApplicationAsked,
    ContactAsked,
    LateAcceptance,
    SupplementAsked,
    VersionAsked,
    Withdrawal,
)
from services.grants.application.rules import NoApplication
from services.grants.application.view import Standing, beside, fold
from services.grants.case.command_handler import CaseFile
from services.grants.scheme.view import Schemes
from services.httpapi.admission import allow
from services.httpapi.caller import STAFF, Caller, Role
from services.httpapi.etag import ExpectedVersion
from services.httpapi.fields import Id, Line
from services.httpapi.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.route import Router

OPENED = UUID("5b0b9a3e-6d0f-4c39-9d0b-0f6d1f7f2a11")
APPLICATIONS = Listing("applications", str, str)

GrantedBefore = Callable[[str, str], Awaitable[bool]]
"""Whether an organisation (by its number) was granted an award on application in a call: `(call_id, number)`."""

Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]


class NoSuchCall(Refusal):
    """No call of that id is published."""

    code = "no-such-call"
    status = 422
    title = "Utlysningen finnes ikke"


async def find_call(schemes: Schemes, call_id: str) -> Call:
    """The call applied to, or the refusal `NoSuchCall`."""
    found = await schemes.find_call(call_id)
    if found is None:
        raise NoSuchCall("No call of that id is published. See the schemes of the year.")
    return Call(scheme_id=found.scheme_id, year=found.year, published=found.call, cancelled=found.cancelled)


async def call_of(cases: CaseFile, schemes: Schemes, case_id: UUID) -> Call:
    """The call that was applied to in a case. Refuses with `NotFound`, `NoApplication`."""
    versions = fold((await cases.history(case_id)).events).versions
    if not versions:
        raise NoApplication("Nobody has applied in this case.")
    return await find_call(schemes, versions[-1].call_id)


def application_router(
    cases: CaseFile, schemes: Schemes, pool: AsyncConnectionPool, contacts: ContactRows, granted_before: GrantedBefore
) -> Router:
    router = Router(prefix="/v1", tags=["applications"])

    async def received(
        case_id: UUID, version: VersionAsked, call: Call, caller: Caller, key: IdempotencyKey
    ) -> dict[str, Any]:
        """What the rule is asked; of the contact person, the row they are to have."""
        number = version.applicant.organisation_number
        return {
            "content": version.content(call.published.call_id),
            "call": call,
            "granted": {each: bool(number and await granted_before(each, number)) for each in earlier_calls(call)},
            "contact_id": row_of(case_id, caller, key) if version.contact else None,
            "contact_digest": None,
            "arrived_on": version.arrived_on,
            "registered_by": caller.subject,
        }

    async def kept(case_id: UUID, named: ContactAsked, caller: Caller, key: IdempotencyKey) -> dict[str, Any]:
        """The contact person's row, stored once nothing refuses what names them and before any fact does."""
        row = await contacts.keep(case_id, **named.model_dump(), caller=caller, key=key)
        return {"contact_id": row.id, "contact_digest": row.digest}

    @router.post("/applications", status_code=201)
    async def receive_application(application: ApplicationAsked, caller: Caseworker, key: ImpersonalKey) -> Response:
        """Registers what arrived, and opens a case for it. Late is no refusal; not being one who may apply is. The
        case's id follows from the caller and the key, so that a repeat finds the same contact person. `remarks` tells
        what stands out in the applicant's name and numbers."""
        call = await find_call(schemes, application.call_id)
        case_id = uuid5(OPENED, f"{caller.subject}\n{key.key}")
        asked = await received(case_id, application, call, caller, key)
        how: dict[str, Any] = {"fold": fold, "caller": caller, "key": key, "expected": 0, "opening": True}
        if application.contact:
            await cases.ask(case_id, receive, asked, **how)
            asked |= await kept(case_id, application.contact, caller, key)
        return await cases.act(case_id, receive, asked, **how, named=application.applicant)

    @router.get("/applications")
    async def list_all(
        call_id: Line,
        _: Annotated[Caller, allow(*STAFF)],
        state: Standing | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """The applications to a call, in the order they came, with how far each is assessed. The list follows the log
        within moments; a case's own address is never behind."""
        place = APPLICATIONS.after(cursor)
        after = (str(place[0]), str(place[1])) if place else ("", "")
        rows = await list_applications(pool, call_id=call_id, state=state, after=after, limit=limit + 1)
        following = None
        if len(rows) > limit:
            following = APPLICATIONS.cursor(rows[limit - 1].first_arrived_on.isoformat(), str(rows[limit - 1].case_id))
        items = await cases.numbers.numbered(rows[:limit])
        return JSONResponse(jsonable_encoder({"items": items, "next": following}))

    @router.get("/cases/{case_id}/overlaps")
    async def show_overlaps(case_id: Id, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """The same applicant's other applications: to the same call, to another scheme the same year, or of much the
        same title. Nothing is decided by it."""
        application = fold((await cases.history(case_id)).events)
        if not application.versions:
            raise NoApplication("Nobody has applied in this case.")
        mine = beside(case_id, application)
        found = list_overlaps(mine, await list_of_applicant(pool, mine))
        numbers = await cases.numbers.list_all(each.other.case_id for each in found)
        items = [asdict(each) | {"case_number": numbers.get(each.other.case_id)} for each in found]
        return JSONResponse(jsonable_encoder({"items": items, "next": None}))

    @router.post("/cases/{case_id}/application/versions")
    async def receive_version(
        case_id: Id, version: VersionAsked, caller: Caseworker, expected: ExpectedVersion, key: ImpersonalKey
    ) -> Response:
        """Freezes a new version: in answer to a request, or while the call is open; else it is registered as late."""
        call = await call_of(cases, schemes, case_id)
        asked = await received(case_id, version, call, caller, key)
        how: dict[str, Any] = {"fold": fold, "caller": caller, "key": key, "expected": expected}
        if version.contact:
            await cases.ask(case_id, receive, asked, **how)
            asked |= await kept(case_id, version.contact, caller, key)
        return await cases.act(case_id, receive, asked, **how, named=version.applicant)

    @router.post("/cases/{case_id}/application/supplement-requests")
    async def ask_for_more(
        case_id: Id, request: SupplementAsked, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Asks the applicant for what is missing, by a day."""
        asked = {**request.model_dump(), "requested_by": caller.subject}
        return await cases.act(case_id, request_supplement, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/cases/{case_id}/application/late-acceptance")
    async def accept_late(
        case_id: Id, late: LateAcceptance, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Takes in a version that came too late, on a coded ground. From now on it counts."""
        asked = {**late.model_dump(), "accepted_by": caller.subject}
        return await cases.act(case_id, take_in_late, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/cases/{case_id}/application/withdrawal")
    async def record_withdrawal(
        case_id: Id, withdrawal: Withdrawal, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the applicant takes the application back."""
        asked = {**withdrawal.model_dump(), "recorded_by": caller.subject}
        return await cases.act(case_id, withdraw, asked, fold=fold, caller=caller, key=key, expected=expected)

    return router
