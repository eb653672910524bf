"""Deadlines over HTTP: every one there is, and what people record of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.calendar.days import day_of
from services.eventlog.after import After
from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler, StaleVersion
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import WHOLE_UNTIL, Cursor, Limit, Listing, Place
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Id, Line
from services.notifications.acts.periods import PeriodReversed
from services.notifications.deadline import heard as hearing
from services.notifications.deadline import rules, thresholds
from services.notifications.deadline.deadline import PERIODS, Deadline
from services.notifications.deadline.heard import Heard, MetByItself, UnknownDeadline
from services.notifications.deadline.listing import LAST, START, DeadlineRow, Deadlines
from services.notifications.deadline.requests import Met, Reopening
from services.notifications.deadline.responses import (
    CHANGES,
    DeadlinePage,
    DeadlineShown,
    DeadlineWhole,
    show_one,
    show_whole,
)

DEADLINES = Listing("deadlines", date, UUID)
Post = Annotated[str, Query(pattern=r"^[0-9]{1,4}\.[0-9]{2}$", max_length=7)]
CaseNumber = Annotated[str, Query(pattern=r"^[0-9]{4}[/-][0-9]{1,9}$", max_length=14)]
State = Literal["due", "met", "fallen", "over", "history", "undated"]
Flag = Literal["true", "false"]

Anybody = Annotated[Caller, allow(*STAFF)]
Recording = Annotated[Caller, allow(Role.caseworker, Role.controller)]
Controller = Annotated[Caller, allow(Role.controller)]


def deadline_router(desk: CommandHandler, deadlines: Deadlines, now: Callable[[], datetime]) -> Router:
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
        case_number: CaseNumber | None = None,
        role: Role | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """What is or was due, of notices, letters, cases and the ministry's own letters, by day: `from` and `to` are
        the first and last of them. `role` leaves out what another role sees to; a case number is written 2026/17 or
        2026-17. What a letter asks for and names no day for comes last, and not where `from` or `to` is given. It
        follows both services within moments."""
        thresholds.find_kind(kind)
        if since and until and since > until:
            raise PeriodReversed(f"It would begin on {since} and end on {until}. Swap them.")
        place = DEADLINES.after(cursor)
        rows = await deadlines.list_some(
            after=(place[0], place[1]) if place else START,
            limit=limit + 1,
            kind=kind,
            state=state,
            since=since,
            until=until,
            scheme=scheme,
            post=post.lstrip("0") if post else None,
            case=case,
            case_number=case_number.replace("-", "/") if case_number else None,
            role=role.value if role else None,
            overdue=None if overdue is None else overdue == "true",
        )
        last = rows[limit - 1] if len(rows) > limit else None
        following = DEADLINES.cursor(last.due_on or LAST, last.deadline_id) if last else None
        return JsonResponse({"items": [show_one(row) for row in rows[:limit]], "next": following})

    @router.get(a_deadline, response_model=DeadlineWhole)
    async def show(deadline_id: Id, _: Anybody, cursor: Cursor = None, limit: Limit = WHOLE_UNTIL) -> Response:
        """One deadline with all that happened to it, in pages, and when people are told of it. Its ETag counts what has
        made it otherwise, and an act on it names that in If-Match; of time alone it says nothing."""
        place = CHANGES.after(cursor)
        row = await the_row(deadline_id)
        histories = await desk.log.load_all([row.stream, rules.FOUND + row.stream])
        facts = rules.with_found({stream: each.recorded for stream, each in histories.items()}, row.stream)
        line = rules.follow(row.stream, facts)[row.key]
        return JsonResponse(await whole(row, line, place, limit), headers={"ETag": etag(line.version)})

    @router.put(a_deadline + "/met", response_model=DeadlineShown)
    async def meet(
        deadline_id: Id, asked: Met, caller: Recording, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that what the ministry's letter asks for is done: an assignment, a report, a publication. What
        happens in a case meets its deadlines by itself."""
        today = day_of(now())

        def rule(heard: Heard, name: str) -> Sequence[Event]:
            by, met_on, ground = caller.subject, asked.met_on, asked.ground
            return hearing.meet(heard, key=name, met_on=met_on, ground=ground, recorded_by=by, today=today)

        return await act(deadline_id, rule, caller=caller, key=key, expected=expected)

    @router.put(a_deadline + "/reopened", response_model=DeadlineShown)
    async def reopen(
        deadline_id: Id, asked: Reopening, caller: Recording, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that it was not done after all: people are reminded of it as before."""

        return await act(
            deadline_id,
            lambda heard, name: hearing.reopen(heard, key=name, reason=asked.reason, recorded_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    async def act(
        deadline_id: UUID,
        rule: Callable[[Heard, str], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
    ) -> Response:
        row = await the_row(deadline_id)
        if not row.stream.startswith(rules.HEARD):
            raise MetByItself("What happens to its notice or letter meets it.")

        def decide(history: History) -> Sequence[Event]:
            if (stands_at := rules.follow(row.stream, history.recorded)[row.key].version) != expected:
                raise StaleVersion(f"It stands at version {stands_at}. Read it again and decide anew.")
            return rule(hearing.fold(history.events), row.key)

        def answer(after: After) -> Answer:
            stands = next(each for each in hearing.standing(hearing.fold(after.events)) if each.key == row.key)
            body = show_one(as_it_stands(row, stands, now(), history=False))
            return Answer(body=body, version=expected + len(after.new))

        return await desk.carry_out(row.stream, caller=caller, key=key, decide=decide, answer=answer)

    async def the_row(deadline_id: UUID) -> DeadlineRow:
        row = await deadlines.find(deadline_id)
        if row is None:
            raise UnknownDeadline("There is no such deadline.")
        return row

    async def whole(row: DeadlineRow, line: rules.Line, after: Place | None, limit: int) -> Mapping[str, Any]:
        row = as_recorded(row, line, now()) if row.stream.startswith(rules.HEARD) else row
        set_ = (await desk.log.load(thresholds.OF_KIND + row.kind)).events
        counting = thresholds.in_force(row.kind, set_, on=day_of(now()))
        following = thresholds.next_by_all(row.kind, set_, due_on=row.due_on, due_at=row.due_at, now=now())
        shown = show_whole(row, line, counting, now=now(), after=after, limit=limit)
        return shown | {"next_at": following if row.state == "due" else None}

    return router


def as_recorded(row: DeadlineRow, line: rules.Line, now: datetime) -> DeadlineRow:
    """What stands in the register may be moments behind; one deadline is shown as its own history leaves it."""
    return replace(as_it_stands(row, line.deadline, now, history=line.history), moves=line.moves)


def as_it_stands(row: DeadlineRow, its: Deadline, now: datetime, *, history: bool) -> DeadlineRow:
    """The row of a deadline that grants tells, as it stands now."""
    state: str = its.state
    if state == "due" and its.due_at is None:
        state = "undated"
    elif state == "due" and history:
        state = "history"
    elif state == "due" and its.kind in PERIODS and its.due_at and its.due_at <= now:
        state = "over"
    overdue = state == "due" and its.due_at is not None and its.due_at <= now
    return replace(row, state=state, overdue=overdue, due_on=its.due_on, due_at=its.due_at, what=its.what)
