"""The deadlines of a budget year's letters: money to be paid out, assignments, reports, publications, meetings; and
each letter, to be published as soon as it is received (Instruks 5.5).

A deadline is named by its letter and by what it is (`naming.py`), so a letter that is put right moves it, and hands
nothing of it to another. A letter that is registered on the number of one that was withdrawn is another letter. What
the letter names no day for has none here.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.budget_year.duties import Due, list_assignments
from services.grants.budget_year.duties import of_letter as due_of_letter
from services.grants.budget_year.duties import of_task as due_of_task
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.budget_year.state import BudgetYear
from services.grants.budget_year.state import evolve as fold_year
from services.grants.case.events.disbursement import PayOutMet
from services.grants.deadline.events import Deadline, Kind, State
from services.grants.deadline.naming import keep_names, name_of
from services.grants.deadline.occurrences import list_days

KINDS: dict[str, Kind] = {
    "pay-out": "pay-out",
    "assignment": "assignment",
    "report": "ministry-report",
    "publication": "publication",
    "meeting": "meeting",
}


Names = Mapping[int, str]
"""What each letter is called in keys, by its number: the number, and how often one was registered under it."""


def list_deadlines_of_year(events: Sequence[Event], told: Mapping[str, Deadline] | None = None) -> list[Deadline]:
    """Every deadline of the letters as they stand, letter by letter, under the keys they were told by. `events`
    are those of the allocation, and of what was paid of the money that is to be paid out by a day."""
    year = BudgetYear()
    for event in events:
        year = fold_year(year, event)
    met = {(each.fund_id, each.pay_by, each.amount_ore) for each in events if isinstance(each, PayOutMet)}
    registered = Counter(each.letter.number for each in events if isinstance(each, LetterRegistered))
    names = {number: f"{number}-{registered[number]}" for number in year.letters}
    return keep_names(told or {}, [*_of_letters(year, names, met), *_of_assignments(year, names)])


def _of_letters(
    year: BudgetYear, names: Names, met: Collection[tuple[str | None, date | None, int | None]]
) -> Iterator[Deadline]:
    for registered in year.in_order:
        letter = registered.letter
        yield Deadline(
            key=f"letter-publication-{names[letter.number]}", kind="letter-publication", state="due",
            due_on=letter.dated.on, role="controller", what=f"Publisering av {letter.title}",
            letter_number=letter.number, cite="Instruks 5.5",
        )  # fmt: skip
        for due in due_of_letter(letter):
            paid = (due.fund_id, due.on, due.amount_ore) in met
            yield _deadline(due, names, "met" if due.kind == "pay-out" and paid else "due")


def _of_assignments(year: BudgetYear, names: Names) -> Iterator[Deadline]:
    for task in list_assignments(year):
        of = year.letters[task.letter_number].letter.year
        for nth, due in enumerate(due_of_task(task)):
            days = list_days(task, nth, year=of)
            yield from (_deadline(replace(due, on=day), names, "due") for day in days)
            if not days:
                yield _deadline(due, names, "due")


def _deadline(due: Due, names: Names, state: State) -> Deadline:
    """One that has no day says in the letter's own words when it is due."""
    kind = KINDS[due.kind]
    of = (due.fund_id,) if due.kind == "pay-out" else ()
    return Deadline(
        key=f"{kind}-{names[due.letter_number]}-{name_of(due.what, *of)}", kind=kind, state=state, due_on=due.on,
        role="controller", what=due.what if due.on else f"{due.what} ({due.printed})", fund_id=due.fund_id,
        amount_ore=due.amount_ore, letter_number=due.letter_number, assignment=due.assignment, cite=due.cite,
    )  # fmt: skip
