"""Letters registered: once, in any order, refused only where they speak of money nobody opened."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from services.eventlog.events import Event
from services.grants.allocation.letter_file.reading import read_letter
from services.grants.allocation.rules import (
    LetterNumberTaken,
    LetterOpensTwice,
    LetterRefersToNothing,
    WrongBudgetYear,
    register_letter,
)
from services.grants.budget_year.events.allocation import Posting
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import reconcile
from services.grants.budget_year.state import BudgetYear, evolve
from tests.given import Given, given
from tests.grants.allocation.letters import KRONE, OPENING, letter_of, opening, registered, since, supplement

POST = "2020/290/01"
SHA = "ab" * 32
MARCH = supplement(
    1, "2020-03-01", 'changes: [{fund: 290/01, increase: "2 mill.", moves: at_disposal, why: w, cite: a}]'
)
JUNE = supplement(
    2,
    "2020-06-01",
    """
changes: [{fund: 290/01, increase: "3 mill.", moves: at_disposal, why: w, cite: a}]
stated: [{post: 290/01, at_disposal: {amount: "105 500 000", cite: b}, cite: b}]
""",
)
DECEMBER = supplement(
    3, "2020-12-01", 'changes: [{fund: 290/01, decrease: "500 000", moves: appropriation, why: w, cite: a}]'
)


def after(*facts: Event) -> Given:
    return given(*facts, evolve=evolve, initial=BudgetYear())


def stood(year: BudgetYear, *days: str) -> list[int]:
    return [year.at_disposal_ore(POST, date.fromisoformat(day)) // KRONE for day in days]


def test_a_letter_is_registered_with_what_it_opens_and_moves() -> None:
    (fact,) = registered(opening())
    assert [(fund.fund_id, fund.kind) for fund in fact.funds] == [
        ("2020/290/01", "post"),
        ("2020/290/45", "post"),
        ("2020/291/71", "post"),
    ]
    assert fact.postings[0] == Posting(
        fund_id=POST,
        effective_on=date(2020, 1, 1),
        at_disposal_ore=10_000_000_000,
        of_which_carried_over_ore=0,
        ground="allocated",
        letter_number=0,
        cite="5.1",
    )
    assert [(said.name, said.amount) for said in fact.statements] == [
        ("appropriated", 11_000_000_000),
        ("transferable", 1),
    ]


def test_the_same_letter_again_registers_nothing() -> None:
    facts = registered(opening())
    same_source = facts[0].source_sha256
    ask = {"letter": opening(), "registered_by": "siri"}
    after(*facts).when(register_letter, source_sha256=same_source, **ask).nothing()


def test_the_same_letter_from_a_file_with_other_lines_registers_nothing() -> None:
    moved_down = read_letter(("# en kommentar\n" + OPENING).encode())
    assert moved_down.posts[0].line != opening().posts[0].line
    after(*registered(opening())).when(
        register_letter, letter=moved_down, source_sha256=SHA, registered_by="siri"
    ).nothing()


def test_the_same_file_is_the_same_letter_even_if_it_were_read_otherwise_today() -> None:
    facts = registered(opening())
    read_otherwise = replace(opening(), title="Tildelingsbrev 2020")
    after(*facts).when(
        register_letter, letter=read_otherwise, source_sha256=facts[0].source_sha256, registered_by="siri"
    ).nothing()


def test_a_number_is_taken_once() -> None:
    other = replace(opening(), title="Et annet brev")
    after(*registered(opening())).when(register_letter, letter=other, source_sha256=SHA, registered_by="siri").refused(
        LetterNumberTaken
    )


def test_a_letter_that_changes_what_nobody_opened_is_refused_with_the_fund_and_the_line() -> None:
    lost = supplement(
        1, "2020-03-01", 'changes:\n  - {fund: 291/99, increase: "1 mill.", moves: at_disposal, why: w, cite: a}'
    )
    refusal = (
        after(*registered(opening()))
        .when(register_letter, letter=lost, source_sha256=SHA, registered_by="kari")
        .refused(LetterRefersToNothing, saying="2020/291/99")
    )
    assert [each["line"] for each in refusal.details["problems"]] == [6]


def test_a_letter_cannot_change_what_only_a_later_letter_opens() -> None:
    late = supplement(
        4,
        "2020-09-01",
        "earmarks: [{under: 290/01, whole: false, cite: a, parts: [{id: ny, name: Ny, amount: 1 mill., cite: a}]}]",
    )
    early = supplement(
        1, "2020-03-01", 'changes: [{fund: 290/01/ny, increase: "1 mill.", moves: at_disposal, why: w, cite: a}]'
    )
    after(*registered(opening(), late)).when(
        register_letter, letter=early, source_sha256=SHA, registered_by="kari"
    ).refused(LetterRefersToNothing)


def test_a_lifting_needs_a_restriction() -> None:
    lifting = supplement(1, "2020-03-01", "liftings: [{restriction: ukjent, cite: a}]")
    after(*registered(opening())).when(
        register_letter, letter=lifting, source_sha256=SHA, registered_by="kari"
    ).refused(LetterRefersToNothing, saying="ukjent")


def test_a_post_is_opened_once() -> None:
    again = supplement(
        1, "2020-03-01", 'posts: [{post: 290/01, name: Drift, at_disposal: {amount: "1 mill.", cite: a}, cite: a}]'
    )
    refusal = (
        after(*registered(opening()))
        .when(register_letter, letter=again, source_sha256=SHA, registered_by="kari")
        .refused(LetterOpensTwice, saying=POST)
    )
    assert refusal.details["problems"]


def test_a_letter_of_another_year_is_refused() -> None:
    other = replace(letter_of(1), year=2021)
    after(*registered(opening())).when(register_letter, letter=other, source_sha256=SHA, registered_by="kari").refused(
        WrongBudgetYear
    )


def test_what_is_at_disposal_follows_the_stated_total_and_later_letters_build_on_it() -> None:
    year = since(opening(), MARCH, JUNE, DECEMBER)
    assert stood(year, "2020-02-29", "2020-03-01", "2020-06-01", "2020-12-01") == [
        100_000_000,
        102_000_000,
        105_500_000,
        105_000_000,
    ]
    (difference,) = [each for each in year.postings if each.ground == "difference"]
    assert (difference.at_disposal_ore // KRONE, difference.effective_on) == (500_000, date(2020, 6, 1))


def test_a_back_dated_letter_posts_its_change_on_its_day_and_counters_it_where_a_later_total_governs() -> None:
    fact = registered(opening(), JUNE, MARCH)[-1]
    assert [
        (each.effective_on.isoformat(), each.at_disposal_ore // KRONE, each.ground, each.letter_number)
        for each in fact.postings
    ] == [
        ("2020-03-01", 2_000_000, "change", 1),
        ("2020-06-01", -2_000_000, "difference", 2),
    ]
    before, year = since(opening(), JUNE), since(opening(), JUNE, MARCH)
    days = ("2020-02-29", "2020-03-01", "2020-06-01")
    assert stood(before, *days) == [100_000_000, 100_000_000, 105_500_000]
    assert stood(year, *days) == [100_000_000, 102_000_000, 105_500_000]
    assert reconcile(before, 2).items[0].difference_ore == 2_500_000 * KRONE
    assert reconcile(year, 2).items[0].difference_ore == 500_000 * KRONE


def test_a_difference_that_a_back_dated_letter_explains_is_no_longer_open() -> None:
    explains = supplement(
        1, "2020-03-01", 'changes: [{fund: 290/01, increase: "2 500 000", moves: at_disposal, why: w, cite: a}]'
    )
    before, year = since(opening(), JUNE), since(opening(), JUNE, explains)
    last = date(2020, 12, 31)
    assert before.find_said(POST, "open_differences", last) == 1
    assert year.find_said(POST, "open_differences", last) == 0


@pytest.mark.parametrize("order", list(permutations([MARCH, JUNE, DECEMBER])))
def test_the_order_of_registering_does_not_matter_in_the_end(order: tuple[Letter, ...]) -> None:
    year = since(opening(), *order)
    expected = since(opening(), MARCH, JUNE, DECEMBER)
    days = ("2020-01-01", "2020-03-01", "2020-06-01", "2020-12-01")
    assert stood(year, *days) == stood(expected, *days)
    for name in ("appropriated", "open_differences"):
        assert year.find_said(POST, name, date(2020, 12, 31)) == expected.find_said(POST, name, date(2020, 12, 31))


def test_the_letters_of_2020_registered_backwards_end_the_same() -> None:
    forwards = since(*(letter_of(number) for number in range(9)))
    backwards = since(letter_of(0), letter_of(2), *(letter_of(number) for number in (8, 7, 6, 5, 4, 3, 1)))
    for day in (date(2020, 1, 1), date(2020, 5, 20), date(2020, 6, 22), date(2020, 12, 31)):
        for fund_id in forwards.funds:
            assert backwards.at_disposal_ore(fund_id, day) == forwards.at_disposal_ore(fund_id, day)
            for name in ("appropriated", "open_differences", "open_earmark_differences", "transferable"):
                said = [year.find_said(fund_id, name, day) or 0 for year in (backwards, forwards)]
                assert said[0] == said[1], (fund_id, name, day)


def test_a_transfer_moves_both_ends_and_names_each_other() -> None:
    changes = [each for each in letter_of(4).changes if each.ground == "transfer"]
    assert [(each.fund_id, each.counterpart_id, each.amount_ore // KRONE) for each in changes] == [
        ("2020/291/62", "2020/290/01", -2_400_000),
        ("2020/290/01", "2020/291/62", 2_400_000),
    ]


def test_carried_over_money_that_a_letter_leaves_free_of_claims_is_said_of_its_post() -> None:
    line = '{{fund: 291/71, amount: "{} 000", why: Fra i fjor, cite: "5.1"{}}}'
    first = supplement(1, "2020-05-20", f"carry_over: [{line.format(5, '')}, {line.format(2, ', free: true')}]\n")
    second = supplement(2, "2020-06-20", f"carry_over: [{line.format(3, ', free: true')}]\n")
    for year in (since(opening(), first, second), since(opening(), second, first)):
        said = [year.find_said("2020/291/71", "carried_over_free", date(2020, month, 20)) for month in (4, 5, 6)]
        assert said == [None, 2_000 * KRONE, 5_000 * KRONE]
        carried = [each.of_which_carried_over_ore for each in year.postings if each.of_which_carried_over_ore]
        assert sum(carried) == 10_000 * KRONE
