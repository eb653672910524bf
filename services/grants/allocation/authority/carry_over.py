"""Unused money carried over to the next budget year (Bevilgningsreglementet § 5): applied for here."""

from dataclasses import replace

from services.eventlog.events import Event
from services.grants.allocation.authority.authorities import (
    in_force,
    require_reached,
    require_unrestricted,
    require_within,
)
from services.grants.allocation.authority.use import Use, refuse_another, require_met
from services.grants.budget_year.events.allocation import CarryOverApplied, Limit
from services.grants.budget_year.state import BudgetYear
from services.grants.case.commitment_refusals import positive
from services.text.folding import reads_alike


def apply_for_carry_over(year: BudgetYear, *, use: Use, unused_ore: int, restricted_ore: int | None) -> list[Event]:
    """Apply, with the accounts of 31 December, to carry unused money over to the next year (§ 5): 5 % of what is unused
    on 01 and 21 (the strictest reading), all that is unused on a post with «kan overføres».

    Moves nothing: it is usable only once a supplement releases it. Refuses AuthorityNotGiven, AuthorityDoesNotReach,
    ConditionNotMet, AuthorityLimitPassed, RestrictedMoneyUnstated, MoneyRestricted, ReferenceTaken.
    """
    given = in_force(year, "carry-over", use.used_on)
    authority = given.authority
    positive(use.amount_ore)
    transferable = bool(year.find_said(use.fund_id, "transferable", use.used_on))
    if not transferable:
        require_reached(year, authority, use.fund_id)
    require_met(
        given,
        ("It is applied for with the accounts of 31 December.", (use.used_on.month, use.used_on.day) == (12, 31)),
        ("No more is unused than was at disposal.", 0 <= unused_ore <= year.at_disposal_ore(use.fund_id, use.used_on)),
    )
    require_unrestricted(year, use.fund_id, restricted_ore, on=use.used_on)
    share = 10_000 if transferable else authority.limit_basis_points or 0
    before_ore = sum(each.amount_ore for each in year.applications if each.fund_id == use.fund_id)
    limit = Limit(
        base="unused", base_ore=unused_ore, limit_ore=unused_ore * share // 10_000, used_before_ore=before_ore
    )
    applied = CarryOverApplied(
        reference=use.reference,
        fund_id=use.fund_id,
        amount_ore=use.amount_ore,
        accounts_on=use.used_on,
        applied_by=use.used_by,
        unused_ore=unused_ore,
        paragraph=authority.paragraph,
        limit=limit,
    )
    for before in year.applications:
        if reads_alike(before.reference, use.reference):
            refuse_another(before, replace(applied, applied_by=before.applied_by, limit=before.limit))
            return []
    require_within(limit, use.amount_ore, paragraph=authority.paragraph, fund_id=use.fund_id)
    return [applied]
