"""Differences and contradictions settled, each with a reason. Settling explains; it never moves money."""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.movements import said_anew
from services.grants.budget_year.differences import find_standing
from services.grants.budget_year.events.allocation import ContradictionSettled, DifferenceSettled, Sort
from services.grants.budget_year.reconciliation import LetterUnknown, contradictions_of
from services.grants.budget_year.state import BudgetYear
from services.reason import need_reason


class NothingToSettle(Refusal):
    """The letter leaves no such difference, or has no such contradiction: there is nothing to explain."""

    code = "nothing-to-settle"
    title = "Det er ingenting å avklare"


def settle_difference(
    year: BudgetYear,
    *,
    letter_number: int,
    fund_id: str,
    sort: Sort,
    reason: str,
    settled_by: str,
    settled_on: date,
) -> list[Event]:
    """Explain a difference with a reason (a controller's act). No balance moves; the count of open differences does,
    from `settled_on`. A difference that later gets another size is open again. Refuses LetterUnknown, ReasonMissing,
    NothingToSettle."""
    if letter_number not in year.letters:
        raise LetterUnknown(f"No letter number {letter_number} is registered.", number=letter_number)
    need_reason(reason)
    standing = find_standing(year, letter_number, fund_id, sort)
    if standing is None or standing.difference.kind == "exact":
        raise NothingToSettle(f"Letter {letter_number} leaves no difference of this kind on {fund_id}.")
    if standing.settled is not None:
        if standing.settled.reason == reason:
            return []
        raise NothingToSettle(f"The difference on {fund_id} was settled by {standing.settled.settled_by}.")
    if standing.superseded is not None:
        raise NothingToSettle(f"Letter {standing.superseded.letter_number} changed the split of {fund_id} again.")
    settled = DifferenceSettled(
        letter_number=letter_number,
        fund_id=fund_id,
        sort=sort,
        difference_ore=standing.difference.difference_ore,
        reason=reason,
        settled_by=settled_by,
        settled_on=settled_on,
        statements=(),
    )
    return [replace(settled, statements=said_anew(year, settled))]


def settle_contradiction(
    year: BudgetYear, *, letter_number: int, contradiction_id: str, reason: str, settled_by: str, settled_on: date
) -> list[Event]:
    """Explain where a letter disagrees with itself (a controller's act). Nothing moves: a transcription that should be
    reckoned otherwise is corrected. Refuses LetterUnknown, ReasonMissing, NothingToSettle."""
    registered = year.letters.get(letter_number)
    if registered is None:
        raise LetterUnknown(f"No letter number {letter_number} is registered.", number=letter_number)
    need_reason(reason)
    if contradiction_id not in {each.contradiction_id for each in contradictions_of(registered.letter)}:
        raise NothingToSettle(f"Letter {letter_number} has no such contradiction.")
    before = year.explained.get((letter_number, contradiction_id))
    if before is not None and before.reason == reason:
        return []
    if before is not None:
        raise NothingToSettle(f"The contradiction was settled by {before.settled_by}.")
    return [
        ContradictionSettled(
            letter_number=letter_number,
            contradiction_id=contradiction_id,
            reason=reason,
            settled_by=settled_by,
            settled_on=settled_on,
        )
    ]
