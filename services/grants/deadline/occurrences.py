"""On which days something falls due that a letter asks for again and again.

What the letter says decides: the first day where it names one, the day the assignment begins, or, where it says
*deretter* (then), the day of what stands before it. Else every fourteenth day is counted from the letter, and months,
quarters and years are the calendar's, each to its last day. Only the budget year is looked at: the next has letters of
its own.
"""

from collections.abc import Sequence
from datetime import date

from services.calendar.recurring import every_days, every_months
from services.grants.budget_year.duties import Task
from services.grants.budget_year.letter_duties import Deadline, Every

MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "year": 12}
FORTNIGHT = 14
THEN = "deretter"


def list_days(task: Task, nth: int, *, year: int) -> list[date]:
    """The days of the task's nth deadline within its budget year, the first first; none where it says no day and comes
    once. One that comes once, and one with a first day, has that day whatever year it is in."""
    line = task.assignment.deadlines[nth]
    first = [] if line.on is None else [line.on]
    if line.every is None:
        return first
    until, begins = date(year, 12, 31), line.on or task.assignment.starts_on or _before(task.assignment.deadlines, nth)
    if line.every == "two-weeks":
        return [*first, *every_days(begins or task.given_on, FORTNIGHT, until=until)]
    months = MONTHS[line.every]
    if begins:
        return [*first, *every_months(begins, months, until=until)]
    return [day for day in every_months(date(year - 1, 12, 31), months, until=until) if day >= task.given_on]


def _before(deadlines: Sequence[Deadline], nth: int) -> date | None:
    """Where it says that it comes after what stands before it: the last day there."""
    if not deadlines[nth].printed.casefold().startswith(THEN):
        return None
    return max((each.on for each in deadlines[:nth] if each.on), default=None)
