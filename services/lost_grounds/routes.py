"""Facts whose ground is lost, over HTTP: which there are, and what was found of them."""

from collections.abc import Iterable
from functools import reduce
from typing import Annotated, Literal

from pydantic import Field, Strict
from starlette.responses import Response

from services.eventlog.events import Event
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing, Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, Prose
from services.lost_grounds.responses import LookedInto, LostGround
from services.lost_grounds.rules import LostGrounds, evolve, look_into
from services.lost_grounds.view import Grounds

GROUNDS = Listing("lost-grounds", int)
Position = Annotated[int, Strict(), Field(ge=1, le=2**62)]


class Finding(Body):
    """What was found of facts at these positions of this service's log, and what was done of it."""

    positions: Annotated[list[Position], Field(min_length=1, max_length=500)]
    finding: Prose


def lost_ground_router(desk: CommandHandler, grounds: Grounds) -> Router:
    router = Router(prefix="/v1/lost-grounds", tags=["log"])

    @router.get("", response_model=Page[LostGround])
    async def list_lost_grounds(
        _: Annotated[Caller, allow(*STAFF)],
        status: Literal["open", "looked-into"] | None = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """Facts of this service that rest on what the other service's log lost, when it was brought back to an earlier
        instant and two people went on without it. Each is to be looked into by somebody."""
        after = GROUNDS.after(cursor)
        found = [each for each in await grounds.list_all() if status in (None, each.status)]
        left = [each for each in found if after is None or each.position > after[0]]
        items, more = left[:limit], len(left) > limit
        shown = [each.model_dump(mode="json") for each in items]
        return JsonResponse({"items": shown, "next": GROUNDS.cursor(items[-1].position) if more else None})

    @router.post("/findings", response_model=LookedInto)
    async def look_into_lost_grounds(
        found: Finding, caller: Annotated[Caller, allow(Role.controller, Role.administrator)], key: Idempotency
    ) -> Response:
        """Says that these facts were looked into, what was found and what was done. Said anew, the last counts."""
        named = (await grounds.known()).named  # what was named stays named

        def known(facts: Iterable[Event]) -> LostGrounds:
            return reduce(evolve, facts, LostGrounds(named=named))

        return await desk.carry_out(
            grounds.stream,
            caller=caller,
            key=key,
            decide=lambda history: look_into(
                known(history.events), positions=found.positions, finding=found.finding, by=caller.subject
            ),
            answer=lambda after: Answer(
                body={"positions": sorted({*found.positions}), "open": len(known(after.events).open)}
            ),
        )

    return router
