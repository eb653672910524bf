"""What is promised on a post, commitment by commitment: each with its case, and its recipient by name."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import FUND, KNOWN, AsOf, Row, position_at
from services.grants.case_numbers import case_of_fund

_COMMITMENTS = f"""
    {FUND} WHERE f.kind = 'commitment' AND %(fund)s = ANY (f.path) AND f.id <> ALL (%(hidden)s::text[]) AND {KNOWN}
    ORDER BY f.parent_id, f.id LIMIT %(limit)s OFFSET %(skip)s
"""
_LINES = """
    SELECT DISTINCT l.id, l.name FROM grants.fund l
    WHERE l.kind <> 'commitment' AND %(fund)s = ANY (l.path)
      AND EXISTS (SELECT FROM grants.fund c WHERE c.parent_id = l.id AND c.kind = 'commitment')
"""
_NAMES = """
    SELECT case_id::text, recipient, organisation_number FROM grants_view.case_row
    WHERE case_id = ANY (%(cases)s::uuid[])
      AND edition = (SELECT edition FROM grants_view.edition WHERE projection = 'cases' AND state = 'live')
"""


async def lines_with_promises(pool: AsyncConnectionPool, fund_id: str) -> dict[str, str]:
    """The lines of a post that cases are promised money on, each with its name."""
    async with pool.connection() as connection:
        found = await (await connection.execute(_LINES, {"fund": fund_id})).fetchall()
        return dict(found)


async def read_commitments(
    pool: AsyncConnectionPool, fund_id: str, as_of: AsOf, *, hidden: Sequence[str], skip: int, limit: int
) -> list[Row]:
    """So many commitments on the fund and below it, line by line; `hidden` are those the reader does not see."""
    async with pool.connection() as connection:
        asked = {
            "fund": fund_id, "day": as_of.valid_at, "known": await position_at(connection, as_of.known_at),
            "hidden": list(hidden), "skip": skip, "limit": limit,
        }  # fmt: skip
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(_COMMITMENTS, asked)).fetchall())


async def list_recipients(pool: AsyncConnectionPool, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The same commitments, each with its recipient's name and organisation number as the case has them now."""
    rows = list(rows)
    cases = sorted({case for row in rows if (case := case_of_fund(row))})
    async with pool.connection() as connection:
        found = await (await connection.execute(_NAMES, {"cases": cases})).fetchall()
    names = {case: (name, number) for case, name, number in found}
    unknown = (None, None)
    return [
        dict(row)
        | dict(zip(("recipient", "organisation_number"), names.get(case_of_fund(row) or "", unknown), strict=True))
        for row in rows
    ]
