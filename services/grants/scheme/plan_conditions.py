"""What the instalments of a plan wait for, and in which order they come: one rule, wherever a plan is written.

A scheme's shares, a call's, an award's own instalments, those of a line or a file of a round, and those a change adds:
each asks here. What an instalment waits for must be something that somebody owes, or it is never asked for and the
money leaves as if nothing had been required.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from services.eventlog.refusal import Refusal
from services.text.folding import is_blank


class ConditionNeverMet(Refusal):
    """An instalment waits for what nobody will ever owe, say or be asked for. `instalments` are those that do."""

    code = "condition-never-met"
    status = 422
    title = "Vilkåret kan aldri bli oppfylt"


class PlanOutOfOrder(Refusal):
    """Instalments come in the order they fall due, and so do reports: a later number has no earlier day."""

    code = "plan-out-of-order"
    status = 422
    title = "Terminene eller rapportene står ikke i rekkefølge"


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What one instalment waits for: the words of a condition, and a report by its number or its kind."""

    number: int
    condition: str | None = None
    report: Hashable = None


def check_conditions(plan: Iterable[Waits], *, owed: Collection[Hashable]) -> None:
    """Refuse (`ConditionNeverMet`) an instalment that waits for a report that is none of those owed, or for a condition
    without words."""
    wrong = {each.number: why for each in plan if (why := _never_met(each, owed))}
    if wrong:
        raise ConditionNeverMet(" ".join(wrong.values()), instalments=list(wrong))


def _never_met(waits: Waits, owed: Collection[Hashable]) -> str | None:
    if waits.condition is not None and is_blank(waits.condition):
        return f"Instalment {waits.number} waits for a condition that says nothing. Put it in words, or leave it out."
    if waits.report is not None and waits.report not in owed:
        which = f"report {waits.report}" if isinstance(waits.report, int) else f"the {waits.report} report"
        told = ", ".join(str(each) for each in sorted(map(str, owed))) or "none"
        return f"Instalment {waits.number} waits for {which}, which nobody owes. Owed: {told}."
    return None


def check_order(what: str, days: Sequence[date | None]) -> None:
    """Refuse (`PlanOutOfOrder`) a day that is earlier than one before it. What has no day is paid when what it waits
    for is there, and stands in nobody's way."""
    given = [(place, day) for place, day in enumerate(days, 1) if day is not None]
    for (first, earlier), (second, later) in pairwise(given):
        if later < earlier:
            raise PlanOutOfOrder(
                f"{what} {second} is due on {later}, before number {first} on {earlier}. Number them as they fall due."
            )


def check_final_last(kinds: Sequence[str]) -> None:
    """Refuse (`PlanOutOfOrder`) an interim report after the final one: it would tell of what is over."""
    if "final" in kinds and "interim" in kinds[kinds.index("final") :]:
        raise PlanOutOfOrder("An interim report falls due after the final one. Let the final report be the last.")
