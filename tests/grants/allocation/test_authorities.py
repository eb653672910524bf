"""Chapter 6 of the letter of 2020: each authority to its limit, and not an øre, a post or a condition further."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.grants.allocation.authority.authorities import list_authorities, used_ore
from services.grants.allocation.authority.carry_over import apply_for_carry_over
from services.grants.allocation.authority.refusals import (
    AuthorityDoesNotReach,
    AuthorityLimitPassed,
    AuthorityNotGiven,
    ConditionNotMet,
    ConsentMissing,
    MoneyRestricted,
    ReferenceTaken,
    RestrictedMoneyUnstated,
    SavingsDoNotCover,
)
from services.grants.allocation.authority.rules import (
    book_net,
    commit_beyond_year,
    move_to_investment,
    overspend_for_investment,
    spend_extra_income,
)
from services.grants.allocation.rules import register_letter
from services.grants.budget_year.events.allocation import AuthorityUsed, CarryOverApplied, Limit
from services.grants.budget_year.reconciliation import reconcile
from services.grants.budget_year.state import BudgetYear, evolve
from services.grants.case.commitment_refusals import AmountNotPositive
from tests.given import given
from tests.grants.allocation.authorities import (
    BEYOND,
    INCOME,
    LETTERS,
    NET,
    NEW_YEARS_EVE,
    OPERATING,
    SAVED,
    SEPTEMBER,
    TO_45,
    after,
    carrying,
    opening_with_authorities,
    small_year,
    use,
)
from tests.grants.allocation.letters import KRONE, folded, letter_of, registered, supplement


def used(decision: Any, year: BudgetYear, **asked: Any) -> AuthorityUsed:
    (fact,) = decision(year, **asked)
    assert isinstance(fact, AuthorityUsed)
    return fact


# In September 291 156 000 is at disposal on 290/01; 10 327 347 of it is carried over, and 295 400 000 is appropriated.
SEPTEMBER_BASE_KRONER = 291_156_000 - 10_327_347


def test_the_limit_is_a_share_of_the_lower_base_without_what_was_carried_over() -> None:
    fact = used(book_net, folded(LETTERS), use=use(1_000_000), **NET)
    assert fact.limit == Limit(
        base="at_disposal",
        base_ore=SEPTEMBER_BASE_KRONER * KRONE,
        limit_ore=SEPTEMBER_BASE_KRONER * KRONE * 5 // 100,
        used_before_ore=0,
    )
    assert fact.paragraph == "Bevilgningsreglementet § 3, 4. ledd, 2. setning"


def test_where_less_is_appropriated_than_is_at_disposal_that_is_the_base() -> None:
    raised = supplement(
        1, "2020-02-01", 'changes: [{fund: 290/01, increase: "20 mill.", moves: at_disposal, why: w, cite: a}]'
    )
    year = folded(registered(opening_with_authorities(), raised))
    fact = used(book_net, year, use=use(1, "2020/290/01"), **NET)
    assert (fact.limit.base, fact.limit.base_ore // KRONE) == ("appropriated", 110_000_000)


def test_net_booking_reaches_five_percent_and_no_further() -> None:
    limit_kroner = SEPTEMBER_BASE_KRONER * 5 // 100
    fact = used(book_net, folded(LETTERS), use=use(limit_kroner), **NET)
    assert fact.postings == ()
    after().when(book_net, use=use(limit_kroner + 1), **NET).refused(AuthorityLimitPassed, saying="§ 3")


def test_a_limit_is_cumulative_over_the_year() -> None:
    first = used(book_net, folded(LETTERS), use=use(14_000_000), **NET)
    rest = SEPTEMBER_BASE_KRONER * 5 // 100 - 14_000_000
    refusal = after(first).when(book_net, use=use(rest + 1, reference="20/00201"), **NET).refused(AuthorityLimitPassed)
    assert refusal.details["used_before_ore"] == 14_000_000 * KRONE
    assert after(first).when(book_net, use=use(rest, reference="20/00201"), **NET).events


@pytest.mark.parametrize(
    "broken", [{"routine_renewal": False}, {"belongs_on_post_45": True}, {"booked_in_account_class_3": False}]
)
def test_net_booking_is_for_routine_renewal_booked_where_it_can_be_checked(broken: dict[str, bool]) -> None:
    after().when(book_net, use=use(1), **{**NET, **broken}).refused(ConditionNotMet, saying="§ 3")


@pytest.mark.parametrize("fund", ["2020/291/45", "2020/291/62", "2020/290/01/minoritetsradgivere", "2020/999/01"])
def test_net_booking_reaches_the_posts_01_and_21_only(fund: str) -> None:
    after().when(book_net, use=use(1, fund), **NET).refused(AuthorityDoesNotReach, saying=fund)
    assert after().when(book_net, use=use(1, "2020/291/21"), **NET).events


def test_the_same_use_again_is_no_fact_and_another_under_its_reference_is_refused() -> None:
    first = used(book_net, folded(LETTERS), use=use(14_000_000), **NET)
    after(first).when(book_net, use=use(14_000_000), **NET).nothing()
    after(first).when(book_net, use=use(1), **NET).refused(ReferenceTaken)


def test_an_amount_is_larger_than_zero() -> None:
    after().when(book_net, use=use(0), **NET).refused(AmountNotPositive)
    after().when(book_net, use=use(-1), **NET).refused(AmountNotPositive)


def test_an_authority_holds_from_its_letter_and_for_its_budget_year() -> None:
    for day in (date(2019, 12, 31), date(2021, 1, 1)):
        after().when(book_net, use=use(1, on=day), **NET).refused(AuthorityNotGiven)
    assert after().when(book_net, use=use(1, on=date(2020, 1, 1)), **NET).events


def test_each_use_of_several_counts_on_its_own_post_and_of_its_own_authority() -> None:
    state = folded(LETTERS)
    facts = []
    for kroner, reference in ((3_000_000, "a"), (5_000_000, "b"), (1_000_000, "c")):
        facts.append(used(book_net, state, use=use(kroner, reference=reference), **NET))
        state = folded([*LETTERS, *facts])
    assert used_ore(state, facts[0].authority_id, OPERATING) == 9_000_000 * KRONE
    assert used_ore(state, "extra-income", OPERATING) == used_ore(state, facts[0].authority_id, "2020/290/45") == 0
    rest = SEPTEMBER_BASE_KRONER * 5 // 100 - 9_000_000
    refused = after(*facts).when(book_net, use=use(rest + 1, reference="d"), **NET).refused(AuthorityLimitPassed)
    assert refused.details["used_before_ore"] == 9_000_000 * KRONE
    assert after(*facts).when(book_net, use=use(rest, reference="d"), **NET).events


def test_agreements_beyond_the_year_move_nothing_and_fit_together_within_the_level() -> None:
    fact = used(commit_beyond_year, folded(LETTERS), use=use(200_000_000), **BEYOND)
    assert (fact.postings, fact.until_on) == ((), date(2025, 6, 30))
    rest = SEPTEMBER_BASE_KRONER - 200_000_000
    assert after(fact).when(commit_beyond_year, use=use(rest, reference="b"), **BEYOND).events
    after(fact).when(commit_beyond_year, use=use(rest + 1, reference="b"), **BEYOND).refused(AuthorityLimitPassed)


@pytest.mark.parametrize(
    "broken",
    [
        {"until_on": date(2020, 12, 31)},
        {"ordinary_operations": False},
        {"unchanged_level": False},
        {"termination_assessed": False},
    ],
)
def test_an_agreement_beyond_the_year_has_its_conditions(broken: dict[str, Any]) -> None:
    after().when(commit_beyond_year, use=use(1), **{**BEYOND, **broken}).refused(ConditionNotMet, saying="§ 6")


def test_grants_are_not_committed_beyond_the_year_under_the_authority_for_leases() -> None:
    after().when(commit_beyond_year, use=use(1, "2020/291/71"), **BEYOND).refused(AuthorityDoesNotReach)


def test_extra_income_moves_what_is_at_disposal_up_to_two_percent() -> None:
    limit_kroner = SEPTEMBER_BASE_KRONER * 2 // 100
    fact = used(spend_extra_income, folded(LETTERS), use=use(limit_kroner), **INCOME)
    assert [(each.fund_id, each.at_disposal_ore // KRONE, each.ground) for each in fact.postings] == [
        (OPERATING, limit_kroner, "authority")
    ]
    assert folded([*LETTERS, fact]).at_disposal_ore(OPERATING, SEPTEMBER) == (291_156_000 + limit_kroner) * KRONE
    after().when(spend_extra_income, use=use(limit_kroner + 1), **INCOME).refused(AuthorityLimitPassed)


def test_extra_income_spent_stays_beside_what_later_letters_state() -> None:
    fact = used(spend_extra_income, folded(LETTERS[:-1]), use=use(1_000_000), **INCOME)
    before = [*LETTERS[:-1], fact]
    eighth = register_letter(folded(before), letter=letter_of(8), source_sha256="ef" * 32, registered_by="kari")
    year = folded([*before, *eighth])
    assert year.at_disposal_ore(OPERATING, NEW_YEARS_EVE) == (291_964_000 + 1_000_000) * KRONE
    assert {each.difference_ore for each in reconcile(year, 8).items} == {0}


def test_money_an_authority_moved_is_in_no_base() -> None:
    income = used(spend_extra_income, folded(LETTERS), use=use(1_000_000), **INCOME)
    fact = used(book_net, folded([*LETTERS, income]), use=use(1), **NET)
    assert fact.limit.base_ore == SEPTEMBER_BASE_KRONER * KRONE


def test_the_extra_income_reported_covers_this_use_and_those_before() -> None:
    first = used(spend_extra_income, folded(LETTERS), use=use(3_000_000), **INCOME)
    asked = {**INCOME, "reported_income_ore": 5_000_000 * KRONE}
    after(first).when(spend_extra_income, use=use(2_000_001, reference="b"), **asked).refused(ConditionNotMet)
    assert after(first).when(spend_extra_income, use=use(2_000_000, reference="b"), **asked).events


@pytest.mark.parametrize(
    "broken",
    [
        {"same_agency": False},
        {"from_increased_activity": False},
        {"within_mandate": False},
        {"binds_later_level": True},
    ],
)
def test_extra_income_has_its_conditions(broken: dict[str, bool]) -> None:
    after().when(spend_extra_income, use=use(1), **{**INCOME, **broken}).refused(ConditionNotMet, saying="nr. 1")


def test_money_moves_from_01_to_45_of_the_same_chapter_up_to_five_percent() -> None:
    fact = used(move_to_investment, small_year().state, use=use(5_000_000), **TO_45)
    assert [(each.fund_id, each.at_disposal_ore // KRONE) for each in fact.postings] == [
        ("2020/290/01", -5_000_000),
        ("2020/290/45", 5_000_000),
    ]
    small_year().when(move_to_investment, use=use(5_000_001), **TO_45).refused(AuthorityLimitPassed)


def test_290_01_does_not_reach_291_45() -> None:
    asked = {**TO_45, "to_fund_id": "2020/291/45", "restricted_ore": 0}
    after().when(move_to_investment, use=use(1), **asked).refused(AuthorityDoesNotReach, saying="same chapter")


@pytest.mark.parametrize("target", ["2020/290/45", "2020/291/62"])
def test_money_for_investment_moves_to_a_post_45_that_a_letter_opened(target: str) -> None:
    asked = {**TO_45, "to_fund_id": target, "restricted_ore": 0}
    after().when(move_to_investment, use=use(1), **asked).refused(AuthorityDoesNotReach, saying=target)


def test_within_the_chapter_money_moves_to_45_only() -> None:
    asked = {**TO_45, "to_fund_id": "2020/290/01"}
    small_year().when(move_to_investment, use=use(1), **asked).refused(AuthorityDoesNotReach, saying="reaches post 45")


def test_money_moves_from_01_only() -> None:
    small_year().when(move_to_investment, use=use(1, "2020/290/45"), **TO_45).refused(AuthorityDoesNotReach)


def test_moving_to_investment_binds_no_later_spending() -> None:
    asked = {**TO_45, "binds_later_spending": True}
    small_year().when(move_to_investment, use=use(1), **asked).refused(ConditionNotMet)


RESTRICTION = """
restrictions: [{id: mindreforbruk, fund: 290/01, what: Mindreforbruk, until: Avklart, cite: "4.2.3"}]
"""
LIFTED = supplement(1, "2020-10-01", "liftings: [{restriction: mindreforbruk, cite: a}]")


def test_on_a_restricted_post_the_restricted_part_is_stated_and_none() -> None:
    year = small_year(RESTRICTION)
    year.when(move_to_investment, use=use(1), **TO_45).refused(RestrictedMoneyUnstated)
    year.when(move_to_investment, use=use(1), **{**TO_45, "restricted_ore": 1}).refused(MoneyRestricted)
    assert year.when(move_to_investment, use=use(1), **{**TO_45, "restricted_ore": 0}).events


def test_only_a_letter_lifts_a_restriction_and_from_its_day() -> None:
    facts = registered(opening_with_authorities(RESTRICTION), LIFTED)
    lifted = given(*facts, evolve=evolve, initial=BudgetYear())
    asked = {**TO_45, "restricted_ore": 5}
    lifted.when(move_to_investment, use=use(1, on=date(2020, 9, 30)), **asked).refused(MoneyRestricted)
    assert lifted.when(move_to_investment, use=use(1, on=date(2020, 10, 1)), **asked).events


def test_overspending_for_investment_is_saved_in_three_years_with_consent() -> None:
    fact = used(overspend_for_investment, folded(LETTERS), use=use(1_000_000), **SAVED)
    assert (fact.consent_reference, sum(ore for _, ore in fact.savings)) == ("KD 20/77", 1_000_000 * KRONE)
    assert [each.at_disposal_ore // KRONE for each in fact.postings] == [1_000_000]


def test_each_overspending_has_a_consent_of_its_own() -> None:
    for missing in (None, ""):
        asked = {**SAVED, "consent_reference": missing}
        after().when(overspend_for_investment, use=use(1_000_000), **asked).refused(ConsentMissing)
    first = used(overspend_for_investment, folded(LETTERS), use=use(1_000_000), **SAVED)
    after(first).when(overspend_for_investment, use=use(1_000_000, reference="b"), **SAVED).refused(ConsentMissing)
    after(first).when(overspend_for_investment, use=use(1_000_000), **SAVED).nothing()


@pytest.mark.parametrize("written", ["kd 20/77", "KD\u00a020/77", "KD 20/\u200b77", "\uff2bD 20/77"])
def test_a_consent_and_a_reference_are_the_same_however_they_are_written(written: str) -> None:
    """The same consent, and the same matter, put a million at disposal twice."""
    asked = {**SAVED, "consent_reference": written}
    first = used(overspend_for_investment, folded(LETTERS), use=use(1_000_000), **SAVED)
    after(first).when(overspend_for_investment, use=use(1_000_000, reference="b"), **asked).refused(ConsentMissing)
    same = use(1_000_000, reference=written)
    income = used(spend_extra_income, folded(LETTERS), use=use(1_000_000, reference="KD 20/77"), **INCOME)
    after(income).when(spend_extra_income, use=same, **INCOME).refused(ReferenceTaken)
    (applied,) = after().when(apply_for_carry_over, **carrying(500_000)).events
    assert isinstance(applied, CarryOverApplied)
    again = carrying(500_000) | {"use": use(500_000, reference=written, on=NEW_YEARS_EVE)}
    after(replace(applied, reference="KD 20/77")).when(apply_for_carry_over, **again).refused(ReferenceTaken)


@pytest.mark.parametrize(
    "savings",
    [
        ((2021, 1_000_000 * KRONE - 1),),
        ((2021, 1_000_000 * KRONE + 1),),
        ((2020, 1_000_000 * KRONE),),
        ((2024, 1_000_000 * KRONE),),  # the trial of five years was for 2017 to 2019
        ((2021, 2_000_000 * KRONE), (2022, -1_000_000 * KRONE)),
        (),
    ],
)
def test_the_saving_is_the_amount_within_the_three_following_years(savings: tuple[tuple[int, int], ...]) -> None:
    asked = {**SAVED, "savings": savings}
    decided = after().when(overspend_for_investment, use=use(1_000_000), **asked)
    decided.refused(SavingsDoNotCover, saying="2021 to 2023")


def test_overspending_for_investment_has_its_limit_too() -> None:
    limit_ore = SEPTEMBER_BASE_KRONER * KRONE * 5 // 100
    asked = {**SAVED, "savings": ((2021, limit_ore + 1),)}
    over = replace(use(1), amount_ore=limit_ore + 1)
    after().when(overspend_for_investment, use=over, **asked).refused(AuthorityLimitPassed, saying="nr. 3")


def test_five_percent_of_what_is_unused_is_applied_for_and_moves_nothing() -> None:
    decided = after().when(apply_for_carry_over, **carrying(1_000_000))
    (fact,) = decided.events
    assert isinstance(fact, CarryOverApplied)
    assert fact.limit == Limit(
        base="unused", base_ore=20_000_000 * KRONE, limit_ore=1_000_000 * KRONE, used_before_ore=0
    )
    year = folded([*LETTERS, fact])
    assert year.at_disposal_ore(OPERATING, NEW_YEARS_EVE) == 291_964_000 * KRONE
    after().when(apply_for_carry_over, **carrying(1_000_001)).refused(AuthorityLimitPassed, saying="§ 5")
    after(fact).when(apply_for_carry_over, **carrying(1_000_000)).nothing()
    after(fact).when(apply_for_carry_over, **carrying(999_999)).refused(ReferenceTaken)


@pytest.mark.parametrize("fund", ["2020/291/21", "2020/291/45", "2020/291/60", "2020/291/71"])
def test_all_that_is_unused_is_applied_for_on_a_transferable_post(fund: str) -> None:
    assert after().when(apply_for_carry_over, **carrying(20_000_000, fund)).events
    after().when(apply_for_carry_over, **carrying(20_000_001, fund)).refused(AuthorityLimitPassed)


@pytest.mark.parametrize("fund", ["2020/291/61", "2020/291/62", "2020/291/70", "2020/292/60"])
def test_other_posts_carry_nothing_over(fund: str) -> None:
    after().when(apply_for_carry_over, **carrying(1, fund)).refused(AuthorityDoesNotReach)


def test_carry_over_is_applied_for_with_the_accounts_of_31_december() -> None:
    after().when(apply_for_carry_over, **carrying(1, on=date(2020, 12, 30))).refused(ConditionNotMet)


def test_no_more_is_unused_than_was_at_disposal() -> None:
    asked = {**carrying(1), "unused_ore": 291_964_000 * KRONE + 1}
    after().when(apply_for_carry_over, **asked).refused(ConditionNotMet)


def test_the_underspend_of_the_reorganisation_is_not_carried_over() -> None:
    after().when(apply_for_carry_over, **{**carrying(1), "restricted_ore": None}).refused(RestrictedMoneyUnstated)
    after().when(apply_for_carry_over, **{**carrying(1), "restricted_ore": 1}).refused(MoneyRestricted, saying="4.2.3")


def test_what_is_used_and_left_of_each_authority_is_shown() -> None:
    first = used(book_net, folded(LETTERS), use=use(4_000_000), **NET)
    shown = {each.authority.authority_id: each for each in list_authorities(folded([*LETTERS, first]), on=SEPTEMBER)}
    assert list(shown) == [
        "net-booking",
        "beyond-the-year",
        "extra-income",
        "to-investment",
        "investment-savings",
        "carry-over",
    ]
    reaches = {reach.fund_id: reach for reach in shown["net-booking"].reaches}
    assert list(reaches) == ["2020/290/01", "2020/291/21"]
    limit_ore = SEPTEMBER_BASE_KRONER * KRONE * 5 // 100
    reach = reaches[OPERATING]
    assert (reach.limit.limit_ore, reach.left_ore) == (limit_ore, limit_ore - 4_000_000 * KRONE)
    assert list_authorities(folded(LETTERS), on=date(2019, 12, 31)) == ()
