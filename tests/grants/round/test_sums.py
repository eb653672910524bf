"""Sums of amounts have a bound of their own, and what passes it is refused where it stands.

Seen: ten thousand lines of ten thousand billion kroner gave 500 at the round's funds, and "bigint out of range" at the
approval.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.command import Outcome
from services.eventlog.events import Event
from services.grants.balance.sums import LARGEST_FUND_ORE, LARGEST_ROUND_ORE, SumOutOfRange, find_passing
from services.grants.recording.refusals import refused_by_the_database
from services.grants.round.rules import Round, approve_lines, evolve, propose_lines
from services.httpapi.strict.fields import LARGEST_ORE
from tests.conftest import Database
from tests.given import Given
from tests.given import given as given_facts
from tests.grants.balance.limits import Year
from tests.grants.round.round import APPROVAL, FIRST, OPENED, SECOND, THIRD, approved, proposed
from tests.grants.round.round import line as round_line
from tests.grants.round.rounds import (
    BY_NAME,
    DAY,
    EAST,
    INGRID,
    KARI,
    NAMED,
    PER_CAPITA,
    SETTLING,
    Office,
    as_csv,
    at_work,
    batch_line,
    line,
    open_year,
)
from tests.grants.round.rounds_over_http import csv

MOST_LINES = LARGEST_ROUND_ORE // LARGEST_ORE


@given(st.lists(st.integers(1, LARGEST_ORE), max_size=300), st.integers(0, LARGEST_ROUND_ORE))
def test_the_first_to_pass_is_found(amounts_ore: list[int], from_ore: int) -> None:
    passing = find_passing(amounts_ore, from_ore=from_ore)
    whole = amounts_ore if passing is None else amounts_ore[:passing]
    assert from_ore + sum(whole) <= LARGEST_ROUND_ORE
    assert passing is None or from_ore + sum(amounts_ore[: passing + 1]) > LARGEST_ROUND_ORE


def test_a_round_and_what_it_is_added_to_fit_in_64_bits() -> None:
    assert LARGEST_ROUND_ORE + LARGEST_FUND_ORE < 2**63 - 1


def test_a_round_holds_so_much_and_no_ore_more() -> None:
    alike: dict[str, Any] = {"file": None, "proposed_by": "kari"}
    full = given_round(OPENED, proposed(round_line(FIRST, LARGEST_ROUND_ORE - 1)))
    full.when(propose_lines, lines=(round_line(SECOND, 1),), **alike).then(proposed(round_line(SECOND, 1)))
    two = (round_line(SECOND, 1), round_line(THIRD, 1))
    refusal = full.when(propose_lines, lines=two, **alike).refused(SumOutOfRange, saying="line 2")
    assert (refusal.details["line"], refusal.details["case_id"]) == (2, str(THIRD))
    again = (round_line(FIRST, LARGEST_ROUND_ORE),)
    full.when(propose_lines, lines=again, **alike).then(proposed(*again))


def test_what_an_earlier_release_let_into_a_round_is_not_approved() -> None:
    before = given_round(OPENED, proposed(round_line(FIRST, LARGEST_ROUND_ORE), round_line(SECOND, 1)))
    before.when(approve_lines, case_ids=(FIRST, SECOND), **APPROVAL).refused(SumOutOfRange)
    approval = approved(FIRST, total_ore=LARGEST_ROUND_ORE)
    before.when(approve_lines, case_ids=(FIRST,), **APPROVAL).then(approval)


def test_the_line_that_passes_it_is_told(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        many = [line(EAST, LARGEST_ORE) for _ in range(MOST_LINES + 1)]
        refusal = await office.refused(KARI, "POST", "/lines", json={"lines": many})
        assert (refusal["code"], refusal["line"]) == ("sum-out-of-range", MOST_LINES + 1)
        await office.proposes(*many[:-1])
        assert (await office.reads("/funds", approved_on=DAY))["planned_ore"] == LARGEST_ROUND_ORE
        answer = await office.approves(person=INGRID)
        assert (answer.status_code, answer.json()["code"]) == (409, "post-exhausted")

        await office.opens(PER_CAPITA)
        huge: dict[str, Any] = {"count": "1", "rate": "9999999999999.00", "amount": "9999999999999.00"}
        lines = [batch_line(rule=f"år {nth}", **huge) for nth in range(MOST_LINES + 2)]
        refusal = await office.refused(KARI, "POST", "/batches", **csv(as_csv(*lines)))
        assert [(fault["line"], fault["column"], fault["code"]) for fault in refusal["faults"]] == [
            (MOST_LINES + 2, "amount", "sum-out-of-range")
        ]

    open_year(database, {SETTLING: LARGEST_ORE, NAMED: LARGEST_ORE, EAST: 1_000})
    at_work(database, tmp_path, story)


def test_what_stands_on_a_fund_stays_within_64_bits(database: Database) -> None:
    """A rule bounds each round; however many come together, the database bounds the fund they are on."""
    open_year(database, {SETTLING: 1_000, NAMED: LARGEST_FUND_ORE})
    year = Year(database, earlier=False)
    for number, ore in enumerate((2**62, 2**63 - 1, LARGEST_FUND_ORE + 1), 1):
        assert year.promises(number, ore, across=False) in ("refused", "exhausted")
    assert year.promises(4, LARGEST_FUND_ORE) == "recorded"
    assert year.promises(5, LARGEST_FUND_ORE) in ("refused", "exhausted")


@pytest.mark.parametrize(
    "problem",
    ["bigint out of range", 'new row for relation "fund" violates check constraint "fund_sums_are_bounded"'],
)
def test_a_sum_the_database_refuses_is_told_as_a_sum(problem: str) -> None:
    outcome = Outcome("refused", UUID(int=1), None, None, datetime.now(UTC), None, None, problem, None)
    assert isinstance(refused_by_the_database(outcome), SumOutOfRange)


def given_round(*events: Event) -> Given:
    return given_facts(*events, evolve=evolve, initial=Round())
