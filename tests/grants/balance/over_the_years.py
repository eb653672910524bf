"""What the tests of between years build, for other tests to use as well."""

from datetime import date
from uuid import UUID

from services.grants.held_over.view import DEVIATIONS
from tests.grants.balance.between_years import Years


def deviations(years: Years, on: date, year: int = 2021) -> set[tuple[str, int | None, int]]:
    """Kind, case and size of what is amiss between a year and the one before it."""
    rows = years.reader.execute(DEVIATIONS, {"year": year, "day": on, "known": None}).fetchall()
    return {(row[0], row[2] and UUID(row[2]).int, row[4]) for row in rows}
