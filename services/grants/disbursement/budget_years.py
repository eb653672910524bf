"""Which budget year a payment belongs to, and what of a promise can be paid in a later year than its own.

Payments stand on the cash basis, in the year of the day they are paid (Instruks 4.2; bevilgningsreglementet § 3). What
is held over to a later year can be paid there as far as it is covered by that year's money (bevilgningsreglementet §
5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.case.commitment import Commitment
from services.grants.case.events.award import Instalment
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.disbursement.refusals import BeyondCarryOver, OutsideBudgetYear
from services.grants.disbursement.rules import Disbursement


@dataclass(frozen=True, kw_only=True)
class ProposedPayment:
    """Which instalment, how much of it (whole øre), on which day, and what of the case is covered in later years than
    its own; `waiting_ore` is what already waits to be paid of that."""

    planned: Instalment
    on: date
    open_years: Mapping[int, int]
    amount_ore: int
    waiting_ore: int


NOTHING_COVERED: Mapping[int, int] = {}
Block = Callable[[Disbursement, ProposedPayment], Refusal | None]


def outside_budget_year(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    """A later year is open to what was held over to it when the year before ended."""
    year, held_into = case.commitment.own_year, case.commitment.held_into
    if asked.on.year == year or asked.on.year in held_into:
        return None
    return OutsideBudgetYear(
        f"The money is for {year} and is not held over to {asked.on.year}. Have the turn of the year recorded first.",
        year=year,
        held_over=bool(held_into),
    )


def beyond_carry_over(case: Disbursement, asked: ProposedPayment) -> Refusal | None:
    """What is held over can be paid as far as it is covered on the day and on every day since: by what letters counting
    from then have released, in the order of claims; or, on a commitment authority, by the post a letter has opened."""
    if asked.on.year not in case.commitment.held_into or asked.on.year == case.commitment.own_year:
        return None
    covered_ore = asked.open_years.get(asked.on.year, 0) - asked.waiting_ore
    if asked.amount_ore <= covered_ore:
        return None
    return BeyondCarryOver(
        f"Of what is held over to {asked.on.year}, {max(0, covered_ore)} øre is covered on {asked.on} by what is"
        " released there and not claimed before it.",
        covered_ore=max(0, covered_ore),
        year=asked.on.year,
    )


def paid_in_its_year(commitment: Commitment, paid: InstalmentPaid, post_id: str | None) -> InstalmentPaid:
    """The payment, spent of its own year's post: `post_id` carries the line on in a later year than the promise's."""
    if paid.paid_on.year == commitment.own_year:
        return paid
    assert post_id is not None, "a payment in a later year is charged to that year's post"
    return InstalmentPaidLater(**vars(paid), charged_post_id=post_id)
