"""What a case shows of its reports, control and settlement; the list of reports; the cases a control is drawn from."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Column, Date, Integer, MetaData, Table, Text, Uuid

from services.eventlog.events import TOPICS, Event
from services.grants.case.events.award import AwardApproved, AwardImported
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterNotArrived,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
)
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.reductions import REDUCING, SOMETHING_LEFT
from services.grants.case.stream_projection import CaseRows
from services.grants.recipient_report.control import find_risks
from services.grants.recipient_report.reminder import POLICY, asks_for_reports, next_reminder_on
from services.grants.recipient_report.rules import Report, fold
from services.grants.scheme.events import ReportKind


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """Each report and how far it has come, the controls, the risks the case shows, and the settlement (whole øre)."""
    case = fold(events)
    if case.commitment.approved is None and case.closed is None:
        return None
    return {
        "reports": [_told(report) for report in case.reports],
        "controls": [
            asdict(control.selected) | {"concluded": asdict(control.concluded) if control.concluded else None}
            for control in case.controls
        ],
        "risks": list(find_risks(case)),
        "settlement_proposed": asdict(case.proposed) if case.proposed else None,
        "settled": asdict(case.settled) if case.settled else None,
        "closed": asdict(case.closed) if case.closed else None,
    }


def _told(report: Report) -> dict[str, Any]:
    last = report.returns[-1] if report.state == "returned" else None
    return {
        **asdict(report.owed),
        "due_on": report.due_on,
        "first_due_on": report.owed.due_on,
        "state": report.state,
        "version": report.latest.version if report.latest else None,
        "used_ore": report.latest.used_ore if report.latest else None,
        "received_on": report.latest.received_on if report.latest else None,
        "checks": {check.check: check.checked_by for check in report.checks},
        "returned_for": list(last.reasons) if last else [],
        "reminders": len(report.reminders),
        "next_reminder_on": next_reminder_on(report),
    }


report_row = Table(
    "report_row",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text),
    Column("recipient", Text),
    Column("fund_id", Text),
    Column("scheme_id", Text),
    Column("due_on", Date),
    Column("state", Text),
    Column("received_on", Date),
    Column("reminders", Integer),
    Column("next_reminder_on", Date),
)
FIELDS = tuple(column.name for column in report_row.columns if column.name != "edition")


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One report of the list. `next_reminder_on` is the first day a reminder is due, None where none is."""

    case_id: UUID
    number: int
    kind: ReportKind
    recipient: str
    fund_id: str
    scheme_id: str | None
    due_on: date
    state: str
    received_on: date | None
    reminders: int
    next_reminder_on: date | None


def rows_of(events: Sequence[Event]) -> Iterable[dict[str, Any]]:
    """One row for each report the recipient owes. A case that is settled or closed, or of whose award nothing is left,
    reminds nobody; and of one that fell away before its letter left nobody will ever be told."""
    case = fold(events)
    proposed = case.commitment.proposed
    if proposed is None or (case.informed.waits and not case.commitment.committed_ore):
        return
    for report in case.reports:
        told = _told(report)
        yield {name: told[name] for name in ("number", "kind", "due_on", "state", "received_on", "reminders")} | {
            "recipient": proposed.recipient.name,
            "fund_id": proposed.fund_id,
            "scheme_id": proposed.scheme_id,
            "next_reminder_on": told["next_reminder_on"] if asks_for_reports(case) else None,
        }


REPORTS = CaseRows(
    name="reports",
    version=4,
    table=report_row,
    events=(
        AwardApproved,
        AwardImported,
        LetterReleased,
        LetterLeft,
        LetterNotArrived,
        LetterReleaseEnded,
        LetterDelivered,
        LetterReleaseImported,
        SupplementaryAwardApproved,
        RepaymentReceived,
        *REDUCING,
        *(kind for topic, kind in TOPICS.items() if topic.startswith("report.")),
    ),
    rows_of=rows_of,
)

LIVE = "edition = (SELECT edition FROM grants_view.edition WHERE projection = 'reports' AND state = 'live')"
LIST = f"""
    SELECT {", ".join(FIELDS)} FROM grants_view.report_row
    WHERE {LIVE}
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(due_before)s::date IS NULL OR due_on < %(due_before)s)
      AND (due_on, case_id, number) > (%(due_on)s, %(case_id)s, %(number)s)
    ORDER BY due_on, case_id, number LIMIT %(limit)s
"""
START = (date.min, UUID(int=0), 0)

REMINDED = f"""
    SELECT case_id, min(next_reminder_on) AS first_on FROM grants_view.report_row
    WHERE {LIVE} AND next_reminder_on <= %(on)s GROUP BY case_id ORDER BY first_on, case_id LIMIT %(limit)s
"""

UNTOLD = f"""
    SELECT case_id, number FROM grants_view.report_row
    WHERE {LIVE} AND state = 'untold' AND due_on - %(before_days)s::integer <= %(on)s::date
    ORDER BY due_on, case_id, number LIMIT %(limit)s
"""

POPULATION = f"""
    SELECT place.position, array_agg(c.case_id) FILTER (WHERE c.case_id IS NOT NULL)
    FROM grants_view.edition AS place
    LEFT JOIN grants_view.case_row AS c ON c.edition = place.edition AND c.year = %(year)s
      AND (%(scheme_id)s::text IS NULL OR c.scheme_id = %(scheme_id)s)
      AND c.state <> 'closed' AND {SOMETHING_LEFT}
    WHERE place.projection = 'cases' AND place.state = 'live' GROUP BY place.position
"""


async def list_reports(
    pool: AsyncConnectionPool,
    *,
    state: str | None = None,
    due_before: date | None = None,
    after: tuple[date, UUID, int] = START,
    limit: int = 50,
) -> list[ReportRow]:
    """The reports owed, first due first: of one state, due before a day. `after` is the place (due_on, case_id, number)
    of the last one already shown."""
    due_on, case_id, number = after
    given: dict[str, Any] = {"state": state, "due_before": due_before, "limit": limit}
    given |= {"due_on": due_on, "case_id": case_id, "number": number}
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(ReportRow)) as cursor:
        await cursor.execute(LIST, given)
        return await cursor.fetchall()


async def list_to_remind(pool: AsyncConnectionPool, *, on: date, limit: int) -> list[UUID]:
    """The cases whose recipients are due a reminder that day, longest overdue first."""
    async with pool.connection() as connection:
        cursor = await connection.execute(REMINDED, {"on": on, "limit": limit})
        return [case_id for case_id, _ in await cursor.fetchall()]


async def list_untold(pool: AsyncConnectionPool, *, on: date, limit: int) -> list[tuple[UUID, int]]:
    """The reports, as (case_id, number), that a reminder would be due of that day, had the letter been out."""
    async with pool.connection() as connection:
        given = {"on": on, "limit": limit, "before_days": POLICY.before_days}
        return await (await connection.execute(UNTOLD, given)).fetchall()


async def find_population(pool: AsyncConnectionPool, *, year: int, scheme_id: str | None) -> tuple[int, list[UUID]]:
    """The cases a control is drawn from, and the log position they are read at; one statement, so they belong
    together. Position 0 and no case where the list of cases has not begun."""
    async with pool.connection() as connection:
        cursor = await connection.execute(POPULATION, {"year": year, "scheme_id": scheme_id})
        found = await cursor.fetchone()
    return (0, []) if found is None else (found[0], found[1] or [])
