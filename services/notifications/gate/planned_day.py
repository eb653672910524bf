"""The day that something is planned to leave or to be published on: not past, and no further ahead than plans are made.
One rule for notices and publications. Days in Europe/Oslo."""

from datetime import date

from services.eventlog.refusal import Refusal

PLANNED_YEARS = 5
"""How many years after this one anything is planned to leave in: our own number. A letter waits for days, not years."""


class PlannedDayPassed(Refusal):
    """Nothing leaves on a day that is past."""

    code = "planned-day-passed"
    status = 422
    title = "Den planlagte datoen er passert"


class PlannedTooFarAhead(Refusal):
    """Nobody plans so far ahead: the year is a slip of the pen."""

    code = "planned-too-far-ahead"
    status = 422
    title = "Den planlagte datoen er for langt fram i tid"


def check_planned(planned_on: date | None, today: date) -> None:
    """Refuse a day before today (`PlannedDayPassed`) or years ahead (`PlannedTooFarAhead`). No day is no plan."""
    if planned_on is None:
        return
    if planned_on < today:
        raise PlannedDayPassed(f"{planned_on} is past. Plan for {today} or later.", first_day_on=str(today))
    last_on = date(today.year + PLANNED_YEARS, 12, 31)
    if planned_on > last_on:
        raise PlannedTooFarAhead(f"{planned_on} is too far ahead. Plan for {last_on} or earlier.", last_on=str(last_on))
