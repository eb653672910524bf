"""The register of staff over HTTP: kept by an administrator, read by whoever prepares and decides.

What is stored beside a command tells nothing of the person: neither its answer nor the hash that a repeat is known by.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import Depends, Query
from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.scheme.letter_bounds import check_signs
from services.grants.staff.requests import Ending, StaffAsked
from services.grants.staff.responses import StaffChanged, StaffEntry, StaffErased
from services.grants.staff.rules import (
    Register,
    StaffEntryUnknown,
    end_entry,
    erase_entry,
    fold,
    name_staff,
    stream_of_staff,
)
from services.grants.staff.view import Staff, StaffRow
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.commands.impersonal import without
from services.httpapi.paging import Cursor, Limit, Listing, Page, page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id, Line

Administrator = Annotated[Caller, allow(Role.administrator)]
Colleague = Annotated[Caller, allow(*(role for role in STAFF if role not in (Role.ministry, Role.auditor)))]
ImpersonalKey = Annotated[IdempotencyKey, Depends(without("name", "title"))]
ENTRIES = Listing("staff", str, UUID)
NO_STORE = {"Cache-Control": "no-store"}
STAYS = (
    "Grant letters that are frozen name the person as they did. They are archival: their bytes are what was"
    " approved and sent, and are kept as the archive is (personvernforordningen artikkel 17 nr. 3 bokstav d)."
)


def staff_router(desk: CommandHandler, staff: Staff, today: Callable[[], date]) -> Router:
    router = Router(prefix="/v1/staff", tags=["staff"])

    async def act(
        subject: str,
        rule: Callable[[Register], Sequence[Event]],
        *,
        show: Callable[[Register], Mapping[str, object]],
        caller: Caller,
        key: IdempotencyKey,
    ) -> Response:
        return await desk.carry_out(
            stream_of_staff(subject),
            caller=caller,
            key=key,
            decide=lambda history: rule(fold(history.events)),
            answer=lambda after: Answer(body=show(fold(after.events))),
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
        return JsonResponse(shown, headers=NO_STORE)

    @router.post("", response_model=StaffChanged)
    async def name_member_of_staff(named: StaffAsked, caller: Administrator, key: ImpersonalKey) -> Response:
        """Names a member of staff from a day on, as letters dated then will. A row without a last day ends the day
        before. Frozen letters stay as they are."""
        check_signs([named.name, named.title])
        stream = stream_of_staff(named.subject)
        entry_id = uuid5(UUID(stream.removeprefix("staff-")), f"{caller.subject}\n{key.key}")

        def naming(register: Register, digest: str | None) -> Sequence[Event]:
            return name_staff(
                register,
                entry_id=entry_id,
                subject=named.subject,
                valid_from=named.valid_from,
                valid_until=named.valid_until,
                digest=digest,
                named_by=caller.subject,
            )

        # The row is stored once the rule and the guards have agreed, and before any fact refers to it.
        await desk.ask(
            [stream],
            caller=caller,
            key=key,
            decide=lambda histories: {stream: naming(fold(histories[stream].events), "")},
        )
        digest = await staff.keep(entry_id, subject=named.subject, name=named.name, title=named.title)
        return await act(
            named.subject,
            lambda register: naming(register, digest),
            show=lambda register: _days(register, entry_id),
            caller=caller,
            key=key,
        )

    @router.put("/{entry_id}/end", response_model=StaffChanged)
    async def end_row(entry_id: Id, ending: Ending, caller: Administrator, key: Idempotency) -> Response:
        """Says on which day the row counts for the last time."""
        row = await the_row(entry_id)
        return await act(
            row.subject,
            lambda register: end_entry(
                register, entry_id=entry_id, valid_until=ending.valid_until, ended_by=caller.subject
            ),
            show=lambda register: _days(register, entry_id),
            caller=caller,
            key=key,
        )

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
        return await act(
            row.subject,
            lambda register: erase_entry(
                register, entry_id=entry_id, reason=reason, erased_on=today(), erased_by=caller.subject
            ),
            show=lambda _: {"entry_id": entry_id, "erased": True, "stays": STAYS},
            caller=caller,
            key=key,
        )

    async def the_row(entry_id: UUID) -> StaffRow:
        row = await staff.find(entry_id)
        if row is None:
            raise StaffEntryUnknown("The register has no row of that id.")
        return row

    return router


def _days(register: Register, entry_id: UUID) -> Mapping[str, object]:
    entry = register.entries[entry_id]
    return {"entry_id": entry_id, "valid_from": entry.valid_from, "valid_until": entry.valid_until}
