"""One case of the list: what it is, where it stands, and how far its money has come. Follows the log in batches; every
row of it can be made again from the log. Amounts are whole øre.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
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

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.case.command_handler import case_of
from services.grants.case.doubles_kept import keep_recipients, named, recipient_met
from services.grants.case.events.application import ApplicationReceived, LateAccepted
from services.grants.case.events.award import AwardMade, AwardProposed
from services.grants.case.events.award_change import AwardReduced, SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.case.events.withholding import (
    ReclaimNetted,
    RepaymentReceived,
    WithholdingDecided,
    WithholdingReleased,
)
from services.grants.case.events.year_end import CommitmentLapsed
from services.grants.case.reductions import left_after, reductions_of, total_ore
from services.grants.case.state import TURNS, State, state_after
from services.grants.case_view.awaited_letter import AwaitedLetter, awaited_after
from services.grants.case_view.sought import sought_anew

case_row = Table(
    "case_row",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("opened_position", BigInteger),
    Column("fund_id", Text),
    Column("year", Integer),
    Column("chapter", Integer),
    Column("post", Integer),
    Column("recipient", Text),
    Column("organisation_number", Text),
    Column("municipality_number", Text),
    Column("scheme_id", Text),
    Column("call_id", Text),
    Column("round_id", Uuid),
    Column("established_project", Boolean),
    Column("sought_ore", BigInteger),
    Column("amount_ore", BigInteger),
    Column("left_ore", BigInteger),
    Column("disbursed_ore", BigInteger),
    Column("withheld_ore", BigInteger),
    Column("state", Text),
    Column("proposed_by", Text),
    Column("approved_by", Text),
    Column("letter_awaited_from", BigInteger),
    Column("letters_telling", ARRAY(Text)),
    Column("changed_position", BigInteger),
    Column("changed_at", DateTime(timezone=True)),
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
    """One case of the list. `amount_ore` is what was proposed until it is approved, then what is promised; `sought_ore`
    what the version that counts applied for. `year` is the fund's, before there is one of arrival."""

    case_id: UUID
    opened_position: int
    fund_id: str | None = None
    year: int
    chapter: int | None = None
    post: int | None = None
    recipient: str
    organisation_number: str | None
    municipality_number: str | None = None
    scheme_id: str | None = None
    call_id: str | None = None
    round_id: UUID | None = None
    established_project: bool = False
    sought_ore: int | None = None
    amount_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0
    state: State = "new"
    proposed_by: str | None = None
    approved_by: str | None = None
    changed_position: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class FollowedCase(CaseRow):
    """The same, with what is kept for other questions: what is left of its award (`left_after`), and the position of
    the last promise that a letter has yet to tell of, with the letters that would (`awaited_letter.py`): the ministry
    is told by a notice (`grants.untold`)."""

    left_ore: int | None = None
    letter_awaited_from: int | None = None
    letters_telling: Sequence[str] = ()


class Cases:
    """The projection behind the list."""

    name = "cases"
    version = 9
    tables: tuple[Table, ...] = (case_row, recipient_met)
    events: tuple[type[Event], ...] = (
        *TURNS, LateAccepted, AwardReduced, CommitmentLapsed, InstalmentPaid, LetterFrozen,
        InstalmentPaidLater, WithholdingDecided, WithholdingReleased, ReclaimNetted, RepaymentReceived,
    )  # fmt: skip

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Fold the facts into the cases they belong to, and write each case once."""
        cases = {stream: case_of(stream) for stream in {fact.stream for fact in facts}}
        rows = find_rows(connection, edition, set(cases.values()))
        before = named(rows.values())
        for case_id, fact in ((cases[fact.stream], fact) for fact in facts):
            rows[case_id] = changed(rows.get(case_id), case_id, fact)
        for stream, sought_ore in sought_anew(connection, facts):
            rows[cases[stream]] = replace(rows[cases[stream]], sought_ore=sought_ore)
        connection.execute(WRITE, {"edition": edition, "rows": to_json([vars(row) for row in rows.values()]).decode()})
        keep_recipients(connection, edition, before ^ named(rows.values()))


def find_rows(connection: Connection, edition: int, case_ids: set[UUID]) -> dict[UUID, FollowedCase]:
    """The cases as they stand, those that are there."""
    query = select(*(case_row.c[name] for name in FIELDS)).where(
        case_row.c.edition == edition, case_row.c.case_id == any_(cast(sorted(case_ids), ARRAY(Uuid)))
    )
    return {row.case_id: FollowedCase(**row._mapping) for row in connection.execute(query)}


def changed(row: FollowedCase | None, case_id: UUID, fact: Recorded) -> FollowedCase:
    """The case after one more fact."""
    event = fact.event
    at: dict[str, Any] = {"changed_position": fact.position, "changed_at": fact.recorded_at}
    if isinstance(event, AwardProposed | ApplicationReceived):
        told = at | (_proposed(event) if isinstance(event, AwardProposed) else _received(event))
        row = replace(row, **told) if row else FollowedCase(opened_position=fact.position, case_id=case_id, **told)
    else:
        assert row is not None, f"{fact.stream} has {event.TOPIC} before any application or proposal"
        row = replace(row, **_differences(row, event), left_ore=left_after(row.left_ore, event), **at)
    before = AwaitedLetter(since=row.letter_awaited_from, tells=tuple(row.letters_telling or ()))
    awaited = awaited_after(before, fact)
    row = replace(row, letter_awaited_from=awaited.since, letters_telling=awaited.tells)
    return replace(row, state=state_after(row.state, event))


def _received(event: ApplicationReceived) -> dict[str, Any]:
    return {
        "recipient": event.applicant.name,
        "organisation_number": event.applicant.organisation_number,
        "municipality_number": event.applicant.municipality_number,
        "scheme_id": event.scheme_id,
        "call_id": event.call_id,
        "established_project": event.established_project,
        "sought_ore": event.amount_sought_ore,
        "year": event.arrived_on.year,
    }


def _proposed(event: AwardProposed) -> dict[str, Any]:
    """A case begins with its application or its first proposal; a new proposal takes the place of a returned one."""
    (year, chapter, post), who = (int(part) for part in event.fund_id.split("/")[:3]), event.recipient
    known = {"scheme_id": event.scheme_id, "round_id": event.round_id, "municipality_number": who.municipality_number}
    return {
        "fund_id": event.fund_id,
        "year": year,
        "chapter": chapter,
        "post": post,
        "recipient": who.name,
        "organisation_number": who.organisation_number,
        "amount_ore": event.amount_ore,
        "proposed_by": event.proposed_by,
    } | {name: value for name, value in known.items() if value is not None}


def _differences(row: FollowedCase, event: Event) -> dict[str, Any]:
    """What one event makes otherwise, beside the state and what is left."""
    match event:
        case AwardMade():
            return {"approved_by": event.approved_by, "amount_ore": event.amount_ore}
        case SupplementaryAwardApproved():
            return {"amount_ore": row.amount_ore + event.amount_ore}
        case InstalmentPaid():
            return {"disbursed_ore": row.disbursed_ore + event.amount_ore}
        case WithholdingDecided() | WithholdingReleased():
            sign = 1 if isinstance(event, WithholdingDecided) else -1
            return {"withheld_ore": row.withheld_ore + sign * event.amount_ore}
        case RepaymentReceived(credited=True, amount_ore=back_ore):
            return {"amount_ore": row.amount_ore - back_ore, "disbursed_ore": row.disbursed_ore - back_ore}
    if fallen := reductions_of(event):
        held_ore = total_ore(each for each in fallen[0] if each.withholding is not None)
        return {"amount_ore": row.amount_ore - total_ore(fallen[0]), "withheld_ore": row.withheld_ore - held_ore}
    return {}
