"""Applications over HTTP: what arrived is registered, asked more of, taken in late or taken back; and listed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID, uuid5

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.application.calls import call_of, find_call
from services.grants.application.contacts.contact_routes import ImpersonalKey
from services.grants.application.contacts.contact_rows import ContactRows, row_of
from services.grants.application.eligibility import Call, earlier_calls
from services.grants.application.listing import ApplicationRow, list_applications, list_of_applicant
from services.grants.application.overlaps import list_overlaps, place_of
from services.grants.application.receiving import receive, request_supplement, take_in_late, withdraw
from services.grants.application.requests import (
    ApplicationAsked,
    LateAcceptance,
    SupplementAsked,
    VersionAsked,
    Withdrawal,
)
from services.grants.application.rules import Application, NoApplication
from services.grants.application.view import Standing, beside, fold
from services.grants.case.command_handler import CaseCommands
from services.grants.case.responses import CaseShown
from services.grants.scheme.view import Schemes
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import WHOLE_UNTIL, Cursor, Limit, Listing, page_of
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id, Line

OPENED = UUID("5b0b9a3e-6d0f-4c39-9d0b-0f6d1f7f2a11")
APPLICATIONS = Listing("applications", str, str)

GrantedBefore = Callable[[str, str], Awaitable[bool]]
"""Whether an organisation (by its number) was granted an award on application in a call: `(call_id, number)`."""

Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]

OVERLAPS = Listing("overlaps", int, int, UUID)


def application_router(
    cases: CaseCommands,
    schemes: Schemes,
    pool: AsyncConnectionPool,
    contacts: ContactRows,
    granted_before: GrantedBefore,
) -> Router:
    router = Router(prefix="/v1", tags=["applications"])

    async def register(
        case_id: UUID,
        version: VersionAsked,
        call: Call,
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        opening: bool = False,
    ) -> Response:
        """A version as it arrived. The contact person's row is stored once nothing refuses what names them, and before
        any fact does."""
        number = version.applicant.organisation_number
        granted = {each: bool(number and await granted_before(each, number)) for each in earlier_calls(call)}

        def receiving(contact_id: UUID | None, digest: str | None) -> Callable[[Application], Sequence[Event]]:
            return lambda application: receive(
                application,
                content=version.content(call.published.call_id),
                call=call,
                granted=granted,
                contact_id=contact_id,
                contact_digest=digest,
                arrived_on=version.arrived_on,
                registered_by=caller.subject,
            )

        rule = receiving(None, None)
        if named := version.contact:
            rule = receiving(row_of(case_id, caller, key), None)
            await cases.ask(case_id, fold, rule, caller=caller, key=key, expected=expected, opening=opening)
            row = await contacts.keep(
                case_id, name=named.name, email=named.email, phone=named.phone, caller=caller, key=key
            )
            rule = receiving(row.id, row.digest)
        return await cases.act(
            case_id,
            fold,
            rule,
            caller=caller,
            key=key,
            expected=expected,
            opening=opening,
            named=version.applicant,
        )

    @router.post("/applications", status_code=201, response_model=CaseShown)
    async def receive_application(application: ApplicationAsked, caller: Caseworker, key: ImpersonalKey) -> Response:
        """Registers what arrived, and opens a case for it. Late is no refusal; not being one who may apply is. The
        case's id follows from the caller and the key, so that a repeat finds the same contact person. `remarks` tells
        what stands out in the applicant's name and numbers."""
        call = await find_call(schemes, application.call_id)
        case_id = uuid5(OPENED, f"{caller.subject}\n{key.key}")
        return await register(case_id, application, call, caller=caller, key=key, expected=0, opening=True)

    @router.get("/applications", response_model=page_of(ApplicationRow, case_number=str | None))
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
        return JsonResponse({"items": items, "next": following})

    @router.get("/cases/{case_id}/overlaps")
    async def show_overlaps(
        case_id: Id, _: Annotated[Caller, allow(*STAFF)], cursor: Cursor = None, limit: Limit = WHOLE_UNTIL
    ) -> Response:
        """The same applicant's other applications: to the same call, to another scheme the same year, or of much the
        same title. Nothing is decided by it."""
        place = OVERLAPS.after(cursor)
        application = fold((await cases.history(case_id)).events)
        if not application.versions:
            raise NoApplication("Nobody has applied in this case.")
        mine = beside(case_id, application)
        every = list_overlaps(mine, await list_of_applicant(pool, mine))
        later = [each for each in every if place is None or place_of(each) > place]
        found, following = later[:limit], OVERLAPS.cursor(*place_of(later[limit - 1])) if len(later) > limit else None
        numbers = await cases.numbers.list_all(each.other.case_id for each in found)
        items = [asdict(each) | {"case_number": numbers.get(each.other.case_id)} for each in found]
        return JsonResponse({"items": items, "next": following})

    @router.post("/cases/{case_id}/application/versions", response_model=CaseShown)
    async def receive_version(
        case_id: Id, version: VersionAsked, caller: Caseworker, expected: ExpectedVersion, key: ImpersonalKey
    ) -> Response:
        """Freezes a new version: in answer to a request, or while the call is open; else it is registered as late."""
        call = await call_of(cases, schemes, case_id)
        return await register(case_id, version, call, caller=caller, key=key, expected=expected)

    @router.post("/cases/{case_id}/application/supplement-requests", response_model=CaseShown)
    async def ask_for_more(
        case_id: Id, request: SupplementAsked, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Asks the applicant for what is missing, by a day."""
        return await cases.act(
            case_id,
            fold,
            lambda application: request_supplement(
                application,
                asks=request.asks,
                reply_by=request.reply_by,
                requested_on=request.requested_on,
                requested_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/application/late-acceptance", response_model=CaseShown)
    async def accept_late(
        case_id: Id, late: LateAcceptance, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Takes in a version that came too late, on a coded ground. From now on it counts."""
        return await cases.act(
            case_id,
            fold,
            lambda application: take_in_late(
                application,
                version=late.version,
                ground=late.ground,
                reason=late.reason,
                accepted_on=late.accepted_on,
                accepted_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/application/withdrawal", response_model=CaseShown)
    async def record_withdrawal(
        case_id: Id, withdrawal: Withdrawal, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the applicant takes the application back."""
        return await cases.act(
            case_id,
            fold,
            lambda application: withdraw(
                application, reason=withdrawal.reason, withdrawn_on=withdrawal.withdrawn_on, recorded_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
