"""Recipients' reports over HTTP: received in versions, checked twice, returned, given more time, reminded of."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.case.command_handler import CaseCommands, case_of, stream_of
from services.grants.case.events.recipient_report import ReportReminded
from services.grants.case.responses import CaseShown
from services.grants.recipient_report.check_routes import A_REPORT, Caseworker, Number, add_checks
from services.grants.recipient_report.receiving import move_deadline, receive
from services.grants.recipient_report.reminder import remind, remind_all
from services.grants.recipient_report.requests import Arrived, MoreTime, Reminder
from services.grants.recipient_report.rules import ReportState, fold
from services.grants.recipient_report.view import START, ReportRow, list_reports, list_to_remind, list_untold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing, page_of
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Id, Line

REPORTS = Listing("reports", date, UUID, int)
REMINDERS_AT_ONCE = 500
REMINDING = "report-reminders"
"""The batch acts on no stream of its own: what it does stands in the cases. This one is never begun."""


def report_router(cases: CaseCommands, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1", tags=["reports"])

    @router.get("/reports", response_model=page_of(ReportRow, case_number=str | None))
    async def list_owed(
        _: Annotated[Caller, allow(*STAFF)],
        due_before: Day | None = None,
        state: ReportState | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Reports that recipients owe, first due first: due before a day, of one state. The list follows the log within
        moments; a case's own address is never behind."""
        after = REPORTS.after(cursor) or START
        rows = await list_reports(pool, state=state, due_before=due_before, after=after, limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        following = REPORTS.cursor(last.due_on, last.case_id, last.number) if last else None
        items = await cases.numbers.numbered(rows[:limit])
        return JsonResponse({"items": items, "next": following})

    @router.post("/reports/reminders")
    async def remind_everybody(
        on: Day,
        caller: Caseworker,
        key: Idempotency,
        _: Annotated[Line | None, Query(alias="back_dating_reason")] = None,
    ) -> Response:
        """Reminds every recipient who is due a reminder that day, at most so many cases at once. Repeating it is
        harmless: nobody is reminded twice of the same. `remaining` tells that there are more, and `waiting_for_letter`
        which reports were skipped because the letter that asks for them is not out. The schedule decides who is
        reminded, not the caller, so a tie to one of the organisations stops nobody."""
        found = await list_to_remind(pool, on=on, limit=REMINDERS_AT_ONCE + 1)
        untold = await list_untold(pool, on=on, limit=REMINDERS_AT_ONCE)
        numbers = await cases.numbers.list_all({*found, *(case_id for case_id, _ in untold)})
        waiting = [
            {"case_id": str(case_id), "case_number": numbers.get(case_id), "report": number}
            for case_id, number in untold
        ]
        numbered = {stream_of(case_id): numbers.get(case_id) for case_id in found[:REMINDERS_AT_ONCE]}
        remaining = len(found) > REMINDERS_AT_ONCE

        def decide(histories: Mapping[str, History]) -> Mapping[str, Sequence[Event]]:
            by = caller.subject
            return {
                stream: remind_all(fold(histories[stream].events), reminded_on=on, reminded_by=by, case_number=number)
                for stream, number in numbered.items()
            }

        def answer(after: Mapping[str, After]) -> Answer:
            sent = [
                {"case_id": str(case_of(stream)), "case_number": event.case_number}
                | {"report": event.number, "reminder": event.reminder}
                for stream in numbered
                for event in after[stream].new
                if isinstance(event, ReportReminded)
            ]
            return Answer(body={"reminded": sent, "remaining": remaining, "waiting_for_letter": waiting})

        return await cases.desk.carry_out_all(
            (REMINDING, *numbered),
            caller=caller,
            key=key,
            decide=decide,
            answer=answer,
            expected={REMINDING: 0},
        )

    @router.post(A_REPORT + "/versions", response_model=CaseShown)
    async def receive_report(
        case_id: Id, number: Number, said: Arrived, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Freezes a version of the report as it came."""
        return await cases.act(
            case_id,
            fold,
            lambda case: receive(
                case,
                number=number,
                summary=said.summary,
                results=said.results,
                used_ore=said.used_ore,
                accounts_attested=said.accounts_attested,
                document_sha256=said.document_sha256,
                received_on=said.received_on,
                registered_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_REPORT + "/deadline", response_model=CaseShown)
    async def give_more_time(
        case_id: Id, number: Number, said: MoreTime, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Gives the recipient more time."""
        return await cases.act(
            case_id,
            fold,
            lambda case: move_deadline(
                case,
                number=number,
                due_on=said.due_on,
                reason=said.reason,
                moved_on=said.moved_on,
                moved_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(A_REPORT + "/reminders", response_model=CaseShown)
    async def remind_of_report(
        case_id: Id, number: Number, said: Reminder, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Reminds the recipient of the report."""
        case_number = await cases.numbers.find(case_id)
        return await cases.act(
            case_id,
            fold,
            lambda case: remind(
                case, number=number, reminded_on=said.reminded_on, reminded_by=caller.subject, case_number=case_number
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    add_checks(router, cases)

    return router
