"""What changed of a budget year between two looks at it: two days, two instants of knowing, or both.

Each post's column stood at something and stands at something; between the two lies every entry, and everything letters
say, that one look has and the other has not. What only the later look has is added, what only the earlier one has is
taken away, so the reasons sum to the change, to the øre. Read by the rules of `Overview`. Whole øre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from services.grants.balance.view import ENTRY, AsOf, Row, position_at
from services.grants.overview.explained.view import HIDDEN, MOVED, SEEN, Explanations
from services.grants.overview.said.view import SAID, in_letters
from services.grants.overview.view import Overview

ALL = 9223372036854775807
COLUMNS = ("appropriated_ore", "held_back_ore", *MOVED)
"""The columns with reasons of their own; what remains is at disposal less committed."""

_LATER = "{row}.effective_on <= %(to_day)s AND {row}.position <= %(to_known)s"
_EARLIER = "{row}.effective_on <= %(from_day)s AND {row}.position <= %(from_known)s"
_NEAR = """
    ({row}.effective_on > least(%(to_day)s::date, %(from_day)s)
     AND {row}.effective_on <= greatest(%(to_day)s::date, %(from_day)s)
     OR {row}.position > least(%(to_known)s::bigint, %(from_known)s)
     AND {row}.position <= greatest(%(to_known)s::bigint, %(from_known)s))
"""
# What one look has and the other has not; looked for where days or positions lie between the two.
_BETWEEN = f"{_NEAR} AND ({_LATER}) <> ({_EARLIER})"
_SIGN = f"CASE WHEN {_LATER} THEN 1 ELSE -1 END"
_HEARD = "({row}.position > least(%(to_known)s::bigint, %(from_known)s))"
_POSTS = "SELECT p.id FROM grants.fund p WHERE p.kind = 'post' AND p.year = %(year)s"
_MOVED = ", ".join(f"e.{column} * {_SIGN.format(row='e')} AS {name}" for name, column in MOVED.items())
_ENTRIES = f"""
    WITH {HIDDEN} {ENTRY}, {_MOVED}, {_SIGN.format(row="e")} AS sign, {_HEARD.format(row="e")} AS newly_known
    FROM grants.entry e JOIN grants.event v ON v.position = e.position
    WHERE e.fund_id = ANY (ARRAY({_POSTS})) AND {_BETWEEN.format(row="e")} AND {SEEN}
    ORDER BY e.fund_id COLLATE "C", e.effective_on, e.position, e.line
"""
_SAYS = f"""
    SELECT m.position, 0 AS line, m.fund_id, m.effective_on, m.recorded_at, m.name,
           m.amount * {_SIGN.format(row="m")} AS amount_ore, {_SIGN.format(row="m")} AS sign,
           {_HEARD.format(row="m")} AS newly_known
    FROM grants.mark m
    WHERE m.fund_id = ANY (ARRAY({_POSTS})) AND m.name = ANY (%(names)s) AND {_BETWEEN.format(row="m")}
    ORDER BY m.fund_id, m.effective_on, m.position
"""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """`before` and `after` are the posts as both looks have them, by fund; `reasons` one row for each movement of one
    post's column (`column`), `amount_ore` with its sign. `sign` is -1 for what the later look no longer has, and
    `newly_known` says that one look had not heard of it, whatever day it counts from."""

    before: dict[str, Row]
    after: dict[str, Row]
    reasons: Sequence[Row]

    def change_ore(self, fund_id: str, column: str) -> int | None:
        """How much a post's column changed; None where neither look knows it. What was unknown began at nothing."""
        stood = [look.get(fund_id, {}).get(column) for look in (self.before, self.after)]
        return None if stood == [None, None] else (stood[1] or 0) - (stood[0] or 0)


@dataclass(frozen=True, slots=True)
class Changes:
    """The queries. Reading only, and only what the overview's reader sees."""

    overview: Overview

    async def between(self, year: int, before: AsOf, after: AsOf) -> Changed:
        """The posts of a budget year as two looks have them, and all that lies between."""
        async with self.overview.balances.pool.connection() as connection:
            known = [await position_at(connection, each.known_at) for each in (before, after)]
        asked: dict[str, Any] = {
            "year": year,
            **await self.overview.hiding([year]),
            "names": list(SAID.values()),
            "from_day": before.valid_at,
            "to_day": after.valid_at,
            "from_known": ALL if known[0] is None else known[0],
            "to_known": ALL if known[1] is None else known[1],
        }
        explained = Explanations(self.overview)
        entries = await explained.named(await self._rows(_ENTRIES, asked))
        said = await in_letters(self.overview, await self._rows(_SAYS, asked))
        return Changed(
            before=await self._posts(year, before),
            after=await self._posts(year, after),
            reasons=[*_by_column(entries), *said],
        )

    async def _posts(self, year: int, look: AsOf) -> dict[str, Row]:
        rows = await self.overview.posts(year, valid_at=look.valid_at, known_at=look.known_at)
        return {row["fund_id"]: row for row in rows}

    async def _rows(self, query: str, asked: dict[str, Any]) -> list[Row]:
        async with self.overview.balances.pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, asked)).fetchall())


def _by_column(entries: Sequence[Row]) -> list[Row]:
    """One row for each column that an entry moves."""
    return [{**row, "column": name, "amount_ore": row[name]} for row in entries for name in MOVED if row[name]]
