"""What leans on leave that no letter gives any more: authorities of chapter 6 that were used, and promises beyond the
year. What was done stands; it is the ministry's word that is missing."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from services.grants.allocation.authority.authorities import in_force, require_reached
from services.grants.allocation.authority.commitment_authority import find_commitment_authority
from services.grants.allocation.authority.refusals import AuthorityDoesNotReach, AuthorityNotGiven
from services.grants.allocation.deviation.found import Around, Deviation
from services.grants.budget_year.letter_duties import AuthorityId
from services.grants.budget_year.state import BudgetYear

CARRY_OVER: AuthorityId = "carry-over"


def used_without_letter(year: BudgetYear, *, letter_number: int) -> Iterator[Deviation]:
    """On each post, what was used (or applied for) of authorities that no letter standing now gives for the day and the
    post, from the first such day. Told with this letter: the one that stands first, or the one that is taken out."""
    used = [(each.authority_id, each.fund_id, each.used_on, each.amount_ore) for each in year.uses]
    used += [(CARRY_OVER, each.fund_id, each.accounts_on, each.amount_ore) for each in year.applications]
    amounts: Counter[str] = Counter()
    first: dict[str, date] = {}
    for authority_id, fund_id, on, amount_ore in used:
        if not _given(year, authority_id, fund_id, on):
            amounts[fund_id] += amount_ore
            first[fund_id] = min(first.get(fund_id, on), on)
    for fund_id, amount_ore in amounts.items():
        yield Deviation(
            letter_number=letter_number,
            fund_id=fund_id,
            kind="authority-used-without-letter",
            on=first[fund_id],
            amount_ore=amount_ore,
        )


def promised_without_letter(year: BudgetYear, around: Around, *, letter_number: int) -> Iterator[Deviation]:
    """On each post, what is promised beyond the year (§ 6) once no letter gives it a commitment authority."""
    for post_id, amount_ore in around.across_years.items():
        if amount_ore and find_commitment_authority(year, post_id, on=date(int(post_id[:4]), 12, 31)) is None:
            yield Deviation(
                letter_number=letter_number,
                fund_id=post_id,
                kind="authority-of-no-letter",
                on=date(int(post_id[:4]), 1, 1),
                amount_ore=amount_ore,
            )


def _given(year: BudgetYear, authority_id: AuthorityId, fund_id: str, on: date) -> bool:
    try:
        given = in_force(year, authority_id, on)
        if authority_id != CARRY_OVER or not year.find_said(fund_id, "transferable", on):
            require_reached(year, given.authority, fund_id)
    except (AuthorityNotGiven, AuthorityDoesNotReach):
        return False
    return True
