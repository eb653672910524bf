"""What stands on posts and funds: now, on any day, and as it was known at any instant. Amounts are whole øre.

Two times: `valid_at` is the day money counts from (that day included, Europe/Oslo), `known_at` the instant the system
knew it. An instant becomes a position in the log, so what has been read for a past instant stays so.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.grants.balance.movements import effects

Row = Mapping[str, Any]

# OFFSET 0 keeps what follows one value, worked out once: pulled up, each column would work it out anew.
_STOOD = """
    CROSS JOIN LATERAL (SELECT CASE
        WHEN %(known)s::bigint IS NULL AND coalesce(f.last_on, '-infinity') <= %(day)s THEN
            ARRAY[f.available_ore, f.carried_over_ore, f.earmarked_ore,
                  f.committed_ore, f.disbursed_ore, f.withheld_ore]
        ELSE grants.balance_at(f.id, %(day)s, coalesce(%(known)s, 9223372036854775807)) END AS t OFFSET 0) AS stood
"""
KNOWN = """
    EXISTS (SELECT FROM grants.entry e WHERE e.fund_id = f.id AND e.effective_on <= %(day)s
            AND e.position <= coalesce(%(known)s, 9223372036854775807))
"""
_SAID = """
    CROSS JOIN LATERAL (SELECT CASE
        WHEN %(known)s::bigint IS NULL AND coalesce(f.said_on, '-infinity') <= %(day)s THEN f.marks
        ELSE (SELECT coalesce(jsonb_object_agg(k.name, k.total), '{}') FROM (
                  SELECT m.name, sum(m.amount) AS total FROM grants.mark m
                  WHERE m.fund_id = f.id AND m.effective_on <= %(day)s
                    AND m.position <= coalesce(%(known)s, 9223372036854775807)
                  GROUP BY m.name) AS k) END AS m OFFSET 0) AS said
"""
# What was held over from the year before, or to the next: claims, what is covered and paid of them.
_HELD_OVER = """
    CROSS JOIN LATERAL (SELECT
        (SELECT coalesce(sum(h.claimed_ore), 0)::bigint FROM grants.held_over_entry h
         WHERE h.post_id = f.id AND h.effective_on <= {day} AND h.position <= {known}) AS claims_ore,
        (SELECT coalesce(sum(h.paid_ore), 0)::bigint FROM grants.held_over_entry h
         WHERE h.post_id = f.id AND h.effective_on <= {day} AND h.position <= {known}) AS claims_disbursed_ore,
        (SELECT coalesce(sum(l.committed_ore), 0)::bigint FROM grants.held_over h
         JOIN grants.entry l ON l.fund_id = h.stream || '/' || h.into_year
         WHERE h.post_id = f.id AND l.effective_on <= {day} AND l.position <= {known}) AS claims_covered_ore,
        (SELECT coalesce(sum(e.claimed_ore), 0)::bigint FROM grants.held_over h
         JOIN grants.held_over_entry e ON e.stream = h.stream AND e.into_year = h.into_year
         WHERE h.from_post_id = f.id AND e.effective_on <= {day} AND e.position <= {known}
               AND (h.ground = 'paid' OR e.effective_on = make_date(h.into_year, 1, 1))) AS held_over_ore
        OFFSET 0) AS over
"""
_OVER_AS_OF = _HELD_OVER.format(day="%(day)s", known="coalesce(%(known)s, 9223372036854775807)")
_OVER_NOW = _HELD_OVER.format(day="%(day)s", known="9223372036854775807")
_POST = """
    SELECT f.id AS fund_id, f.year, f.chapter, f.post, f.name, (m -> 'appropriated')::bigint AS appropriated_ore,
           (m -> 'held_back')::bigint AS held_back_ore,
           t[1] AS at_disposal_ore, t[2] AS carried_over_ore, t[3] AS earmarked_ore, t[4] AS committed_ore,
           t[5] AS disbursed_ore, t[6] AS withheld_ore, t[1] - t[4] AS remaining_ore, t[4] > t[1] AS overdrawn,
           coalesce((m -> 'transferable')::bigint, 0) > 0 AS transferable,
           coalesce((m -> 'estimated')::bigint, 0) > 0 AS estimated,
           coalesce((m -> 'open_differences')::bigint, 0) AS open_differences,
           coalesce((m -> 'open_earmark_differences')::bigint, 0) AS open_earmark_differences,
           coalesce((m -> 'carried_over_free')::bigint, 0) AS carried_over_free_ore,
           claims_ore, claims_covered_ore, claims_disbursed_ore, held_over_ore
"""
_POSTS = f"{_POST} FROM grants.fund f {_STOOD} {_SAID} {_OVER_AS_OF}"
# Most readers ask for one post as it stands: one row by its key, written as JSON where it lies.
_POST_NOW = f"""
    SELECT to_json(one)::text FROM ({_POST} FROM (SELECT *, marks AS m, ARRAY[available_ore, carried_over_ore,
        earmarked_ore, committed_ore, disbursed_ore, withheld_ore] AS t FROM grants.fund) AS f {_OVER_NOW}
        WHERE f.id = %(fund)s AND greatest(f.last_on, f.said_on) <= %(day)s) AS one
"""
POST_BY_ID = f"{_POSTS} WHERE f.id = %(fund)s AND {KNOWN}"
# A case's commitment is itself what was promised: nothing is at its disposal, so nothing of it remains or is overdrawn.
FUND = f"""
    SELECT f.id AS fund_id, f.parent_id, f.kind, f.name, f.hard_stop, t[1] AS at_disposal_ore,
           t[2] AS carried_over_ore, t[3] AS earmarked_ore, t[4] AS committed_ore, t[5] AS disbursed_ore,
           t[6] AS withheld_ore, aside.ore AS set_aside_ore,
           CASE f.kind WHEN 'commitment' THEN 0 ELSE t[1] - t[4] - aside.ore END AS remaining_ore,
           f.kind <> 'commitment' AND t[4] + aside.ore > t[1] AS overdrawn,
           (SELECT o.parent_id FROM grants.held_over h JOIN grants.fund o ON o.id = h.stream
            WHERE f.kind = 'commitment' AND f.id = h.stream || '/' || h.into_year
                  AND h.stream = split_part(f.id, '/', 1) AND h.into_year = f.year) AS held_over_from
    FROM grants.fund f {_STOOD}
    CROSS JOIN LATERAL (SELECT CASE WHEN f.kind = 'earmark' OR f.kind = 'recipient' THEN
        grants.set_aside_at(f.id, %(day)s, coalesce(%(known)s, 9223372036854775807)) ELSE 0 END AS ore
        OFFSET 0) AS aside"""
# In the order of an index that holds each fund at its place below its post: a page reads as many as it shows.
_PLACE = "grants.place_of(f.path)"
FUNDS = f"""{FUND.replace("f.hard_stop,", f"f.hard_stop, {_PLACE} AS place,")}
    WHERE (f.year, f.chapter, f.post) = (%(year)s, %(chapter)s, %(post)s) AND {_PLACE} > %(after)s
      AND %(fund)s = ANY (f.path) AND {KNOWN}
    ORDER BY f.year, f.chapter, f.post, {_PLACE} LIMIT %(limit)s
"""
ENTRY = """
    SELECT e.position, e.line, e.fund_id, e.effective_on, e.recorded_at, e.ground, e.letter_number,
           CASE WHEN e.letter_number IS NOT NULL THEN e.cite END AS cite,
           CASE WHEN e.letter_number IS NULL THEN split_part(e.cite, ' ', 1) END AS held_over_from,
           CASE WHEN e.letter_number IS NULL AND e.cite IS NOT NULL THEN substr(split_part(e.cite, ' ', 2), 6)
                WHEN v.stream LIKE 'case-%%' THEN substr(v.stream, 6) END AS case_id"""
"""What an entry stands on, of `grants.entry e` and the event `v` that it is of."""
ENTRIES = f"""
    {ENTRY}, e.available_ore AS at_disposal_ore, e.carried_over_ore, e.earmarked_ore, e.committed_ore,
           e.disbursed_ore, e.withheld_ore
    FROM grants.entry e JOIN grants.event v ON v.position = e.position
    WHERE e.fund_id = %(fund)s AND e.effective_on <= %(day)s AND e.position <= coalesce(%(known)s, 9223372036854775807)
"""
_ENTRIES = f"""{ENTRIES}
      AND (e.position, e.line) > (%(after)s, %(after_line)s)
    ORDER BY e.position, e.line LIMIT %(limit)s
"""
YEARS = "SELECT DISTINCT year FROM grants.fund WHERE kind = 'post' ORDER BY year"
"""Of posts alone: there are twenty a year, and as many commitments as cases."""
_ACROSS_YEARS = "SELECT promised_ore FROM grants.authority_use WHERE post_id = %(post)s"
# What a day came to is carried by its last entry: one is looked up for each day on which anything moved, however many
# entries there are.
_PROMISED_BY_DAY = """
    SELECT fund_id, "on", coalesce(sum(ore) FILTER (WHERE is_it), 0)::bigint AS committed_ore,
           sum(CASE WHEN is_it THEN ore ELSE -ore END)::bigint AS direct_ore
    FROM (SELECT f.id AS fund_id, f.id AS of, true AS is_it FROM unnest(%(funds)s::text[]) AS f (id)
          UNION ALL
          SELECT p.parent_id, p.id, false FROM grants.fund f
          JOIN grants.fund p ON p.parent_id = f.id AND (p.year, p.chapter, p.post) = (f.year, f.chapter, f.post)
          WHERE f.id = ANY (%(funds)s) AND p.kind <> 'commitment') AS line
    CROSS JOIN LATERAL (
        WITH RECURSIVE moved AS (
            SELECT (SELECT min(e.effective_on) FROM grants.entry e WHERE e.fund_id = line.of) AS "on"
            UNION ALL
            SELECT (SELECT min(e.effective_on) FROM grants.entry e
                    WHERE e.fund_id = line.of AND e.effective_on > m."on") FROM moved m WHERE m."on" IS NOT NULL)
        SELECT m."on", of_day.ore FROM moved m CROSS JOIN LATERAL (
            SELECT e.day_totals[4] AS ore FROM grants.entry e
            WHERE e.fund_id = line.of AND e.effective_on = m."on"
                  AND e.position <= coalesce(%(known)s, 9223372036854775807)
            ORDER BY e.position DESC, e.line DESC LIMIT 1) AS of_day) AS days
    GROUP BY fund_id, "on"
    HAVING coalesce(sum(ore) FILTER (WHERE is_it), 0) <> 0 OR sum(CASE WHEN is_it THEN ore ELSE -ore END) <> 0
    ORDER BY fund_id, "on"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class AsOf:
    """The two times a balance is asked for at."""

    valid_at: date
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Balances:
    """The queries on posts, funds and entries. Reading only."""

    pool: AsyncConnectionPool
    _open: set[str] = field(default_factory=set)

    async def list_years(self) -> list[int]:
        """The budget years that have a post."""
        return [row["year"] for row in await self._rows(YEARS, {})]

    async def list_years_of(self, streams: Collection[str]) -> list[int]:
        """The budget years whose money these cases were promised."""
        query = "SELECT DISTINCT f.year FROM grants.fund f WHERE f.id = ANY (%(streams)s)"
        return [row["year"] for row in await self._rows(query, {"streams": list(streams)})]

    async def list_posts(
        self, year: int, as_of: AsOf, *, after: tuple[int, int] = (0, -1), limit: int = 500
    ) -> list[Row]:
        """The posts of a budget year that were known by then, by chapter and post."""
        query = f"""{_POSTS} WHERE f.kind = 'post' AND f.year = %(year)s
            AND (f.chapter, f.post) > (%(chapter)s, %(post)s) AND {KNOWN} ORDER BY f.chapter, f.post LIMIT %(limit)s"""
        asked = {"year": year, "chapter": after[0], "post": after[1], "limit": limit}
        return await self._rows(query, asked, as_of)

    async def find_post(self, year: int, chapter: int, post: int, as_of: AsOf) -> Row | None:
        """One post, or None if no letter had opened it by then."""
        found = await self._rows(POST_BY_ID, {"fund": post_id(year, chapter, post)}, as_of)
        return found[0] if found else None

    async def post_now(self, year: int, chapter: int, post: int, day: date) -> str | None:
        """One post as it stands on a day with nothing dated after it, as JSON; None sends the reader to find_post."""
        async with self.pool.connection() as connection:
            asked = {"fund": post_id(year, chapter, post), "day": day}
            found = await (await connection.execute(_POST_NOW, asked, binary=True)).fetchone()
            return None if found is None else str(found[0])

    async def list_funds(
        self, year: int, chapter: int, post: int, as_of: AsOf, *, after: str = "", limit: int = 500
    ) -> list[Row]:
        """The post's own fund and every fund below it, commitments of cases too, by path. A fund follows its parent."""
        asked = {"year": year, "chapter": chapter, "post": post, "fund": post_id(year, chapter, post)}
        return await self._rows(FUNDS, {**asked, "after": after, "limit": limit}, as_of)

    async def find_fund(self, fund_id: str, as_of: AsOf) -> Row | None:
        """One fund, or None if it was not known by then."""
        found = await self._rows(f"{FUND} WHERE f.id = %(fund)s AND {KNOWN}", {"fund": fund_id}, as_of)
        return found[0] if found else None

    async def takes_awards(self, fund_id: str) -> bool:
        """Whether a letter has opened the fund, so that awards can be made on it. A fund that is open stays open."""
        if fund_id not in self._open:
            query = "SELECT id FROM grants.fund WHERE id = %(fund)s AND kind <> 'commitment'"
            self._open.update(row["id"] for row in await self._rows(query, {"fund": fund_id}))
        return fund_id in self._open

    async def disbursed_ore(self, fund_id: str, as_of: AsOf) -> int:
        """What is paid on the fund and below it up to a day; nothing where no letter has opened the fund."""
        query = f"SELECT t[5] AS disbursed_ore FROM grants.fund f {_STOOD} WHERE f.id = %(fund)s"
        found = await self._rows(query, {"fund": fund_id}, as_of)
        return int(found[0]["disbursed_ore"]) if found else 0

    async def list_taking_awards(self, fund_ids: Collection[str]) -> frozenset[str]:
        """Those of the funds that a letter has opened, so that awards can be made on them."""
        query = "SELECT id FROM grants.fund WHERE id = ANY (%(funds)s) AND kind <> 'commitment'"
        return frozenset(row["id"] for row in await self._rows(query, {"funds": list(fund_ids)}))

    async def promised_by_day(self, fund_ids: Collection[str], known_at: datetime | None) -> list[Row]:
        """What is promised on each fund moves on a day (`on`): on it and below it, and directly on it (whole øre)."""
        as_of = AsOf(valid_at=date.max, known_at=known_at)
        return await self._rows(_PROMISED_BY_DAY, {"funds": list(fund_ids)}, as_of)

    async def promised_across_years_ore(self, post_id: str) -> int:
        """How much has ever been promised on the post and below it by awards that reach past the budget year."""
        found = await self._rows(_ACROSS_YEARS, {"post": post_id})
        return int(found[0]["promised_ore"]) if found else 0

    async def foresee(self, pairs: Sequence[tuple[str, Event]], *, since: date) -> list[Row]:
        """Each fund that these (stream, event) pairs would reach, highest first, with what would be left and by how
        much it falls short: nothing on every fund is what the log would record. They all count from the day `since`.
        Nothing is written."""
        planned = effects(pairs) or {}
        movements = planned.get("movements", [])
        assert all(each["day"] == since.isoformat() for each in movements), "a plan is for one day"
        return await self._rows(
            "SELECT * FROM grants.foresee(%(plan)s, %(since)s)", {"plan": json.dumps(planned), "since": since}
        )

    async def list_entries(
        self, fund_id: str, as_of: AsOf, *, after: tuple[int, int] = (0, 0), limit: int = 500
    ) -> list[Row]:
        """The ledger of a fund in the order it was recorded; the sums of all its entries are its balance."""
        asked = {"fund": fund_id, "after": after[0], "after_line": after[1], "limit": limit}
        return await self._rows(_ENTRIES, asked, as_of)

    async def _rows(self, query: str, asked: Row, as_of: AsOf | None = None) -> list[Row]:
        async with self.pool.connection() as connection:
            times: dict[str, Any] = {}
            if as_of is not None:
                times = {"day": as_of.valid_at, "known": await position_at(connection, as_of.known_at)}
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, {**asked, **times})).fetchall())


async def position_at(connection: AsyncConnection[Any], known_at: datetime | None) -> int | None:
    """The last position recorded by that instant (0 before the first), or None for now."""
    if known_at is None:
        return None
    found = await (await connection.execute("SELECT grants.position_at(%s)", (known_at,))).fetchone()
    assert found is not None
    return int(found[0])


def post_id(year: int, chapter: int, post: int) -> str:
    """The id of a post's fund: "2020/290/01"."""
    return f"{year}/{chapter}/{post:02}"
