"""The register of staff over HTTP: kept by an administrator, read by whoever prepares and decides.

What is stored beside a command tells nothing of the person: neither its answer nor the hash that a repeat is known by.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import Depends, Query
from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from services.eventlog.events import Event
from services.grants.scheme.letter_bounds import check_signs
from services.grants.staff.requests import Ending, StaffAsked
from services.grants.staff.responses import StaffChanged, StaffEntry, StaffErased
from services.grants.staff.rules import (
    Register,
    StaffEntryUnknown,
    end_entry,
    erase_entry,
    evolve,
    fold,
    name_staff,
    stream_of_staff,
)
from services.grants.staff.view import Staff, StaffRow
from services.httpapi.admission import allow
from services.httpapi.answer import Answer
from services.httpapi.caller import STAFF, Caller, Role
from services.httpapi.carrying import Desk
from services.httpapi.fields import Id, Line
from services.httpapi.idempotency import Idempotency, IdempotencyKey
from services.httpapi.impersonal import without
from services.httpapi.paging import Cursor, Limit, Listing, Page, page
from services.httpapi.route import Router

Administrator = Annotated[Caller, allow(Role.administrator)]
Colleague = Annotated[Caller, allow(*(role for role in STAFF if role not in (Role.ministry, Role.auditor)))]
ImpersonalKey = Annotated[IdempotencyKey, Depends(without("name", "title"))]
ENTRIES = Listing("staff", str, UUID)
NO_STORE = {"Cache-Control": "no-store"}
STAYS = (
    "Grant letters that are frozen name the person as they did. They are archival: their bytes are what was"
    " approved and sent, and are kept as the archive is (personvernforordningen artikkel 17 nr. 3 bokstav d)."
)


def staff_router(desk: Desk, staff: Staff, today: Callable[[], date]) -> Router:
    router = Router(prefix="/v1/staff", tags=["staff"])

    async def act(
        subject: str,
        decision: Callable[..., list[Event]],
        asked: dict[str, Any],
        caller: Caller,
        key: IdempotencyKey,
        answered: Callable[[Register], dict[str, Any]],
    ) -> Response:
        body: dict[str, Any] = {}

        def decide(events: tuple[Event, ...]) -> list[Event]:
            register = fold(events)
            new = decision(register, **asked)
            for event in new:
                register = evolve(register, event)
            body.update(jsonable_encoder(answered(register)))
            return new

        return await desk.carry_out(
            stream_of_staff(subject),
            caller=caller,
            key=key,
            decide=lambda history: decide(history.events),
            answer=lambda _: Answer(body=body),
        )

    @router.get("", response_model=Page[StaffEntry])
    async def list_staff(_: Colleague, limit: Limit = 100, cursor: Cursor = None) -> Response:
        """Everybody the register has named, with name, title and days: whom letters can name. The ministry has no use
        for it, and an auditor is told by the log that there was somebody."""
        after = ENTRIES.after(cursor)
        rows = await staff.list_entries(after=(after[0], after[1]) if after else None, limit=limit + 1)
        further = len(rows) > limit
        last = rows[limit - 1] if further else None
        shown = page(rows[:limit], ENTRIES.cursor(last.subject, last.entry_id) if last else None)
        return JSONResponse(jsonable_encoder(shown), headers=NO_STORE)

    @router.post("", response_model=StaffChanged)
    async def name_member_of_staff(named: StaffAsked, caller: Administrator, key: ImpersonalKey) -> Response:
        """Names a member of staff from a day on, as letters dated then will. A row without a last day ends the day
        before. Frozen letters stay as they are."""
        check_signs([named.name, named.title])
        stream = stream_of_staff(named.subject)
        entry_id = uuid5(UUID(stream.removeprefix("staff-")), f"{caller.subject}\n{key.key}")
        asked: dict[str, Any] = {**named.model_dump(exclude={"name", "title"}), "entry_id": entry_id}
        asked |= {"named_by": caller.subject, "digest": ""}
        # The row is stored once the rule and the guards have agreed, and before any fact refers to it.
        await desk.ask(
            [stream],
            caller=caller,
            key=key,
            decide=lambda histories: {stream: name_staff(fold(histories[stream].events), **asked)},
        )
        asked["digest"] = await staff.keep(entry_id, subject=named.subject, name=named.name, title=named.title)
        return await act(named.subject, name_staff, asked, caller, key, lambda register: _days(register, entry_id))

    @router.put("/{entry_id}/end", response_model=StaffChanged)
    async def end_row(entry_id: Id, ending: Ending, caller: Administrator, key: Idempotency) -> Response:
        """Says on which day the row counts for the last time."""
        row = await the_row(entry_id)
        asked = {"entry_id": entry_id, "valid_until": ending.valid_until, "ended_by": caller.subject}
        return await act(row.subject, end_entry, asked, caller, key, lambda register: _days(register, entry_id))

    @router.delete("/{entry_id}", response_model=StaffErased)
    async def erase_row(
        entry_id: Id,
        caller: Administrator,
        key: Idempotency,
        reason: Annotated[Line, Query(description="Why, in words that name nobody.")],
    ) -> Response:
        """Erases the name and title for good, and says in the log who did and why. Frozen letters are archival and keep
        them; letters made from now on name nobody by this row."""
        row = await the_row(entry_id)
        asked: dict[str, Any] = {"entry_id": entry_id, "reason": reason}
        asked |= {"erased_on": today(), "erased_by": caller.subject}
        answered = {"entry_id": entry_id, "erased": True, "stays": STAYS}
        return await act(row.subject, erase_entry, asked, caller, key, lambda _: answered)

    async def the_row(entry_id: UUID) -> StaffRow:
        row = await staff.find(entry_id)
        if row is None:
            raise StaffEntryUnknown("The register has no row of that id.")
        return row

    return router


def _days(register: Register, entry_id: UUID) -> dict[str, Any]:
    entry = register.entries[entry_id]
    return {"entry_id": entry_id, "valid_from": entry.valid_from, "valid_until": entry.valid_until}
