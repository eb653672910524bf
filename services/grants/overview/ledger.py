"""A post's ledger as a page shows it: newest first, some entries at a time, and none that its reader does not see."""

import json
from collections.abc import Mapping, Sequence

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import ENTRIES, AsOf, Row, position_at

# What is hidden is looked up entry by entry: joined, the entries would be sorted before the first of them is shown.
_LEDGER = f"""
    SELECT * FROM ({ENTRIES}) AS e
    WHERE NOT coalesce(e.position >= (%(hidden)s::jsonb -> ('case-' || e.case_id) ->> 'since')::bigint
        AND ((%(hidden)s::jsonb -> ('case-' || e.case_id) ->> 'whole')::boolean OR e.committed_ore <> 0), false)
    ORDER BY e.position DESC, e.line DESC LIMIT %(limit)s OFFSET %(skip)s
"""


async def read_ledger(
    pool: AsyncConnectionPool, fund_id: str, as_of: AsOf, *, hidden: Mapping[str, Row], skip: int, limit: int
) -> Sequence[Row]:
    """So many entries, newest first, after as many as are passed over. `hidden`: by its stream, from which position an
    award is not seen, and whether all of it."""
    kept = {stream: {"since": row["since"], "whole": row["whole"]} for stream, row in hidden.items()}
    async with pool.connection() as connection:
        asked = {
            "fund": fund_id, "day": as_of.valid_at, "known": await position_at(connection, as_of.known_at),
            "hidden": json.dumps(kept), "skip": skip, "limit": limit,
        }  # fmt: skip
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(_LEDGER, asked)).fetchall())
