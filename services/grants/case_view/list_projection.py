"""One case of the list: what it is, where it stands, and how far its money has come. Follows the log in batches; every
row of it can be made again from the log. Amounts are whole øre.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    Connection,
    Table,
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
from services.grants.case.state import TURNS, state_after
from services.grants.case_view.awaited_letter import AwaitedLetter, awaited_after
from services.grants.case_view.list_row import FIELDS, FollowedCase, case_row
from services.grants.case_view.sought import sought_anew

# A batch's cases in one statement: a thousand rows as one JSON value cost a tenth of a thousand statements.
WRITE = text(
    f"""
    INSERT INTO grants_view.case_row (edition, {", ".join(FIELDS)})
    SELECT :edition, {", ".join(FIELDS)} FROM jsonb_populate_recordset(NULL::grants_view.case_row, CAST(:rows AS jsonb))
    ON CONFLICT (edition, case_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in FIELDS[1:])}
    """
)


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
    return replace(
        row, state=state_after(row.state, event), letter_awaited_from=awaited.since, letters_telling=awaited.tells
    )


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
