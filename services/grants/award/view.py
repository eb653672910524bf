"""Cases as a list: what each award is, who it is for, and how far its money has come. Amounts are whole øre."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.eventlog.events import Event
from services.eventlog.mapper import Recorded
from services.grants.award.events import AwardApproved, AwardProposed, AwardReturned, LetterReleaseImported
from services.grants.disbursement.events import InstalmentPaid
from services.grants.withholding.events import WithholdingDecided, WithholdingReleased

case_row = Table(
    "case_row",
    MetaData(),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("opened_position", BigInteger),
    Column("fund_id", Text),
    Column("year", Integer),
    Column("chapter", Integer),
    Column("post", Integer),
    Column("recipient", Text),
    Column("organisation_number", Text),
    Column("amount_ore", BigInteger),
    Column("disbursed_ore", BigInteger),
    Column("withheld_ore", BigInteger),
    Column("state", Text),
    Column("proposed_by", Text),
    Column("approved_by", Text),
    Column("changed_position", BigInteger),
    Column("changed_at", DateTime(timezone=True)),
    schema="grants_view",
)
FIELDS = tuple(column.name for column in case_row.columns if column.name != "edition")
# A batch's cases in one statement: a thousand rows as one JSON value cost a tenth of a thousand statements.
WRITE = text(
    f"""
    INSERT INTO grants_view.case_row (edition, {", ".join(FIELDS)})
    SELECT :edition, {", ".join(FIELDS)} FROM jsonb_populate_recordset(NULL::grants_view.case_row, CAST(:rows AS jsonb))
    ON CONFLICT (edition, case_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in FIELDS[1:])}
    """
)


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One case of the list. `state` is proposed, returned, approved (promised) or released (the letter is out);
    `amount_ore` is what was proposed until it is approved, then what was promised."""

    case_id: UUID
    opened_position: int
    fund_id: str
    year: int
    chapter: int
    post: int
    recipient: str
    organisation_number: str | None
    amount_ore: int
    disbursed_ore: int = 0
    withheld_ore: int = 0
    state: str = "proposed"
    proposed_by: str
    approved_by: str | None = None
    changed_position: int
    changed_at: datetime


class Cases:
    """The projection behind the list."""

    name = "cases"
    version = 1
    tables: tuple[Table, ...] = (case_row,)
    events: tuple[type[Event], ...] = (
        AwardProposed,
        AwardReturned,
        AwardApproved,
        LetterReleaseImported,
        InstalmentPaid,
        WithholdingDecided,
        WithholdingReleased,
    )

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Fold the facts into the cases they belong to, and write each case once."""
        cases = {stream: case_of(stream) for stream in {fact.stream for fact in facts}}
        rows = find_rows(connection, edition, set(cases.values()))
        for fact in facts:
            case_id = cases[fact.stream]
            rows[case_id] = changed(rows.get(case_id), case_id, fact)
        connection.execute(WRITE, {"edition": edition, "rows": to_json([vars(row) for row in rows.values()]).decode()})


def case_of(stream: str) -> UUID:
    """The case a stream `case-<uuid>` holds."""
    return UUID(stream.removeprefix("case-"))


def find_rows(connection: Connection, edition: int, case_ids: set[UUID]) -> dict[UUID, CaseRow]:
    """The cases as they stand, those that are there."""
    query = select(*(case_row.c[name] for name in FIELDS)).where(
        case_row.c.edition == edition, case_row.c.case_id == any_(cast(sorted(case_ids), ARRAY(Uuid)))
    )
    return {row.case_id: CaseRow(**row._mapping) for row in connection.execute(query)}


def changed(row: CaseRow | None, case_id: UUID, fact: Recorded) -> CaseRow:
    """The case after one more fact."""
    if isinstance(fact.event, AwardProposed):
        return proposed(row, case_id, fact, fact.event)
    assert row is not None, f"{fact.stream} has {fact.event.TOPIC} before any proposal"
    return replace(row, changed_position=fact.position, changed_at=fact.recorded_at, **differences(row, fact.event))


def differences(row: CaseRow, event: Event) -> dict[str, Any]:
    """What one event makes otherwise."""
    match event:
        case AwardReturned():
            return {"state": "returned"}
        case AwardApproved():
            return {"state": "approved", "approved_by": event.approved_by, "amount_ore": event.amount_ore}
        case LetterReleaseImported():
            return {"state": "released"}
        case InstalmentPaid():
            return {"disbursed_ore": row.disbursed_ore + event.amount_ore}
        case WithholdingDecided():
            return {"withheld_ore": row.withheld_ore + event.amount_ore}
        case WithholdingReleased():
            return {"withheld_ore": row.withheld_ore - event.amount_ore}
    raise AssertionError(f"{event.TOPIC} is not folded here")


def proposed(row: CaseRow | None, case_id: UUID, fact: Recorded, event: AwardProposed) -> CaseRow:
    """A case begins with its first proposal, and a new proposal takes the place of one that was returned."""
    year, chapter, post = event.fund_id.split("/")[:3]
    return CaseRow(
        case_id=case_id,
        opened_position=row.opened_position if row else fact.position,
        fund_id=event.fund_id,
        year=int(year),
        chapter=int(chapter),
        post=int(post),
        recipient=event.recipient.name,
        organisation_number=event.recipient.organisation_number,
        amount_ore=event.amount_ore,
        proposed_by=event.proposed_by,
        changed_position=fact.position,
        changed_at=fact.recorded_at,
    )


LIST = f"""
    SELECT {", ".join(FIELDS)} FROM grants_view.case_row
    WHERE edition = (SELECT edition FROM grants_view.edition WHERE projection = 'cases' AND state = 'live')
      AND year = %(year)s
      AND (%(chapter)s::integer IS NULL OR chapter = %(chapter)s)
      AND (%(post)s::integer IS NULL OR post = %(post)s)
      AND opened_position < %(before)s
    ORDER BY opened_position DESC LIMIT %(limit)s
"""


async def list_cases(
    pool: AsyncConnectionPool,
    *,
    year: int,
    chapter: int | None = None,
    post: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[CaseRow]:
    """The cases of a budget year, newest first. `after` is the `opened_position` of the last one already shown."""
    given = {"year": year, "chapter": chapter, "post": post, "before": after or 2**63 - 1, "limit": limit}
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(CaseRow)) as cursor:
        await cursor.execute(LIST, given)
        return await cursor.fetchall()
