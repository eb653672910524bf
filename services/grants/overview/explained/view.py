"""What a figure of a budget year is made of: the entries that sum to it, or what the letters say of a post.

A figure is one column of one or several funds. Each entry comes with what the figure stood at after it, so that the
last one is the figure, to the øre. Read by the rules of `Overview`: what a reader is not told of is no part of it.
Whole øre.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row

from services.grants.balance.view import ENTRY, AsOf, Row, position_at
from services.grants.case_view.listing import LIVE
from services.grants.overview.said.view import SAID, in_letters, letters_of
from services.grants.overview.view import Overview

BATCH = 500

MOVED = {
    "at_disposal_ore": "available_ore",
    "carried_over_ore": "carried_over_ore",
    "earmarked_ore": "earmarked_ore",
    "committed_ore": "committed_ore",
    "disbursed_ore": "disbursed_ore",
    "withheld_ore": "withheld_ore",
}
"""The columns that entries sum to, and what each is called of an entry."""
# What is hidden: the facts of cases that the reader is not told of (`Overview.hiding`). An entry is of the case whose
# fact it is, or whose held-over promise it covers.
HIDDEN = """
    hidden AS MATERIALIZED (
        SELECT u.stream, u.since, u.whole FROM unnest(
            %(hidden_stream)s::text[], %(hidden_since)s::bigint[], %(hidden_whole)s::boolean[])
            AS u (stream, since, whole)),
    hidden_at AS MATERIALIZED (
        SELECT v.position, h.whole FROM hidden h JOIN grants.event v ON v.stream = h.stream AND v.position >= h.since)
"""
SEEN = """
    NOT EXISTS (SELECT FROM hidden_at h WHERE h.position = e.position AND (h.whole OR e.committed_ore <> 0))
    AND NOT (e.letter_number IS NULL AND e.cite IS NOT NULL AND EXISTS (
        SELECT FROM hidden h WHERE h.stream = split_part(e.cite, ' ', 2) AND e.position >= h.since
        AND (h.whole OR e.committed_ore <> 0)))
"""
_IN_TIME = """e.effective_on <= %(day)s AND e.position <= coalesce(%(known)s, 9223372036854775807)
    AND (%(grounds)s::text[] IS NULL OR e.ground = ANY (%(grounds)s))
    AND (%(letter)s::integer IS NULL OR e.letter_number = %(letter)s)
    AND (%(cite)s::text IS NULL OR e.cite = %(cite)s) AND (%(on)s::date IS NULL OR e.effective_on = %(on)s)"""
_ENTRIES = f"""
    WITH {HIDDEN}, found AS MATERIALIZED (
        SELECT e.fund_id, e.effective_on, e.position, e.line, e.{{column}} AS amount_ore,
               sum(e.{{column}}) OVER (ORDER BY e.fund_id COLLATE "C", e.effective_on, e.position, e.line)::bigint
                   AS standing_ore
        FROM grants.entry e
        WHERE e.fund_id = ANY (%(funds)s) AND e.{{column}} <> 0 AND {_IN_TIME} AND {SEEN}),
    shown AS MATERIALIZED (
        SELECT f.* FROM found f ORDER BY f.fund_id COLLATE "C", f.effective_on, f.position, f.line
        OFFSET %(start)s LIMIT %(limit)s)
    {ENTRY}, s.amount_ore, s.standing_ore, (SELECT count(*) FROM found) AS of_count,
           (SELECT sum(f.amount_ore)::bigint FROM found f) AS of_ore
    FROM shown s JOIN grants.entry e USING (fund_id, effective_on, position, line)
    JOIN grants.event v ON v.position = e.position
    ORDER BY s.fund_id COLLATE "C", s.effective_on, s.position, s.line
"""
_MORE = f"""
    WITH {HIDDEN} {ENTRY}, e.{{column}} AS amount_ore FROM grants.entry e JOIN grants.event v ON v.position = e.position
    WHERE e.fund_id = %(fund)s AND (e.effective_on, e.position, e.line) > (%(after)s, %(position)s, %(line)s)
          AND e.{{column}} <> 0 AND {_IN_TIME} AND {SEEN}
    ORDER BY e.effective_on, e.position, e.line LIMIT %(limit)s
"""
_BY_LETTER = f"""
    WITH {HIDDEN}
    SELECT e.letter_number, e.ground, sum(e.{{column}})::bigint AS amount_ore FROM grants.entry e
    WHERE e.fund_id = ANY (%(funds)s) AND e.{{column}} <> 0 AND {_IN_TIME} AND {SEEN}
    GROUP BY e.letter_number, e.ground ORDER BY min(e.effective_on), e.letter_number, e.ground
"""
_LINE = """
    SELECT f.id, f.year FROM grants.case_number n JOIN grants.fund f
        ON f.id = 'case-' || n.case_id || CASE WHEN %(into)s::integer IS NULL THEN '' ELSE '/' || %(into)s END
    WHERE n.year = %(year)s AND n.number = %(number)s
"""
_SAID = """
    SELECT m.position, m.fund_id, m.effective_on, m.recorded_at, m.amount AS amount_ore,
           sum(m.amount) OVER (ORDER BY m.fund_id COLLATE "C", m.effective_on, m.position)::bigint AS standing_ore
    FROM grants.mark m
    WHERE m.fund_id = ANY (%(funds)s) AND m.name = %(name)s AND m.effective_on <= %(day)s
          AND m.position <= coalesce(%(known)s, 9223372036854775807)
    ORDER BY m.fund_id COLLATE "C", m.effective_on, m.position
"""


_NAMES = f"""
    SELECT c.case_id::text, c.recipient FROM grants_view.case_row c
    WHERE c.edition = {LIVE} AND c.case_id = ANY (%(cases)s::uuid[])
"""


@dataclass(frozen=True)
class Lines:
    """The funds that a figure is of, and the budget years they are of. Where it is no more than a part of what stands
    on them: what their entries stand on (`grounds`), which letter, where in it and from which day."""

    funds: Collection[str]
    years: Collection[int]
    grounds: Sequence[str] | None = None
    letter: int | None = None
    cite: str | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Some of the entries behind a figure, oldest first: `count` in all, and `total_ore`, what they all sum to. Each
    row has its `amount_ore` and `standing_ore`, what the figure stood at with it."""

    rows: Sequence[Row]
    count: int
    total_ore: int


@dataclass(frozen=True, slots=True)
class Explanations:
    """The queries. Reading only, and only what the overview's reader sees."""

    overview: Overview

    async def entries(self, of: Lines, column: str, as_of: AsOf, *, start: int = 0, limit: int = BATCH) -> Entries:
        """The entries that move a column (one of `MOVED`), fund by fund and by the day they count from: `limit` of them
        from the `start`-th on."""
        asked = {"funds": list(of.funds), "start": start, "limit": limit, **await self._at(of, as_of)}
        found = await self._rows(_ENTRIES.format(column=MOVED[column]), asked, as_of.known_at)
        count, total_ore = (found[0]["of_count"], found[0]["of_ore"]) if found else (0, 0)
        return Entries(rows=await self.named(found), count=count, total_ore=total_ore)

    async def by_letter(self, of: Lines, column: str, as_of: AsOf) -> Sequence[Row]:
        """What entries sum to by the letter they stand on and what it did (`ground`); those of no letter together."""
        asked = {"funds": list(of.funds), **await self._at(of, as_of)}
        return await self._rows(_BY_LETTER.format(column=MOVED[column]), asked, as_of.known_at)

    async def line_of(self, year: int, number: int, into: int | None = None) -> tuple[str, int] | None:
        """A case's commitment by the case's number, and its budget year; `into`: what stands for it in a later one."""
        found = await self._rows(_LINE, {"year": year, "number": number, "into": into}, None)
        return (found[0]["id"], found[0]["year"]) if found else None

    async def every_entry(self, of: Lines, column: str, as_of: AsOf) -> AsyncIterator[Row]:
        """All of them, in the same order, some at a time: for what is written to a file."""
        query, standing_ore = _MORE.format(column=MOVED[column]), 0
        for fund in sorted(of.funds):
            asked = {"fund": fund, "after": date.min, "position": 0, "line": 0, "limit": BATCH}
            while rows := await self._rows(query, {**asked, **await self._at(of, as_of)}, as_of.known_at):
                for row in await self.named(rows):
                    standing_ore += row["amount_ore"]
                    yield {**row, "standing_ore": standing_ore}
                last = rows[-1]
                asked |= {"after": last["effective_on"], "position": last["position"], "line": last["line"]}

    async def named(self, rows: Sequence[Row]) -> list[Row]:
        """Entries, each with the number of its case and the recipient's name, None beside one that is of no case; and
        with what became of its letter there (`how`), empty for one that is of none."""
        numbered = await self.overview.numbers.numbered(rows)
        cases = sorted({row["case_id"] for row in rows if row["case_id"]})
        named = await self._rows(_NAMES, {"cases": cases}, None) if cases else []
        names = {row["case_id"]: row["recipient"] for row in named}
        told = await letters_of(self.overview, [row for row in rows if row["letter_number"] is not None])
        how = {position: letter[1] for position, letter in told.items()}
        return [
            {**row, "recipient": names.get(row["case_id"]), "how": how.get(row["position"], "")} for row in numbered
        ]

    async def _at(self, of: Lines, as_of: AsOf) -> Mapping[str, Any]:
        part = {"grounds": None if of.grounds is None else list(of.grounds), "letter": of.letter, "cite": of.cite}
        return {"day": as_of.valid_at, "on": of.on, **part, **await self.overview.hiding(of.years)}

    async def said(self, funds: Collection[str], column: str, as_of: AsOf) -> Sequence[Row]:
        """What letters say of a column (one of `SAID`) on these posts, each with the letter that said it, where in it,
        and what became of the letter there. No rows: no letter has said anything of it."""
        asked = {"funds": list(funds), "name": SAID[column], "day": as_of.valid_at}
        rows = await self._rows(_SAID, asked, as_of.known_at)
        return await in_letters(self.overview, [{**row, "name": SAID[column]} for row in rows])

    async def _rows(self, query: str, asked: Mapping[str, Any], known_at: datetime | None) -> list[Row]:
        async with self.overview.balances.pool.connection() as connection:
            known = {"known": await position_at(connection, known_at)}
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, {**asked, **known})).fetchall())
