"""What stands and what is amiss in a budget year as the ministry may see it: without what it is not told of (Instruks
5.4).

A deviation whose size is counted from what is promised would tell how much that is. So it is counted from what is told,
and one that is not there without the rest is not there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.allocation.deviation.year import YearDeviations
from services.grants.balance.view import AsOf, Balances, Row, position_at

MOVED = ("committed_ore", "disbursed_ore", "withheld_ore")
_UNPROMISED = """
    SELECT c.case_id FROM unnest(%(cases)s::uuid[]) AS c (case_id)
    WHERE NOT EXISTS (SELECT FROM grants.fund f WHERE f.id = 'case-' || c.case_id)
"""
_HIDDEN_BY_DAY = """
    SELECT above.id AS fund_id, e.effective_on AS "on", sum(e.committed_ore)::bigint AS committed_ore,
           sum(CASE WHEN above.id = l.parent_id THEN e.committed_ore ELSE 0 END)::bigint AS direct_ore
    FROM grants.untold(%(year)s) AS u JOIN grants.fund l ON l.id = u.line
    CROSS JOIN LATERAL unnest(l.path) AS above (id)
    JOIN grants.entry e ON e.fund_id = l.id AND e.position >= u.since AND (u.whole OR e.committed_ore <> 0)
    WHERE above.id = ANY (%(funds)s) AND e.position <= coalesce(%(known)s, 9223372036854775807)
    GROUP BY above.id, e.effective_on
"""
_OVER_AWARDS = {
    "authority-of-no-letter": "committed_ore",
    "promised-beyond-authority": "committed_ore",
    "paid-beyond-carry-over": "disbursed_ore",
}
"""Those of a post that are counted over its awards, and by what of them."""


@dataclass(frozen=True)
class ToldBalances(Balances):
    """What is promised on funds of a year, as the ministry is told of it."""

    year: int = 0

    async def promised_by_day(self, fund_ids: Collection[str], known_at: datetime | None) -> list[Row]:
        """What is told of what is promised on each fund, by day."""
        found = {(row["fund_id"], row["on"]): dict(row) for row in await super().promised_by_day(fund_ids, known_at)}
        for row in await hidden_by_day(self.pool, self.year, fund_ids, known_at):
            told = found.setdefault(
                (row["fund_id"], row["on"]),
                {"fund_id": row["fund_id"], "on": row["on"], "committed_ore": 0, "direct_ore": 0},
            )
            told["committed_ore"] -= row["committed_ore"]
            told["direct_ore"] -= row["direct_ore"]
        return [row for row in found.values() if row["committed_ore"] or row["direct_ore"]]

    async def promised_across_years_ore(self, post_id: str) -> int:
        """No more than is told: what is not told may all reach past the year."""
        promised_ore = await super().promised_across_years_ore(post_id)
        hidden = await hidden_by_day(self.pool, self.year, (post_id,), None)
        return max(0, promised_ore - sum(int(row["committed_ore"]) for row in hidden))


async def hidden_by_day(
    pool: AsyncConnectionPool, year: int, fund_ids: Collection[str], known_at: datetime | None
) -> Sequence[Mapping[str, Any]]:
    """What is promised on each fund that the ministry is not told of, by day."""
    async with pool.connection() as connection:
        asked = {"year": year, "funds": list(fund_ids), "known": await position_at(connection, known_at)}
        cursor = connection.cursor(row_factory=dict_row, binary=True)
        return list(await (await cursor.execute(_HIDDEN_BY_DAY, asked)).fetchall())


async def told_deviations(
    amiss: YearDeviations, year: int, as_of: AsOf, *, hidden: Mapping[str, Row], sums: Mapping[str, Row],
    posts: Mapping[str, Row],
) -> list[Row]:  # fmt: skip
    """All that is amiss, counted from what is told. `hidden`: what is not, by the case's stream; `sums`: what each fund
    has of it; `posts`: the year's posts as they are told."""
    balances = ToldBalances(amiss.surroundings.balances.pool, year=year)
    narrowed = replace(amiss, surroundings=replace(amiss.surroundings, balances=balances))
    found = await narrowed.list_all(year, as_of)
    seen = [row for row in found if f"case-{row['case_id']}" not in hidden]
    told = [(row, _told_ore(row, sums, posts)) for row in seen]
    return [
        {**row, "amount_ore": amount_ore, **({} if amount_ore == row["amount_ore"] else _of_its_post(row))}
        for row, amount_ore in told
        if amount_ore is not None
    ]


def _of_its_post(row: Row) -> Row:
    """Where some of it is not told, neither is which lines it is on: what is left of it may be on the others."""
    return {"fund_id": row["post_id"], "fund_ids": None} if row.get("fund_ids") else {}


def _told_ore(row: Row, sums: Mapping[str, Row], posts: Mapping[str, Row]) -> int | None:
    """How large it is, counted from what is told; None where it is not there then."""
    post_id, column = row["post_id"], _OVER_AWARDS.get(row["kind"])
    if row["kind"] == "overdrawn" and post_id in posts:
        over_ore = int(posts[post_id]["committed_ore"]) - int(posts[post_id]["at_disposal_ore"])
        return over_ore if over_ore > 0 else None
    if column is None or post_id not in sums:
        return int(row["amount_ore"])
    told_ore = int(row["amount_ore"]) - int(sums[post_id][column])
    return told_ore if told_ore > 0 else None


def without(row: Row, hidden: Row) -> Row:
    """A fund as it would stand without what is hidden: nothing of it is promised, so it is left."""
    less = {name: row[name] - hidden[name] for name in MOVED}
    set_aside_ore = row.get("set_aside_ore", 0)
    left_ore = row["at_disposal_ore"] - less["committed_ore"] - set_aside_ore
    left_ore = 0 if row.get("kind") == "commitment" else left_ore
    overdrawn = row.get("kind") != "commitment" and left_ore < 0
    return {**row, **less, "remaining_ore": left_ore, "overdrawn": overdrawn}


async def list_unpromised(pool: AsyncConnectionPool, case_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the cases in which nothing is promised."""
    async with pool.connection() as connection:
        rows = await connection.execute(_UNPROMISED, {"cases": list(case_ids)}, binary=True)
        return frozenset(row[0] for row in await rows.fetchall())
