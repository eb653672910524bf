"""What a balance costs as the ledger grows: the very statements the service runs, from one bare connection."""

from statistics import median
from typing import Any

import psycopg

from bench.ground import POST, Ground
from bench.measure import Figure, compared, timed
from services.grants.balance.view import POST_BY_ID

ROUNDS, ASKED = 9, 200
GROW = """
    INSERT INTO grants.entry
    SELECT 1000000 + n, 1, '2020/291/71', day, now(), 0, 0, 0, 100, 0, 0, date_trunc('month', day)::date,
           ARRAY[0, 0, 0, 100 * (1 + n / 366), 0, 0], ARRAY[0, 0, 0, 100 * (1 + n / 12), 0, 0], 'bench', NULL, NULL
    FROM generate_series(%s::int, %s::int) AS n, LATERAL (SELECT DATE '2020-01-01' + (n * 7) %% 366 AS day) AS d
"""


def balances(ground: Ground) -> list[Figure]:
    """Balance now at 1,000,000 entries to 10,000, and as of two times to now, on one fund with every day of a year."""
    now = {"fund": POST, "day": "2026-12-31", "known": None}
    as_of = {"fund": POST, "day": "2020-12-15", "known": 1_500_000}  # mid-month is the dearest
    with psycopg.connect(ground.admin_dsn, autocommit=True, prepare_threshold=0) as connection:
        connection.execute(GROW, (1, 10_000))
        connection.execute("ANALYZE grants.entry")
        small = [cost(connection, now) for _ in range(ROUNDS)]
        connection.execute(GROW, (10_001, 1_000_000))
        connection.execute("VACUUM ANALYZE grants.entry")
        large = [(cost(connection, now), cost(connection, as_of)) for _ in range(ROUNDS)]
    floor = median(small)
    return [
        compared("balance now, at 1,000,000 entries to 10,000", (n / floor for n, _ in large), most=1.2),
        compared("balance as of two times to now, at 1,000,000", (past / n for n, past in large), most=3.0),
    ]


def cost(connection: psycopg.Connection[Any], asked: dict[str, Any]) -> float:
    """Seconds one answer takes: the median of many."""

    def ask() -> None:
        assert connection.execute(POST_BY_ID, asked, binary=True).fetchone() is not None

    return median(timed(ask) for _ in range(ASKED))
