"""Cases as a list, asked by what they are and where they stand. The rows are made in `list_projection.py`."""

from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.grants.case.reductions import SOMETHING_LEFT
from services.grants.case_number.view import NUMBER_OF, CaseNumber
from services.grants.case_view.list_row import CaseRow

LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'cases' AND state = 'live')"
SHOWN = tuple(CaseRow.__dataclass_fields__)
LIST = f"""
    SELECT {", ".join(SHOWN)}, {NUMBER_OF.format("case_row")} FROM grants_view.case_row
    WHERE edition = {LIVE}
      AND (%(year)s::integer IS NULL OR year = %(year)s)
      AND (%(opened_in)s::integer IS NULL OR case_id = (
          SELECT n.case_id FROM grants.case_number n WHERE n.year = %(opened_in)s AND n.number = %(number)s))
      AND (%(chapter)s::integer IS NULL OR chapter = %(chapter)s)
      AND (%(post)s::integer IS NULL OR post = %(post)s)
      AND (%(scheme_id)s::text IS NULL OR scheme_id = %(scheme_id)s)
      AND (%(call_id)s::text IS NULL OR call_id = %(call_id)s)
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND opened_position < %(before)s
    ORDER BY opened_position DESC LIMIT %(limit)s
"""
GRANTED = f"""
    SELECT EXISTS (SELECT FROM grants_view.case_row c WHERE edition = {LIVE} AND call_id = %(call_id)s
        AND organisation_number = %(number)s AND {SOMETHING_LEFT})
"""


@dataclass(frozen=True, kw_only=True)
class NumberedCase(CaseRow):
    """A case of the list and the number people call it by, which is kept beside the list and is never behind."""

    case_number: str | None


async def list_cases(
    pool: AsyncConnectionPool,
    *,
    year: int | None = None,
    number: CaseNumber | None = None,
    chapter: int | None = None,
    post: int | None = None,
    scheme_id: str | None = None,
    call_id: str | None = None,
    state: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[NumberedCase]:
    """The cases of a budget year, newest first; or the one of a number. `after` is the `opened_position` of the last
    one already shown."""
    given: dict[str, Any] = {"year": year, "chapter": chapter, "post": post, "scheme_id": scheme_id}
    given |= {"opened_in": number and number.year, "number": number and number.number}
    given |= {"call_id": call_id, "state": state, "before": after or 2**63 - 1, "limit": limit}
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(NumberedCase)) as cursor:
        await cursor.execute(LIST, given)
        return await cursor.fetchall()


async def was_granted(pool: AsyncConnectionPool, call_id: str, organisation_number: str) -> bool:
    """Whether the organisation was granted an award on application in that call, and still has something of it. Where
    its case stands says nothing of that: also what was rejected is closed. Follows the log within moments; the call it
    is asked about was decided long before."""
    async with pool.connection() as connection:
        cursor = await connection.execute(GRANTED, {"call_id": call_id, "number": organisation_number})
        row = await cursor.fetchone()
    return bool(row and row[0])
