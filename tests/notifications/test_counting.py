"""Days are counted as the instruction and the calendar have it, in Python and in PostgreSQL alike."""

import random
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from services.calendar.clock import OSLO
from services.notifications.facts.notice import CountingPolicy
from services.notifications.gate.counting import opens_at, receive_by, stale_at
from tests.conftest import Database
from tests.notifications.world import POLICY

ROLLING = replace(POLICY, roll_forward=True)
FROM_THE_DAY = replace(POLICY, day_of_notice_counted=True, min_hours=0)


def oslo(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("received", "opens"),
    [
        (oslo(2020, 6, 1, 9, 30), oslo(2020, 6, 16)),
        (oslo(2020, 6, 1), oslo(2020, 6, 16)),
        (oslo(2020, 6, 1, 23, 59, 59), oslo(2020, 6, 16)),
        (oslo(2020, 2, 20, 12), oslo(2020, 3, 6)),  # over a leap day
        (oslo(2019, 12, 24, 12), oslo(2020, 1, 8)),  # over the turn of the year
        (oslo(2020, 10, 20, 12), oslo(2020, 11, 4)),  # the clocks go back: an hour more
        (oslo(2020, 3, 20, 12), oslo(2020, 4, 4)),  # the clocks go forward
        (oslo(2020, 3, 20, 23, 59), oslo(2020, 4, 4, 0, 59)),  # whole days alone would be an hour short
    ],
)
def test_the_gate_opens_after_whole_days_and_never_before_the_hours_have_passed(
    received: datetime, opens: datetime
) -> None:
    assert opens_at(received, POLICY) == opens
    assert opens_at(received.astimezone(UTC), POLICY) == opens


@pytest.mark.parametrize(
    ("received", "opens"),
    [
        (oslo(2020, 5, 1, 12), oslo(2020, 5, 18)),  # 16 May is a Saturday, the 17th a Sunday and a holiday
        (oslo(2020, 3, 26, 12), oslo(2020, 4, 14)),  # Good Friday to Easter Monday
        (oslo(2020, 6, 1, 12), oslo(2020, 6, 16)),
    ],
)
def test_where_a_policy_rolls_forward_the_gate_never_opens_on_a_day_off(received: datetime, opens: datetime) -> None:
    assert opens_at(received, ROLLING) == opens


def test_a_policy_can_count_the_day_of_notice() -> None:
    assert opens_at(oslo(2020, 6, 1, 9), FROM_THE_DAY) == oslo(2020, 6, 15)


def test_a_notice_is_stale_from_the_start_of_the_ninetieth_day() -> None:
    assert stale_at(oslo(2020, 6, 1, 9), POLICY) == oslo(2020, 8, 30)


@pytest.mark.parametrize("policy", [POLICY, ROLLING])
def test_received_on_the_last_day_it_is_in_time_and_a_day_later_it_is_not(policy: CountingPolicy) -> None:
    for planned in (date(2020, 6, 16), date(2020, 4, 14), date(2020, 4, 4), date(2020, 3, 6), date(2021, 1, 8)):
        last = receive_by(planned, policy)
        night = timedelta(hours=23, minutes=59)
        leaves = datetime.combine(planned, datetime.min.time(), OSLO)
        assert opens_at(datetime.combine(last, datetime.min.time(), OSLO) + night, policy) <= leaves
        assert opens_at(datetime.combine(last + timedelta(days=1), datetime.min.time(), OSLO) + night, policy) > leaves


def test_python_and_postgresql_count_alike_on_twelve_thousand_instants_over_twenty_years(database: Database) -> None:
    chance = random.Random(20200101)
    began, span = datetime(2016, 1, 1, tzinfo=UTC).timestamp(), 20 * 365 * 24 * 3600
    instants = [datetime.fromtimestamp(began + chance.randrange(span), UTC) for _ in range(11_000)]
    for year in range(2016, 2036):  # the hours about both changes of the clock, and about midnight
        for month, day in ((3, 25), (3, 31), (10, 25), (10, 31), (12, 31), (2, 28), (3, 11), (10, 14)):
            for hour, minute in ((0, 0), (21, 59), (22, 0), (23, 0), (23, 59), (1, 0), (0, 59)):
                instants.append(datetime(year, month, day, hour, minute, tzinfo=UTC))
    marks = ", ".join(["%s"] * 10)
    query = (
        "SELECT notifications.opens_at(at, p), notifications.stale_at(at, p)"
        " FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS t (at, nth),"
        f" (SELECT (ROW({marks})::notifications.policy).*) p ORDER BY nth"
    )
    with psycopg.connect(database.notifications_reader_dsn) as connection:
        for policy in (POLICY, ROLLING, FROM_THE_DAY):
            version, *rest = astuple(policy)
            row = (version, date(2020, 1, 1), *rest)
            found = connection.execute(query, (instants, *row)).fetchall()
            assert found == [(opens_at(at, policy), stale_at(at, policy)) for at in instants]
    assert len(instants) > 12_000
