"""A post's lines, and what is promised on each of them: commitment by commitment, its recipient by name.

Lines are few and commitments may be many: the lines are found without reading the commitments, and the commitments some
at a time.
"""

from collections.abc import Sequence
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import FUND, KNOWN, AsOf, Row, position_at
from services.grants.case_number.view import case_of_fund

# One commitment is looked up by the index of what a fund lies under. Asked for by `=`, it would be looked for from the
# beginning of the table: where few lines have very many, most rows seem to be the wanted one, and a line that has none
# is found to have none when every row is read.
_LINES = (
    f"""
    {FUND} CROSS JOIN LATERAL (SELECT string_agg(p, '/' ORDER BY n DESC) AS place
        FROM unnest(f.path) WITH ORDINALITY AS u (p, n)) AS tree
    WHERE f.kind <> 'commitment' AND (f.year, f.chapter, f.post) = (%(year)s, %(chapter)s, %(post)s) AND {KNOWN}
    ORDER BY tree.place
"""
).replace(
    "f.hard_stop,",
    """f.hard_stop,
        EXISTS (SELECT FROM grants.fund c
                WHERE c.parent_id BETWEEN f.id AND f.id AND c.kind = 'commitment') AS promises,""",
)
# Which they are is found first, by the index of what lies on a line: only of those is it worked out how they stood.
_COMMITMENTS = f"""
    WITH shown AS MATERIALIZED (
        SELECT f.id FROM grants.fund f
        WHERE f.kind = 'commitment' AND f.parent_id = ANY (%(lines)s) AND f.id <> ALL (%(hidden)s) AND {KNOWN}
          AND (f.parent_id, f.id) > (%(after_line)s, %(after)s)
        ORDER BY f.parent_id, f.id LIMIT %(limit)s OFFSET %(skip)s)
    {FUND} WHERE f.id IN (SELECT id FROM shown) ORDER BY f.parent_id, f.id
"""
_COUNT = f"""
    SELECT count(*)::integer AS commitments FROM (
        SELECT FROM grants.fund f
        WHERE f.kind = 'commitment' AND f.parent_id = ANY (%(lines)s) AND f.id <> ALL (%(hidden)s) AND {KNOWN}
        LIMIT %(most)s) AS counted
"""
_NAMES = """
    SELECT case_id::text, recipient, organisation_number FROM grants_view.case_row
    WHERE case_id = ANY (%(cases)s::uuid[])
      AND edition = (SELECT edition FROM grants_view.edition WHERE projection = 'cases' AND state = 'live')
"""
# A recipient is named by the proposal: by the last that was known.
_NAMES_THEN = """
    SELECT DISTINCT ON (f.stream) substr(f.stream, 6), told.who ->> 'name', told.who ->> 'organisation_number'
    FROM grants.case_fact f
    CROSS JOIN LATERAL (SELECT convert_from(f.data, 'UTF8')::jsonb -> 'recipient' AS who) AS told
    WHERE f.stream = ANY (%(streams)s) AND f.topic = 'award.proposed.v1' AND f.position <= %(known)s
    ORDER BY f.stream, f.position DESC
"""
FIRST = ("", "")


async def read_lines(pool: AsyncConnectionPool, year: int, chapter: int, post: int, as_of: AsOf) -> list[Row]:
    """The post's tree without commitments, each line after the one it is a part of; `promises`: cases are promised
    money right on it."""
    return await _rows(pool, _LINES, {"year": year, "chapter": chapter, "post": post}, as_of)


async def read_commitments(
    pool: AsyncConnectionPool,
    lines: Sequence[str],
    as_of: AsOf,
    *,
    hidden: Sequence[str],
    limit: int,
    skip: int = 0,
    after: tuple[str, str] = FIRST,
) -> list[Row]:
    """So many commitments on these lines, line by line, after one (line, commitment) or after so many; `hidden` are
    those the reader does not see."""
    asked = {"lines": list(lines), "hidden": list(hidden), "limit": limit, "skip": skip}
    return await _rows(pool, _COMMITMENTS, asked | {"after_line": after[0], "after": after[1]}, as_of)


async def count_commitments(
    pool: AsyncConnectionPool, lines: Sequence[str], as_of: AsOf, *, hidden: Sequence[str], most: int
) -> int:
    """How many commitments there are to see on these lines; no more than `most` are counted."""
    [counted] = await _rows(pool, _COUNT, {"lines": list(lines), "hidden": list(hidden), "most": most}, as_of)
    return int(counted["commitments"])


async def with_recipients(pool: AsyncConnectionPool, rows: Sequence[Row], as_of: AsOf) -> list[dict[str, Any]]:
    """The same commitments, each with its recipient's name and organisation number as the case had them by what was
    known."""
    cases = sorted({case for row in rows if (case := case_of_fund(row))})
    async with pool.connection() as connection:
        known = await position_at(connection, as_of.known_at)
        asked = {"cases": cases, "streams": [f"case-{case}" for case in cases], "known": known}
        found = await (await connection.execute(_NAMES if known is None else _NAMES_THEN, asked)).fetchall()
    names = {case: {"recipient": name, "organisation_number": number} for case, name, number in found}
    unknown = {"recipient": None, "organisation_number": None}
    return [dict(row) | names.get(case_of_fund(row) or "", unknown) for row in rows]


async def _rows(pool: AsyncConnectionPool, query: str, asked: dict[str, Any], as_of: AsOf) -> list[Row]:
    async with pool.connection() as connection:
        times = {"day": as_of.valid_at, "known": await position_at(connection, as_of.known_at)}
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(query, {**asked, **times})).fetchall())
