"""The list of applications over all cases, and what an applicant has applied for beside. Amounts are whole øre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import BigInteger, Column, Date, Integer, MetaData, Table, Text, Uuid

from services.eventlog.events import TOPICS, Event
from services.grants.application.overlaps import Beside
from services.grants.application.view import fold, standing
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed, AwardReturned
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, DecisionReversed
from services.grants.case.stream_projection import CaseRows

application_row = Table(
    "application",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("call_id", Text),
    Column("scheme_id", Text),
    Column("year", Integer),
    Column("applicant", Text),
    Column("applicant_kind", Text),
    Column("organisation_number", Text),
    Column("municipality_number", Text),
    Column("title", Text),
    Column("sought_ore", BigInteger),
    Column("versions", Integer),
    Column("counting", Integer),
    Column("first_arrived_on", Date),
    Column("last_arrived_on", Date),
    Column("reply_by", Date),
    Column("assessments", Integer),
    Column("stale_assessments", Integer),
    Column("mean_basis_points", Integer),
    Column("recommended_min_ore", BigInteger),
    Column("recommended_max_ore", BigInteger),
    Column("state", Text),
)
FIELDS = tuple(column.name for column in application_row.columns if column.name != "edition")
BESIDE = tuple(Beside.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class ApplicationRow:
    """One application of the list. What it says is of the version that counts, or of the last while all came late.

    `assessments` are those of that version and `stale_assessments` the others; the mean is in basis points, the least
    and most recommended count an assessment that recommends nothing as 0.
    """

    case_id: UUID
    call_id: str
    scheme_id: str
    year: int
    applicant: str
    applicant_kind: str
    organisation_number: str | None
    municipality_number: str | None
    title: str
    sought_ore: int
    versions: int
    counting: int | None
    first_arrived_on: date
    last_arrived_on: date
    reply_by: date | None
    assessments: int
    stale_assessments: int
    mean_basis_points: int | None
    recommended_min_ore: int | None
    recommended_max_ore: int | None
    state: str


def rows_of(events: Sequence[Event]) -> Iterable[dict[str, Any]]:
    """The row of a case somebody applied in; none of other cases."""
    application = fold(events)
    if not application.versions:
        return
    counting, last = application.counting, application.versions[-1]
    told = counting or last
    made = application.assessments_of(counting.version) if counting else ()
    recommended = [each.recommended_ore or 0 for each in made]
    yield {
        "call_id": told.call_id,
        "scheme_id": told.scheme_id,
        "year": told.year,
        "applicant": told.applicant.name,
        "applicant_kind": told.applicant.kind,
        "organisation_number": told.applicant.organisation_number,
        "municipality_number": told.applicant.municipality_number,
        "title": told.title,
        "sought_ore": told.amount_sought_ore,
        "versions": len(application.versions),
        "counting": counting.version if counting else None,
        "first_arrived_on": application.versions[0].arrived_on,
        "last_arrived_on": last.arrived_on,
        "reply_by": application.unanswered.reply_by if application.unanswered else None,
        "assessments": len(made),
        "stale_assessments": len(application.assessments) - len(made),
        "mean_basis_points": sum(each.total_basis_points for each in made) // len(made) if made else None,
        "recommended_min_ore": min(recommended, default=None),
        "recommended_max_ore": max(recommended, default=None),
        "state": standing(application),
    }


APPLICATIONS = CaseRows(
    name="applications",
    version=2,
    table=application_row,
    events=(
        *(kind for topic, kind in TOPICS.items() if topic.startswith("application.")),
        *(
            AwardProposed,
            AwardReturned,
            AwardApproved,
            AwardImported,
            ComplaintReceived,
            ComplaintDecided,
            DecisionReversed,
        ),
    ),
    rows_of=rows_of,
)

LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'applications' AND state = 'live')"
LIST = f"""
    SELECT {", ".join(FIELDS)} FROM grants_view.application
    WHERE edition = {LIVE} AND call_id = %(call_id)s AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (first_arrived_on::text, case_id::text) > (%(arrived_on)s, %(case_id)s)
    ORDER BY first_arrived_on::text, case_id::text LIMIT %(limit)s
"""
OF_APPLICANT = f"""
    SELECT {", ".join(BESIDE)} FROM grants_view.application
    WHERE edition = {LIVE} AND (organisation_number = %(organisation_number)s
        OR municipality_number = %(municipality_number)s OR lower(applicant) = lower(%(applicant)s))
"""


async def list_applications(
    pool: AsyncConnectionPool, *, call_id: str, state: str | None, after: tuple[str, str] = ("", ""), limit: int = 50
) -> list[ApplicationRow]:
    """The applications to a call in the order they came, after that day and case, both as text (which orders them the
    same, and refuses nothing a cursor may hold). Follows the log within moments."""
    given = {"call_id": call_id, "state": state, "arrived_on": after[0], "case_id": after[1], "limit": limit}
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(ApplicationRow)) as cursor:
        await cursor.execute(LIST, given)
        return await cursor.fetchall()


async def list_of_applicant(pool: AsyncConnectionPool, mine: Beside) -> list[Beside]:
    """Every application that may be the same applicant's. Follows the log within moments."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Beside)) as cursor:
        await cursor.execute(OF_APPLICANT, vars(mine))
        return await cursor.fetchall()
