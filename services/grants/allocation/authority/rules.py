"""The authorities of chapter 6 used: one decision each, under its own paragraph, conditions and limit.

Extra income, savings for investment and money from 01 to 45 move what is at disposal; net booking and agreements beyond
the year do not. Carry-over stands in a room of its own, `carry_over.py`.
"""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.allocation.authority.authorities import require_unrestricted
from services.grants.allocation.authority.refusals import AuthorityDoesNotReach, ConsentMissing, SavingsDoNotCover
from services.grants.allocation.authority.use import Use, posting_of, reaching, require_met, use_of, used_once
from services.grants.budget_year.state import BudgetYear
from services.text.folding import is_blank, reads_alike


def book_net(
    year: BudgetYear,
    *,
    use: Use,
    routine_renewal: bool,
    belongs_on_post_45: bool,
    booked_in_account_class_3: bool,
) -> list[Event]:
    """Book the sale of used equipment net on 01 or 21 (Bevilgningsreglementet § 3, 4. ledd): routine renewal only, and
    nothing that by its nature belongs on post 45. Moves nothing at disposal."""
    given = reaching(year, "net-booking", use)
    stated = require_met(
        given,
        ("The sale is part of a routine renewal of equipment.", routine_renewal),
        ("The equipment does not by its nature belong on post 45.", not belongs_on_post_45),
        ("The income is booked in account class 3 and reported on the post.", booked_in_account_class_3),
    )
    return used_once(year, use_of(year, given, use, stated))


def commit_beyond_year(
    year: BudgetYear,
    *,
    use: Use,
    until_on: date,
    ordinary_operations: bool,
    unchanged_level: bool,
    termination_assessed: bool,
) -> list[Event]:
    """Enter a lease or buy services beyond the budget year (§ 6, 2. ledd). `use.amount_ore` is the dearest year's cost;
    all such agreements together must fit within an unchanged level of the post. Moves nothing at disposal."""
    given = reaching(year, "beyond-the-year", use)
    stated = require_met(
        given,
        ("The agreement runs beyond the budget year.", until_on.year > use.used_on.year),
        ("It is for the agency's ordinary operations.", ordinary_operations),
        ("The cost fits an unchanged level of the post in every year of the agreement.", unchanged_level),
        ("The need for a termination clause has been assessed.", termination_assessed),
    )
    return used_once(year, replace(use_of(year, given, use, stated), until_on=until_on))


def spend_extra_income(
    year: BudgetYear,
    *,
    use: Use,
    reported_income_ore: int,
    same_agency: bool,
    from_increased_activity: bool,
    within_mandate: bool,
    binds_later_level: bool,
) -> list[Event]:
    """Overspend 01 or 21 against extra income (§ 11, 4. ledd, nr. 1). `reported_income_ore` is all extra income on the
    post reported in the same budget year; it must cover this use and those before. Moves what is at disposal."""
    given = reaching(year, "extra-income", use)
    used = use_of(year, given, use, ())
    earlier_ore = sum(
        each.amount_ore
        for each in year.uses
        if (each.authority_id, each.fund_id) == ("extra-income", use.fund_id)
        and not reads_alike(each.reference, use.reference)
    )
    stated = require_met(
        given,
        (
            "Extra income reported in the same year covers it.",
            reported_income_ore >= earlier_ore + use.amount_ore,
        ),
        ("Income and spending belong to the same agency.", same_agency),
        ("The income comes from increased activity.", from_increased_activity),
        ("The activity lies within the agency's goals, tasks and frames.", within_mandate),
        ("No higher level is bound if the income falls away.", not binds_later_level),
    )
    return used_once(
        year, replace(used, stated=stated, postings=(posting_of(given, use, use.fund_id, use.amount_ore),))
    )


def move_to_investment(
    year: BudgetYear, *, use: Use, to_fund_id: str, binds_later_spending: bool, restricted_ore: int | None
) -> list[Event]:
    """Move money from post 01 to post 45 of the same chapter (§ 11, 4. ledd, nr. 2). `restricted_ore` is how much of it
    is restricted money; it must be stated where a restriction lies on the post, and be none."""
    given = reaching(year, "to-investment", use)
    target = year.funds.get(to_fund_id)
    source = year.funds[use.fund_id]
    if target is None or target.kind != "post" or target.post not in given.authority.to_posts:
        raise AuthorityDoesNotReach(
            f"{given.authority.paragraph} reaches post {' and '.join(given.authority.to_posts)}, not {to_fund_id}.",
            paragraph=given.authority.paragraph,
            fund=to_fund_id,
        )
    if target.chapter != source.chapter:
        raise AuthorityDoesNotReach(
            f"{given.authority.paragraph} reaches posts of the same chapter: {use.fund_id} and {to_fund_id} are not.",
            paragraph=given.authority.paragraph,
            fund=to_fund_id,
        )
    stated = require_met(given, ("No later operating or investment spending is bound.", not binds_later_spending))
    require_unrestricted(year, use.fund_id, restricted_ore, on=use.used_on)
    postings = (
        posting_of(given, use, use.fund_id, -use.amount_ore),
        posting_of(given, use, to_fund_id, use.amount_ore),
    )
    return used_once(year, replace(use_of(year, given, use, stated), to_fund_id=to_fund_id, postings=postings))


def overspend_for_investment(
    year: BudgetYear, *, use: Use, consent_reference: str | None, savings: tuple[tuple[int, int], ...]
) -> list[Event]:
    """Overspend an operating post for an investment, saved in the three following years (§ 11, 4. ledd, nr. 3). The
    ministry consents in each case; `savings` are (year, øre) and add up to the amount. Moves what is at disposal."""
    given = reaching(year, "investment-savings", use)
    authority = given.authority
    consent = consent_reference or ""
    spent_before = [each for each in year.uses if reads_alike(each.consent_reference or "", consent)]
    if is_blank(consent) or not all(reads_alike(each.reference, use.reference) for each in spent_before):
        raise ConsentMissing(
            f"{authority.paragraph}: the ministry's consent to this very case is needed before the post is overspent.",
            paragraph=authority.paragraph,
        )
    first, last = use.used_on.year + 1, use.used_on.year + (authority.savings_years or 0)
    in_time = all(first <= saved_in <= last and saved_ore > 0 for saved_in, saved_ore in savings)
    if not in_time or sum(saved_ore for _, saved_ore in savings) != use.amount_ore:
        raise SavingsDoNotCover(
            f"{authority.paragraph}: the savings of {first} to {last} must add up to {use.amount_ore} øre.",
            paragraph=authority.paragraph,
        )
    used = replace(
        use_of(year, given, use, ("The ministry has consented to this case.",)),
        consent_reference=consent_reference,
        savings=savings,
        postings=(posting_of(given, use, use.fund_id, use.amount_ore),),
    )
    return used_once(year, used)
