"""An append finds what it moves by key: it reads as many rows of a year with a thousand funds as of one with two, and
of a later day with a thousand entries as of one with two, whatever PostgreSQL has counted."""

import json

import psycopg
import pytest

from tests.conftest import Database
from tests.grants.round.rounds import NAMED, SETTLING, open_year

MOVEMENT = {"nth": 1, "line": 1, "day": "2020-05-05", "committed": 1, "ground": "award.approved.v1"}
OTHERS = """INSERT INTO grants.fund (id, parent_id, kind, name, year, chapter, post, path, hard_stop)
            SELECT f.id || '/c' || nth, f.id, 'recipient', 'Mottaker', f.year, f.chapter, f.post,
                   ARRAY[f.id || '/c' || nth, f.id], false
            FROM grants.fund f, generate_series(1, 1000) AS nth WHERE f.id = %s"""
READ = """SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
          WHERE schemaname = 'grants' AND relname = %s"""
AS_APPEND_PLANS = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"


@pytest.mark.parametrize("together", [1, 16])
@pytest.mark.parametrize("others", [False, True], ids=["two funds", "a thousand and two"])
def test_rows_read_of_funds_follow_what_is_moved(database: Database, together: int, others: bool) -> None:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    effects = [json.dumps({"movements": [MOVEMENT | {"fund": NAMED, "committed": 1}]}) for _ in range(together)]
    with psycopg.connect(database.admin_dsn) as connection:
        if others:
            connection.execute(OTHERS, (NAMED,))
        connection.execute("ANALYZE grants.fund")
        connection.commit()
        connection.execute(AS_APPEND_PLANS)
        befores = list(range(1_000, 1_000 + together))
        ((before,),) = connection.execute(READ, ("fund",))
        connection.execute("SELECT grants.move(%s::bigint[], %s::jsonb[], now())", (befores, effects))
        ((after,),) = connection.execute(READ, ("fund",))
        assert 0 < after - before <= 2 * together + 2


@pytest.mark.parametrize("entries", [2, 1_000])
def test_rows_read_of_later_days_do_not_follow_what_was_recorded_on_them(database: Database, entries: int) -> None:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    back = json.dumps({"movements": [MOVEMENT | {"fund": NAMED, "committed": 2}]})
    with psycopg.connect(database.admin_dsn) as connection:
        for day in range(1, 4):
            on_it = MOVEMENT | {"fund": NAMED, "day": f"2020-06-{day:02}"}
            effects = json.dumps({"movements": [on_it | {"line": line} for line in range(1, entries + 1)]})
            connection.execute("SELECT grants.move(%s::bigint[], %s::jsonb[], now())", ([1_000 + day], [effects]))
        connection.execute("ANALYZE grants.entry")
        connection.commit()
        connection.execute(AS_APPEND_PLANS)
        ((before,),) = connection.execute(READ, ("entry",))
        connection.execute("SELECT grants.move(%s::bigint[], %s::jsonb[], now())", ([2_000], [back]))
        ((after,),) = connection.execute(READ, ("entry",))
        assert after - before <= 120
        left = connection.execute("SELECT grants.least_left_since(%s, '2020-05-05')", (NAMED,)).fetchone()
        assert left == (100_000 - 3 * entries - 2,)
