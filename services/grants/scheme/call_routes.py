"""Calls on a scheme over HTTP: published, moved, taken back, and read."""

from typing import Annotated

from starlette.responses import Response

from services.grants.scheme.command_handler import SchemeCommands
from services.grants.scheme.refusals import CallUnknown
from services.grants.scheme.requests import (
    CallAsked,
    CallId,
    Cancellation,
    DeadlineMove,
    SchemeId,
)
from services.grants.scheme.responses import CallShown, SchemeShown, show_call
from services.grants.scheme.rules import cancel_call, move_deadline, publish_call
from services.grants.scheme.view import Schemes, fold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router

Approver = Annotated[Caller, allow(Role.approver)]
Anybody = Annotated[Caller, allow(*STAFF)]


def add_calls(router: Router, commands: SchemeCommands, schemes: Schemes) -> None:
    """The acts stand under their scheme."""

    @router.post("/schemes/{scheme_id}/calls", status_code=201, response_model=SchemeShown)
    async def publish(
        scheme_id: SchemeId, asked: CallAsked, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Publishes a call on the terms as they stand in this version; not by whoever wrote them."""
        return await commands.act(
            scheme_id,
            fold,
            lambda scheme: publish_call(
                scheme,
                call_id=asked.call_id,
                title=asked.title,
                fund_id=asked.fund_id,
                opens_on=asked.opens_on,
                closes_on=asked.closes_on,
                total_ore=asked.total_ore,
                published_on=asked.published_on,
                published_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
            location=f"/v1/calls/{asked.call_id}",
        )

    @router.put("/schemes/{scheme_id}/calls/{call_id}/deadline", response_model=SchemeShown)
    async def move_call_deadline(
        scheme_id: SchemeId,
        call_id: CallId,
        asked: DeadlineMove,
        caller: Approver,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Moves the last day of a call to a later one."""
        return await commands.act(
            scheme_id,
            fold,
            lambda scheme: move_deadline(
                scheme,
                closes_on=asked.closes_on,
                reason=asked.reason,
                call_id=call_id,
                moved_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/schemes/{scheme_id}/calls/{call_id}/cancellation", response_model=SchemeShown)
    async def cancel(
        scheme_id: SchemeId,
        call_id: CallId,
        asked: Cancellation,
        caller: Approver,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Takes a call back: nobody can apply from then on."""
        return await commands.act(
            scheme_id,
            fold,
            lambda scheme: cancel_call(
                scheme,
                reason=asked.reason,
                cancelled_on=asked.cancelled_on,
                call_id=call_id,
                cancelled_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.get("/calls/{call_id}", response_model=CallShown)
    async def find_call(call_id: CallId, _: Anybody) -> Response:
        """The call as it stands, with the terms it was published with."""
        call = await schemes.find_call(call_id)
        if call is None:
            raise CallUnknown("No call is published under this id.")
        return JsonResponse(show_call(call))
