"""What a figure of awards is made of, fact by fact: each fact of a case that moved it, with the day it counts from, the
instant it was known, by how much, and what the figure stood at with it.

A figure is what the pages fold from a case's facts. How much a fact moved it is what the same rule gives with the fact
and without it; so the last line is the figure, to the øre, in both times and by the reader's sight. Whole øre.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf
from services.grants.case.commitment import Commitment
from services.grants.case.events.award import AwardMade
from services.grants.case_view.timeline_titles import TITLES
from services.grants.overview.awards.view import Awards
from services.grants.overview.disputes.view import complaints, reclaims, withholdings
from services.grants.overview.facts.view import day_of_fact
from services.grants.overview.recipients.view import reclaimed_ore, reported_ore

Row = Mapping[str, Any]
Facts = Sequence[Recorded]
OF_A_COMMITMENT = ("committed_ore", "disbursed_ore", "withheld_ore", "outstanding_ore", "repaid_ore")
OF_AN_AWARD = (*OF_A_COMMITMENT, "reported_ore", "reclaimed_ore")
OF_PARTS: Mapping[str, Sequence[str]] = {
    "instalment": ("amount_ore", "paid_ore", "free_ore"),
    "withholding": ("amount_ore", "standing_ore", "released_ore"),
    "withholding-warning": ("amount_ore",),
    "reclaim": ("amount_ore", "repaid_ore", "standing_ore"),
    "reclaim-warning": ("amount_ore",),
    "complaint": ("about_ore",),
}
"""The figures of each part of a case. A warning is named by its instalment, the others by their number."""
_DISPUTED: Mapping[str, Callable[[Row, Facts], Iterator[Row]]] = {
    "withholding": withholdings,
    "reclaim": reclaims,
    "complaint": complaints,
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a case: an instalment, a withholding, a reclaim, a complaint, or a warning."""

    kind: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """A figure and the facts that moved it, case by case: `amount_ore` is None where nobody has said what it is.
    `recipient` is whose case it is, by the last name where it is of several."""

    amount_ore: int | None
    rows: Sequence[Row]
    recipient: str


@dataclass(frozen=True, slots=True)
class Reckonings:
    """The queries. Reading only, and only what the reader of the awards sees."""

    awards: Awards

    def told(self) -> "Reckonings":
        """The same for a reader who sees an award from when the ministry is told of it."""
        return Reckonings(self.awards.told())

    async def of_cases(
        self, numbers: Sequence[str], column: str, as_of: AsOf, part: Part | None = None
    ) -> Reckoned | None:
        """A figure of an award or of one of its parts, or its sum over several awards; None where one of them, or the
        part, is not there."""
        found = [case for number in numbers if (case := await self.awards.with_facts(number, as_of)) is not None]
        if len(found) < len(numbers):
            return None
        if part is not None and any(_of_part(part, column, facts) is None for _, facts in found):
            return None
        return _reckoned(found, column, part)

    async def of_recipient(self, number: str, column: str, as_of: AsOf) -> Reckoned | None:
        """A figure summed over all awards to the organisation of that number; None where there is none."""
        found = await self.awards.of_recipient(number, as_of)
        return _reckoned(found, column, None) if found else None


def _reckoned(cases: Sequence[tuple[Row, Facts]], column: str, part: Part | None) -> Reckoned:
    rows: list[Row] = []
    amounts: list[int | None] = []
    standing_ore = 0
    for case, facts in cases:
        before = 0
        amount: int | None = None
        for fact, amount in zip(facts, stood(facts, column, part), strict=True):
            moved_ore, before = (amount or 0) - before, amount or 0
            if moved_ore:
                standing_ore += moved_ore
                rows.append(_row(case, fact) | {"amount_ore": moved_ore, "standing_ore": standing_ore})
        amounts.append(amount)
    known = [each for each in amounts if each is not None]
    return Reckoned(amount_ore=sum(known) if known else None, rows=rows, recipient=cases[0][0]["recipient"])


def stood(facts: Facts, column: str, part: Part | None = None) -> Iterator[int | None]:
    """What the figure stood at after each of a case's facts."""
    if (part is None and column in OF_A_COMMITMENT) or (part is not None and part.kind == "instalment"):
        commitment = Commitment()
        for fact in facts:
            commitment = commitment.fold(fact.event)
            yield int(getattr(commitment, column)) if part is None else _of_instalment(commitment, part, column)
        return
    of = partial(_of_part, part, column) if part is not None else _OF_REPORTS_AND_CLAIMS[column]
    for until in range(1, len(facts) + 1):
        yield of(facts[:until])


_OF_REPORTS_AND_CLAIMS: Mapping[str, Callable[[Facts], int | None]] = {
    "reported_ore": reported_ore,
    "reclaimed_ore": reclaimed_ore,
}


def _of_instalment(commitment: Commitment, part: Part, column: str) -> int | None:
    planned = {each.number: each.amount_ore for each in commitment.instalments}
    if part.number not in planned:
        return None
    if column == "amount_ore":
        return planned[part.number]
    return commitment.paid_ore(part.number) if column == "paid_ore" else commitment.free_ore(part.number)


def _of_part(part: Part, column: str, facts: Facts) -> int | None:
    if part.kind == "instalment":
        *_, last = stood(facts, column, part)
        return last
    if not any(isinstance(fact.event, AwardMade) for fact in facts):
        return None
    kind, _, warned = part.kind.partition("-")
    for each in _DISPUTED[kind]({}, facts):
        number = each["instalment"] if warned and each["number"] is None else None if warned else each["number"]
        if number == part.number:
            amount: int | None = each[column]
            return amount
    return None


def _row(case: Row, fact: Recorded) -> dict[str, Any]:
    """As an entry of the ledger is told: the fact, its day and the case it is of."""
    return {
        "position": fact.position,
        "fund_id": f"case-{case['case_id']}",
        "effective_on": day_of_fact(fact.event),
        "recorded_at": fact.recorded_at,
        "ground": None,
        "how": TITLES[fact.event.TOPIC],
        "letter_number": None,
        "cite": None,
        "case_number": case["case_number"],
        "recipient": case["recipient"],
    }
