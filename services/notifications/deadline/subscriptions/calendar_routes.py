"""Calendars over HTTP: opened and withdrawn by people, read by whichever program has the token."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import Path
from starlette.responses import Response

from services.calendar.days import add_days, day_of
from services.eventlog.events import Event
from services.httpapi.callers.admission import allow, open_to_all
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id
from services.notifications.deadline.listing import Deadlines, as_heard_by
from services.notifications.deadline.requests import CalendarAsked, Withdrawing
from services.notifications.deadline.responses import CalendarShown, CalendarsShown, CalendarWithToken
from services.notifications.deadline.rules import OURS
from services.notifications.deadline.subscriptions import calendars
from services.notifications.deadline.subscriptions.calendar_entries import say
from services.notifications.deadline.subscriptions.calendars import (
    STREAM,
    Calendar,
    Calendars,
    UnknownCalendar,
    fold,
    sha256_of,
)
from services.notifications.deadline.subscriptions.icalendar_file import calendar_of

MEDIA_TYPE = "text/calendar; charset=utf-8"
AHEAD_DAYS, MOST = 730, 2_000
TOKEN_BYTES = 32
NO_STORE = {"Cache-Control": "no-store"}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The role's deadlines that are due, however late, to two years ahead: the first two thousand",
        "content": {"text/calendar": {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"}},
    }
}

Anybody = Annotated[Caller, allow(*STAFF)]
Token = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{43}$", min_length=43, max_length=43)]


def calendar_router(desk: CommandHandler, deadlines: Deadlines, now: Callable[[], datetime]) -> Router:
    router = Router(prefix="/v1/calendars", tags=["deadlines"])

    async def act(
        calendar_id: UUID,
        rule: Callable[[Calendars], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        status: int = 200,
    ) -> Response:
        return await desk.carry_out(
            STREAM,
            caller=caller,
            key=key,
            decide=lambda history: rule(fold(history.facts)),
            answer=lambda after: Answer(body=_shown(fold(after.facts).find(calendar_id)), status=status),
        )

    @router.get("", response_model=CalendarsShown)
    async def list_calendars(_: Anybody) -> CalendarsShown:
        """Every calendar that is open, in the order they were opened: whose role, what for and by whom. No token."""
        known = fold((await desk.log.load(STREAM)).facts).known.values()
        return CalendarsShown(
            items=[CalendarShown.model_validate(_shown(each)) for each in known if not each.withdrawn]
        )

    @router.post("", response_model=CalendarWithToken, status_code=201)
    async def open_one(asked: CalendarAsked, caller: Anybody, key: Idempotency) -> Response:
        """Opens a calendar of a role's deadlines: one of the caller's own, or, by an administrator, any. Its address
        holds a token that is shown here and nowhere later; a repeat shows none."""
        calendar_id = uuid5(OURS, f"calendar\n{caller.subject}\n{key.key}")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        roles = frozenset(role.value for role in caller.roles)

        def rule(known: Calendars) -> Sequence[Event]:
            return calendars.open_calendar(
                known, calendar_id=calendar_id, role=asked.role.value, what_for=asked.what_for,
                token_sha256=sha256_of(token), opened_by=caller.subject, roles=roles,
            )  # fmt: skip

        answer = await act(calendar_id, rule, caller=caller, key=key, status=201)
        made = fold((await desk.log.load(STREAM)).facts).known.get(calendar_id)
        if answer.status_code != 201 or made is None:
            return answer
        address = f"{router.prefix}/{calendar_id}/{token}.ics" if made.opens_to(token) else None
        body = _shown(made) | {"address": address}
        return JsonResponse(body, 201, {"ETag": answer.headers["ETag"]} | NO_STORE)

    @router.put("/{calendar_id}/withdrawal", response_model=CalendarShown)
    async def withdraw(calendar_id: Id, asked: Withdrawing, caller: Anybody, key: Idempotency) -> Response:
        """Withdraws its token at once: by whoever opened it, or an administrator."""
        roles = frozenset(role.value for role in caller.roles)

        def rule(known: Calendars) -> Sequence[Event]:
            return calendars.withdraw(
                known, calendar_id=calendar_id, reason=asked.reason, withdrawn_by=caller.subject, roles=roles
            )

        return await act(calendar_id, rule, caller=caller, key=key)

    @router.head("/{calendar_id}/{token}.ics", dependencies=[open_to_all], include_in_schema=False)
    @router.get("/{calendar_id}/{token}.ics", dependencies=[open_to_all], response_class=Response, responses=FILE)
    async def read(calendar_id: Id, token: Token) -> Response:
        """The calendar, for a program that subscribes to it. The token is all that opens it."""
        known = fold((await desk.log.load(STREAM)).facts).known.get(calendar_id)
        if known is None or not known.opens_to(token):
            raise UnknownCalendar("There is no calendar at this address.")
        today = day_of(now())
        rows = await deadlines.list_some(
            state="due", role=known.role, until=add_days(today, AHEAD_DAYS), limit=MOST + 1
        )
        editions = await say(deadlines.pool, rows[:MOST])
        heard = [as_heard_by(known.role, row) for row in rows[:MOST]]
        title = f"Tilsagn: frister ({known.role})"
        content = calendar_of(heard, editions, title=title, now=now(), cut=len(rows) > MOST)
        headers = {"Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer"}
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    return router


def _shown(calendar: Calendar) -> dict[str, Any]:
    """Without what opens it."""
    return {
        "calendar_id": calendar.calendar_id,
        "role": calendar.role,
        "what_for": calendar.what_for,
        "opened_by": calendar.opened_by,
        "opened_at": calendar.opened_at,
        "withdrawn": calendar.withdrawn,
    }
