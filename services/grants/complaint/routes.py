"""Complaints over HTTP: register, complete, take up or turn away, reverse or send on, and record the outcome.

Each step is one address under the complaint. The approver decides what the caseworker prepared; the ministry may record
its own outcome.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi.encoders import jsonable_encoder
from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse, Response

from services.grants.case.command_handler import CaseFile
from services.grants.case.events.complaint import Party
from services.grants.case.recipient_remarks import Recipient
from services.grants.complaint.admission import accept_late, dismiss
from services.grants.complaint.arrival import ask_completion, complete, receive, withdraw
from services.grants.complaint.handling import (
    end_suspension,
    forward,
    grant_suspension,
    record_outcome,
    reverse,
)
from services.grants.complaint.party import change_party
from services.grants.complaint.requests import (
    Arrival,
    Completed,
    Deadline,
    Dismissal,
    Forwarding,
    LateAcceptance,
    Outcomes,
    PartyChange,
    Reversal,
    Suspension,
    SuspensionEnd,
    Withdrawal,
    party_of,
)
from services.grants.complaint.steps import State
from services.grants.complaint.view import START, fold, list_complaints
from services.httpapi.admission import allow
from services.httpapi.caller import STAFF, Caller, Role
from services.httpapi.etag import ExpectedVersion
from services.httpapi.fields import Digits, Id
from services.httpapi.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.route import Router

COMPLAINTS = Listing("complaints", date, UUID, int)

Number = Annotated[int, Digits(1, 1000)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
Ministry = Annotated[Caller, allow(Role.ministry, Role.approver)]
"""The ministry's outcome is the ministry's to record; where it came as a letter, an approver enters it. Not the
caseworker, who wrote the statement it answers."""


def complaint_router(cases: CaseFile, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1", tags=["complaints"])
    a_complaint = "/cases/{case_id}/complaints/{number}"

    async def act(
        case_id: UUID,
        rule: Any,
        asked: dict[str, Any],
        by: Caller,
        seen: int,
        key: IdempotencyKey,
        party: Party | None = None,
    ) -> Response:
        named = None
        if party:
            number = party.organisation_number
            named = Recipient(name=party.name, organisation_number=number, municipality_number=None)
        return await cases.act(case_id, rule, asked, fold=fold, caller=by, key=key, expected=seen, named=named)

    @router.get("/complaints")
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
        return JSONResponse(jsonable_encoder({"items": items, "next": following}))

    @router.post("/cases/{case_id}/complaints")
    async def register_complaint(
        case_id: Id, arrival: Arrival, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Registers a complaint of a decision, in time or not, whole or not. Of a party that is named, `remarks` tells
        what stands out in the name and number."""
        party = party_of(arrival.party)
        asked = {**arrival.model_dump(), "party": party, "registered_by": caller.subject}
        return await act(case_id, receive, asked, caller, expected, key, party)

    @router.put(a_complaint + "/completion-request")
    async def ask_for_completion(
        case_id: Id,
        number: Number,
        said: Deadline,
        caller: Caseworker,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Asks the party to put formal defects right by a day."""
        asked = {"number": number, **said.model_dump(), "asked_by": caller.subject}
        return await act(case_id, ask_completion, asked, caller, expected, key)

    @router.put(a_complaint + "/completion")
    async def record_completion(
        case_id: Id, number: Number, said: Completed, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the defects are put right."""
        asked = {"number": number, **said.model_dump(), "recorded_by": caller.subject}
        return await act(case_id, complete, asked, caller, expected, key)

    @router.put(a_complaint + "/late-acceptance")
    async def take_up_late(
        case_id: Id, number: Number, said: LateAcceptance, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Takes a late complaint up on a ground of forvaltningsloven § 31."""
        asked = {"number": number, **said.model_dump(), "accepted_by": caller.subject}
        return await act(case_id, accept_late, asked, caller, expected, key)

    @router.put(a_complaint + "/dismissal")
    async def dismiss_complaint(
        case_id: Id, number: Number, said: Dismissal, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Turns the complaint away."""
        asked = {"number": number, **said.model_dump(), "dismissed_by": caller.subject}
        return await act(case_id, dismiss, asked, caller, expected, key)

    @router.put(a_complaint + "/suspension")
    async def grant_suspensive_effect(
        case_id: Id, number: Number, said: Suspension, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets payment or reclaim wait until the complaint is decided."""
        asked = {"number": number, **said.model_dump(), "granted_by": caller.subject}
        return await act(case_id, grant_suspension, asked, caller, expected, key)

    @router.put(a_complaint + "/suspension/end")
    async def end_suspensive_effect(
        case_id: Id, number: Number, said: SuspensionEnd, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets the decision be carried out while the complaint stands."""
        asked = {"number": number, **said.model_dump(), "ended_by": caller.subject}
        return await act(case_id, end_suspension, asked, caller, expected, key)

    @router.post(a_complaint + "/reversals")
    async def reverse_decision(
        case_id: Id, number: Number, said: Reversal, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Gives the party right, wholly or in part. The case then names the acts that follow."""
        asked = {"number": number, **said.model_dump(), "reversed_by": caller.subject}
        return await act(case_id, reverse, asked, caller, expected, key)

    @router.put(a_complaint + "/forwarding")
    async def forward_complaint(
        case_id: Id, number: Number, said: Forwarding, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sends the complaint to the ministry with the directorate's statement."""
        asked = {"number": number, **said.model_dump(), "forwarded_by": caller.subject}
        return await act(case_id, forward, asked, caller, expected, key)

    @router.put(a_complaint + "/outcome")
    async def record_ministrys_outcome(
        case_id: Id,
        number: Number,
        said: Outcomes,
        caller: Ministry,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records what the ministry decided. It is final."""
        asked = {"number": number, **said.model_dump(), "recorded_by": caller.subject}
        return await act(case_id, record_outcome, asked, caller, expected, key)

    @router.put(a_complaint + "/withdrawal")
    async def record_withdrawal(
        case_id: Id, number: Number, said: Withdrawal, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the party took the complaint back."""
        asked = {"number": number, **said.model_dump(), "recorded_by": caller.subject}
        return await act(case_id, withdraw, asked, caller, expected, key)

    @router.put("/cases/{case_id}/party")
    async def change_the_party(
        case_id: Id, said: PartyChange, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that another has come in the party's place: a bankruptcy estate, a successor. `remarks` tells what
        stands out in the name and number."""
        party = party_of(said.party)
        asked = {**said.model_dump(), "party": party, "recorded_by": caller.subject}
        return await act(case_id, change_party, asked, caller, expected, key, party)

    return router
