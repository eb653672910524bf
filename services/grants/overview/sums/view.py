"""What awards have come to in the books of a budget year, by scheme, call and round, from sums that are kept of them.
Whole øre, days in Europe/Oslo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import AsOf

Row = Mapping[str, Any]
LARGE, SMALL = 16, 12
"""The blocks of positions: 65,536 and 4,096 of them, as powers of two."""
BOOKED = ("awards", "approved_ore", "booked_committed_ore", "booked_disbursed_ore", "booked_withheld_ore")
LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'award-sums' AND state = 'live')"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The edition that is read, and the last position of what is known."""

    edition: int
    known: int


_FILLED = f"""
    SELECT {LIVE} AS edition, CASE WHEN %(known_at)s::timestamptz IS NULL THEN {2**62}
                                   ELSE grants.position_at(%(known_at)s) END AS known
"""


async def find_filled(pool: AsyncConnectionPool, known_at: datetime | None) -> Filled | None:
    """What there is to read of these sums by what was known at an instant; None until they are filled a first time."""
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        row = await (await cursor.execute(_FILLED, {"known_at": known_at})).fetchone()
    assert row is not None
    return None if row["edition"] is None else Filled(**row)


_SUMMED = ", ".join(f"sum(s.{name})::bigint AS {name.removeprefix('booked_')}" for name in BOOKED)
_OF_SUMS = ", ".join(f"c.{name}" for name in BOOKED)
_OF_MOVES = ", ".join(f"m.{name}" for name in BOOKED)
_LESS = ", ".join(f"-m.{name}" for name in BOOKED)
_OF_YEAR = f"""
    WITH hidden AS MATERIALIZED (SELECT DISTINCT substr(u.stream, 6)::uuid AS case_id, u.since, u.whole
                                 FROM grants.untold(%(year)s) AS u WHERE %(told)s)
    SELECT s.scheme_id, nullif(s.call_id, '') AS call_id, nullif(s.round_id, '') AS round_id, {_SUMMED}
    FROM (
        SELECT c.scheme_id, c.call_id, c.round_id, {_OF_SUMS}
        FROM unnest(%(spans)s::text[], %(sizes)s::integer[], %(from_days)s::date[], %(to_days)s::date[],
                    %(from_blocks)s::bigint[], %(to_blocks)s::bigint[])
             AS w (span, size, from_day, to_day, from_block, to_block)
        JOIN grants_view.award_sum c ON c.edition = %(edition)s AND c.year = %(year)s AND c.span = w.span
             AND c.size = w.size AND c.starts_on >= w.from_day AND c.starts_on < w.to_day
             AND c.block >= w.from_block AND c.block < w.to_block
        UNION ALL
        SELECT a.scheme_id, coalesce(a.call_id, ''), coalesce(a.round_id::text, ''), {_OF_MOVES}
        FROM grants_view.award_move m JOIN grants_view.award a ON a.edition = %(edition)s AND a.case_id = m.case_id
        WHERE m.edition = %(edition)s AND m.position >= %(from_position)s AND m.position <= %(known)s
          AND m.effective_on < %(until)s AND a.year = %(year)s AND a.scheme_id IS NOT NULL
        UNION ALL
        SELECT a.scheme_id, coalesce(a.call_id, ''), coalesce(a.round_id::text, ''), {_LESS}
        FROM hidden h JOIN grants_view.award a ON a.edition = %(edition)s AND a.case_id = h.case_id
        JOIN grants_view.award_move m ON m.edition = %(edition)s AND m.case_id = h.case_id
        WHERE a.year = %(year)s AND a.scheme_id IS NOT NULL AND m.position <= %(known)s AND m.effective_on < %(until)s
          AND (h.whole OR m.booked_committed_ore <> 0 AND m.position >= h.since)
    ) AS s
    GROUP BY s.scheme_id, s.call_id, s.round_id HAVING sum(s.awards) <> 0
"""


async def sums_of_year(
    pool: AsyncConnectionPool, year: int, as_of: AsOf, filled: Filled, *, only_told: bool
) -> list[Row]:
    """What the awards of a budget year have come to in its books, by scheme, call and round: how many (`awards`), what
    was approved, and what stands committed, disbursed and withheld. `only_told`: without what the ministry is not told
    of, as it is told in the very moment."""
    asked = {"year": year, "told": only_told, **vars(filled), **_windows(as_of.valid_at, filled.known)}
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(_OF_YEAR, asked)).fetchall())


def _windows(day: date, known: int) -> dict[str, Any]:
    """Which sums, and which moves by themselves, make up all that counts by the end of that day and is known: whole
    months up to its own and the days of that one, each over whole large blocks and the small ones of the last."""
    until = day + timedelta(days=1) if day < date.max else day
    month, after = until.replace(day=1), known + 1
    large, small = after >> LARGE, after >> SMALL
    days = (("month", date.min, month), ("day", month, until))
    blocks = ((LARGE, 0, large), (SMALL, large << (LARGE - SMALL), small))
    whole = [(span, size, *days_, *blocks_) for span, *days_ in days for size, *blocks_ in blocks]
    names = ("spans", "sizes", "from_days", "to_days", "from_blocks", "to_blocks")
    asked: dict[str, Any] = dict(zip(names, map(list, zip(*whole, strict=True)), strict=True))
    return asked | {"from_position": small << SMALL, "until": until}
