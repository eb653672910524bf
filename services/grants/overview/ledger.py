"""A post's ledger as a page shows it: newest first, some entries at a time, and none that its reader does not see."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import ENTRIES, AsOf, Row, position_at

LATEST = (2**63 - 1, 2**31 - 1)
# What is hidden is looked up entry by entry: joined, the entries would be sorted before the first of them is shown.
_SEEN = f"""
    SELECT * FROM ({ENTRIES}) AS e
    WHERE NOT coalesce(e.position >= (%(hidden)s::jsonb -> ('case-' || e.case_id) ->> 'since')::bigint
        AND ((%(hidden)s::jsonb -> ('case-' || e.case_id) ->> 'whole')::boolean OR e.committed_ore <> 0), false)
"""
_LEDGER = f"""
    {_SEEN} AND (e.position, e.line) < (%(position)s, %(line)s)
    ORDER BY e.position DESC, e.line DESC LIMIT %(limit)s OFFSET %(skip)s
"""
_COUNT = f"SELECT count(*)::integer AS entries FROM (SELECT FROM ({_SEEN}) AS seen LIMIT %(most)s) AS counted"


async def read_ledger(
    pool: AsyncConnectionPool,
    fund_id: str,
    as_of: AsOf,
    *,
    hidden: Mapping[str, Row],
    limit: int,
    skip: int = 0,
    before: tuple[int, int] = LATEST,
) -> Sequence[Row]:
    """So many entries, newest first, before one (position, line) or after so many. `hidden`: by its stream, from which
    position an award is not seen, and whether all of it."""
    asked = {"skip": skip, "limit": limit, "position": before[0], "line": before[1]}
    return await _rows(pool, _LEDGER, fund_id, as_of, hidden, asked)


async def count_entries(
    pool: AsyncConnectionPool, fund_id: str, as_of: AsOf, *, hidden: Mapping[str, Row], most: int
) -> int:
    """How many entries there are to see; no more than `most` are counted."""
    [counted] = await _rows(pool, _COUNT, fund_id, as_of, hidden, {"most": most})
    return int(counted["entries"])


async def _rows(
    pool: AsyncConnectionPool,
    query: str,
    fund_id: str,
    as_of: AsOf,
    hidden: Mapping[str, Row],
    asked: Mapping[str, Any],
) -> list[Row]:
    kept = {stream: {"since": row["since"], "whole": row["whole"]} for stream, row in hidden.items()}
    async with pool.connection() as connection:
        times = {"day": as_of.valid_at, "known": await position_at(connection, as_of.known_at)}
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        await cursor.execute(query, {"fund": fund_id, "hidden": json.dumps(kept), **asked, **times})
        return list(await cursor.fetchall())
