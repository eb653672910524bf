"""The deadlines of a budget year's letters: money to be paid out, assignments, reports, publications, meetings; and
each letter, to be published as soon as it is received (Instruks 5.5).

A deadline is named by its letter and its place there, so a letter that is put right moves it. What the letter names no
day for has none here.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from services.eventlog.events import Event
from services.grants.allocation.budget_year import BudgetYear
from services.grants.allocation.budget_year import evolve as fold_year
from services.grants.allocation.duties import Due, list_assignments
from services.grants.allocation.duties import of_letter as due_of_letter
from services.grants.allocation.duties import of_task as due_of_task
from services.grants.deadline.events import Deadline, Kind, State
from services.grants.disbursement.events import PayOutMet

KINDS: dict[str, Kind] = {
    "pay-out": "pay-out",
    "assignment": "assignment",
    "report": "ministry-report",
    "publication": "publication",
    "meeting": "meeting",
}


def list_deadlines_of_year(events: Sequence[Event]) -> list[Deadline]:
    """Every dated deadline of the letters as they stand, letter by letter. `events` are those of the allocation, and of
    what was paid of the money that is to be paid out by a day."""
    year = BudgetYear()
    for event in events:
        year = fold_year(year, event)
    met = {(each.fund_id, each.pay_by, each.amount_ore) for each in events if isinstance(each, PayOutMet)}
    return [*_of_letters(year, met), *_of_assignments(year)]


def _of_letters(year: BudgetYear, met: Collection[tuple[str | None, date | None, int | None]]) -> Iterator[Deadline]:
    for registered in year.in_order:
        letter = registered.letter
        yield Deadline(
            key=f"letter-publication-{letter.number}", kind="letter-publication", state="due",
            due_on=letter.dated.on, role="controller", what=f"Publisering av {letter.title}",
            letter_number=letter.number, cite="Instruks 5.5",
        )  # fmt: skip
        for place, due in enumerate(due_of_letter(letter), 1):
            paid = (due.fund_id, due.on, due.amount_ore) in met
            yield from _dated(
                due, f"letter-{letter.number}-{place}", "met" if due.kind == "pay-out" and paid else "due"
            )


def _of_assignments(year: BudgetYear) -> Iterator[Deadline]:
    for task in list_assignments(year):
        for place, due in enumerate(due_of_task(task), 1):
            yield from _dated(due, f"assignment-{task.letter_number}-{task.given_number}-{place}", "due")


def _dated(due: Due, key: str, state: State) -> Iterator[Deadline]:
    if due.on is not None:
        yield Deadline(
            key=key, kind=KINDS[due.kind], state=state, due_on=due.on, role="controller", what=due.what,
            fund_id=due.fund_id, amount_ore=due.amount_ore, letter_number=due.letter_number,
            assignment=due.assignment, cite=due.cite,
        )  # fmt: skip
