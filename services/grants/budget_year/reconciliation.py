"""A letter held against what it adds up to: every total it states, every split it leaves uneven, every place where it
disagrees with itself; each with its size, kind and whether a controller has settled it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.refusal import Refusal
from services.grants.budget_year.differences import DifferenceToday, year_standings
from services.grants.budget_year.events.allocation import ContradictionSettled, Sort
from services.grants.budget_year.letter import Contradiction, Letter, Side
from services.grants.budget_year.letter_checks import half_units_ore
from services.grants.budget_year.printed_figure import Figure, Place
from services.grants.budget_year.reckoning import Difference, Kind
from services.grants.budget_year.state import BudgetYear

Status = Literal["open", "settled"]


class LetterUnknown(Refusal):
    """No letter with this number is registered for the year."""

    code = "letter-unknown"
    status = 404
    title = "Brevet er ikke registrert"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One difference, exact ones included. `fund_id` is the post, or the fund that was divided. An exact item is
    settled by itself; a split that a later letter changed again is settled by that letter (`superseded_by`)."""

    fund_id: str
    chapter: int
    post: str
    sort: Sort
    stated_ore: int
    computed_ore: int
    difference_ore: int
    kind: Kind
    tolerance_ore: int
    status: Status
    reason: str | None
    settled_by: str | None
    settled_on: date | None
    superseded_by: int | None


@dataclass(frozen=True, kw_only=True)
class ContradictionItem:
    """A place where the letter disagrees with itself, and what a controller made of it."""

    contradiction: Contradiction
    status: Status
    reason: str | None
    settled_by: str | None
    settled_on: date | None


@dataclass(frozen=True, kw_only=True)
class ChapterSum:
    """The sum printed under a chapter against the posts above it, in øre."""

    chapter: int
    stated_ore: int
    computed_ore: int
    difference_ore: int
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Everything one letter states, reconciled. `items`: exactly one for each post whose total it states."""

    year: int
    number: int
    items: tuple[Item, ...]
    earmark_differences: tuple[Item, ...]
    contradictions: tuple[ContradictionItem, ...]
    chapter_sums: tuple[ChapterSum, ...]


def reconcile(year: BudgetYear, number: int) -> Reconciliation:
    """The reconciliation of one letter. Refuses with LetterUnknown where it is not registered."""
    if number not in year.letters:
        raise LetterUnknown(f"No letter number {number} is registered.", number=number)
    letter = year.letters[number].letter
    mine = [each for each in year_standings(year) if each.difference.letter_number == number]
    return Reconciliation(
        year=letter.year,
        number=number,
        items=tuple(_item(each) for each in mine if each.difference.sort == "total"),
        earmark_differences=tuple(
            _item(each) for each in mine if each.difference.sort == "earmark" and each.difference.kind != "exact"
        ),
        contradictions=tuple(
            _contradiction_item(each, year.explained.get((number, each.contradiction_id)))
            for each in contradictions_of(letter)
        ),
        chapter_sums=tuple(_chapter_sums(letter)),
    )


def contradictions_of(letter: Letter) -> list[Contradiction]:
    """What the transcriber noted, and the sums that are not what stands above them."""
    found = list(letter.contradictions)
    for line in letter.chapters:
        if line.sum_differs and line.sum:
            found.append(_differing_sum(f"{letter.year}/{line.chapter}", line.sum_differs, line.sum, line))
    for split in letter.splits:
        if split.sum_differs and split.sum:
            found.append(_differing_sum(split.fund_id, split.sum_differs, split.sum, split))
    return found


def _differing_sum(of: str, what: str, printed: Figure, parts: Place) -> Contradiction:
    return Contradiction(
        contradiction_id=f"sum-{of.replace('/', '-')}",
        fund_id=None,
        what=what,
        sides=(
            Side(says=f"Trykt sum: {printed.printed}", cite=printed.cite, line=printed.line),
            Side(says="Beløpene over summen gir noe annet.", cite=parts.cite, line=parts.line),
        ),
        reckoned="Det er regnet med beløpene, ikke med summen.",
        cite=printed.cite,
        line=printed.line,
    )


def _item(standing: DifferenceToday) -> Item:
    each = standing.difference
    chapter, post = each.fund_id.split("/")[1:3]
    settled, superseded = standing.settled, standing.superseded
    later = f"Avløst av tillegg nr. {superseded.letter_number}." if superseded else None
    return Item(
        fund_id=each.fund_id,
        chapter=int(chapter),
        post=post,
        sort=each.sort,
        stated_ore=each.stated_ore,
        computed_ore=each.computed_ore,
        difference_ore=each.difference_ore,
        kind=each.kind,
        tolerance_ore=each.tolerance_ore,
        status="open" if standing.is_open else "settled",
        reason=settled.reason if settled else later,
        settled_by=settled.settled_by if settled else None,
        settled_on=settled.settled_on if settled else None,
        superseded_by=superseded.letter_number if superseded else None,
    )


def _contradiction_item(contradiction: Contradiction, settled: ContradictionSettled | None) -> ContradictionItem:
    return ContradictionItem(
        contradiction=contradiction,
        status="settled" if settled else "open",
        reason=settled.reason if settled else None,
        settled_by=settled.settled_by if settled else None,
        settled_on=settled.settled_on if settled else None,
    )


def _chapter_sums(letter: Letter) -> Iterator[ChapterSum]:
    for line in letter.chapters:
        if line.sum is None:
            continue
        prefix = f"{letter.year}/{line.chapter}/"
        parts = [post.at_disposal for post in letter.posts if post.fund_id.startswith(prefix)]
        computed_ore = sum(part.amount_ore for part in parts)
        compared = Difference(
            letter_number=letter.number,
            effective_on=letter.dated.on,
            fund_id=prefix,
            sort="total",
            stated_ore=line.sum.amount_ore,
            computed_ore=computed_ore,
            tolerance_ore=half_units_ore([line.sum, *parts]),
        )
        yield ChapterSum(
            chapter=line.chapter,
            stated_ore=line.sum.amount_ore,
            computed_ore=computed_ore,
            difference_ore=compared.difference_ore,
            kind=compared.kind,
        )
