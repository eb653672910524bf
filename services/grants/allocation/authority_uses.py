"""The authorities of chapter 6 used: one decision each, under its own paragraph, conditions and limit.

Extra income, savings for investment and money from 01 to 45 move what is at disposal; net booking and agreements beyond
the year do not. Carry-over stands in a room of its own, `carry_over.py`.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.eventlog.events import Event
from services.grants.allocation.authorities import (
    InForce,
    in_force,
    limit_on_post,
    require_reached,
    require_unrestricted,
    require_within,
)
from services.grants.allocation.authority_refusals import (
    AmountNotPositive,
    AuthorityDoesNotReach,
    ConditionNotMet,
    ConsentMissing,
    ReferenceTaken,
    SavingsDoNotCover,
)
from services.grants.allocation.budget_year import BudgetYear
from services.grants.allocation.events import AuthorityUsed, Posting
from services.grants.allocation.letter import AuthorityId


@dataclass(frozen=True, kw_only=True)
class Use:
    """What every use tells: the post, how much (øre), the agency's own reference, the day (Europe/Oslo) and who."""

    fund_id: str
    amount_ore: int
    reference: str
    used_on: date
    used_by: str


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
    given = _reaching(year, "net-booking", use)
    stated = require_met(
        given,
        ("The sale is part of a routine renewal of equipment.", routine_renewal),
        ("The equipment does not by its nature belong on post 45.", not belongs_on_post_45),
        ("The income is booked in account class 3 and reported on the post.", booked_in_account_class_3),
    )
    return _used(year, _use_of(year, given, use, stated))


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
    given = _reaching(year, "beyond-the-year", use)
    stated = require_met(
        given,
        ("The agreement runs beyond the budget year.", until_on.year > use.used_on.year),
        ("It is for the agency's ordinary operations.", ordinary_operations),
        ("The cost fits an unchanged level of the post in every year of the agreement.", unchanged_level),
        ("The need for a termination clause has been assessed.", termination_assessed),
    )
    return _used(year, replace(_use_of(year, given, use, stated), until_on=until_on))


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
    given = _reaching(year, "extra-income", use)
    used = _use_of(year, given, use, ())
    earlier_ore = sum(
        each.amount_ore
        for each in year.uses
        if (each.authority_id, each.fund_id) == ("extra-income", use.fund_id) and each.reference != use.reference
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
    return _used(year, replace(used, stated=stated, postings=(_posting(given, use, use.fund_id, use.amount_ore),)))


def move_to_investment(
    year: BudgetYear, *, use: Use, to_fund_id: str, binds_later_spending: bool, restricted_ore: int | None
) -> list[Event]:
    """Move money from post 01 to post 45 of the same chapter (§ 11, 4. ledd, nr. 2). `restricted_ore` is how much of it
    is restricted money; it must be stated where a restriction lies on the post, and be none."""
    given = _reaching(year, "to-investment", use)
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
        _posting(given, use, use.fund_id, -use.amount_ore),
        _posting(given, use, to_fund_id, use.amount_ore),
    )
    return _used(year, replace(_use_of(year, given, use, stated), to_fund_id=to_fund_id, postings=postings))


def overspend_for_investment(
    year: BudgetYear, *, use: Use, consent_reference: str | None, savings: tuple[tuple[int, int], ...]
) -> list[Event]:
    """Overspend an operating post for an investment, saved in the three following years (§ 11, 4. ledd, nr. 3). The
    ministry consents in each case; `savings` are (year, øre) and add up to the amount. Moves what is at disposal."""
    given = _reaching(year, "investment-savings", use)
    authority = given.authority
    spent_before = [each for each in year.uses if each.consent_reference == consent_reference]
    if not consent_reference or any(each.reference != use.reference for each in spent_before):
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
        _use_of(year, given, use, ("The ministry has consented to this case.",)),
        consent_reference=consent_reference,
        savings=savings,
        postings=(_posting(given, use, use.fund_id, use.amount_ore),),
    )
    return _used(year, used)


def _reaching(year: BudgetYear, authority_id: AuthorityId, use: Use) -> InForce:
    given = in_force(year, authority_id, use.used_on)
    require_positive(use)
    require_reached(year, given.authority, use.fund_id)
    return given


def require_positive(use: Use) -> None:
    """Refuses AmountNotPositive."""
    if use.amount_ore <= 0:
        raise AmountNotPositive("Give an amount larger than zero, in øre.")


def require_met(given: InForce, *conditions: tuple[str, bool]) -> tuple[str, ...]:
    """The conditions, once all are met. Refuses ConditionNotMet, naming every one that is not."""
    unmet = [sentence for sentence, met in conditions if not met]
    if unmet:
        raise ConditionNotMet(
            f"{given.authority.paragraph} asks for more: {' '.join(unmet)}",
            paragraph=given.authority.paragraph,
            conditions=unmet,
        )
    return tuple(sentence for sentence, _ in conditions)


def _use_of(year: BudgetYear, given: InForce, use: Use, stated: tuple[str, ...]) -> AuthorityUsed:
    return AuthorityUsed(
        authority_id=given.authority.authority_id,
        reference=use.reference,
        fund_id=use.fund_id,
        amount_ore=use.amount_ore,
        used_on=use.used_on,
        used_by=use.used_by,
        paragraph=given.authority.paragraph,
        limit=limit_on_post(year, given.authority, use.fund_id, use.used_on),
        stated=stated,
    )


def _posting(given: InForce, use: Use, fund_id: str, amount_ore: int) -> Posting:
    return Posting(
        fund_id=fund_id,
        effective_on=use.used_on,
        at_disposal_ore=amount_ore,
        of_which_carried_over_ore=0,
        ground="authority",
        letter_number=given.letter_number,
        cite=given.authority.paragraph,
    )


def _used(year: BudgetYear, used: AuthorityUsed) -> list[Event]:
    """The use, within the limit; nothing where the very same is recorded under the reference."""
    for before in year.uses:
        if (before.authority_id, before.reference) == (used.authority_id, used.reference):
            refuse_another(before, replace(used, used_by=before.used_by, limit=before.limit))
            return []
    require_within(used.limit, used.amount_ore, paragraph=used.paragraph, fund_id=used.fund_id)
    return [used]


def refuse_another(before: Event, asked: Event) -> None:
    """Refuses ReferenceTaken unless this is the very same use again."""
    if before != asked:
        raise ReferenceTaken("Another use is recorded under this reference. Give this one its own.")
