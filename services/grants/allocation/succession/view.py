"""A line of money over the years, with every split and join of it told."""

from dataclasses import dataclass
from typing import Literal

from services.grants.allocation.succession.rules import How, Succession, Years, all_successions, how_of, is_post

Problem = Literal["predecessor-not-a-post", "several-followers", "several-predecessors"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """That one post carries on another: the `whole` of it, a part of it (`split`), or it together with others (`join`).

    `problem` marks one that was recorded before such was checked: it is to be told anew or taken back."""

    fund_id: str
    predecessor_id: str
    how: How
    reason: str
    recorded_by: str
    problem: Problem | None


@dataclass(frozen=True, kw_only=True)
class Series:
    """The posts before and after one post, oldest first, and every link that touches one of them, also to posts outside
    the line: the other parts of what was split, and what else was joined. `one_line` is whether each post is the whole
    of the one before it, so that the figures of two years are of the same thing."""

    posts: tuple[str, ...]
    links: tuple[Link, ...]
    one_line: bool


def series_of(years: Years, fund_id: str) -> Series:
    """The line of this post across the budget years given."""
    known = all_successions(years.values())
    line = {fund_id} | _reached(known, fund_id, back=True) | _reached(known, fund_id, back=False)
    links = tuple(
        _link(years, known, each)
        for each in sorted(known, key=lambda each: (each.predecessor_id, each.fund_id))
        if each.fund_id in line or each.predecessor_id in line
    )
    return Series(
        posts=tuple(sorted(line, key=lambda post: (post.split("/")[0], post))),
        links=links,
        one_line=all(link.how == "whole" and link.problem is None for link in links),
    )


def _reached(known: list[Succession], fund_id: str, *, back: bool) -> set[str]:
    """Every post before it, or after it. A line runs forward in time, so none is before itself."""
    found: set[str] = set()
    ends = [fund_id]
    while ends:
        end = ends.pop()
        for each in known:
            here, there = (each.fund_id, each.predecessor_id) if back else (each.predecessor_id, each.fund_id)
            if here == end and there not in found:
                found.add(there)
                ends.append(there)
    return found


def _link(years: Years, known: list[Succession], link: Succession) -> Link:
    return Link(
        fund_id=link.fund_id,
        predecessor_id=link.predecessor_id,
        how=how_of(link),
        reason=link.reason,
        recorded_by=link.recorded_by,
        problem=_problem(years, known, link),
    )


def _problem(years: Years, known: list[Succession], link: Succession) -> Problem | None:
    of_year = link.predecessor_id.partition("/")[0]
    if not is_post(years.get(int(of_year)) if of_year.isdecimal() else None, link.predecessor_id):
        return "predecessor-not-a-post"
    others = [each for each in known if each is not link]
    if how_of(link) != "split" and any(each.predecessor_id == link.predecessor_id for each in others):
        return "several-followers"
    if how_of(link) == "whole" and any(each.fund_id == link.fund_id for each in others):
        return "several-predecessors"
    return None
