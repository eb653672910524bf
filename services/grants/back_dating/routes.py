"""How far back decisions may be dated, over HTTP: read by all, proposed by a controller, confirmed by another."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.grants.back_dating.guard import STREAM, DayGuard
from services.grants.back_dating.requests import BoundAsked
from services.grants.back_dating.responses import BackDatingRule, Bound
from services.grants.back_dating.rules import Bounds, confirm_bound, fold, propose_bound
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.etag import ExpectedVersion, etag
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router

Controller = Annotated[Caller, allow(Role.controller)]
Second = Annotated[Caller, allow(Role.controller, Role.approver)]
Anybody = Annotated[Caller, allow(*STAFF)]


def back_dating_router(desk: CommandHandler, guard: DayGuard) -> Router:
    router = Router(prefix="/v1/rules/back-dating", tags=["back-dating"])

    async def act(
        rule: Callable[[Bounds], Sequence[Event]], *, caller: Caller, key: IdempotencyKey, expected: int
    ) -> Response:
        def answer(after: After) -> Answer:
            stands = shown(fold(after.events), version=after.version, day=guard.today())
            return Answer(body=stands.model_dump(mode="json"))

        return await desk.carry_out(
            STREAM,
            caller=caller,
            key=key,
            decide=lambda history: rule(fold(history.events)),
            answer=answer,
            expected=expected,
        )

    @router.get("", response_model=BackDatingRule)
    async def read_back_dating(_: Anybody, response: Response) -> BackDatingRule:
        """How many days back a decision made today may be dated: thirty until two people have set another bound."""
        history = await desk.log.load(STREAM)
        response.headers["ETag"] = etag(history.version)
        return shown(fold(history.events), version=history.version, day=guard.today())

    @router.put("", response_model=BackDatingRule)
    async def propose_back_dating(
        asked: BoundAsked, caller: Controller, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes another bound, from today on at the earliest. Nothing changes before a second person confirms it."""
        return await act(
            lambda bounds: propose_bound(
                bounds,
                days=asked.days,
                valid_from=asked.valid_from,
                reason=asked.reason,
                proposed_by=caller.subject,
                today=guard.today(),
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/confirmation", response_model=BackDatingRule)
    async def confirm_back_dating(caller: Second, expected: ExpectedVersion, key: Idempotency) -> Response:
        """Confirms the bound that waits, as a second person. It changes nothing that is recorded, and never under
        which notice policy an award stands."""
        return await act(
            lambda bounds: confirm_bound(bounds, confirmed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router


def shown(bounds: Bounds, *, version: int, day: date) -> BackDatingRule:
    """The bounds as they are answered."""
    waiting = bounds.waiting
    return BackDatingRule(
        version=version,
        today=day,
        days_today=bounds.on(day),
        confirmed=[
            Bound(days=each.days, valid_from=each.valid_from, reason=each.reason, by=each.confirmed_by)
            for each in bounds.confirmed
        ],
        proposed=Bound(days=waiting.days, valid_from=waiting.valid_from, reason=waiting.reason, by=waiting.proposed_by)
        if waiting
        else None,
    )
