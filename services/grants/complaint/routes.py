"""Complaints over HTTP: register, complete, take up or turn away, reverse or send on, and record the outcome.

Each step is one address under the complaint. The approver decides what the caseworker prepared; the ministry may record
its own outcome.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.grants.case.command_handler import CaseCommands
from services.grants.case.events.complaint import Party
from services.grants.case.recipient_remarks import Recipient
from services.grants.case.responses import CaseShown
from services.grants.complaint.admission import accept_late, dismiss
from services.grants.complaint.arrival import ask_completion, complete, receive, withdraw
from services.grants.complaint.handling_routes import A_COMPLAINT, Approver, Caseworker, Number, add_handling
from services.grants.complaint.party import change_party
from services.grants.complaint.requests import (
    Arrival,
    Completed,
    Deadline,
    Dismissal,
    LateAcceptance,
    PartyChange,
    Withdrawal,
    party_of,
)
from services.grants.complaint.steps import State
from services.grants.complaint.view import START, ComplaintRow, fold, list_complaints
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing, page_of
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id

COMPLAINTS = Listing("complaints", date, UUID, int)


def complaint_router(cases: CaseCommands, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1", tags=["complaints"])

    @router.get("/complaints", response_model=page_of(ComplaintRow, case_number=str | None))
    async def list_all(
        _: Annotated[Caller, allow(*STAFF)],
        state: State | None = None,
        year: Annotated[int, Digits(1900, 2199)] | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Complaints over all cases, oldest first: of one state, of those made in one calendar year. The list follows
        the log within moments; a case's own address is never behind."""
        after = COMPLAINTS.after(cursor) or START
        rows = await list_complaints(pool, state=state, year=year, after=after, limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        following = COMPLAINTS.cursor(last.lodged_on, last.case_id, last.number) if last else None
        items = await cases.numbers.numbered(rows[:limit])
        return JsonResponse({"items": items, "next": following})

    @router.post("/cases/{case_id}/complaints", response_model=CaseShown)
    async def register_complaint(
        case_id: Id, arrival: Arrival, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Registers a complaint of a decision, in time or not, whole or not. Of a party that is named, `remarks` tells
        what stands out in the name and number."""
        party = party_of(arrival.party)
        return await cases.act(
            case_id,
            fold,
            lambda case: receive(
                case,
                disputed=arrival.disputed,
                decision_number=arrival.decision_number,
                party=party,
                decision_arrived_on=arrival.decision_arrived_on,
                lodged_on=arrival.lodged_on,
                grounds=arrival.grounds,
                defects=arrival.defects,
                registered_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
            named=named_of(party),
        )

    @router.put(A_COMPLAINT + "/completion-request", response_model=CaseShown)
    async def ask_for_completion(
        case_id: Id,
        number: Number,
        said: Deadline,
        caller: Caseworker,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Asks the party to put formal defects right by a day."""
        return await cases.act(
            case_id,
            fold,
            lambda case: ask_completion(
                case, number=number, reply_by=said.reply_by, asked_on=said.asked_on, asked_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/completion", response_model=CaseShown)
    async def record_completion(
        case_id: Id, number: Number, said: Completed, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the defects are put right."""
        return await cases.act(
            case_id,
            fold,
            lambda case: complete(case, number=number, completed_on=said.completed_on, recorded_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/late-acceptance", response_model=CaseShown)
    async def take_up_late(
        case_id: Id, number: Number, said: LateAcceptance, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Takes a late complaint up on a ground of forvaltningsloven § 31."""
        return await cases.act(
            case_id,
            fold,
            lambda case: accept_late(
                case,
                number=number,
                ground=said.ground,
                reason=said.reason,
                accepted_on=said.accepted_on,
                accepted_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/dismissal", response_model=CaseShown)
    async def dismiss_complaint(
        case_id: Id, number: Number, said: Dismissal, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Turns the complaint away."""
        return await cases.act(
            case_id,
            fold,
            lambda case: dismiss(
                case, number=number, reason=said.reason, dismissed_on=said.dismissed_on, dismissed_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_COMPLAINT + "/withdrawal", response_model=CaseShown)
    async def record_withdrawal(
        case_id: Id, number: Number, said: Withdrawal, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the party took the complaint back."""
        return await cases.act(
            case_id,
            fold,
            lambda case: withdraw(case, number=number, withdrawn_on=said.withdrawn_on, recorded_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/party", response_model=CaseShown)
    async def change_the_party(
        case_id: Id, said: PartyChange, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that another has come in the party's place: a bankruptcy estate, a successor. `remarks` tells what
        stands out in the name and number."""
        party = party_of(said.party)
        return await cases.act(
            case_id,
            fold,
            lambda case: change_party(
                case,
                party=party,
                capacity=said.capacity,
                document=said.document,
                changed_on=said.changed_on,
                recorded_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
            named=named_of(party),
        )

    add_handling(router, cases)

    return router


def named_of(party: Party | None) -> Recipient | None:
    """Whom an act names, to be remarked on."""
    if party is None:
        return None
    return Recipient(name=party.name, organisation_number=party.organisation_number, municipality_number=None)
