"""Bars, trees and sums: nothing drawn that the rows do not say."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.pages.bars import Bar, bar
from services.dashboard.pages.figures import chapters, fund_lines
from services.dashboard.pages.grounds import ground_in_words


def money(disposal: int, *, committed: int = 0, paid: int = 0, withheld: int = 0) -> dict[str, Any]:
    """A row's money in kroner."""
    return {
        "at_disposal_ore": disposal * 100,
        "committed_ore": committed * 100,
        "disbursed_ore": paid * 100,
        "withheld_ore": withheld * 100,
        "remaining_ore": (disposal - committed) * 100,
        "earmarked_ore": 0,
        "carried_over_ore": 0,
    }


def post(chapter: int, number: int | str, **changes: Any) -> dict[str, Any]:
    flags = {"transferable": False, "estimated": False, "overdrawn": False}
    counts = {"open_differences": 0, "open_earmark_differences": 0}
    told = {"name": "Driftsutgifter", "appropriated_ore": 100, "held_back_ore": None}
    return {"year": 2020, "chapter": chapter, "post": number, **told, **flags, **counts, **money(100), **changes}


def fund(fund_id: str, parent_id: str | None) -> dict[str, Any]:
    return {
        "fund_id": fund_id,
        "parent_id": parent_id,
        "kind": "earmark",
        "name": fund_id,
        "overdrawn": False,
        **money(1),
    }


def drawn(picture: Bar) -> list[tuple[str, int, int]]:
    return [(segment.kind, segment.start, segment.length) for segment in picture.segments]


def test_a_bar_draws_what_is_paid_promised_withheld_and_left() -> None:
    picture = bar(money(1000, committed=600, paid=300, withheld=100))
    assert drawn(picture) == [("paid", 0, 300), ("promised", 300, 200), ("withheld", 500, 100), ("left", 600, 400)]


def test_an_overdrawn_fund_fills_its_bar_with_promises() -> None:
    assert drawn(bar(money(100, committed=200, paid=50))) == [("paid", 0, 250), ("promised", 250, 750)]


def test_a_fund_with_nothing_draws_nothing() -> None:
    assert drawn(bar(money(0))) == []


@given(
    disposal=st.integers(0, 10**10),
    paid=st.integers(0, 10**9),
    promised=st.integers(0, 10**9),
    withheld=st.integers(0, 10**9),
)
def test_the_stretches_of_a_bar_always_meet_and_never_leave_it(
    disposal: int, paid: int, promised: int, withheld: int
) -> None:
    picture = bar(money(disposal, committed=paid + promised + withheld, paid=paid, withheld=withheld))
    reached = 0
    for segment in picture.segments:
        assert segment.start == reached
        assert segment.length > 0
        reached += segment.length
    assert reached == (1000 if disposal or paid or promised or withheld else 0)


def test_posts_stand_by_chapter_in_the_order_of_the_budget() -> None:
    grouped = chapters([post(292, 60), post(291, "71"), post(290, "01"), post(291, 21)])
    assert [[line.code for line in each.posts] for each in grouped] == [["290/01"], ["291/21", "291/71"], ["292/60"]]


def test_one_unknown_amount_makes_the_sum_unknown_and_leaves_the_other_columns_alone() -> None:
    (chapter,) = chapters([post(291, 60, appropriated_ore=None), post(291, 71)])
    assert chapter.sums["appropriated_ore"] is None
    assert chapter.sums["at_disposal_ore"] == 2 * 100 * 100


def test_children_follow_their_parent_whatever_order_they_come_in() -> None:
    rows = [fund("p/a/x", "p/a"), fund("p/b", "p"), fund("p", "2020"), fund("p/a", "p")]
    assert [(line.name, line.level) for line in fund_lines(rows)] == [("p", 0), ("p/b", 1), ("p/a", 1), ("p/a/x", 2)]


def test_a_ground_without_words_is_shown_as_it_is() -> None:
    assert ground_in_words("award.approved.v1") == "Tilsagn godkjent"
    assert ground_in_words("something.new.v1") == "something.new.v1"
