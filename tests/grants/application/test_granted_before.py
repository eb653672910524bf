"""Whoever asks for those who have something of an award asks what is left of it, wherever its case stands: who was
granted in an earlier call, what a file repeats, the draw for control, awards that overlap.

Seen: an application that was rejected, and its case closed, opened the extraordinary money of the next call. An award
that was annulled and promised anew, or paid in part, was drawn by nobody; one that was reduced to nothing was. What was
paid and came back whole as income of a later year counted as kept.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.case.events.application import ApplicationDismissed, ApplicationRejected, ApplicationWithdrawn
from services.grants.case.events.award import AwardReturned, Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    AwardReduced,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed
from services.grants.case.events.year_end import CommitmentLapsed
from services.grants.case.reductions import left_of
from services.grants.case_view.list_projection import changed
from services.grants.case_view.list_row import FollowedCase
from services.grants.case_view.listing import was_granted
from services.grants.overview.overlapping.view import mark
from services.grants.recipient_report.view import find_population
from services.grants.round.recorded_before import find_used
from tests.conftest import Database
from tests.grants.application.story import DRAMMEN, award, granted, version
from tests.grants.fodt_fri import letter_out, repaid
from tests.grants.round.per_capita import read
from tests.grants.round.rounds import OSLO, as_csv, batch_line

DAY, CASE = date(2020, 5, 4), UUID(int=1)
CALL, NUMBER = version().call_id, str(DRAMMEN.organisation_number)
ORE = award.amount_ore
GROUND = Ground(code="other", text="Annet")
rejected = ApplicationRejected(ground="no-funds", reason="Tomt", rejected_on=DAY, rejected_by="ola")
dismissed = ApplicationDismissed(ground="late", reason="For sent", dismissed_on=DAY, dismissed_by="ola")
closed = CaseClosed(closed_on=DAY, closed_by="kari")
paid = InstalmentPaid(instalment=1, amount_ore=ORE, paid_on=DAY, reference="B-1", attested_by="per")


def fallen(ore: int) -> tuple[Reduction, ...]:
    return (Reduction(instalment=1, amount_ore=ore),)


def reduced(ore: int) -> AwardReduced:
    return AwardReduced(reductions=fallen(ore), ground=GROUND, reduced_on=DAY, approved_by="ola")


annulled = AwardAnnulled(reductions=fallen(ORE), ground=GROUND, annulled_on=DAY, approved_by="ola")
declined = AwardDeclined(reason="Nei", reductions=fallen(ORE), declined_on=DAY, recorded_by="kari")
lapsed = CommitmentLapsed(
    year=2020, reductions=fallen(ORE), ground="not-transferable", lapsed_on=DAY, recorded_by="anne"
)
settled = AwardSettled(used_ore=ORE, reductions=(), settled_on=DAY, approved_by="ola")
in_part = replace(paid, amount_ore=1)
sent_back = replace(repaid, reclaim=None, amount_ore=ORE, received_on=DAY)
anew = SupplementaryAwardApproved(
    amount_ore=1, added=(Instalment(number=2, amount_ore=1),), ground=GROUND, approved_on=DAY, approved_by="ola",
    disposal_authority="Delegert",
)  # fmt: skip
awarded = (award, granted)
HISTORIES: dict[str, tuple[tuple[Event, ...], bool]] = {
    "applied": ((), False),
    "withdrawn": ((ApplicationWithdrawn(reason="Trukket", withdrawn_on=DAY, recorded_by="kari"),), False),
    "rejected": ((rejected,), False),
    "rejected and closed": ((rejected, closed), False),
    "dismissed and closed": ((dismissed, closed), False),
    "proposed": ((award,), False),
    "proposed, returned and closed": ((award, AwardReturned(reason="Nei", returned_by="ola"), rejected, closed), False),
    "approved": (awarded, True),
    "out": ((*awarded, letter_out), True),
    "reduced in part": ((*awarded, letter_out, reduced(ORE - 1)), True),
    "reduced to nothing": ((*awarded, letter_out, reduced(ORE)), False),
    "annulled": ((*awarded, annulled), False),
    "annulled and closed": ((*awarded, annulled, closed), False),
    "declined and closed": ((*awarded, letter_out, declined, closed), False),
    "lapsed": ((*awarded, letter_out, lapsed), False),
    "paid and sent back in its year": ((*awarded, letter_out, paid, sent_back), False),
    "paid and sent back in a later year": ((*awarded, letter_out, paid, replace(sent_back, credited=False)), False),
    "paid in part and annulled": ((*awarded, letter_out, in_part, replace(annulled, reductions=fallen(ORE - 1))), True),
    "paid in part and declined": ((*awarded, letter_out, in_part, replace(declined, reductions=fallen(ORE - 1))), True),
    "paid and settled": ((*awarded, letter_out, paid, settled), True),
    "paid, settled and closed": ((*awarded, letter_out, paid, settled, closed), True),
    "annulled, and promised anew": ((*awarded, letter_out, annulled, anew), True),
    "declined, promised anew, and annulled": (
        (*awarded, letter_out, declined, anew, replace(annulled, reductions=(Reduction(instalment=2, amount_ore=1),))),
        False,
    ),
}


ROW = {
    "basis": None, "scheme_id": None, "call_id": None, "year": 2020, "recipient": "Drammen", "purpose": "Samme tiltak",
    "organisation_number": NUMBER, "municipality_number": None, "state": "approved",
    "first_on": date(2020, 1, 1), "last_on": date(2020, 12, 31),
}  # fmt: skip
"""One of two awards for the same, as they are compared."""


def row_of(events: Sequence[Event]) -> FollowedCase:
    """The case in the list, after these facts."""
    row: FollowedCase | None = None
    for place, event in enumerate((version(), *events), 1):
        row = changed(row, CASE, Recorded(place, f"case-{CASE}", place, event, datetime.now(UTC), "kari", "", ""))
    assert row is not None
    return row


def listed(database: Database, row: FollowedCase) -> None:
    told: dict[str, Any] = {name: value for name, value in vars(row).items() if not name.startswith("letter")}
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute("DELETE FROM grants_view.case_row")
        connection.execute(
            "INSERT INTO grants_view.edition (projection, edition, version, state, position)"
            " VALUES ('cases', 1, 1, 'live', 0) ON CONFLICT DO NOTHING"
        )
        connection.execute(
            f"INSERT INTO grants_view.case_row (edition, {', '.join(told)})"
            f" VALUES (1, {', '.join(['%s'] * len(told))})".encode(),
            list(told.values()),
        )


def drawn_from(database: Database) -> bool:
    """Whether a control can be drawn from the case."""

    async def ask() -> bool:
        async with AsyncConnectionPool(database.service_dsn, min_size=1) as pool:
            return CASE in (await find_population(pool, year=2020, scheme_id=None))[1]

    return asyncio.run(ask())


def asked(database: Database) -> tuple[bool, bool]:
    """Whether it was granted, and whether a line of a file for its municipality is held against its number."""
    lines = read(as_csv(batch_line(("3005", "Drammen", OSLO[2])))).lines

    async def ask() -> tuple[bool, bool]:
        async with AsyncConnectionPool(database.service_dsn, min_size=1) as pool:
            used = await find_used(pool, lines)
            return await was_granted(pool, CALL, NUMBER), NUMBER in used.numbers.get("3005", ())

    return asyncio.run(ask())


def test_who_has_nothing_of_an_award_was_not_granted_wherever_its_case_stands(database: Database) -> None:
    found = {}
    for name, (events, _) in HISTORIES.items():
        listed(database, row_of(events))
        found[name] = asked(database)
    assert found == {name: (has, has) for name, (_, has) in HISTORIES.items()}


def test_control_is_drawn_from_every_case_that_is_open_and_has_something_left(database: Database) -> None:
    found = {}
    for name, (events, _) in HISTORIES.items():
        listed(database, row_of(events))
        found[name] = drawn_from(database)
    assert found == {name: has and not name.endswith("closed") for name, (_, has) in HISTORIES.items()}


def test_a_list_that_an_earlier_release_filled_says_what_is_promised(database: Database) -> None:
    for name, expected in (("approved", True), ("reduced to nothing", False), ("proposed", False)):
        listed(database, replace(row_of(HISTORIES[name][0]), left_ore=None))
        assert (asked(database), drawn_from(database)) == ((expected, expected), expected)


def test_two_awards_overlap_while_something_is_left_of_both() -> None:
    for name, (events, has) in HISTORIES.items():
        if award in events:
            ore = left_of(events)
            rows = [{**ROW, "case_id": UUID(int=number), "left_ore": ore} for number in (1, 2)]
            assert (ore > 0) == has, name
            assert bool([*mark(rows)]) == has, name


@pytest.mark.parametrize("other", [{"call_id": "another"}, {"organisation_number": "958935420"}], ids=repr)
def test_an_award_of_another_call_or_to_another_counts_for_nothing(database: Database, other: dict[str, Any]) -> None:
    listed(database, replace(row_of(HISTORIES["approved"][0]), **other))
    assert asked(database)[0] is False
