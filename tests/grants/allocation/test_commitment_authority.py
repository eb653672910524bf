"""Leave to promise money beyond the budget year stands on a letter, for a whole post, to the end of a later year."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.authority.commitment_authority import (
    CommitmentAuthorityEndsTooSoon,
    find_commitment_authority,
    register_commitment_authority,
)
from services.grants.allocation.correction.rules import correct_letter, correction, withdrawal
from services.grants.allocation.correction.view import preview_correction
from services.grants.allocation.rules import register_letter
from services.grants.allocation.succession.rules import PostUnknown
from services.grants.budget_year.events.allocation import CommitmentAuthorityRegistered
from services.grants.budget_year.reconciliation import LetterUnknown
from services.grants.budget_year.state import BudgetYear, evolve
from services.grants.case.commitment_refusals import AmountNotPositive
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.allocation.letters import opening, registered, supplement

POST = "2020/291/71"
ASKED: dict[str, Any] = {
    "fund_id": POST,
    "until_year": 2021,
    "limit_ore": 1_000_000_00,
    "letter_number": 1,
    "cite": "5.1",
    "registered_by": "siri",
}
GIVEN = CommitmentAuthorityRegistered(**ASKED, effective_on=date(2020, 6, 1))
LETTERS = registered(
    opening(),
    supplement(1, "2020-06-01", "remarks:\n  - {text: Tilsagnsfullmakt, cite: '5.1'}\n"),
    supplement(2, "2020-09-01", "remarks:\n  - {text: Tilsagnsfullmakt, cite: '5.1'}\n"),
)


def after(*facts: CommitmentAuthorityRegistered) -> Given:
    return given(*LETTERS, *facts, evolve=evolve, initial=BudgetYear())


def test_it_counts_from_the_letter_that_gives_it() -> None:
    after().when(register_commitment_authority, **ASKED).then(GIVEN)
    year = after(GIVEN).state
    assert find_commitment_authority(year, POST, on=date(2020, 5, 31)) is None
    assert find_commitment_authority(year, POST, on=date(2020, 6, 1)) == GIVEN


def test_it_falls_with_the_letter_that_gives_it_and_does_not_rise_with_the_next_under_its_number() -> None:
    year = after(GIVEN).state
    gone = withdrawal(year, number=1, withdrawn_by="siri", reason="Brevet var til UDI.")
    without = reduce(evolve, gone, year)
    assert find_commitment_authority(without, POST, on=date(2020, 12, 31)) is None
    again = register_letter(without, letter=LETTERS[1].letter, source_sha256="cd" * 32, registered_by="siri")
    assert find_commitment_authority(reduce(evolve, again, without), POST, on=date(2020, 12, 31)) is None
    assert find_commitment_authority(year, POST, on=date(2020, 12, 31)) == GIVEN


@pytest.mark.parametrize("day", [date(2020, 5, 1), date(2020, 8, 1)])
def test_it_counts_from_the_day_its_letter_is_corrected_to(day: date) -> None:
    """Seen: promised beyond the year before the letter counted, or refused though it did."""
    other = replace(GIVEN, letter_number=2, effective_on=date(2020, 9, 1))
    year = after(other, GIVEN).state
    letter = replace(LETTERS[1].letter, dated=replace(LETTERS[1].letter.dated, on=day))
    asked: dict[str, Any] = {"letter": letter, "source_sha256": "cd" * 32, "reason": "Datoen var lest feil."}
    shown = preview_correction(year, **asked)
    later = day > GIVEN.effective_on
    told = [(each.name, each.on) for each in shown.takes_away if each.what == "commitment-authority"]
    assert told == ([(POST, GIVEN.effective_on)] if later else [])
    corrected = reduce(evolve, correct_letter(year, **asked, corrected_by="per", confirmed=shown.confirm_with), year)
    found = find_commitment_authority(corrected, POST, on=day)
    assert found is not None
    assert (found.effective_on, found.limit_ore, found.registered_by) == (day, GIVEN.limit_ore, "per")
    assert find_commitment_authority(corrected, POST, on=day - timedelta(days=1)) is None
    assert correct_letter(corrected, **asked, corrected_by="per", confirmed=None) == []


def test_it_reaches_no_other_post() -> None:
    assert find_commitment_authority(after(GIVEN).state, "2020/290/45", on=date(2020, 6, 1)) is None


def test_the_same_again_is_nothing() -> None:
    after(GIVEN).when(register_commitment_authority, **ASKED | {"registered_by": "per"}).nothing()


def test_another_reading_of_the_same_letter_needs_a_reason_and_takes_its_place() -> None:
    other = ASKED | {"limit_ore": None}
    after(GIVEN).when(register_commitment_authority, **other).refused(ReasonMissing)
    reread = CommitmentAuthorityRegistered(**other, reason="Lest feil.", effective_on=date(2020, 6, 1))
    after(GIVEN).when(register_commitment_authority, **other, reason="Lest feil.").then(reread)
    assert find_commitment_authority(after(GIVEN, reread).state, POST, on=date(2020, 6, 1)) == reread


def test_a_later_letter_takes_the_place_of_an_earlier_from_its_own_day() -> None:
    later = CommitmentAuthorityRegistered(
        **ASKED | {"letter_number": 2, "until_year": 2022}, effective_on=date(2020, 9, 1)
    )
    for year in (after(GIVEN, later).state, after(later, GIVEN).state):
        assert find_commitment_authority(year, POST, on=date(2020, 8, 31)) == GIVEN
        assert find_commitment_authority(year, POST, on=date(2020, 9, 1)) == later


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"fund_id": "2020/291/72"}, PostUnknown),
        ({"letter_number": 3}, LetterUnknown),
        ({"until_year": 2020}, CommitmentAuthorityEndsTooSoon),
        ({"limit_ore": 0}, AmountNotPositive),
    ],
)
def test_what_no_letter_gives_is_refused(asked: dict[str, Any], kind: type[Refusal]) -> None:
    after().when(register_commitment_authority, **ASKED | asked).refused(kind)


def test_the_letters_of_2020_give_none() -> None:
    assert find_commitment_authority(after().state, POST, on=date(2020, 12, 31)) is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(1, 2), st.integers(1, 3)),
        st.tuples(st.just("date"), st.integers(1, 2), st.integers(2, 11)),
        st.tuples(st.just("withdraw"), st.integers(1, 2), st.just(0)),
    ),
    max_size=8,
)


@hypothesis.given(STEPS)
def test_what_holds_on_a_day_is_what_the_latest_letter_by_then_says_as_it_was_last_read(
    steps: list[tuple[str, int, int]],
) -> None:
    """Letters that are given an authority, read anew, corrected to another day and withdrawn, in any order."""
    year = after().state
    said: dict[int, int] = {}
    dated = {letter.letter.number: letter.letter.dated.on for letter in LETTERS}
    for step, number, value in steps:
        if number not in dated:
            continue
        events: list[Event] = []
        if step == "give":
            asked = ASKED | {"letter_number": number, "limit_ore": value * 1_000_00, "reason": "Lest på nytt."}
            events = register_commitment_authority(year, **asked)
            said[number] = value * 1_000_00
        elif step == "date":
            day = date(2020, value, 15)
            letter = replace(year.letters[number].letter, dated=replace(year.letters[number].letter.dated, on=day))
            events = correction(
                year, letter=letter, source_sha256=f"{number}{value:02}" * 16, corrected_by="per", reason="Datoen."
            )
            dated[number] = day
        else:
            events = withdrawal(year, number=number, withdrawn_by="siri", reason="Brevet var til UDI.")
            del dated[number]
            said.pop(number, None)
        year = reduce(evolve, events, year)
    for month in range(1, 13):
        day = date(2020, month, 20)
        counting = [(dated[number], number) for number in said if dated[number] <= day]
        found = find_commitment_authority(year, POST, on=day)
        assert (found and (found.limit_ore, found.effective_on)) == (
            (said[max(counting)[1]], max(counting)[0]) if counting else None
        )
