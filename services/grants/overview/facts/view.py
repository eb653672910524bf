"""The facts of cases for whoever reads beside the service: in codes, days and sums (`grants.case_fact`), as they stood
on a day by what was known at an instant, and without what a reader is not told of.

The case that follows from them is folded by the same rules as the API's answer (`case_view/answer.py`), so its figures
are the API's. Whole øre, days in Europe/Oslo.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.grants.back_dating.acts import ACTS, HAPPENED
from services.grants.balance.view import YEARS, AsOf, position_at
from services.grants.case.command_handler import case_of
from services.grants.case.events.award import AwardMade
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.moves import moves_of
from services.grants.case_view.listing import LIVE

ALWAYS = 2**63 - 1
_FACTS = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM grants.case_fact
    WHERE stream = ANY (%s) AND position <= %s ORDER BY position
"""
_HIDDEN = f"""
    SELECT u.stream, u.since, u.whole FROM ({YEARS}) AS y
    CROSS JOIN LATERAL grants.untold(y.year) AS u
    WHERE coalesce(y.year = ANY (%s::integer[]), true)
"""
_YEARS_OF = f"""
    SELECT case_id, year FROM grants_view.case_row
    WHERE edition = {LIVE} AND year IS NOT NULL AND case_id = ANY (%s::uuid[])
"""
_UNDATED = ("award.proposed.v1", "award.letter-frozen.v1")
_DATED_BY_OTHERS = {
    "award.imported.v1": "approved_on",
    "award.letter-release-imported.v1": "released_on",
    "award.commitment-lapsed.v1": "lapsed_on",
    "award.commitment-held-over.v1": "held_on",
    "award.commitment-held-over.v2": "held_on",
}
DAYS: Mapping[str, str] = {
    topic: paths.split()[-1]
    for topic, paths in {**ACTS, **HAPPENED, **_DATED_BY_OTHERS}.items()
    if topic not in _UNDATED
}
"""By stored name, the day a fact counts from. A fact that is not here counts from when it was known."""


def day_of_fact(event: Event) -> date | None:
    """The day it counts from; None where it has none of its own."""
    day = getattr(event, DAYS.get(event.TOPIC, ""), None)
    return day if isinstance(day, date) else None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader is told of awards: all of it, or (`only_told`) what the ministry is told of (ADR 0066)."""

    pool: AsyncConnectionPool
    only_told: bool = False

    async def hidden(self, years: Collection[int] | None = None) -> Mapping[str, Mapping[str, Any]]:
        """By the case's stream, from which position (`since`) the reader sees nothing of it; where not `whole`, nothing
        of what was promised since. Of these budget years, or of all."""
        if not self.only_told:
            return {}
        async with self.pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            asked = None if years is None else sorted(set(years))
            rows = await (await cursor.execute(_HIDDEN, (asked,))).fetchall()
        found: dict[str, Mapping[str, Any]] = {}
        for row in rows:
            before = found.get(row["stream"], row)
            whole = row["whole"] or before["whole"]
            found[row["stream"]] = {"since": min(row["since"], before["since"]), "whole": whole}
        return found

    async def years_of(self, case_ids: Iterable[UUID]) -> Mapping[UUID, int]:
        """The budget year of each of these cases that has one."""
        async with self.pool.connection() as connection:
            rows = await connection.execute(_YEARS_OF, (list(case_ids),), binary=True)
            return {row[0]: row[1] for row in await rows.fetchall()}


async def load_cases(
    pool: AsyncConnectionPool, case_ids: Iterable[UUID], as_of: AsOf, hidden: Mapping[str, Mapping[str, Any]]
) -> dict[UUID, list[Recorded]]:
    """The facts of these cases that count by the day, were known at the instant and may be seen, in the order of the
    log. A case of which nothing is left is not among them."""
    async with pool.connection() as connection:
        known = await position_at(connection, as_of.known_at)
        asked = ([f"case-{case_id}" for case_id in case_ids], ALWAYS if known is None else known)
        rows = await (await connection.execute(_FACTS, asked, binary=True)).fetchall()
    found: dict[UUID, list[Recorded]] = {}
    for fact in map(recorded, rows):
        day = day_of_fact(fact.event)
        if (day is None or day <= as_of.valid_at) and is_seen(fact, hidden.get(fact.stream)):
            found.setdefault(case_of(fact.stream), []).append(fact)
    return {case_id: facts for case_id, facts in found.items() if is_award(facts)}


def is_award(facts: Sequence[Recorded]) -> bool:
    """Whether an award was made in the case: what is only proposed binds nobody, and is shown to none beside."""
    return any(isinstance(fact.event, AwardMade) for fact in facts)


def is_seen(fact: Recorded, hidden: Mapping[str, Any] | None) -> bool:
    """Whether a reader from whom this much of the case is hidden sees the fact."""
    if hidden is None:
        return True
    if hidden["whole"]:
        return False
    promises = isinstance(fact.event, SupplementaryAwardApproved) or any(
        move.promised_ore for move in moves_of(fact.event)
    )
    return fact.position < hidden["since"] or not promises
