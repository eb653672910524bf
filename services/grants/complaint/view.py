"""What a case shows of its complaints, and the list of complaints over all cases."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Boolean, Column, Date, Integer, MetaData, Table, Text, Uuid

from services.eventlog.events import TOPICS, Event
from services.eventlog.folding import fold_once
from services.grants.case.stream_projection import CaseRows
from services.grants.complaint.follow_up import list_follow_ups
from services.grants.complaint.rules import ComplaintCase, evolve
from services.grants.complaint.steps import Complaint


def fold(events: Sequence[Event]) -> ComplaintCase:
    """The case as this room knows it."""
    return fold_once(evolve, events, ComplaintCase)


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """Every complaint of the case and how far it has come, and who the case is with now."""
    case = fold(events)
    if not case.complaints and not case.changes:
        return None
    return {
        "party": asdict(case.party) if case.party else None,
        "party_changes": [asdict(change) for change in case.changes],
        "complaints": [_told(complaint, events) for complaint in case.complaints],
    }


def _told(complaint: Complaint, events: Sequence[Event]) -> dict[str, Any]:
    suspension, forwarded, decided = complaint.suspension, complaint.forwarded, complaint.decided
    return {
        **asdict(complaint.received),
        "party": asdict(complaint.party),
        "lodged_by": asdict(complaint.received.party),
        "late": complaint.is_late,
        "accepted_late": complaint.accepted_late is not None,
        "defects": list(complaint.defects),
        "complete_by": complaint.asked.reply_by if complaint.asked and complaint.defects else None,
        "state": complaint.state,
        "suspends": suspension.suspends if suspension else None,
        "forwarded_on": forwarded.forwarded_on if forwarded else None,
        "outcome": decided.outcome if decided else None,
        "decided_on": decided.decided_on if decided else None,
        "document": decided.document if decided else None,
        "follow_ups": [asdict(each) for each in list_follow_ups(complaint, events)],
    }


complaint_row = Table(
    "complaint_row",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("disputed", Text),
    Column("decision_number", Integer),
    Column("party", Text),
    Column("lodged_on", Date),
    Column("last_day_on", Date),
    Column("late", Boolean),
    Column("state", Text),
    Column("suspends", Text),
    Column("forwarded_on", Date),
    Column("outcome", Text),
    Column("decided_on", Date),
)
FIELDS = tuple(column.name for column in complaint_row.columns if column.name != "edition")


@dataclass(frozen=True, kw_only=True)
class ComplaintRow:
    """One complaint of the list. `party` is who it is with now; `late` tells that it came after its last day."""

    case_id: UUID
    number: int
    disputed: str
    decision_number: int | None
    party: str
    lodged_on: date
    last_day_on: date
    late: bool
    state: str
    suspends: str | None
    forwarded_on: date | None
    outcome: str | None
    decided_on: date | None


def rows_of(events: Sequence[Event]) -> Iterable[dict[str, Any]]:
    """One row for each complaint of a case."""
    for complaint in fold(events).complaints:
        told = _told(complaint, events)
        yield {name: told[name] for name in FIELDS if name not in ("case_id", "party")} | {
            "party": complaint.party.name
        }


COMPLAINTS = CaseRows(
    name="complaints",
    version=1,
    table=complaint_row,
    events=tuple(kind for topic, kind in TOPICS.items() if topic.startswith("complaint.")),
    rows_of=rows_of,
)

LIST = f"""
    SELECT {", ".join(FIELDS)} FROM grants_view.complaint_row
    WHERE edition = (SELECT edition FROM grants_view.edition WHERE projection = 'complaints' AND state = 'live')
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(year)s::integer IS NULL OR extract(year FROM lodged_on) = %(year)s)
      AND (lodged_on, case_id, number) > (%(lodged_on)s, %(case_id)s, %(number)s)
    ORDER BY lodged_on, case_id, number LIMIT %(limit)s
"""
START = (date.min, UUID(int=0), 0)


async def list_complaints(
    pool: AsyncConnectionPool,
    *,
    state: str | None = None,
    year: int | None = None,
    after: tuple[date, UUID, int] = START,
    limit: int = 50,
) -> list[ComplaintRow]:
    """The complaints, oldest first: of one state, of those made in one year. `after` is the place (lodged_on, case_id,
    number) of the last one already shown."""
    lodged_on, case_id, number = after
    given: dict[str, Any] = {"state": state, "year": year, "limit": limit}
    given |= {"lodged_on": lodged_on, "case_id": case_id, "number": number}
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(ComplaintRow)) as cursor:
        await cursor.execute(LIST, given)
        return await cursor.fetchall()
