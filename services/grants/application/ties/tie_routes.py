"""Ties between staff and organisations over HTTP. They hold for every case of the organisation."""

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.application.ties.organisation_ties import end_tie, record_tie, standing_ties
from services.grants.application.ties.tie_requests import TieAsked, TieEnding
from services.grants.case.ties import stream_of_organisation
from services.grants.registers.organisation_numbers import check_organisation_number
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import etag
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router

STAFF = tuple(role for role in Role if role not in (Role.ministry, Role.auditor))
Number = Annotated[str, Field(pattern="^[0-9]{9}$", max_length=9)]
Staff = Annotated[Caller, allow(*STAFF)]
Readers = Annotated[Caller, allow(*STAFF, Role.auditor)]
Enders = Annotated[Caller, allow(Role.approver, Role.controller, Role.administrator)]


def ties_router(desk: CommandHandler) -> Router:
    router = Router(prefix="/v1/organisations", tags=["ties"])

    async def act(
        organisation_number: str,
        rule: Callable[[Sequence[Event]], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
    ) -> Response:
        check_organisation_number(organisation_number, recorded=(organisation_number,))
        return await desk.carry_out(
            stream_of_organisation(organisation_number),
            caller=caller,
            key=key,
            decide=lambda history: rule(history.events),
            answer=lambda after: Answer(body={"items": list(standing_ties(after.events).values())}),
        )

    @router.get("/{organisation_number}/ties")
    async def list_ties(organisation_number: Number, _: Readers) -> Response:
        """Who is tied to the organisation now, and how. The ministry decides nothing here, and is not told."""
        check_organisation_number(organisation_number, recorded=(organisation_number,))
        history = await desk.log.load(stream_of_organisation(organisation_number))
        items = list(standing_ties(history.events).values())
        return JsonResponse({"items": items, "next": None}, headers={"ETag": etag(history.version)})

    @router.post("/{organisation_number}/ties")
    async def record(organisation_number: Number, tie: TieAsked, caller: Staff, key: Idempotency) -> Response:
        """Records a tie, one's own or a colleague's. From now on the person decides nothing in the organisation's
        cases."""
        return await act(
            organisation_number,
            lambda recorded: record_tie(
                recorded,
                organisation_number=organisation_number,
                person=tie.person,
                kind=tie.kind,
                recorded_on=tie.recorded_on,
                recorded_by=caller.subject,
            ),
            caller=caller,
            key=key,
        )

    @router.post("/{organisation_number}/ties/endings")
    async def end(organisation_number: Number, ending: TieEnding, caller: Enders, key: Idempotency) -> Response:
        """Ends somebody's tie, never one's own."""
        return await act(
            organisation_number,
            lambda recorded: end_tie(
                recorded,
                organisation_number=organisation_number,
                person=ending.person,
                reason=ending.reason,
                ended_on=ending.ended_on,
                ended_by=caller.subject,
            ),
            caller=caller,
            key=key,
        )

    return router
