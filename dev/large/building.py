"""A large database is built: a year is recorded and its read models made by the product itself, and then multiplied."""

import time
from collections.abc import Callable

import psycopg

from dev.large import playing
from dev.large.multiplying import multiply
from dev.large.year import AGENCIES, events_of, of_cases, of_the_year

YEARS = 10
SAMPLE = 1_000
LEAST_CASES = 10
"""One of each kind of a case's life."""

Say = Callable[[str], None]


def build(dsn: str, owner_dsn: str, events: int, *, years: int = YEARS, say: Say = lambda _: None) -> int:
    """About so many facts of grants in so many years, and every read model, in a migrated database that has none. How
    many there are. `dsn` is the service's way in; `owner_dsn` may replace what the log's clock says, and move rows."""
    cases = cases_for(events, years)
    say(f"{cases:,} cases of a year are recorded, and their read models made")
    first = playing.record(dsn, owner_dsn, of_the_year(), first=0, chapter="0000")
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        found = connection.execute("SELECT max(position) FROM grants.event").fetchone()
        assert found is not None
        shared = int(found[0])
        playing.record(dsn, owner_dsn, of_cases(cases), first=first)
        connection.execute("ANALYZE")
    playing.read_models(dsn, owner_dsn, time.sleep)
    return multiply(owner_dsn, years=years, shared=shared, say=say)


def cases_for(events: int, years: int) -> int:
    """How many cases each agency has a year, for so many facts in all; each case has one more that numbers it."""
    of_a_case = events_of(SAMPLE) / SAMPLE + 1
    return max(LEAST_CASES, round(events / years / AGENCIES / of_a_case))
