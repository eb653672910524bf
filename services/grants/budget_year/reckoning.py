"""What the letters of a year add up to: each fund's line of postings, and every difference between what a letter states
and what it should come to.

Computed = the latest stated total (else the letter of allocation) + the changes since. Where a letter states a total,
what is at disposal follows it, and stated - computed is a posting of its own. Plain arithmetic on letters in their
order (day they count from, number); nothing is remembered between two reckonings.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from services.grants.budget_year.carried_on_lines import carried_on_lines
from services.grants.budget_year.events.allocation import Ground, Posting, Sort, Statement, StatementName
from services.grants.budget_year.letter import Change, Keyword, Letter, PostLine, Stated
from services.grants.budget_year.letter_checks import half_units_ore
from services.grants.budget_year.printed_figure import Figure
from services.grants.budget_year.tree import post_of

Kind = Literal["exact", "rounding", "unexplained"]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a letter states of a fund against what it comes to, in øre; for a split, the fund against its parts.

    `tolerance_ore` is half of the last printed digit of every figure used, together: so much can rounding explain.
    """

    letter_number: int
    effective_on: date
    fund_id: str
    sort: Sort
    stated_ore: int
    computed_ore: int
    tolerance_ore: int

    @property
    def difference_ore(self) -> int:
        return self.stated_ore - self.computed_ore

    @property
    def kind(self) -> Kind:
        if self.difference_ore == 0:
            return "exact"
        return "rounding" if abs(self.difference_ore) <= self.tolerance_ore else "unexplained"


@dataclass(frozen=True)
class Reckoning:
    """The lines of a year. `totals` has one entry for each total a letter states; `splits` one for each time the
    difference between a fund and its parts became another (back to zero too): of a wholly divided fund, and of any fund
    whose parts come to more than it holds."""

    postings: tuple[Posting, ...]
    statements: tuple[Statement, ...]
    totals: tuple[Difference, ...]
    splits: tuple[Difference, ...]


def reckon(letters: Iterable[Letter]) -> Reckoning:
    """The reckoning of these letters, whichever order they come in."""
    books = _Books()
    for letter in sorted(letters, key=lambda each: each.order):
        _Reading(books, letter).read()
    return Reckoning(tuple(books.postings), tuple(books.statements), tuple(books.totals), tuple(books.splits))


@dataclass
class _Books:
    """Where every fund stands while the letters are read one after the other."""

    at_disposal: dict[str, int] = field(default_factory=dict)
    figures: dict[str, list[Figure]] = field(default_factory=dict)
    said: dict[tuple[str, StatementName], int] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    whole: set[str] = field(default_factory=set)
    uneven: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    postings: list[Posting] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    totals: list[Difference] = field(default_factory=list)
    splits: list[Difference] = field(default_factory=list)


@dataclass
class _Reading:
    """One letter entered in the books."""

    books: _Books
    letter: Letter

    def read(self) -> None:
        for line in self.letter.posts:
            self._open_post(line)
        for part in self.letter.earmarks:
            self.books.parts[part.parent_id].append(part.fund_id)
            self._open(part.fund_id, part.amount, "earmarked")
        for change in self.letter.changes:
            self._change(change)
        for fund_id, amount_ore in carried_on_lines(self.letter.changes).items():
            named_ore = self.books.said.get((fund_id, "carried_over_on_line"), 0)
            self._say(fund_id, "carried_over_on_line", named_ore + amount_ore)
        for stated in self.letter.stated:
            self._state(stated)
        for word in self.letter.keywords:
            self._say(word.fund_id, word.keyword, int(word.given))
        self.books.whole |= {split.fund_id for split in self.letter.splits if split.whole}
        for fund_id in self.books.parts:
            self._compare_parts(fund_id)

    def _open_post(self, line: PostLine) -> None:
        self._open(line.fund_id, line.at_disposal, "allocated")
        self._total(line.fund_id, line.at_disposal, computed_ore=line.at_disposal.amount_ore)
        self._say_amounts(line)
        for keyword in line.keywords:
            self._say(line.fund_id, keyword, 1)

    def _open(self, fund_id: str, figure: Figure, ground: Ground) -> None:
        self.books.at_disposal[fund_id] = 0
        self.books.figures[fund_id] = [figure]
        self._post(fund_id, figure.amount_ore, ground, figure.cite)

    def _change(self, change: Change) -> None:
        self.books.figures[change.fund_id].append(change.figure)
        self._post(change.fund_id, change.amount_ore, change.ground, change.cite)
        if change.free:
            free_ore = self.books.said.get((post_of(change.fund_id), "carried_over_free"), 0)
            self._say(post_of(change.fund_id), "carried_over_free", free_ore + change.amount_ore)
        appropriated = self.books.said.get((change.fund_id, "appropriated"))
        if change.moves == "appropriation" and appropriated is not None:
            self._say(change.fund_id, "appropriated", appropriated + change.amount_ore)

    def _state(self, stated: Stated) -> None:
        if figure := stated.at_disposal:
            computed_ore = self.books.at_disposal[stated.fund_id]
            self.books.figures[stated.fund_id].append(figure)
            self._total(stated.fund_id, figure, computed_ore=computed_ore)
            self._post(stated.fund_id, figure.amount_ore - computed_ore, "difference", figure.cite)
            self.books.figures[stated.fund_id] = [figure]
        self._say_amounts(stated)

    def _say_amounts(self, line: PostLine | Stated) -> None:
        if line.appropriated:
            self._say(line.fund_id, "appropriated", line.appropriated.amount_ore)
        if line.held_back:
            self._say(line.fund_id, "held_back", line.held_back.amount_ore)

    def _total(self, fund_id: str, stated: Figure, *, computed_ore: int) -> None:
        figures = self.books.figures[fund_id]
        self.books.totals.append(self._difference(fund_id, "total", stated.amount_ore, computed_ore, figures))

    def _compare_parts(self, fund_id: str) -> None:
        parts = self.books.parts[fund_id]
        parts_ore = sum(self.books.at_disposal[part] for part in parts)
        figures = [figure for each in (fund_id, *parts) for figure in self.books.figures[each]]
        found = self._difference(fund_id, "earmark", self.books.at_disposal[fund_id], parts_ore, figures)
        if fund_id not in self.books.whole and parts_ore < found.stated_ore:
            found = replace(found, computed_ore=found.stated_ore)  # the rest of it is not earmarked
        if found.difference_ore != self.books.uneven[fund_id]:
            self.books.uneven[fund_id] = found.difference_ore
            self.books.splits.append(found)

    def _difference(
        self, fund_id: str, sort: Sort, stated_ore: int, computed_ore: int, figures: list[Figure]
    ) -> Difference:
        return Difference(
            letter_number=self.letter.number,
            effective_on=self.letter.dated.on,
            fund_id=fund_id,
            sort=sort,
            stated_ore=stated_ore,
            computed_ore=computed_ore,
            tolerance_ore=half_units_ore(figures),
        )

    def _post(self, fund_id: str, amount_ore: int, ground: Ground, cite: str) -> None:
        self.books.at_disposal[fund_id] += amount_ore
        if amount_ore == 0:
            return
        self.books.postings.append(
            Posting(
                fund_id=fund_id,
                effective_on=self.letter.dated.on,
                at_disposal_ore=amount_ore,
                of_which_carried_over_ore=amount_ore if ground == "carry-over" else 0,
                ground=ground,
                letter_number=self.letter.number,
                cite=cite,
            )
        )

    def _say(
        self,
        fund_id: str,
        name: Keyword | Literal["appropriated", "held_back", "carried_over_free", "carried_over_on_line"],
        value: int,
    ) -> None:
        before = self.books.said.get((fund_id, name))
        self.books.said[fund_id, name] = value
        if before is None or value != before:
            self.books.statements.append(
                Statement(fund_id=fund_id, effective_on=self.letter.dated.on, name=name, amount=value - (before or 0))
            )
