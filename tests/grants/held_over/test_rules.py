"""The order of claims held over to a post: set by a controller, with a reason, of cases that have a claim there."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.grants.budget_year.events.allocation import PostSucceeded
from services.grants.budget_year.events.held_over import ClaimsRanked
from services.grants.held_over.rules import (
    ClaimUnknown,
    Orders,
    RankedTwice,
    RankReasonMissing,
    evolve,
    rank_claims,
)
from tests import given as sentences

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
ranked = ClaimsRanked(
    fund_id="2021/291/71", case_ids=(SECOND, FIRST), reason="Brevet nevner den.", ranked_on=date(2021, 5, 3),
    ranked_by="anne",
)  # fmt: skip


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Orders())


def ask(**otherwise: Any) -> dict[str, Any]:
    return {**vars(ranked), "known": {FIRST, SECOND}, **otherwise}


def test_a_controller_says_which_claims_are_covered_first() -> None:
    given().when(rank_claims, **ask()).then(ranked)
    given(ranked).when(rank_claims, **ask()).nothing()


def test_another_order_another_day_or_another_post_is_another_fact() -> None:
    for other in (
        replace(ranked, case_ids=(FIRST,)),
        replace(ranked, ranked_on=date(2021, 5, 4)),
        replace(ranked, fund_id="2021/291/62"),
    ):
        given(ranked).when(rank_claims, **ask(**vars(other))).then(other)
        given(ranked, other).when(rank_claims, **ask(**vars(other))).nothing()
    given(ranked, replace(ranked, case_ids=(FIRST,))).when(rank_claims, **ask()).then(ranked)


def test_none_named_takes_a_set_order_back_and_is_nothing_where_there_is_none() -> None:
    none = replace(ranked, case_ids=())
    given(ranked).when(rank_claims, **ask(case_ids=())).then(none)
    given().when(rank_claims, **ask(case_ids=())).nothing()


def test_an_order_stands_whatever_else_is_said_since_of_other_posts_or_of_the_letters() -> None:
    elsewhere = replace(ranked, fund_id="2021/291/62")
    succeeded = PostSucceeded(
        fund_id="2021/291/71", predecessor_id="2020/671/71", reason="Nytt kapittel", recorded_by="anne"
    )
    for since in ((elsewhere,), (succeeded,), (elsewhere, succeeded)):
        given(ranked, *since).when(rank_claims, **ask()).nothing()
        given(ranked, *since).when(rank_claims, **ask(case_ids=(FIRST,))).then(replace(ranked, case_ids=(FIRST,)))


def test_only_a_case_with_a_claim_has_a_place_and_only_one() -> None:
    given().when(rank_claims, **ask(case_ids=(FIRST, THIRD))).refused(ClaimUnknown)
    given().when(rank_claims, **ask(case_ids=(FIRST, FIRST))).refused(RankedTwice)


def test_a_reason_is_needed() -> None:
    given().when(rank_claims, **ask(reason=" ")).refused(RankReasonMissing)
