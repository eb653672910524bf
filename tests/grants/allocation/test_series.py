"""The same line of money over the years."""

from typing import Any

from services.grants.allocation.budget_year import BudgetYear, evolve
from services.grants.allocation.events import PostSucceeded
from services.grants.allocation.series import NotASuccessor, PostUnknown, list_series, succeed_post
from services.grants.allocation.settlement import ReasonMissing
from tests.given import Given, given
from tests.grants.allocation.letters import folded, opening, registered

ASKED: dict[str, Any] = {
    "fund_id": "2020/291/71",
    "predecessor_id": "2019/291/71",
    "reason": "Samme ordning.",
    "recorded_by": "siri",
}
SUCCEEDED = PostSucceeded(**ASKED)


def after(*facts: PostSucceeded) -> Given:
    return given(*registered(opening()), *facts, evolve=evolve, initial=BudgetYear())


def test_a_post_carries_on_a_post_of_an_earlier_year() -> None:
    after().when(succeed_post, **ASKED).then(SUCCEEDED)


def test_recorded_again_it_is_no_fact() -> None:
    after(SUCCEEDED).when(succeed_post, **{**ASKED, "reason": "Igjen."}).nothing()


def test_a_post_carries_on_one_line() -> None:
    after(SUCCEEDED).when(succeed_post, **{**ASKED, "predecessor_id": "2019/291/72"}).refused(NotASuccessor)


def test_a_line_runs_forward_in_time() -> None:
    for predecessor_id in ("2020/291/72", "2021/291/71"):
        after().when(succeed_post, **{**ASKED, "predecessor_id": predecessor_id}).refused(NotASuccessor)


def test_only_an_opened_post_carries_a_line_on() -> None:
    after().when(succeed_post, **{**ASKED, "fund_id": "2020/291/99"}).refused(PostUnknown)


def test_nothing_succeeds_without_a_reason() -> None:
    after().when(succeed_post, **{**ASKED, "reason": ""}).refused(ReasonMissing)


def test_a_series_follows_the_line_both_ways_under_each_years_number() -> None:
    renamed = PostSucceeded(fund_id="2021/671/71", predecessor_id="2020/291/71", reason="Ny", recorded_by="s")
    years = {2020: folded([*registered(opening()), SUCCEEDED]), 2021: folded([renamed])}
    line = ("2019/291/71", "2020/291/71", "2021/671/71")
    assert all(list_series(years, fund_id) == line for fund_id in line)
    assert list_series(years, "2020/290/01") == ("2020/290/01",)
