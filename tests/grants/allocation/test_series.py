"""A line of money over the years: one post to one, unless it is said that it was split, or that some were joined."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.succession.rules import (
    NotASuccessor,
    PostUnknown,
    SuccessionAgainstClaims,
    SuccessionUnknown,
    follower_of,
    followers_of,
    how_of,
    succeed_post,
    withdraw_succession,
)
from services.grants.allocation.succession.view import series_of
from services.grants.budget_year.events.allocation import (
    FundOpened,
    LetterRegistered,
    PostSucceeded,
    PostSucceededAmongSeveral,
    SuccessionWithdrawn,
)
from services.grants.budget_year.letter import Dated, Letter
from services.grants.budget_year.state import BudgetYear, evolve
from services.reason import ReasonMissing
from tests.given import Given, given
from tests.grants.allocation.letters import folded, opening

POSTS = ("290/01", "291/62", "291/71")
EARMARK = "291/71/ny"


def opened(year: int) -> LetterRegistered:
    """A year whose letter opens three posts, and an earmark under the last."""
    funds = tuple(
        FundOpened(
            fund_id=f"{year}/{fund}", kind="earmark" if fund == EARMARK else "post", name=fund, year=year, chapter=291,
            post="71",
        )
        for fund in (*POSTS, EARMARK)
    )  # fmt: skip
    letter = Letter(year=year, number=0, title="Tildelingsbrev", reference=None, dated=opening().dated)
    assert isinstance(letter.dated, Dated)
    return LetterRegistered(
        letter=letter, source_sha256="0" * 64, registered_by="kari", funds=funds, postings=(), statements=()
    )


EARLIER = {2018: folded([opened(2018)]), 2019: folded([opened(2019)])}
ASKED: dict[str, Any] = {"fund_id": "2020/291/71", "predecessor_id": "2019/291/71", "reason": "Samme ordning."}
RECORDED: dict[str, Any] = {**ASKED, "recorded_by": "siri"}
ASK: dict[str, Any] = {**RECORDED, "how": "whole", "others": EARLIER}
SUCCEEDED = PostSucceeded(**RECORDED)


def after(*facts: Event) -> Given:
    return given(opened(2020), *facts, evolve=evolve, initial=BudgetYear())


def shared(how: str, **other: str) -> PostSucceededAmongSeveral:
    return PostSucceededAmongSeveral(**{**RECORDED, **other, "how": how})


def test_a_post_carries_on_a_post_of_an_earlier_year() -> None:
    after().when(succeed_post, **ASK).then(SUCCEEDED)


def test_recorded_again_it_is_no_fact() -> None:
    after(SUCCEEDED).when(succeed_post, **{**ASK, "reason": "Igjen."}).nothing()


def test_a_post_carries_on_one_line() -> None:
    after(SUCCEEDED).when(succeed_post, **{**ASK, "predecessor_id": "2019/291/62"}).refused(
        NotASuccessor, saying="join"
    )


def test_a_line_goes_on_in_one_post() -> None:
    after(SUCCEEDED).when(succeed_post, **{**ASK, "fund_id": "2020/291/62"}).refused(NotASuccessor, saying="split")


def test_a_line_that_went_on_in_another_year_is_known_there() -> None:
    later = {**EARLIER, 2021: folded([opened(2021), PostSucceeded(**{**RECORDED, "fund_id": "2021/291/62"})])}
    after().when(succeed_post, **{**ASK, "others": later}).refused(NotASuccessor, saying="2021/291/62")


def test_a_line_runs_forward_in_time() -> None:
    for predecessor_id in ("2020/291/62", "2021/291/71"):
        after().when(succeed_post, **{**ASK, "predecessor_id": predecessor_id}).refused(NotASuccessor)


@pytest.mark.parametrize("predecessor_id", ["2019/291/99", "2019/291/71/ny", "2017/291/71"])
def test_only_a_post_that_a_letter_opened_is_carried_on(predecessor_id: str) -> None:
    after().when(succeed_post, **{**ASK, "predecessor_id": predecessor_id}).refused(PostUnknown, saying=predecessor_id)


@pytest.mark.parametrize("fund_id", ["2020/291/99", "2020/291/71/ny"])
def test_only_an_opened_post_carries_a_line_on(fund_id: str) -> None:
    after().when(succeed_post, **{**ASK, "fund_id": fund_id}).refused(PostUnknown)


def test_nothing_succeeds_without_a_reason() -> None:
    after().when(succeed_post, **{**ASK, "reason": ""}).refused(ReasonMissing)
    ask = {**ASKED, "withdrawn_by": "siri", "reason": " "}
    after(SUCCEEDED).when(withdraw_succession, **ask).refused(ReasonMissing)


def test_a_line_that_was_split_goes_on_in_several_posts_when_each_is_said_to_be_a_part() -> None:
    second = {**ASK, "fund_id": "2020/291/62", "how": "split"}
    after(SUCCEEDED).when(succeed_post, **second).refused(NotASuccessor)
    after(SUCCEEDED).when(succeed_post, **{**ASK, "how": "split"}).then(shared("split"))
    after(SUCCEEDED, shared("split")).when(succeed_post, **second).then(shared("split", fund_id="2020/291/62"))


def test_lines_that_were_joined_go_on_in_one_post_when_each_is_said_to_be() -> None:
    second = {**ASK, "predecessor_id": "2019/291/62", "how": "join"}
    after(SUCCEEDED).when(succeed_post, **second).refused(NotASuccessor)
    after(shared("join")).when(succeed_post, **second).then(shared("join", predecessor_id="2019/291/62"))


def part(fund_id: str, **other: Any) -> dict[str, Any]:
    return {**ASK, "fund_id": fund_id, "how": "split", **other}


def test_one_part_of_a_split_is_said_to_take_what_was_held_over_and_the_others_know_it() -> None:
    taking = PostSucceededAmongSeveral(**RECORDED | {"fund_id": "2020/291/62"}, how="split", claims_on="2020/291/62")
    after().when(succeed_post, **part("2020/291/62", takes_claims=True)).then(taking)
    after(taking).when(succeed_post, **part("2020/291/62", takes_claims=True)).nothing()
    beside = PostSucceededAmongSeveral(**RECORDED, how="split", claims_on="2020/291/62")
    after(taking).when(succeed_post, **part("2020/291/71")).then(beside)
    after(taking).when(succeed_post, **part("2020/291/71", takes_claims=True)).refused(NotASuccessor, saying="291/62")
    after().when(succeed_post, **ASK, takes_claims=True).refused(NotASuccessor, saying="split")
    left = {key: ASK[key] for key in ("fund_id", "predecessor_id", "reason")} | {"withdrawn_by": "siri"}
    (gone,) = after(taking, beside).when(withdraw_succession, **left).events
    assert isinstance(gone, SuccessionWithdrawn)
    assert gone.claims_on == "2020/291/62"
    assert [follower_of(each) for each in (taking, beside, SUCCEEDED)] == ["2020/291/62", "2020/291/62", "2020/291/71"]


def test_no_succession_goes_against_what_is_covered_elsewhere() -> None:
    covered = {"2020/291/71": ["abc"]}
    told = after().when(succeed_post, **ASK, covered=covered).refused(SuccessionAgainstClaims, saying="abc")
    assert told.details == {"case_ids": ["abc"]}
    after().when(succeed_post, **part("2020/291/62"), covered=covered).refused(SuccessionAgainstClaims)
    after().when(succeed_post, **ASK, covered={"2020/291/62": ["abc"]}).then(SUCCEEDED)
    gone = {"fund_id": "2020/291/62", "predecessor_id": "2019/291/71", "reason": "Feil.", "withdrawn_by": "siri"}
    other = PostSucceeded(**RECORDED | {"fund_id": "2020/291/62"})
    after(other).when(withdraw_succession, **gone, covered=covered).refused(SuccessionAgainstClaims)
    assert followers_of(folded([opened(2020), other]), "2020/291/62", "2019/291/71") == {"2020/291/62", "2020/291/71"}


def test_a_succession_is_taken_back_and_recorded_otherwise() -> None:
    withdrawn = SuccessionWithdrawn(**ASKED, withdrawn_by="siri")
    after(SUCCEEDED).when(withdraw_succession, **ASKED, withdrawn_by="siri").then(withdrawn)
    after(SUCCEEDED, withdrawn).when(withdraw_succession, **ASKED, withdrawn_by="siri").refused(SuccessionUnknown)
    other = {**ASK, "predecessor_id": "2019/291/62"}
    after(SUCCEEDED, withdrawn).when(succeed_post, **other).then(
        PostSucceeded(**{**RECORDED, "predecessor_id": "2019/291/62"})
    )


def test_a_series_follows_the_line_both_ways_under_each_years_number() -> None:
    renamed = PostSucceeded(fund_id="2021/291/62", predecessor_id="2020/291/71", reason="Ny", recorded_by="s")
    years = {**EARLIER, 2020: folded([opened(2020), SUCCEEDED]), 2021: folded([opened(2021), renamed])}
    line = ("2019/291/71", "2020/291/71", "2021/291/62")
    for fund_id in line:
        series = series_of(years, fund_id)
        assert (series.posts, series.one_line, len(series.links)) == (line, True, 2)
    alone = series_of(years, "2020/290/01")
    assert (alone.posts, alone.links, alone.one_line) == (("2020/290/01",), (), True)


def test_a_series_tells_of_a_split_and_of_the_parts_beside() -> None:
    parts = (shared("split"), shared("split", fund_id="2020/291/62"))
    years = {**EARLIER, 2020: folded([opened(2020), *parts])}
    whole = series_of(years, "2019/291/71")
    assert (whole.posts, whole.one_line) == (("2019/291/71", "2020/291/62", "2020/291/71"), False)
    part = series_of(years, "2020/291/62")
    assert part.posts == ("2019/291/71", "2020/291/62")
    assert [(link.fund_id, link.how) for link in part.links] == [("2020/291/62", "split"), ("2020/291/71", "split")]


def test_a_series_tells_of_a_join() -> None:
    parts = (shared("join"), shared("join", predecessor_id="2019/291/62"))
    series = series_of({**EARLIER, 2020: folded([opened(2020), *parts])}, "2019/291/62")
    assert (series.posts, series.one_line) == (("2019/291/62", "2020/291/71"), False)
    assert [(link.predecessor_id, link.how) for link in series.links] == [
        ("2019/291/62", "join"),
        ("2019/291/71", "join"),
    ]


@pytest.mark.parametrize(
    ("recorded", "problem"),
    [
        ([{"predecessor_id": "2019/291/71/ny"}], "predecessor-not-a-post"),
        ([{"predecessor_id": "2017/291/71"}], "predecessor-not-a-post"),
        ([{}, {"fund_id": "2020/291/62"}], "several-followers"),
        ([{}, {"predecessor_id": "2019/291/62"}], "several-predecessors"),
    ],
)
def test_what_was_recorded_before_it_was_checked_is_marked(recorded: list[dict[str, str]], problem: str) -> None:
    facts = [PostSucceeded(**{**RECORDED, **other}) for other in recorded]
    series = series_of({**EARLIER, 2020: folded([opened(2020), *facts])}, "2020/291/71")
    assert {link.problem for link in series.links} == {problem}
    assert not series.one_line


FEW = ("291/62", "291/71", "291/62", "291/71", EARMARK)
posts = st.builds("{}/{}".format, st.sampled_from((2019, 2020, 2021)), st.sampled_from(FEW))
asks = st.tuples(st.sampled_from(("whole", "split", "join", "take back")), posts, posts)
reached: Counter[str] = Counter()


@settings(max_examples=150, deadline=None, derandomize=True)
@drawn(asked=st.lists(asks, min_size=4, max_size=30))
def _whatever_is_asked(asked: list[tuple[str, str, str]]) -> None:
    years = {year: folded([opened(year)]) for year in (2018, 2019, 2020, 2021)}
    for how, fund_id, predecessor_id in asked:
        known = [each for stands in years.values() for each in stands.successions]
        if how == "take back" and known and predecessor_id >= fund_id:
            fund_id, predecessor_id = known[0].fund_id, known[0].predecessor_id
        year = int(fund_id[:4])
        pair: dict[str, Any] = {"fund_id": fund_id, "predecessor_id": predecessor_id, "reason": "Slik er det."}
        others = {each: other for each, other in years.items() if each != year}
        try:
            if how == "take back":
                facts = withdraw_succession(years[year], **pair, withdrawn_by="siri")
            else:
                facts = succeed_post(years[year], **{**pair, "how": how}, recorded_by="siri", others=others)
        except Refusal as refusal:
            reached[refusal.code] += 1
            continue
        reached[how] += len(facts)
        for fact in facts:
            years[year] = evolve(years[year], fact)
    for standing in years.values():
        for link in standing.successions:
            series = series_of(years, link.fund_id)
            assert {each.problem for each in series.links} == {None}
            followers = [each for each in series.links if each.predecessor_id == link.predecessor_id]
            assert len(followers) == 1 or {how_of(link)} == {"split"}
            reached["split told"] += not series.one_line


def test_whatever_is_asked_no_line_goes_on_twice_untold() -> None:
    _whatever_is_asked()
    wanted = (
        "whole", "split", "join", "take back", "not-a-successor", "post-not-opened", "succession-unknown", "split told",
    )  # fmt: skip
    assert all(reached[what] > 3 for what in wanted), reached
