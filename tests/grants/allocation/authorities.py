"""What the tests of authorities build, for other tests to use as well."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.grants.allocation.authority.use import Use
from services.grants.budget_year.events.allocation import AuthorityUsed, CarryOverApplied
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear, evolve
from tests.given import Given, given
from tests.grants.allocation.letters import KRONE, letter_of, opening, registered

LETTERS = registered(*(letter_of(number) for number in range(9)))
OPERATING = "2020/290/01"
SEPTEMBER = date(2020, 9, 1)
NEW_YEARS_EVE = date(2020, 12, 31)


def after(*facts: AuthorityUsed | CarryOverApplied) -> Given:
    return given(*LETTERS, *facts, evolve=evolve, initial=BudgetYear())


def use(kroner: int, fund_id: str = OPERATING, reference: str = "20/00200", on: date = SEPTEMBER) -> Use:
    return Use(fund_id=fund_id, amount_ore=kroner * KRONE, reference=reference, used_on=on, used_by="siri")


NET: dict[str, Any] = {"routine_renewal": True, "belongs_on_post_45": False, "booked_in_account_class_3": True}
BEYOND: dict[str, Any] = {
    "until_on": date(2025, 6, 30),
    "ordinary_operations": True,
    "unchanged_level": True,
    "termination_assessed": True,
}
INCOME: dict[str, Any] = {
    "reported_income_ore": 9_000_000 * KRONE,
    "same_agency": True,
    "from_increased_activity": True,
    "within_mandate": True,
    "binds_later_level": False,
}


TO_45: dict[str, Any] = {"to_fund_id": "2020/290/45", "binds_later_spending": False, "restricted_ore": None}


def opening_with_authorities(more: str = "") -> Letter:
    """The small letter, with the authorities of 2020."""
    return replace(opening(more), authorities=letter_of(0).authorities)


def small_year(more: str = "") -> Given:
    return given(*registered(opening_with_authorities(more)), evolve=evolve, initial=BudgetYear())


SAVED: dict[str, Any] = {
    "consent_reference": "KD 20/77",
    "savings": ((2021, 500_000 * KRONE), (2022, 300_000 * KRONE), (2023, 200_000 * KRONE)),
}


def carrying(kroner: int, fund_id: str = OPERATING, on: date = NEW_YEARS_EVE) -> dict[str, Any]:
    return {"use": use(kroner, fund_id, on=on), "unused_ore": 20_000_000 * KRONE, "restricted_ore": 0}
