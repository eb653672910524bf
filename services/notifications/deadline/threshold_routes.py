"""The days people are told of deadlines on, over HTTP."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services.calendar.days import day_of
from services.eventlog.after import After
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Line
from services.notifications.deadline import thresholds
from services.notifications.deadline.requests import ThresholdsAsked
from services.notifications.deadline.threshold_responses import (
    ThresholdsList,
    ThresholdsShown,
    ThresholdsWhole,
    show_thresholds,
    show_thresholds_whole,
)

Anybody = Annotated[Caller, allow(*STAFF)]
Controller = Annotated[Caller, allow(Role.controller)]


def threshold_router(desk: CommandHandler, now: Callable[[], datetime]) -> Router:
    """Of the days people are told on."""
    router = Router(prefix="/v1/deadline-thresholds", tags=["deadlines"])

    @router.get("", response_model=ThresholdsList)
    async def list_thresholds(_: Anybody) -> ThresholdsList:
        """On which days people are told of each kind of deadline, as they count today."""
        kinds = sorted(thresholds.SHIPPED)
        histories = await desk.log.load_all([thresholds.OF_KIND + kind for kind in kinds])
        today = day_of(now())
        items = [
            show_thresholds(kind, thresholds.in_force(kind, histories[thresholds.OF_KIND + kind].events, on=today))
            for kind in kinds
        ]
        return ThresholdsList(items=items)

    @router.get("/{kind}", response_model=ThresholdsWhole)
    async def show_one_kind(kind: Line, request: Request, _: Anybody) -> Response:
        """One kind's, as they count today, and all that were set for it: those that counted, and those that are to
        come. What was set for a day is taken back by setting something else for the same day. Its ETag is the version
        a change must name."""
        thresholds.find_kind(kind)
        history = await desk.log.load(thresholds.OF_KIND + kind)
        shown = show_thresholds_whole(kind, history.events, on=day_of(now()))
        tag = etag(history.version)
        return not_modified(request, tag) or JsonResponse(shown, headers={"ETag": tag})

    @router.put("/{kind}", response_model=ThresholdsShown)
    async def set_thresholds(
        kind: Line, asked: ThresholdsAsked, caller: Controller, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sets them from a day on, with a reason. The answer says what then counts on that day."""
        today = day_of(now())

        def answer(after: After) -> Answer:
            counting = thresholds.in_force(kind, after.events, on=max(today, asked.valid_from))
            return Answer(body=show_thresholds(kind, counting))

        stream = thresholds.OF_KIND + kind if kind in thresholds.SHIPPED else f"{thresholds.OF_KIND}none"
        return await desk.carry_out(
            stream,
            caller=caller,
            key=key,
            decide=lambda history: thresholds.set_thresholds(
                kind,
                history.events,
                before_days=asked.before_days,
                every_days=asked.every_days,
                counted=asked.counted,
                valid_from=asked.valid_from,
                reason=asked.reason,
                set_by=caller.subject,
                today=today,
            ),
            answer=answer,
            expected=expected,
        )

    return router
