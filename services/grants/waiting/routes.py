"""The inbox over HTTP: what waits for the caller's roles, and what waits in one case and for whom."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.eventlog.log import Log
from services.grants.allocation.later_years import LaterYears
from services.grants.case.command_handler import CaseCommands
from services.grants.case.ties import stream_of_organisation, tied
from services.grants.waiting.cover import Covered
from services.grants.waiting.rules import list_tasks
from services.grants.waiting.task import Task
from services.grants.waiting.terms import find_scheme_stream, find_terms
from services.grants.waiting.view import START, TaskRow, list_waiting
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.paging import Cursor, Limit, Listing, page_of
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Id, Line
from services.text.people import is_among

TASKS = Listing("inbox", int, UUID, str, int)


def waiting_router(
    cases: CaseCommands, pool: AsyncConnectionPool, later_years: LaterYears, today: Callable[[], date]
) -> Router:
    """`today` gives the day in Europe/Oslo that what covers a payment is asked of when `on` is left out."""
    covered = Covered(cases.desk.log, later_years)
    router = Router(prefix="/v1", tags=["inbox"])

    @router.get("/inbox", response_model=page_of(TaskRow, case_number=str | None))
    async def show_inbox(
        caller: Annotated[Caller, allow(*STAFF)],
        task: Line | None = None,
        on: Day | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """What waits for the caller: tasks of the caller's roles that the rules let the caller do, without those of
        organisations the caller is recorded as tied to, and without payments of what is held over and not covered: a
        page may hold fewer than `limit`. Longest waiting first. `on` leaves out what cannot be done on that day;
        without it a payment whose last day is past is left out. It follows the log within moments."""
        after = TASKS.after(cursor) or START
        rows = await list_waiting(
            pool,
            roles=caller.roles,
            person=caller.subject,
            today=today(),
            task=task,
            on=on,
            after=after,
            limit=limit + 1,
        )
        last = rows[limit - 1] if len(rows) > limit else None
        following = TASKS.cursor(last.since_position, last.case_id, last.task, last.part) if last else None
        untied = await keep_untied(cases.desk.log, caller.subject, rows[:limit])
        payable = await covered.keep([(row.case_id, row) for row in untied], on=on or today())
        items = await cases.numbers.numbered(payable)
        return JsonResponse({"items": items, "next": following})

    @router.get("/cases/{case_id}/waiting", response_model=page_of(Task))
    async def show_waiting(case_id: Id, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """What is still to be done in the case, by which role, and who may not be the one to do it."""
        history = await cases.history(case_id)
        scheme = find_scheme_stream(history.events)
        terms = find_terms(history.events, (await cases.desk.log.load(scheme)).events) if scheme else None
        tasks = await covered.keep([(case_id, task) for task in list_tasks(history.events, terms)], on=today())
        return JsonResponse({"items": tasks, "next": None})

    return router


async def keep_untied(log: Log, person: str, rows: Sequence[TaskRow]) -> list[TaskRow]:
    """Those of the tasks that are of no organisation the person is recorded as tied to (domain rule 3)."""
    streams = {number: stream_of_organisation(number) for row in rows for number in row.organisations}
    ties = await log.load_all(sorted(streams.values())) if streams else {}
    tied_to = {number for number, stream in streams.items() if is_among(person, tied(ties[stream].events))}
    return [row for row in rows if not tied_to.intersection(row.organisations)]
