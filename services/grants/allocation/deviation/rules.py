"""What a letter does that cannot be as meant, though it adds up: it is registered all the same, shown before and after,
and settled by a controller with a reason.

A letter is held against the ledger (what is promised) and the year before (what was left of it, and whether it could be
carried over: bevilgningsreglementet § 5). A deviation that is cured is gone; a settlement holds for its very size.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.allocation.deviation.carried_over import carried_over
from services.grants.allocation.deviation.cuts import cuts
from services.grants.allocation.deviation.found import Around, Deviation, deviation
from services.grants.allocation.deviation.leaning import used_without_letter
from services.grants.allocation.settlement import NothingToSettle
from services.grants.budget_year.events.allocation import DeviationKind, DeviationSettled
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_checks import conserves
from services.grants.budget_year.reconciliation import LetterUnknown
from services.grants.budget_year.state import BudgetYear
from services.reason import need_reason


def deviations_of(year: BudgetYear, number: int, around: Around) -> tuple[Deviation, ...]:
    """What the letter leaves as it cannot be meant, as far as it still is; with the year's first letter also what was
    used of authorities that no letter gives any more."""
    letter = year.letters[number].letter
    found = [*cuts(year, letter, around), *_lossy_transfers(letter), *carried_over(year, letter, around)]
    if number == min(year.letters):
        found += used_without_letter(year, letter_number=number)
    return tuple(_with_settlement(year, each) for each in found)


def settle_deviation(
    year: BudgetYear,
    *,
    letter_number: int,
    fund_id: str,
    kind: DeviationKind,
    reason: str,
    settled_by: str,
    settled_on: date,
    around: Around,
) -> list[Event]:
    """Explain a deviation, with what is done about it. Nothing moves. One that later gets another size is open again.
    Refuses LetterUnknown, ReasonMissing, NothingToSettle."""
    if letter_number not in year.letters:
        raise LetterUnknown(f"No letter number {letter_number} is registered.", number=letter_number)
    need_reason(reason)
    known = {(each.fund_id, each.kind): each for each in deviations_of(year, letter_number, around)}
    found = known.get((fund_id, kind))
    if found is None:
        raise NothingToSettle(f"Letter {letter_number} leaves no such deviation on {fund_id}.")
    if found.status == "settled":
        if found.reason == reason:
            return []
        raise NothingToSettle(f"The deviation on {fund_id} was settled by {found.settled_by}.")
    return [
        DeviationSettled(
            letter_number=letter_number,
            fund_id=fund_id,
            kind=kind,
            amount_ore=found.amount_ore,
            reason=reason,
            settled_by=settled_by,
            settled_on=settled_on,
        )
    ]


def _with_settlement(year: BudgetYear, found: Deviation) -> Deviation:
    settled = year.deviations.get((found.letter_number, found.fund_id, found.kind))
    if settled is None or settled.amount_ore != found.amount_ore:
        return found
    return replace(
        found,
        status="settled",
        reason=settled.reason,
        settled_by=settled.settled_by,
        settled_on=settled.settled_on,
    )


def _lossy_transfers(letter: Letter) -> Iterator[Deviation]:
    """Transfers of letters that were registered when such could be written: correct the letter."""
    lost: dict[str, int] = {}
    for change in letter.changes:
        if change.amount_ore < 0 and not conserves(change):
            lost[change.fund_id] = lost.get(change.fund_id, 0) - change.amount_ore
    for fund_id, amount_ore in lost.items():
        yield deviation(letter, fund_id, "transfer-not-conserving", amount_ore)
