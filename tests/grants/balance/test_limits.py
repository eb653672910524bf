"""The limits that many cases share: kept as they are recorded, worked out anew by `make verify`, and filled by the
upgrade from what a log already holds."""

from datetime import date
from typing import Any

import psycopg
import pytest

from services.grants.case.events.award import (
    AwardReturned,
)
from services.grants.case.periods import find_months
from tests.conftest import Database
from tests.grants.balance.limits import SO_FAR, Year, case, faults_of
from tests.grants.round.rounds import NAMED, SETTLING, open_year

TABLES = ("authority", "authority_use", "month_taken")


@pytest.fixture
def opened(database: Database) -> Database:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    return database


def rows_of(database: Database) -> dict[str, list[Any]]:
    with psycopg.connect(database.admin_dsn) as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM grants.{name}").fetchall()) for name in TABLES}


def play(year: Year) -> None:
    """A little of everything, all of it within the limits."""
    assert year.allows(1_000) == "recorded"
    assert year.promises(1, 600) == "recorded"
    assert year.allows(2_000, letter=1, on=date(2020, 6, 1)) == "recorded"
    assert year.allows(900) == "recorded"  # the first letter read anew
    assert year.promises(2, 300) == "recorded"
    assert year.promises(3, 500, across=False) == "recorded"
    assert year.brings(11, "2020-Q1") == "recorded"
    assert year.approves(11) == "recorded"
    assert year.brings(12, "2020-H2") == "recorded"
    assert year.tells((case(12), [AwardReturned(reason="Feil.", returned_by="ola")])) == "recorded"
    assert year.brings(13, "2020-08") == "recorded"
    assert year.brings(14, "2020", "4601") == "recorded"
    assert year.approves(14) == "recorded"
    assert year.falls_away(14) == "recorded"
    assert year.brings(15, "2020-Q4", "4601") == "recorded"


def test_what_is_promised_on_an_authority_stays_within_the_limit_of_its_day(opened: Database) -> None:
    year = Year(opened, earlier=False)
    assert year.promises(1, 100) == "recorded"  # an authority nobody registered has no limit here: a rule asks for one
    assert year.allows(1_000) == "recorded"
    assert year.promises(2, 900) == "recorded"
    assert year.promises(3, 1) == "exhausted"
    assert year.promises(4, 500, across=False) == "recorded"
    assert year.allows(None, letter=1, on=date(2020, 6, 1)) == "recorded"
    assert year.promises(5, 1) == "exhausted"  # in March the first letter counts
    assert year.promises(6, 1, on=date(2020, 6, 1)) == "recorded"
    assert faults_of(opened) == []


def test_a_month_is_paid_for_by_one_case_that_stands(opened: Database) -> None:
    year = Year(opened, earlier=False)
    assert year.brings(1, "2020-Q1") == "recorded"
    assert [year.brings(2, period) for period in ("2020", "2020-H1", "2020-03")] == ["exhausted"] * 3
    assert year.brings(3, "2020-04") == "recorded"
    assert year.brings(4, "2020", "4601") == "recorded"
    assert year.approves(1) == "recorded"
    assert year.falls_away(1) == "recorded"
    assert year.brings(5, "2020-02") == "recorded"
    assert year.promises_anew(1) == "exhausted"
    assert year.tells((case(5), [AwardReturned(reason="Feil.", returned_by="ola")])) == "recorded"
    assert year.promises_anew(1) == "recorded"
    assert year.brings(6, "2020-02") == "exhausted"
    assert faults_of(opened) == []


def test_the_upgrade_fills_what_recording_would_have_kept(opened: Database) -> None:
    play(Year(opened, earlier=False))
    kept = rows_of(opened)
    assert all(kept.values())
    with psycopg.connect(opened.admin_dsn) as connection:
        connection.execute(f"TRUNCATE {', '.join(f'grants.{name}' for name in TABLES)}")
        connection.execute(SO_FAR.read_text(encoding="utf-8"))
    assert rows_of(opened) == kept
    assert faults_of(opened) == []


def test_what_an_earlier_release_let_pass_stands_and_takes_nothing_more(opened: Database) -> None:
    earlier = Year(opened, earlier=True)
    assert earlier.allows(100) == "recorded"
    assert earlier.promises(1, 500) == "recorded"
    assert [earlier.brings(number, "2020-Q1") for number in (11, 12)] == ["recorded"] * 2
    with psycopg.connect(opened.admin_dsn) as connection:
        connection.execute(SO_FAR.read_text(encoding="utf-8"))
    assert faults_of(opened) == []
    year = Year(opened, earlier=False)
    year.versions = earlier.versions
    assert year.promises(2, 1) == "exhausted"
    assert year.brings(13, "2020-02") == "exhausted"
    assert [year.approves(number) for number in (11, 12)] == ["recorded"] * 2
    assert year.falls_away(11) == "recorded"
    assert year.brings(13, "2020-02") == "exhausted"
    assert year.falls_away(12) == "recorded"
    assert year.brings(13, "2020-02") == "recorded"
    assert faults_of(opened) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE grants.authority SET limit_ore = limit_ore + 1",
        "UPDATE grants.authority SET until_year = 2022",
        "DELETE FROM grants.authority WHERE letter_number = 1",
        "UPDATE grants.authority_use SET promised_ore = promised_ore - 1",
        "DELETE FROM grants.authority_use",
        "UPDATE grants.month_taken SET standing = NOT standing WHERE month % 12 = 0",
        "UPDATE grants.month_taken SET paid_for = '[]' WHERE month % 12 = 0",
        "DELETE FROM grants.month_taken WHERE month % 12 = 7",
        "INSERT INTO grants.month_taken VALUES ('case-x', '[]', 1, 1, true)",
    ],
)
def test_a_limit_that_was_changed_is_found(opened: Database, tampering: str) -> None:
    play(Year(opened, earlier=False))
    assert faults_of(opened) == []
    with psycopg.connect(opened.admin_dsn) as connection:
        connection.execute(tampering)
    assert faults_of(opened) != []


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2020", range(24_240, 24_252)), ("2020-H2", range(24_246, 24_252)), ("2020-Q1", range(24_240, 24_243)),
        ("2020-12", range(24_251, 24_252)), ("2020-13", None), ("2020-Q5", None), ("20", None), ("2020-1", None),
    ],
)  # fmt: skip
def test_the_months_of_a_period(period: str, months: range | None) -> None:
    assert find_months(period) == months
