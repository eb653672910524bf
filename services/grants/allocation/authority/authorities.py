"""The authorities of a letter's chapter 6: which are in force on a day, which posts they reach, and how far.

A limit is cumulative over the budget year and is a share of the post. Where the letter's base can be read two ways
(what is appropriated, or what is at disposal), the lower is used and named. Money carried over, and money that an
authority itself moved, are in no base.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.grants.allocation.authority.refusals import (
    AuthorityDoesNotReach,
    AuthorityLimitPassed,
    AuthorityNotGiven,
    MoneyRestricted,
    RestrictedMoneyUnstated,
)
from services.grants.budget_year.duties import list_restrictions
from services.grants.budget_year.events.allocation import Limit
from services.grants.budget_year.letter_duties import Authority, AuthorityId
from services.grants.budget_year.state import BudgetYear


@dataclass(frozen=True, kw_only=True)
class InForce:
    """An authority, and the letter that gives it."""

    authority: Authority
    letter_number: int


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far an authority reaches on one post that day, and how much of it is used, in øre."""

    fund_id: str
    limit: Limit

    @property
    def left_ore(self) -> int:
        return self.limit.limit_ore - self.limit.used_before_ore


@dataclass(frozen=True, kw_only=True)
class AuthorityNow:
    """An authority in force, with every post it reaches. The limit of carry-over is known first with the accounts."""

    authority: Authority
    letter_number: int
    reaches: tuple[Reach, ...]


def list_authorities(year: BudgetYear, *, on: date) -> tuple[AuthorityNow, ...]:
    """The authorities in force on a day (Europe/Oslo), with how much of each is used on each post."""
    found: dict[str, AuthorityNow] = {}
    for registered in year.in_order:
        for authority in registered.letter.authorities:
            if registered.letter.dated.on <= on:
                found[authority.authority_id] = AuthorityNow(
                    authority=authority,
                    letter_number=registered.letter.number,
                    reaches=tuple(
                        Reach(fund_id=fund_id, limit=limit_on_post(year, authority, fund_id, on))
                        for fund_id, fund in year.funds.items()
                        if fund.kind == "post" and fund.post in authority.posts and authority.base != "unused"
                    ),
                )
    return tuple(found.values())


def in_force(year: BudgetYear, authority_id: AuthorityId, on: date) -> InForce:
    """The authority as the latest letter by that day gives it, on a day of its budget year, or AuthorityNotGiven."""
    given = None
    for registered in year.in_order:
        letter = registered.letter
        if letter.dated.on <= on and letter.year == on.year:
            for authority in letter.authorities:
                if authority.authority_id == authority_id:
                    given = InForce(authority=authority, letter_number=letter.number)
    if given is None:
        raise AuthorityNotGiven(f"No letter gives this authority for {on}.", authority=authority_id)
    return given


def require_reached(year: BudgetYear, authority: Authority, fund_id: str) -> None:
    """Refuses AuthorityDoesNotReach unless this is a post of the year with a number the authority names."""
    fund = year.funds.get(fund_id)
    if fund is None or fund.kind != "post" or fund.post not in authority.posts:
        raise AuthorityDoesNotReach(
            f"{authority.paragraph} reaches the posts {' and '.join(authority.posts)}, not {fund_id}.",
            paragraph=authority.paragraph,
            fund=fund_id,
        )


def limit_on_post(year: BudgetYear, authority: Authority, fund_id: str, on: date) -> Limit:
    """The authority's limit on a post that day: its share of the lower of appropriated and at disposal (all of it where
    the letter names no share), in whole øre rounded down."""
    told_ore = sum(
        each.at_disposal_ore - each.of_which_carried_over_ore
        for each in year.postings
        if each.fund_id == fund_id and each.ground != "authority" and each.effective_on <= on
    )
    appropriated_ore = year.find_said(fund_id, "appropriated", on)
    base: Literal["appropriated", "at_disposal"] = "at_disposal"
    base_ore = told_ore
    if appropriated_ore is not None and appropriated_ore < told_ore:
        base, base_ore = "appropriated", appropriated_ore
    return Limit(
        base=base,
        base_ore=base_ore,
        limit_ore=base_ore * (authority.limit_basis_points or 10_000) // 10_000,
        used_before_ore=used_ore(year, authority.authority_id, fund_id),
    )


def used_ore(year: BudgetYear, authority_id: AuthorityId, fund_id: str) -> int:
    """How much of the authority the post has used this year, in øre."""
    return sum(use.amount_ore for use in year.uses if (use.authority_id, use.fund_id) == (authority_id, fund_id))


def require_within(limit: Limit, amount_ore: int, *, paragraph: str, fund_id: str) -> None:
    """Refuses AuthorityLimitPassed with the figures it was held against."""
    left_ore = limit.limit_ore - limit.used_before_ore
    if amount_ore > left_ore:
        raise AuthorityLimitPassed(
            f"{paragraph} allows {limit.limit_ore} øre on {fund_id} this year, reckoned of {limit.base_ore} øre "
            f"{limit.base.replace('_', ' ')}; {limit.used_before_ore} øre are used and {left_ore} øre are left.",
            paragraph=paragraph,
            fund=fund_id,
            base=limit.base,
            base_ore=limit.base_ore,
            limit_ore=limit.limit_ore,
            used_before_ore=limit.used_before_ore,
            left_ore=left_ore,
        )


def require_unrestricted(year: BudgetYear, fund_id: str, restricted_ore: int | None, *, on: date) -> None:
    """Where a restriction lies on the post, how much of the amount is restricted money must be stated, and be none.
    Refuses RestrictedMoneyUnstated, MoneyRestricted."""
    for held in list_restrictions(year):
        lies_on = held.restriction.fund_id == fund_id and held.since_on <= on
        if not lies_on or (held.lifted_on is not None and held.lifted_on <= on):
            continue
        named = {"restriction": held.restriction.restriction_id, "cite": held.restriction.cite, "fund": fund_id}
        if restricted_ore is None:
            raise RestrictedMoneyUnstated(
                f"{fund_id} holds restricted money (letter {held.letter_number}, {held.restriction.cite}). "
                "State how much of the amount it is.",
                **named,
            )
        if restricted_ore != 0:
            raise MoneyRestricted(
                f"{restricted_ore} øre are restricted (letter {held.letter_number}, {held.restriction.cite}). "
                "Only a letter from the ministry lifts that.",
                **named,
            )
