"""What is kept of recipients and vouchers that meet is what a look at all of them would give, after every change."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.grants.case.doubles_kept import KEPT_SINCE, VOUCHERS, keep_recipients, keep_vouchers
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.doubles.view import (
    NAMES,
    NAMES_KEPT,
    NUMBERS_KEPT,
    NUMBERS_OF_ALL,
    VOUCHERS_KEPT,
    VOUCHERS_OF_ALL,
)
from tests.conftest import Database
from tests.eventlog.projector import engine_of
from tests.grants.balance.limits import Year, case
from tests.grants.round.rounds import NAMED, SETTLING, open_year

LIVE = "INSERT INTO grants_view.edition (projection, edition, version, state, position) VALUES (%s, 1, %s, 'live', 0)"
ROW = text("""
    INSERT INTO grants_view.case_row (edition, case_id, opened_position, year, recipient, organisation_number,
        municipality_number, state, changed_position, changed_at, amount_ore, disbursed_ore, withheld_ore)
    VALUES (1, :case_id, :position, 2020, :recipient, :number, :municipality, 'new', 1, now(), 0, 0, 0)
    ON CONFLICT (edition, case_id) DO UPDATE SET recipient = excluded.recipient,
        organisation_number = excluded.organisation_number, municipality_number = excluded.municipality_number
""")
NAME = st.sampled_from(
    ["Oslo", "OSLO  kommune", "Bø", "Bø kommune", "Norsk Folkehjelp", "f" * 90 + "1", "f" * 90 + "2"]
)
NUMBER = st.sampled_from([None, "800000001", "800000002", "800000003"])
MUNICIPALITY = st.sampled_from([None, None, "0301", "1503"])
CHANGES = st.lists(st.tuples(st.integers(1, 6), NAME, NUMBER, MUNICIPALITY), min_size=1, max_size=12)
VOUCHER = st.sampled_from(["B 1", "b1", "B-2", "B\N{NO-BREAK SPACE}1", "C" * 60 + "1", "C" * 60 + "2"])
PAID = st.lists(st.tuples(st.integers(1, 2), st.lists(VOUCHER, min_size=1, max_size=3)), min_size=1, max_size=5)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def pages(connection: psycopg.Connection[Any], query: str, size: int) -> list[tuple[Any, ...]]:
    """All rows, a page at a time."""
    found: list[tuple[Any, ...]] = []
    asked: dict[str, Any] = {"after": "", "limit": size, "topics": VOUCHERS}
    while rows := connection.execute(query.encode(), asked).fetchall():
        found += rows
        asked["after"] = rows[-1][0]
    return found


@FEW
@given(changes=CHANGES, size=st.integers(1, 3))
def test_recipients_that_meet_are_those_that_every_case_asked_would_give(
    database: Database, changes: Sequence[tuple[int, str, str | None, str | None]], size: int
) -> None:
    engine = engine_of(database)
    with psycopg.connect(database.service_dsn, autocommit=True) as reader:
        with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
            owner.execute("DELETE FROM grants_view.edition; DELETE FROM grants_view.case_row")
            owner.execute("DELETE FROM grants_view.recipient_met")
            owner.execute(LIVE, ("cases", KEPT_SINCE["cases"]))
        before: dict[int, tuple[str, str | None]] = {}
        for number, name, organisation, municipality in changes:
            told = [pair for pair in (before.get(number), (name, organisation)) if pair]
            before[number] = name, organisation
            with engine.begin() as connection:
                row = {"case_id": UUID(int=number), "position": number, "recipient": name, "number": organisation}
                connection.execute(ROW, {**row, "municipality": municipality})
                keep_recipients(connection, 1, {(UUID(int=number), name, each) for name, each in told if each})
            for kept, of_all in ((NAMES_KEPT, NAMES), (NUMBERS_KEPT, NUMBERS_OF_ALL)):
                assert pages(reader, kept, size) == pages(reader, of_all, 100)
            [[met]] = reader.execute("SELECT count(*) FROM grants_view.recipient_met").fetchall()
            assert met == len(pages(reader, NAMES, 100)) + len(pages(reader, NUMBERS_OF_ALL, 100))
    engine.dispose()


def test_vouchers_that_meet_are_those_that_every_fact_asked_would_give(database: Database) -> None:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    year, engine, reached = Year(database, earlier=True), engine_of(database), set[int]()
    assert [year.brings(1, "2020-Q1"), year.brings(2, "2020-Q2"), year.approves(1), year.approves(2)] == [
        "recorded"
    ] * 4
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
        owner.execute("DELETE FROM grants_view.edition")
        owner.execute(LIVE, ("payments", KEPT_SINCE["payments"]))

    @FEW
    @given(paid=PAID, size=st.integers(1, 3))
    def after_each_command(paid: Sequence[tuple[int, Sequence[str]]], size: int) -> None:
        for number, vouchers in paid:
            facts = [
                InstalmentPaid(
                    instalment=1, amount_ore=1, paid_on=date(2020, 5, 5), reference=voucher, attested_by="per"
                )
                for voucher in vouchers
            ]
            if year.tells((case(number), facts)) == "recorded":
                with engine.begin() as connection:
                    keep_vouchers(connection, 1, {case(number)}, 2**62)
        with psycopg.connect(database.service_dsn, autocommit=True) as reader:
            found = pages(reader, VOUCHERS_KEPT, size)
            assert found == pages(reader, VOUCHERS_OF_ALL, 100)
            reached.add(len(found))

    after_each_command()
    assert max(reached) > 4
    engine.dispose()
