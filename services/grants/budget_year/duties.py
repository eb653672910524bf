"""What the letters ask for: assignments under the numbers they ended up with, everything that is due, and what money is
restricted. All read straight off the letters of the year; a year as of a day is folded by the caller."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_duties import Assignment, CalendarEntry, Every, Restriction
from services.grants.budget_year.state import BudgetYear


@dataclass(frozen=True, kw_only=True)
class Task:
    """An assignment as it stands. `number` is the one in force; `given_number` the one its own letter gave it, which
    letter `renumbered_by` changed. Two tasks share a number while a letter's slip stands uncorrected."""

    number: str
    given_number: str
    renumbered_by: int | None
    letter_number: int
    given_on: date
    assignment: Assignment


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something due on a day of Oslo (the day included); `on` is null where the letter names no day."""

    on: date | None
    kind: Literal["pay-out", "assignment", "meeting", "report", "publication"]
    what: str
    printed: str
    every: Every | None
    letter_number: int
    assignment: str | None
    fund_id: str | None
    amount_ore: int | None
    cite: str


@dataclass(frozen=True, kw_only=True)
class Restricted:
    """Money that may not be used for anything else, from the day a letter says so until one lifts it."""

    restriction: Restriction
    letter_number: int
    since_on: date
    lifted_on: date | None
    lifted_by_letter: int | None


def list_assignments(year: BudgetYear) -> tuple[Task, ...]:
    """Every assignment of the year, by the number in force, then by letter."""
    letters = [each.letter for each in year.in_order]
    renumbered = {
        (new.letter_number, new.old): (new.new, letter.number) for letter in letters for new in letter.renumberings
    }
    tasks = []
    for letter in letters:
        for task in letter.assignments:
            number, renumbered_by = renumbered.get((letter.number, task.number), (task.number, None))
            tasks.append(
                Task(
                    number=number,
                    given_number=task.number,
                    renumbered_by=renumbered_by,
                    letter_number=letter.number,
                    given_on=letter.dated.on,
                    assignment=task,
                )
            )
    return tuple(sorted(tasks, key=lambda task: (task.number, task.letter_number)))


def list_deadlines(year: BudgetYear) -> tuple[Due, ...]:
    """Everything due: money to be paid out, assignments, meetings, reports, publications. By day, the dayless last."""
    dues = [
        *(due for each in year.in_order for due in of_letter(each.letter)),
        *(due for task in list_assignments(year) for due in of_task(task)),
    ]
    return tuple(sorted(dues, key=lambda due: (due.on is None, due.on or date.max, due.letter_number)))


def list_restrictions(year: BudgetYear) -> tuple[Restricted, ...]:
    """Every restriction a letter has set, lifted ones too."""
    letters = [each.letter for each in year.in_order]
    lifted = {gone.restriction_id: letter for letter in letters for gone in letter.liftings}
    found = []
    for letter in letters:
        for restriction in letter.restrictions:
            by = lifted.get(restriction.restriction_id)
            found.append(
                Restricted(
                    restriction=restriction,
                    letter_number=letter.number,
                    since_on=letter.dated.on,
                    lifted_on=by.dated.on if by else None,
                    lifted_by_letter=by.number if by else None,
                )
            )
    return tuple(found)


def of_letter(letter: Letter) -> Iterator[Due]:
    """What one letter wants paid out, then its calendar, in its own order."""
    for paid in letter.pay_outs:
        yield Due(
            on=paid.pay_by,
            kind="pay-out",
            what="Midlene skal være utbetalt",
            printed=paid.amount.printed,
            every=None,
            letter_number=letter.number,
            assignment=paid.assignment,
            fund_id=paid.fund_id,
            amount_ore=paid.amount.amount_ore,
            cite=paid.cite,
        )
    for entry in letter.calendar:
        yield Due(
            on=entry.on or _day_of_the_accounts(letter, entry),
            kind=entry.kind,
            what=entry.what,
            printed=entry.printed,
            every=None,
            letter_number=letter.number,
            assignment=None,
            fund_id=None,
            amount_ore=None,
            cite=entry.cite,
        )


def _day_of_the_accounts(letter: Letter, entry: CalendarEntry) -> date | None:
    """What is sent with the accounts of a day and has no day of its own is due with the report that they stand in."""
    if entry.as_of is None:
        return None
    days = {each.on for each in letter.calendar if each.kind == "report" and each.as_of == entry.as_of and each.on}
    return days.pop() if len(days) == 1 else None


def of_task(task: Task) -> Iterator[Due]:
    """What is due of one assignment, in its letter's own order."""
    for deadline in task.assignment.deadlines:
        yield Due(
            on=deadline.on,
            kind="assignment",
            what=f"{task.assignment.title}: {deadline.what}",
            printed=deadline.printed,
            every=deadline.every,
            letter_number=task.letter_number,
            assignment=task.number,
            fund_id=None,
            amount_ore=None,
            cite=deadline.cite,
        )
