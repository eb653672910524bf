"""What a letter would do is what it then does."""

from datetime import date

import pytest

from services.grants.allocation.preview import preview
from services.grants.allocation.rules import LetterRefersToNothing
from services.grants.budget_year.state import BudgetYear
from tests.grants.allocation.letters import KRONE, letter_of, registered, since, year_2020


def test_a_preview_shows_each_post_before_and_after() -> None:
    shown = preview(since(letter_of(0)), letter_of(3))
    assert not shown.repeated
    assert [
        (post.fund_id, post.on, (post.before_ore or 0) // KRONE, post.after_ore // KRONE) for post in shown.posts
    ] == [
        ("2020/290/01", date(2020, 5, 20), 278_400_000, 288_727_347),
        ("2020/291/21", date(2020, 5, 20), 35_000_000, 47_817_553),
        ("2020/291/45", date(2020, 5, 20), 53_500_000, 60_544_705),
    ]
    assert shown.reconciliation is not None
    assert [item.fund_id for item in shown.reconciliation.items if item.kind != "exact"] == ["2020/291/45"]


def test_a_post_the_letter_opens_has_no_before() -> None:
    shown = preview(BudgetYear(), letter_of(0))
    assert {post.before_ore for post in shown.posts} == {None}
    assert (len(shown.posts), len(shown.funds)) == (11, 53)


def test_a_preview_holds_the_very_facts_that_registering_records() -> None:
    fact = registered(letter_of(0), letter_of(3))[-1]
    shown = preview(since(letter_of(0)), letter_of(3))
    assert (shown.postings, shown.statements, shown.funds) == (fact.postings, fact.statements, fact.funds)


def test_a_registered_letter_would_do_nothing() -> None:
    shown = preview(year_2020(), letter_of(4))
    assert (shown.repeated, shown.posts, shown.postings) == (True, (), ())


def test_a_preview_is_refused_as_registering_would_be() -> None:
    with pytest.raises(LetterRefersToNothing):
        preview(BudgetYear(), letter_of(3))
