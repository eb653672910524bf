"""What is asked of deadlines, as typed bodies."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from services.httpapi.callers.caller import Role
from services.httpapi.strict.fields import Body, Day, Line, Prose
from services.notifications.deadline.thresholds import LONGEST_DAYS

Days = Annotated[int, Strict(), Field(ge=1, le=LONGEST_DAYS)]


class Met(Body):
    """What was due is done: on which day, and what shows it."""

    met_on: Day
    ground: Prose


class Reopening(Body):
    """Why it was not done after all."""

    reason: Prose


class ThresholdsAsked(Body):
    """So many days before the deadline people are told, the largest number first; after it every so many days until it
    is met (null: not again); counted in all days or in working days. They count from `valid_from` on."""

    before_days: Annotated[tuple[Days, ...], Strict(False), Field(max_length=10)]
    every_days: Days | None
    counted: Literal["calendar", "working"]
    valid_from: Day
    reason: Prose


class CalendarAsked(Body):
    """Whose deadlines, and what for: which program, in words that name nobody."""

    role: Annotated[Role, Strict(False)]
    what_for: Line


class Withdrawing(Body):
    """Why the token is withdrawn."""

    reason: Prose
