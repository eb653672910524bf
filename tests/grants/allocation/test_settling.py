"""Differences explained: the status moves, the balance never does."""

from datetime import date
from typing import Any

from services.grants.allocation.rules import register_letter
from services.grants.allocation.settlement import (
    NothingToSettle,
    settle_contradiction,
    settle_difference,
)
from services.grants.budget_year.events.allocation import ContradictionSettled, DifferenceSettled, Statement
from services.grants.budget_year.reconciliation import LetterUnknown, reconcile
from services.grants.budget_year.state import BudgetYear, evolve
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.allocation.letters import KRONE, folded, letter_of, opening, registered, supplement

POST = "2020/292/60"
FACTS = registered(*(letter_of(number) for number in range(9)))
JULY = date(2020, 7, 1)
ASKED: dict[str, Any] = {
    "letter_number": 4,
    "fund_id": POST,
    "sort": "total",
    "reason": "Departementet holder igjen 61,6 millioner.",
    "settled_by": "siri",
    "settled_on": JULY,
}
SETTLED = DifferenceSettled(
    **ASKED,
    difference_ore=-61_577_000 * KRONE,
    statements=(Statement(fund_id=POST, effective_on=JULY, name="open_differences", amount=-1),),
)


def after_2020(*more: DifferenceSettled | ContradictionSettled) -> Given:
    return given(*FACTS, *more, evolve=evolve, initial=BudgetYear())


def test_a_difference_is_settled_with_a_reason() -> None:
    after_2020().when(settle_difference, **ASKED).then(SETTLED)


def test_settling_moves_the_status_and_not_the_balance() -> None:
    before, after = folded(FACTS), folded([*FACTS, SETTLED])
    (item,) = [each for each in reconcile(after, 4).items if each.fund_id == POST]
    assert (item.status, item.reason, item.settled_by) == ("settled", ASKED["reason"], "siri")
    last = date(2020, 12, 31)
    assert after.at_disposal_ore(POST, last) == before.at_disposal_ore(POST, last)
    assert [year.find_said(POST, "open_differences", last) for year in (before, after)] == [1, 0]


def test_it_was_open_until_the_day_it_was_settled() -> None:
    year = folded([*FACTS, SETTLED])
    days = (date(2020, 6, 21), date(2020, 6, 22), date(2020, 6, 30), JULY)
    assert [year.find_said(POST, "open_differences", day) for day in days] == [None, 1, 1, 0]


def test_settled_again_with_the_same_reason_is_no_fact() -> None:
    after_2020(SETTLED).when(settle_difference, **ASKED).nothing()


def test_settled_is_not_settled_anew_for_another_reason() -> None:
    after_2020(SETTLED).when(settle_difference, **{**ASKED, "reason": "Avrunding."}).refused(NothingToSettle)


def test_nothing_is_settled_without_a_reason() -> None:
    after_2020().when(settle_difference, **{**ASKED, "reason": "  "}).refused(ReasonMissing)


def test_an_exact_total_has_nothing_to_settle() -> None:
    after_2020().when(settle_difference, **{**ASKED, "letter_number": 8}).refused(NothingToSettle)


def test_a_total_the_letter_does_not_state_has_nothing_to_settle() -> None:
    after_2020().when(settle_difference, **{**ASKED, "fund_id": "2020/291/70"}).refused(NothingToSettle)


def test_a_letter_nobody_registered_has_nothing_to_settle() -> None:
    after_2020().when(settle_difference, **{**ASKED, "letter_number": 12}).refused(LetterUnknown)


def test_an_earmark_difference_is_counted_and_settled_by_itself() -> None:
    asked = {**ASKED, "fund_id": "2020/291/62", "sort": "earmark", "reason": "Kuttet tas av kommunale tiltak."}
    (fact,) = settle_difference(folded(FACTS), **asked)
    year = folded([*FACTS, fact])
    last = date(2020, 12, 31)
    assert year.find_said("2020/291/62", "open_earmark_differences", last) == 0
    assert year.find_said("2020/291/62", "open_differences", last) == 1
    assert reconcile(year, 4).earmark_differences[0].status == "settled"


def test_a_settled_difference_whose_size_a_back_dated_letter_changes_is_open_again() -> None:
    back_dated = supplement(
        9, "2020-06-01", 'changes: [{fund: 292/60, decrease: "1 000 000", moves: at_disposal, why: w, cite: a}]'
    )
    year = folded([*FACTS, SETTLED])
    last = date(2020, 12, 31)
    (fact,) = register_letter(year, letter=back_dated, source_sha256="cd" * 32, registered_by="kari")
    reopened = evolve(year, fact)
    (item,) = [each for each in reconcile(reopened, 4).items if each.fund_id == POST]
    assert (item.status, item.difference_ore // KRONE) == ("open", -60_577_000)
    assert reopened.find_said(POST, "open_differences", last) == 1


def test_a_split_that_a_later_letter_evens_out_is_settled_by_that_letter() -> None:
    uneven = opening(
        "earmarks: [{under: 291/71, whole: true, cite: a, parts: [{id: a, name: A, amount: 49 000 000, cite: a}]}]"
    )
    rest = supplement(
        1,
        "2020-03-01",
        "earmarks: [{under: 291/71, whole: true, cite: a, parts: [{id: b, name: B, amount: 1 000 000, cite: a}]}]",
    )
    year = folded(registered(uneven, rest))
    (item,) = reconcile(year, 0).earmark_differences
    assert (item.status, item.superseded_by) == ("settled", 1)
    assert reconcile(year, 1).earmark_differences == ()
    days = (date(2020, 2, 29), date(2020, 3, 1))
    assert [year.find_said("2020/291/71", "open_earmark_differences", day) for day in days] == [1, 0]
    asked = {**ASKED, "letter_number": 0, "fund_id": "2020/291/71", "sort": "earmark"}
    given(*registered(uneven, rest), evolve=evolve, initial=BudgetYear()).when(settle_difference, **asked).refused(
        NothingToSettle
    )


CHAPTER: dict[str, Any] = {
    "letter_number": 4,
    "contradiction_id": "kapittel-post-45",
    "reason": "Posten står på kapittel 291.",
    "settled_by": "siri",
    "settled_on": JULY,
}


def test_a_contradiction_is_explained_and_shown_so() -> None:
    explained = ContradictionSettled(**CHAPTER)
    after_2020().when(settle_contradiction, **CHAPTER).then(explained)
    found = {
        each.contradiction.contradiction_id: each for each in reconcile(folded([*FACTS, explained]), 4).contradictions
    }
    assert (found["kapittel-post-45"].status, found["kapittel-post-45"].settled_by) == ("settled", "siri")
    assert found["belop-utenfor-tabellen"].status == "open"


def test_a_contradiction_is_explained_once() -> None:
    explained = ContradictionSettled(**CHAPTER)
    after_2020(explained).when(settle_contradiction, **CHAPTER).nothing()
    after_2020(explained).when(settle_contradiction, **{**CHAPTER, "reason": "Nei."}).refused(NothingToSettle)


def test_only_a_contradiction_of_a_registered_letter_is_explained_and_with_a_reason() -> None:
    after_2020().when(settle_contradiction, **{**CHAPTER, "contradiction_id": "ingen"}).refused(NothingToSettle)
    after_2020().when(settle_contradiction, **{**CHAPTER, "letter_number": 12}).refused(LetterUnknown)
    after_2020().when(settle_contradiction, **{**CHAPTER, "reason": ""}).refused(ReasonMissing)
