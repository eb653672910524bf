"""On which lines of a year's books the awards of a scheme, a call or a round stand: what its page's sums are of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.grants.balance.view import AsOf, position_at
from services.grants.case_view.listing import LIVE
from services.grants.overview.awards.view import MADE
from services.grants.overview.facts.view import ALWAYS, Sight

_LINES = f"""
    SELECT 'case-' || c.case_id FROM grants_view.case_row c
    WHERE c.edition = {LIVE} AND c.year = %(year)s AND c.scheme_id = %(scheme)s
      AND (%(call)s::text IS NULL OR c.call_id = %(call)s)
      AND (%(round)s::uuid IS NULL OR c.round_id = %(round)s) AND {MADE}
    ORDER BY c.opened_position
"""
APPROVALS = ("award.approved.v1", "award.imported.v1")
"""The grounds of what is approved in a round."""


async def lines_of(
    sight: Sight, year: int, scheme_id: str, as_of: AsOf, *, call_id: str | None = None, round_id: UUID | None = None
) -> Sequence[str]:
    """The funds of the awards that were made by the day, as known, and that the reader may see."""
    hidden = [stream for stream, each in (await sight.hidden((year,))).items() if each["whole"]]
    asked: dict[str, Any] = {"year": year, "scheme": scheme_id, "call": call_id, "round": round_id, "hidden": hidden}
    async with sight.pool.connection() as connection:
        known = await position_at(connection, as_of.known_at)
        asked |= {"day": as_of.valid_at, "known": ALWAYS if known is None else known}
        return [row[0] for row in await (await connection.execute(_LINES, asked)).fetchall()]
