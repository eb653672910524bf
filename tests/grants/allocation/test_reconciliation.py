"""Every difference in every letter found, none invented."""

from dataclasses import replace
from datetime import date

import pytest

from services.grants.allocation.rules import register_letter
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import Item, LetterUnknown, reconcile
from tests.grants.allocation.letters import KRONE, folded, opening, registered, since, supplement, year_2020

MILLION = 1_000_000 * KRONE


def _told(items: tuple[Item, ...]) -> dict[str, tuple[int, str]]:
    return {item.fund_id.removeprefix("2020/"): (item.difference_ore // KRONE, item.kind) for item in items}


def test_the_letter_of_allocation_states_eleven_totals_and_all_agree() -> None:
    items = reconcile(year_2020(), 0).items
    assert len(items) == 11
    assert {item.kind for item in items} == {"exact"}
    assert {(item.status, item.reason) for item in items} == {("settled", None)}


@pytest.mark.parametrize(
    ("number", "differences"),
    [
        (1, {}),
        (2, {}),
        (3, {"290/01": (0, "exact"), "291/21": (0, "exact"), "291/45": (30_000, "rounding")}),
        (
            4,
            {
                "290/01": (28_653, "rounding"),
                "291/45": (-705, "rounding"),
                "291/60": (-7_000, "rounding"),
                "291/61": (-47_000, "rounding"),
                "291/62": (-29_000, "rounding"),
                "291/71": (3_000, "rounding"),
                "292/60": (-61_577_000, "unexplained"),
            },
        ),
        (5, {}),
        (8, dict.fromkeys(("290/01", "291/60", "291/61", "292/60"), (0, "exact"))),
    ],
)
def test_one_item_for_each_post_whose_total_the_letter_states(
    number: int, differences: dict[str, tuple[int, str]]
) -> None:
    assert _told(reconcile(year_2020(), number).items) == differences


@pytest.mark.parametrize(
    ("number", "differences"),
    [
        (0, {"291/73": (-4_000, "rounding")}),
        (2, {}),
        (3, {}),
        (4, {"291/62": (-2_429_000, "unexplained"), "291/71": (3_000, "rounding")}),
        (8, {}),
    ],
)
def test_a_fund_that_is_wholly_divided_is_held_against_its_parts(
    number: int, differences: dict[str, tuple[int, str]]
) -> None:
    assert _told(reconcile(year_2020(), number).earmark_differences) == differences


@pytest.mark.parametrize(
    ("number", "contradictions"),
    [
        (0, ["holdt-tilbake-290-01"]),
        (3, ["overskrift-andre-tabell"]),
        (4, ["kapittel-post-45", "belop-utenfor-tabellen"]),
        *((number, []) for number in (1, 2, 5, 6, 7, 8)),
    ],
)
def test_contradictions_inside_a_letter_are_shown_with_both_sides(number: int, contradictions: list[str]) -> None:
    found = reconcile(year_2020(), number).contradictions
    assert [each.contradiction.contradiction_id for each in found] == contradictions
    assert all(len(each.contradiction.sides) >= 2 and each.status == "open" for each in found)


def test_the_sums_of_the_chapters_agree() -> None:
    sums = reconcile(year_2020(), 0).chapter_sums
    assert [(each.chapter, each.stated_ore // KRONE, each.kind) for each in sums] == [
        (290, 278_400_000, "exact"),
        (291, 9_702_510_000, "exact"),
        (292, 1_234_850_000, "exact"),
    ]


def test_stated_and_computed_are_shown_in_ore() -> None:
    (item,) = [each for each in reconcile(year_2020(), 4).items if each.fund_id == "2020/292/60"]
    assert (item.chapter, item.post) == (292, "60")
    assert (item.stated_ore, item.computed_ore) == (133_427_300_000, 139_585_000_000)
    assert item.status == "open"


def _stating(total: str) -> str:
    return f'stated: [{{post: 290/01, at_disposal: {{amount: "{total}", cite: "5.1"}}, cite: "5.1"}}]'


@pytest.mark.parametrize(("total", "kind"), [("100 500 000", "rounding"), ("100 500 001", "unexplained")])
def test_rounding_explains_half_of_the_last_printed_digit_and_no_more(total: str, kind: str) -> None:
    """100 mill. is good to half a million, the stated total to half a krone: 500 000,50 kroner in all."""
    year = since(opening(), supplement(1, "2020-03-01", _stating(total)))
    assert reconcile(year, 1).items[0].kind == kind


def test_a_stated_total_is_as_exact_as_it_is_printed_whatever_it_replaced() -> None:
    """The letter of allocation was good to half a million; after a total in whole kroner that no longer explains."""
    exact = supplement(1, "2020-03-01", _stating("100 000 000"))
    off = supplement(2, "2020-04-01", _stating("100 400 000"))
    assert reconcile(since(opening(), exact, off), 2).items[0].kind == "unexplained"


def test_a_letter_nobody_registered_has_no_reconciliation() -> None:
    with pytest.raises(LetterUnknown):
        reconcile(since(opening()), 7)


def test_a_sum_the_letter_prints_wrong_is_a_contradiction_of_the_letter() -> None:
    differing = """
chapters:
  - chapter: 290
    name: Direktoratet
    sum: {amount: "122 mill.", cite: "5.1, Sum"}
    sum_differs: Summen er trykt feil.
    cite: "5.1"
"""
    (found,) = reconcile(since(opening(differing)), 0).contradictions
    assert found.contradiction.contradiction_id == "sum-2020-290"
    assert found.contradiction.what == "Summen er trykt feil."


def _earmarked(first: str, second: str, *, number: int = 1, on: str = "2020-02-01") -> Letter:
    parts = ", ".join(
        f"{{id: {name}-{number}, name: {name}, amount: {amount}, cite: a}}"
        for name, amount in (("a", first), ("b", second))
    )
    return supplement(number, on, f"earmarks: [{{under: 290/45, whole: false, cite: a, parts: [{parts}]}}]")


def test_earmarks_beyond_their_post_are_a_difference_though_the_letter_does_not_divide_all_of_it() -> None:
    year = since(opening(), _earmarked("12 mill.", "12 mill."))
    (found,) = reconcile(year, 1).earmark_differences
    assert (found.fund_id, found.stated_ore, found.computed_ore) == ("2020/290/45", 20 * MILLION, 24 * MILLION)
    assert (found.kind, found.status) == ("unexplained", "open")
    assert year.find_said("2020/290/45", "open_earmark_differences", date(2020, 2, 1)) == 1


def test_earmarks_of_a_part_of_their_post_are_none() -> None:
    year = since(opening(), _earmarked("6 mill.", "6 mill."))
    assert reconcile(year, 1).earmark_differences == ()
    assert year.find_said("2020/290/45", "open_earmark_differences", date(2020, 12, 31)) is None


def test_earmarks_beyond_their_post_are_overtaken_by_the_letter_that_raises_it() -> None:
    raised = supplement(
        2, "2020-03-01", 'changes: [{fund: 290/45, increase: "5 mill.", moves: at_disposal, why: w, cite: a}]'
    )
    year = since(opening(), _earmarked("12 mill.", "12 mill."), raised)
    assert [(each.status, each.superseded_by) for each in reconcile(year, 1).earmark_differences] == [("settled", 2)]
    assert year.find_said("2020/290/45", "open_earmark_differences", date(2020, 3, 1)) == 0


def test_what_was_recorded_before_such_a_difference_was_counted_is_counted_by_the_next_fact() -> None:
    facts = registered(opening(), _earmarked("12 mill.", "12 mill."))
    untold = replace(facts[1], statements=())
    later = supplement(3, "2020-05-01", "remarks: [{text: Ingenting, cite: a}]")
    (fact,) = register_letter(folded([facts[0], untold]), letter=later, source_sha256="ab" * 32, registered_by="kari")
    assert isinstance(fact, LetterRegistered)
    assert [(each.name, each.effective_on.isoformat(), each.amount) for each in fact.statements] == [
        ("open_earmark_differences", "2020-02-01", 1)
    ]
    assert fact.postings == ()
