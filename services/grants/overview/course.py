"""How a post's figures went through its year: what stood at the end of each day on which something moved.

Each day's last entry carries what that day came to, so the whole year is looked up day by day and no entry is added up:
as quick behind a million entries as behind ten. Whole øre.
"""

from collections.abc import Sequence
from datetime import date

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import AsOf, Row, position_at, post_id

FIGURES = ("at_disposal_ore", "committed_ore", "disbursed_ore", "withheld_ore")
_COURSE = """
    WITH known AS (SELECT coalesce(%(known)s, 9223372036854775807) AS position OFFSET 0), moved AS (
        SELECT %(first)s::date AS "on", grants.balance_at(%(fund)s, %(first)s::date - 1, known.position) AS t FROM known
        UNION ALL
        SELECT d::date, of_day.t FROM known, generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS d
        CROSS JOIN LATERAL (
            SELECT e.day_totals AS t FROM grants.entry e
            WHERE e.fund_id = %(fund)s AND e.effective_on = d::date AND e.position <= known.position
            ORDER BY e.position DESC, e.line DESC LIMIT 1) AS of_day
        UNION ALL
        SELECT greatest(e.effective_on, %(first)s::date),
               ARRAY[0, 0, 0, -e.committed_ore, -e.disbursed_ore, -e.withheld_ore]
        FROM known, grants.untold(%(year)s) AS u JOIN grants.fund l ON l.id = u.line
        JOIN grants.entry e ON e.fund_id = l.id AND e.position >= u.since AND (u.whole OR e.committed_ore <> 0)
        WHERE %(only_told)s AND %(fund)s = ANY (l.path) AND e.effective_on <= %(last)s AND e.position <= known.position)
    SELECT "on", (sum(sum(t[1])) OVER so_far)::bigint AS at_disposal_ore,
           (sum(sum(t[4])) OVER so_far)::bigint AS committed_ore,
           (sum(sum(t[5])) OVER so_far)::bigint AS disbursed_ore,
           (sum(sum(t[6])) OVER so_far)::bigint AS withheld_ore
    FROM moved GROUP BY "on" WINDOW so_far AS (ORDER BY "on") ORDER BY "on"
"""


async def read_course(
    pool: AsyncConnectionPool, year: int, chapter: int, post: int, as_of: AsOf, *, only_told: bool
) -> Sequence[Row]:
    """What stood at the end of 1 January and of each later day of the year, to the day asked for, on which anything
    moved. None where that day is before the year. `only_told`: without what the ministry is not told of."""
    first, last = date(year, 1, 1), min(as_of.valid_at, date(year, 12, 31))
    if last < first:
        return []
    async with pool.connection() as connection:
        asked = {
            "fund": post_id(year, chapter, post), "year": year, "first": first, "last": last, "only_told": only_told,
            "known": await position_at(connection, as_of.known_at),
        }  # fmt: skip
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(_COURSE, asked)).fetchall())
