"""Pay-out deadlines over HTTP: how far the money has come, and the telling that the daily sweep also does."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from starlette.responses import Response

from services.eventlog.refusal import Refusal
from services.grants.disbursement.pay_out.rules import PayOutProgress, tell
from services.grants.disbursement.pay_out.sweep import PayOuts, stream_of
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, CalendarYear, Day, Digits


class TellingTooEarly(Refusal):
    """No deadline of a budget year is near before the year has begun."""

    code = "telling-too-early"
    status = 422
    title = "Datoen er før budsjettåret"


class TellingTooLate(Refusal):
    """The deadlines of a budget year are over with the year after it."""

    code = "telling-too-late"
    status = 422
    title = "Datoen er for lenge etter budsjettåret"


class TellingAhead(Refusal):
    """The day has not come; how the money stands on it is not known."""

    code = "telling-ahead"
    status = 422
    title = "Dagen er ikke kommet"


class Telling(Body):
    """The budget year whose deadlines are told, and the day they are told as of."""

    year: CalendarYear
    on: Day


def pay_out_router(desk: CommandHandler, pay_outs: PayOuts, today: Callable[[], date]) -> Router:
    router = Router(prefix="/v1/pay-out-deadlines", tags=["pay-out-deadlines"])

    @router.get("")
    async def list_pay_out_deadlines(
        year: Annotated[int, Digits(1900, 2199)], _: Annotated[Caller, allow(*STAFF)], on: Day | None = None
    ) -> Response:
        """Money a letter wants paid by a day, and how far it has come: what has been disbursed on its fund from the day
        the letter counts from. States: ahead, near, passed, met."""
        standings = await pay_outs.list_standings(year, on=on or today())
        return JsonResponse({"items": [_shown(each) for each in standings], "next": None})

    @router.post("/tellings")
    async def tell_pay_out_deadlines(
        telling: Telling, caller: Annotated[Caller, allow(Role.controller)], key: Idempotency
    ) -> Response:
        """Records what is to be told as of a day that has come: once that a deadline is near, once that it has passed
        unmet. Told already, nothing happens."""
        if telling.on > today():
            raise TellingAhead(f"{telling.on} has not come. Name today or an earlier day.")
        if telling.on.year < telling.year:
            raise TellingTooEarly(f"{telling.on} is before {telling.year}, whose deadlines are told of.")
        if telling.on.year > telling.year + 1:
            raise TellingTooLate(f"{telling.on} is long after {telling.year}, whose deadlines are told of.")
        standings = await pay_outs.list_standings(telling.year, on=telling.on)
        return await desk.carry_out(
            stream_of(telling.year),
            caller=caller,
            key=key,
            decide=lambda history: tell(history.events, standings=standings),
            answer=lambda after: Answer(body={"told": [asdict(event) for event in after.new]}),
        )

    return router


def _shown(standing: PayOutProgress) -> Mapping[str, Any]:
    return {
        **asdict(standing.deadline),
        "on": standing.on,
        "paid_ore": standing.paid_ore,
        "paid_in_time_ore": standing.in_time_ore,
        "left_ore": standing.left_ore,
        "days_left": standing.days_left,
        "state": standing.state,
    }
