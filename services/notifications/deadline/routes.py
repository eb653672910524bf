"""Deadlines over HTTP: every one there is, and the days people are told of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from fastapi.encoders import jsonable_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.answer import Answer
from services.httpapi.caller import STAFF, Caller, Role, allow
from services.httpapi.carrying import Desk
from services.httpapi.etag import ExpectedVersion, etag, not_modified
from services.httpapi.fields import Day, Id, Line
from services.httpapi.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.route import Router
from services.notifications.deadline import heard as hearing
from services.notifications.deadline import rules, thresholds
from services.notifications.deadline.heard import Heard, MetByItself, UnknownDeadline
from services.notifications.deadline.listing import START, DeadlineRow, Deadlines
from services.notifications.deadline.requests import Met, Reopening, ThresholdsAsked
from services.notifications.deadline.responses import (
    DeadlinePage,
    DeadlineShown,
    DeadlineWhole,
    ThresholdsList,
    ThresholdsShown,
    show_one,
    show_thresholds,
    show_whole,
)

DEADLINES = Listing("deadlines", date, UUID)
THRESHOLDS = "deadline-thresholds-"
Post = Annotated[str, Query(pattern=r"^[0-9]{1,4}\.[0-9]{2}$", max_length=7)]
State = Literal["due", "met", "fallen", "over", "history"]
Flag = Literal["true", "false"]

Anybody = Annotated[Caller, allow(*STAFF)]
Recording = Annotated[Caller, allow(Role.caseworker, Role.controller)]
Controller = Annotated[Caller, allow(Role.controller)]


def deadline_router(desk: Desk, deadlines: Deadlines, now: Callable[[], datetime]) -> Router:
    """Of what is due."""
    router = Router(prefix="/v1/deadlines", tags=["deadlines"])
    a_deadline = "/{deadline_id}"

    @router.get("", response_model=DeadlinePage)
    async def list_deadlines(
        _: Anybody,
        kind: Line | None = None,
        state: State | None = None,
        since: Annotated[Day | None, Query(alias="from")] = None,
        until: Annotated[Day | None, Query(alias="to")] = None,
        overdue: Flag | None = None,
        scheme: Line | None = None,
        post: Post | None = None,
        case: Id | None = None,
        case_number: Line | None = None,
        role: Role | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """What is or was due, of notices, letters, cases and the ministry's own letters, by day: `from` and `to` are
        the first and last of them. `role` leaves out what another role sees to. It follows both services within
        moments."""
        place = DEADLINES.after(cursor)
        wanted: dict[str, Any] = {"kind": kind, "state": state, "since": since, "until": until, "scheme": scheme}
        wanted |= {"post": post, "case": case, "case_number": case_number, "role": role.value if role else None}
        wanted["overdue"] = None if overdue is None else overdue == "true"
        rows = await deadlines.list_some(after=(place[0], place[1]) if place else START, limit=limit + 1, **wanted)
        last = rows[limit - 1] if len(rows) > limit else None
        following = DEADLINES.cursor(last.due_on, last.deadline_id) if last else None
        return JSONResponse(jsonable_encoder({"items": [show_one(row) for row in rows[:limit]], "next": following}))

    @router.get(a_deadline, response_model=DeadlineWhole)
    async def show(deadline_id: Id, request: Request, _: Anybody) -> Response:
        """One deadline with all that happened to it, and when people are told of it."""
        row = await the_row(deadline_id)
        history = await desk.log.load(row.stream)
        tag = etag(history.version)
        return not_modified(request, tag) or JSONResponse(await whole(row, history), headers={"ETag": tag})

    @router.put(a_deadline + "/met", response_model=DeadlineShown)
    async def meet(
        deadline_id: Id, asked: Met, caller: Recording, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that what the ministry's letter asks for is done: an assignment, a report, a publication. What
        happens in a case meets its deadlines by itself."""
        today = day_of(now())

        def decide(heard: Heard, name: str) -> Sequence[Event]:
            return hearing.meet(heard, key=name, today=today, recorded_by=caller.subject, **asked.model_dump())

        return await act(deadline_id, decide, caller, expected, key)

    @router.put(a_deadline + "/reopened", response_model=DeadlineShown)
    async def reopen(
        deadline_id: Id, asked: Reopening, caller: Recording, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that it was not done after all: people are reminded of it as before."""

        def decide(heard: Heard, name: str) -> Sequence[Event]:
            return hearing.reopen(heard, key=name, reason=asked.reason, recorded_by=caller.subject)

        return await act(deadline_id, decide, caller, expected, key)

    async def act(
        deadline_id: UUID,
        decide: Callable[[Heard, str], Sequence[Event]],
        caller: Caller,
        expected: int,
        key: IdempotencyKey,
    ) -> Response:
        row = await the_row(deadline_id)
        if not row.stream.startswith(rules.HEARD):
            raise MetByItself("What happens to its notice or letter meets it.")
        body: dict[str, Any] = {}

        def decided(history: History) -> Sequence[Event]:
            events = decide(hearing.fold(history.events), row.key)
            heard = hearing.fold([*history.events, *events])
            stands = next(each for each in hearing.standing(heard) if each.key == row.key)
            overdue = stands.state == "due" and stands.due_at <= now()
            body.update(jsonable_encoder(show_one(replace(row, state=stands.state, overdue=overdue))))
            return events

        return await desk.carry_out(
            row.stream, caller=caller, key=key, decide=decided, answer=lambda _: Answer(body=body), expected=expected
        )

    async def the_row(deadline_id: UUID) -> DeadlineRow:
        row = await deadlines.find(deadline_id)
        if row is None:
            raise UnknownDeadline("There is no such deadline.")
        return row

    async def whole(row: DeadlineRow, history: History) -> Mapping[str, Any]:
        line = rules.follow(row.stream, history.recorded)[row.key]
        set_ = (await desk.log.load(THRESHOLDS + row.kind)).events
        counting = thresholds.in_force(row.kind, set_, on=day_of(now()))
        shown = show_whole(row, line, counting, now=now(), version=history.version)
        return dict(jsonable_encoder(shown))

    return router


def threshold_router(desk: Desk, now: Callable[[], datetime]) -> Router:
    """Of the days people are told on."""
    router = Router(prefix="/v1/deadline-thresholds", tags=["deadlines"])

    @router.get("", response_model=ThresholdsList)
    async def list_thresholds(_: Anybody) -> ThresholdsList:
        """On which days people are told of each kind of deadline, as they count today."""
        kinds = sorted(thresholds.SHIPPED)
        histories = await desk.log.load_all([THRESHOLDS + kind for kind in kinds])
        today = day_of(now())
        items = [
            show_thresholds(kind, thresholds.in_force(kind, histories[THRESHOLDS + kind].events, on=today))
            for kind in kinds
        ]
        return ThresholdsList(items=items)

    @router.get("/{kind}", response_model=ThresholdsShown)
    async def show_one_kind(kind: Line, request: Request, _: Anybody) -> Response:
        """One kind's, as they count today. Its ETag is the version a change must name."""
        if kind not in thresholds.SHIPPED:
            raise thresholds.UnknownKind(
                f"There are deadlines of these kinds: {', '.join(sorted(thresholds.SHIPPED))}."
            )
        history = await desk.log.load(THRESHOLDS + kind)
        shown = show_thresholds(kind, thresholds.in_force(kind, history.events, on=day_of(now())))
        tag = etag(history.version)
        return not_modified(request, tag) or JSONResponse(jsonable_encoder(shown), headers={"ETag": tag})

    @router.put("/{kind}", response_model=ThresholdsShown)
    async def set_thresholds(
        kind: Line, asked: ThresholdsAsked, caller: Controller, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sets them from a day on, with a reason. The answer says what then counts on that day."""
        today = day_of(now())
        body: dict[str, Any] = {}

        def decide(history: History) -> Sequence[Event]:
            new = thresholds.set_thresholds(
                kind, history.events, today=today, set_by=caller.subject, **asked.model_dump()
            )
            counting = thresholds.in_force(kind, [*history.events, *new], on=max(today, asked.valid_from))
            body.update(jsonable_encoder(show_thresholds(kind, counting)))
            return new

        stream = THRESHOLDS + kind if kind in thresholds.SHIPPED else f"{THRESHOLDS}none"
        return await desk.carry_out(
            stream, caller=caller, key=key, decide=decide, answer=lambda _: Answer(body=body), expected=expected
        )

    return router
