"""What a scheme's terms must satisfy in themselves: when they are registered, and before a call may open on them."""

from collections.abc import Iterator
from datetime import date

from services.grants.scheme.events import GrantedBefore, SchemeTerms
from services.grants.scheme.languages import list_unequal
from services.grants.scheme.letter_bounds import check_letters_of
from services.grants.scheme.plan import check_askable, due_on
from services.grants.scheme.plan_conditions import ConditionNeverMet, check_final_last, check_order
from services.grants.scheme.refusals import SchemeIncomplete, TermsDoNotAddUp
from services.text.folding import is_blank

WHOLE_BASIS_POINTS = 10_000
WHOLE_WEIGHT = 100


def check_whole(terms: SchemeTerms, year: int) -> None:
    """Refuses `TermsDoNotAddUp` with every problem: funds of the budget year, instalment shares that add up to 10,000
    basis points, weights (where there are criteria) to 100, days that exist. Refuses `PlanOutOfOrder` and what
    `check_askable` and `check_letters_of` refuse."""
    problems = list(_problems(terms, year))
    if problems:
        raise TermsDoNotAddUp(" ".join(problems), problems=problems)
    check_order(
        "Instalment", [date(year, each.month, each.day or 1) if each.month else None for each in terms.instalments]
    )
    check_final_last([duty.kind for duty in sorted(terms.report_duties, key=lambda duty: due_on(duty, year))])
    check_askable(terms)
    check_letters_of(terms)


def check_open(terms: SchemeTerms, call_id: str) -> None:
    """What a call may open on: terms that are whole, and ask nothing that nobody could meet, such as to have been
    granted in this very call. Refuses `SchemeIncomplete`, naming all that is missing, `ConditionNeverMet`,
    and what `check_letters_of` refuses."""
    missing = list_missing(terms)
    if missing:
        raise SchemeIncomplete(
            f"No call can open on a scheme without {', '.join(missing)}. Revise the scheme first.", missing=missing
        )
    check_askable(terms)
    check_letters_of(terms)
    if any(isinstance(rule, GrantedBefore) and rule.call_id == call_id for rule in terms.eligibility):
        raise ConditionNeverMet(f"Only those granted in {call_id} may apply to it, and that is nobody.")


def list_missing(terms: SchemeTerms) -> list[str]:
    """Which of the five things every scheme must say it does not (Bestemmelser om økonomistyring i staten 6.2.1.1)."""
    said = {
        "aim": terms.aim,
        "target group": terms.target_group,
        "criteria": terms.criteria_text,
        "follow-up": terms.follow_up,
        "control": terms.control,
    }
    return [name for name, text in said.items() if is_blank(text)]


def _problems(terms: SchemeTerms, year: int) -> Iterator[str]:
    if not terms.fund_ids:
        yield "Name the fund it is paid from."
    if any(not fund_id.startswith(f"{year}/") for fund_id in terms.fund_ids):
        yield f"The scheme is {year}'s and so must its funds be."
    shares = [each.share_basis_points for each in terms.instalments]
    if sum(shares) != WHOLE_BASIS_POINTS or min(shares, default=0) <= 0:
        yield f"The instalments' shares add up to {sum(shares)} basis points; each takes some, all take 10,000."
    weights = [each.weight for each in terms.criteria]
    if weights and (sum(weights) != WHOLE_WEIGHT or min(weights) <= 0):
        yield f"The criteria's weights add up to {sum(weights)}; each weighs something, all weigh 100."
    if any(each.most <= 0 for each in terms.criteria):
        yield "A criterion is scored from 0 to something above it."
    ids = [each.criterion_id for each in terms.criteria]
    if len(set(ids)) != len(ids):
        yield "Two criteria have the same id."
    yield from _days(terms, year)
    yield from list_unequal(terms)


def _days(terms: SchemeTerms, year: int) -> Iterator[str]:
    for number, share in enumerate(terms.instalments, 1):
        if (share.month is None) != (share.day is None):
            yield f"Instalment {number} has a month or a day, and needs both or neither."
        elif share.month is not None and share.day is not None and not _exists(year, share.month, share.day):
            yield f"Instalment {number} falls on a day that does not exist."
    for duty in terms.report_duties:
        if not _exists(year + duty.years_after, duty.month, duty.day):
            yield f"The {duty.kind} report falls due on a day that does not exist."


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
