"""What a database holds from before texts were compared as they read is listed, and never merged.

Seen: `år 1` and `år` with a no-break space and `1` had paid the same months in two cases, and nothing showed it.
"""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.withholding import RepaymentReceived
from tests.conftest import Database
from tests.grants.balance.limits import SO_FAR, Year, case
from tests.grants.round.rounds import INGRID, NAMED, SETTLING, Office, at_work, open_year

YEAR = {SETTLING: 100_000, NAMED: 100_000}
SPACED = "år\N{NO-BREAK SPACE}1"
BLANK = "år\N{BRAILLE PATTERN BLANK}1"


def paid(voucher: str) -> InstalmentPaid:
    return InstalmentPaid(instalment=1, amount_ore=10, paid_on=date(2020, 5, 5), reference=voucher, attested_by="per")


def repaid(voucher: str) -> RepaymentReceived:
    return RepaymentReceived(
        reclaim=None, instalment=1, amount_ore=1, credited=True, voucher=voucher, received_on=date(2020, 6, 5),
        recorded_by="per",
    )  # fmt: skip


def listed(database: Database, folder: Path) -> dict[str, Any]:
    answered: dict[str, Any] = {}

    async def story(office: Office) -> None:
        answer = await office.client.get("/v1/doubles", headers=office.headers(INGRID))
        assert answer.status_code == 200, answer.text
        answered.update(answer.json())

    at_work(database, folder, story)
    return answered


def test_an_ordinary_year_has_none(database: Database, tmp_path: Path) -> None:
    open_year(database, YEAR)
    year = Year(database, earlier=False)
    assert [year.brings(1, "2020-Q1"), year.brings(2, "2020-Q2"), year.brings(3, "2020-Q1", rule="år 2")] == [
        "recorded"
    ] * 3
    assert [year.approves(1), year.approves(2)] == ["recorded"] * 2
    assert year.tells((case(1), [paid("B-1"), paid("B-2"), repaid("B-3")])) == "recorded"
    assert year.tells((case(2), [paid("B-1")])) == "recorded"
    assert listed(database, tmp_path) == {"items": [], "total": 0, "next": None}


def test_what_meets_is_listed_by_kind_with_how_it_is_written(database: Database, tmp_path: Path) -> None:
    open_year(database, YEAR)
    before = Year(database, earlier=True)
    spellings = ("år 1", SPACED, "ÅR 1", "år 2", BLANK)
    periods = ("2020-Q1", "2020-Q1", "2020-02", "2020-Q1", "2020-05")
    brought = [
        before.brings(nth, period, rule=rule)
        for nth, (period, rule) in enumerate(zip(periods, spellings, strict=True), 1)
    ]
    assert brought == ["recorded"] * 5
    assert before.brings(6, "2020-05") == "recorded"
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(SO_FAR.read_text(encoding="utf-8"))
    assert before.approves(1) == "recorded"
    assert before.tells((case(1), [paid("B 1"), paid("b1"), paid("B-2"), repaid("B\N{NO-BREAK SPACE}1")])) == "recorded"
    found = listed(database, tmp_path)
    assert found["total"] == len(found["items"]) == 4
    told = [(each["kind"], each["written"], each["months"], each["case_ids"]) for each in found["items"]]
    cases = [str(UUID(int=number)) for number in range(7)]
    assert told == [
        ("months-paid-for", ["år 1", SPACED], ["2020-01", "2020-03"], cases[1:3]),
        ("months-paid-for", ["år 1", SPACED, "ÅR 1"], ["2020-02"], cases[1:4]),
        ("months-paid-for", [BLANK, "år 1"], ["2020-05"], cases[5:7]),
        ("voucher", ["B 1", "b1", "B\N{NO-BREAK SPACE}1"], [], [cases[1]]),
    ]
    assert {each["municipality_number"] for each in found["items"][:3]} == {"0301"}
    assert {each["fund_id"] for each in found["items"][:3]} == {SETTLING}
    assert all(each["positions"] == sorted(each["positions"]) for each in found["items"])
