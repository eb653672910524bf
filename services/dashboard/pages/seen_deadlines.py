"""The deadlines one reader may see, for every page that tells of them.

The ministry sees none of an award it is not told of, nor of a case in which nothing is promised: it is told of awards,
and of nobody's application. What it has to do itself it sees.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.httpapi.callers.caller import Role


class Promised(Protocol):
    """Which cases a reader is told nothing of, because nothing is promised in them."""

    async def unpromised(self, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Those of the cases."""
        ...


async def of_awards(seen: Promised, rows: Sequence[Any], hidden: Collection[UUID]) -> tuple[list[Any], int]:
    """The rows that may be seen, and how many are held out because they are of awards that the reader is not told of
    (`hidden`): one of several cases is held out for any of them."""
    told = [row for row in rows if frozenset(hidden).isdisjoint(row.case_ids)]
    unpromised = await seen.unpromised({case_id for row in told for case_id in row.case_ids})
    shown = [row for row in told if Role.ministry in row.roles or unpromised.isdisjoint(row.case_ids)]
    return shown, len(rows) - len(told)
