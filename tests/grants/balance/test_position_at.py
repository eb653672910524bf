"""An instant becomes the last position recorded by then, also where the log's clock ran ahead and was corrected; and it
is looked up, however long the log is."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Database

BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
ROW = """
    INSERT INTO grants.event (position, stream, version, topic, data, metadata, recorded_at, hash)
    VALUES (%s, %s, %s, %s, '', '', %s, decode(repeat('00', 32), 'hex'))
"""
MANY = """
    INSERT INTO grants.event (position, stream, version, topic, data, metadata, recorded_at, hash)
    SELECT n, 'case-' || n, 1, 'x', '', '', %s + n * interval '1 minute', decode(repeat('00', 32), 'hex')
    FROM generate_series(1, 20000) AS n
"""
BACKWARDS = "SELECT coalesce(max(e.position), 0) FROM grants.event e WHERE e.recorded_at <= %s"
STRETCHES = st.lists(st.tuples(st.integers(-30, 30), st.lists(st.integers(0, 3), max_size=8)), min_size=1, max_size=4)
"""How far the clock is moved at each correction, and by how much time then goes on from fact to fact (hours)."""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(stretches=STRETCHES)
def test_it_is_the_last_position_of_all_that_was_recorded_by_then(
    database: Database, stretches: list[tuple[int, list[int]]]
) -> None:
    at, position, corrections, instants = BEGAN, 0, 0, []
    with psycopg.connect(database.admin_dsn) as connection:
        for moved, steps in stretches:
            if position:
                corrections, at = corrections + 1, at + timedelta(hours=moved)
                position += 1
                topic = ("log", corrections, "log.clock-corrected.v1")
                connection.execute(ROW, (position, *topic, at))
                instants.append(at)
            for step in steps:
                at, position = at + timedelta(hours=step), position + 1
                connection.execute(ROW, (position, f"case-{position}", 1, "x", at))
                instants.append(at)
        for instant in (BEGAN - timedelta(days=9), *instants, *(each + timedelta(minutes=1) for each in instants)):
            [(wanted,)] = connection.execute(BACKWARDS, (instant,)).fetchall()
            [(found,)] = connection.execute("SELECT grants.position_at(%s)", (instant,)).fetchall()
            assert found == wanted, (instant, stretches)
        connection.rollback()


@pytest.mark.parametrize("minutes", [1, 10_000, 19_999])
def test_it_is_looked_up(database: Database, minutes: int) -> None:
    """In few pages of the index, whether the instant is at the beginning, in the middle or at the end."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(MANY, (BEGAN,))
        connection.execute("VACUUM ANALYZE grants.event")
        asked = (BEGAN + timedelta(minutes=minutes),)
        explained = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT grants.position_at(%s)"
        connection.execute(explained, asked)
        [([plan],)] = connection.execute(explained, asked).fetchall()
        assert connection.execute("SELECT grants.position_at(%s)", asked).fetchone() == (minutes,)
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 40
