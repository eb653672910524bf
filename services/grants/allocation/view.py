"""A budget year's letters as anybody may read them: as of a day, as known at an instant.

A year has a dozen letters, so the year is folded from its own stream each time it is asked for: always current, with
nothing to rebuild. What is folded is kept for as long as the stream stands at the same version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.log import History
from services.eventlog.streams import Loads
from services.grants.budget_year.reconciliation import ContradictionItem, Item, Reconciliation, reconcile
from services.grants.budget_year.state import BudgetYear, Registered, counts_from, evolve, letters_by

Shown = Mapping[str, Any]
Made = TypeVar("Made")
MOST_MADE = 64

SETTLED = ("status", "reason", "settled_by", "settled_on")


def stream_of(year: int) -> str:
    """The stream of one budget year's allocation."""
    return f"allocation-{year}"


def fold(events: Sequence[Event]) -> BudgetYear:
    """The year as all that is recorded leaves it."""
    return fold_once(evolve, events, BudgetYear)


def fold_as_of(history: History, *, valid_at: date | None, known_at: datetime | None) -> BudgetYear:
    """The year as it stood on a day (that day included), by what had been recorded at an instant."""
    known = [fact.event for fact in history.recorded if known_at is None or fact.recorded_at <= known_at]
    counting = [event for event in known if valid_at is None or (counts_from(event) or date.min) <= valid_at]
    year = fold_once(evolve, counting, BudgetYear)
    return year if valid_at is None else letters_by(year, valid_at)


@dataclass(frozen=True, slots=True)
class Letters:
    """The queries on letters. Reading only."""

    log: Loads
    _folded: dict[tuple[str, int, date | None, datetime | None], BudgetYear] = field(default_factory=dict)
    _made: dict[tuple[int, str], tuple[BudgetYear, Any]] = field(default_factory=dict)

    async def year(self, year: int, *, valid_at: date | None = None, known_at: datetime | None = None) -> BudgetYear:
        """The budget year as of two times; an empty one when it has no letter."""
        return self.fold(await self.log.load(stream_of(year)), valid_at=valid_at, known_at=known_at)

    async def listed(self, year: int, *, known_at: datetime | None = None) -> list[Shown]:
        """Each letter of the year as `list_letters` gives it."""
        told = await self.year(year, known_at=known_at)
        return self.made_of(told, "listed", lambda: list_letters(told))

    async def reconciled(self, year: int, number: int, *, known_at: datetime | None = None) -> Shown | None:
        """One letter as `show_reconciled` gives it."""
        told = await self.year(year, known_at=known_at)
        return self.made_of(told, f"reconciled {number}", lambda: show_reconciled(told, number))

    def made_of(self, told: BudgetYear, what: str, make: Callable[[], Made]) -> Made:
        """What is made of a folded year, once. Nobody changes it: it is kept for as long as what is folded is."""
        asked = (id(told), what)
        if self._made.get(asked, (None, None))[0] is not told:
            if len(self._made) > MOST_MADE:
                self._made.clear()
            self._made[asked] = (told, make())
        made: Made = self._made[asked][1]
        return made

    def fold(self, history: History, *, valid_at: date | None = None, known_at: datetime | None = None) -> BudgetYear:
        """The same of a history that is read already."""
        asked = (history.stream, history.version, valid_at, known_at)
        if asked not in self._folded:
            if len(self._folded) > 64:
                self._folded.clear()
                self._made.clear()
            self._folded[asked] = fold_as_of(history, valid_at=valid_at, known_at=known_at)
        return self._folded[asked]


def list_letters(year: BudgetYear) -> list[Shown]:
    """Each letter in the order they count, with its differences and contradictions."""
    return [show_letter(year, registered) for registered in year.in_order]


def show_letter(year: BudgetYear, registered: Registered) -> dict[str, Any]:
    """One letter: what it is, when it counts from, and how far its figures hold together."""
    return _shown(registered, show_reconciliation(reconcile(year, registered.letter.number)))


def _shown(registered: Registered, reconciled: Mapping[str, Any]) -> dict[str, Any]:
    letter = registered.letter
    return {
        "year": letter.year,
        "number": letter.number,
        "title": letter.title,
        "reference": letter.reference,
        "effective_on": letter.dated.on,
        "inferred": letter.dated.ground == "inferred",
        "inferred_because": letter.dated.reason,
        "registered_by": registered.registered_by,
        "source_sha256": registered.source_sha256,
        "differences": [item for item in reconciled["items"] if item["kind"] != "exact"],
        "earmark_differences": reconciled["earmark_differences"],
        "contradictions": reconciled["contradictions"],
    }


def show_reconciled(year: BudgetYear, number: int) -> dict[str, Any] | None:
    """One letter and its whole reconciliation, the totals that agree included; None where the year has no such one."""
    if number not in year.letters:
        return None
    reconciled = show_reconciliation(reconcile(year, number))
    return {**_shown(year.letters[number], reconciled), **reconciled}


def show_whole(year: BudgetYear, registered: Registered) -> dict[str, Any]:
    """One letter with everything it says, as transcribed."""
    return {**show_letter(year, registered), "content": asdict(registered.letter)}


def show_reconciliation(reconciled: Reconciliation) -> dict[str, Any]:
    """What a letter states beside what it adds up to: `difference_ore` is stated less computed."""
    return {
        "year": reconciled.year,
        "number": reconciled.number,
        "items": [_item(item) for item in reconciled.items],
        "earmark_differences": [_earmark(item) for item in reconciled.earmark_differences],
        "contradictions": [_contradiction(item) for item in reconciled.contradictions],
        "chapter_sums": [asdict(each) for each in reconciled.chapter_sums],
    }


def _item(item: Item) -> dict[str, Any]:
    return {**asdict(item), "post": int(item.post)}


def _earmark(item: Item) -> dict[str, Any]:
    return {**_item(item), "parent_ore": item.stated_ore, "children_ore": item.computed_ore}


def _contradiction(item: ContradictionItem) -> dict[str, Any]:
    """What cannot both be so: `sides`, each with its cite; and `reckoned`, what is computed on until it is settled."""
    return {**asdict(item.contradiction), **{name: value for name, value in asdict(item).items() if name in SETTLED}}
