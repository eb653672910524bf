"""What the tests of drawings build, for other tests to use as well."""

from datetime import date, timedelta

from services.dashboard.charts.course import COMMITTED, DISPOSAL, PAID, Course

HUGE = 10**17
NEW_YEAR = date(2020, 1, 1)


def course(*values: tuple[date, int], letters: bool = True) -> Course:
    """A year in which everything moves together."""
    on, moved = tuple(day for day, _ in values), tuple(amount for _, amount in values)
    of = tuple((day, nth) for nth, day in enumerate(on)) if letters else ()
    return Course(
        code="290/01", year=2020, until=date(2020, 12, 31), days=on, letters=of, demands=(),
        figures=dict.fromkeys((DISPOSAL, COMMITTED, PAID), moved),
    )  # fmt: skip


EVERY_DAY = course(*((NEW_YEAR + timedelta(days=nth), nth * HUGE // 400) for nth in range(366)))
