"""A rule that reads as another is that rule: months are not paid twice by a space, a case or a sign nobody sees.

Seen: `år 1` and `år` with a no-break space and `1` paid the same months twice.
"""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.grants.balance.limits import Year, faults_of
from tests.grants.round.per_capita import places, read
from tests.grants.round.rounds import (
    BERGEN,
    KARI,
    NAMED,
    PER_CAPITA,
    SETTLING,
    Office,
    as_csv,
    at_work,
    batch_line,
    open_year,
)
from tests.grants.round.rounds_over_http import csv
from tests.text.folding import SPELLINGS

FUNDS = {SETTLING: 100_000_000, NAMED: 1_000}
WRITABLE = ("år\N{NO-BREAK SPACE}1", "år  1", "år \N{ZERO WIDTH SPACE}1", "ÅR 1", "år \N{FULLWIDTH DIGIT ONE}")


@pytest.mark.parametrize("rule", WRITABLE)
def test_within_a_file_it_is_told_by_line(rule: str) -> None:
    assert places(read(as_csv(batch_line(), batch_line(rule=rule)))) == {(3, "period", "line-repeated")}
    assert places(read(as_csv(batch_line(), batch_line(rule="år 2")))) == set()


def test_from_another_file_it_is_told_by_line(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line())))
        await office.opens(PER_CAPITA)
        for rule in WRITABLE:
            for period in ("2020-Q1", "2020", "2020-02"):
                lines = as_csv(batch_line(BERGEN), batch_line(rule=rule, period=period))
                refusal = await office.refused(KARI, "POST", "/batches?dry_run=true", **csv(lines))
                assert [(each["line"], each["code"]) for each in refusal["faults"]] == [(3, "months-awarded-already")]
        await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line(rule="år 2"))))

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_where_it_is_recorded_the_database_refuses_it(database: Database) -> None:
    open_year(database, FUNDS)
    year = Year(database, earlier=False)
    assert year.brings(1, "2020-Q1") == "recorded"
    spellings = [rule for rule in SPELLINGS if "\t" not in rule]  # no request takes a tab
    found = {rule: year.brings(nth, "2020-02", rule=rule) for nth, rule in enumerate(spellings, 2)}
    assert found == dict.fromkeys(spellings, "exhausted")
    assert year.brings(90, "2020-02", rule="år 2") == "recorded"
    assert faults_of(database) == []
