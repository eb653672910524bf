"""What is held over from one budget year to the next: each claim on a post, what covers it, and what is amiss. Reading
only; whole øre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import AsOf, position_at
from services.grants.held_over.unpaid import UNPAID

Row = Mapping[str, Any]

_COVERED = """
    SELECT min(stood) FROM (
        SELECT d.day, coalesce(sum(e.committed_ore - e.disbursed_ore - e.withheld_ore), 0)::bigint AS stood
        FROM (SELECT %(on)s::date AS day UNION
              SELECT l.effective_on FROM grants.entry l WHERE l.fund_id = %(line)s AND l.effective_on > %(on)s) AS d
        LEFT JOIN grants.entry e ON e.fund_id = %(line)s AND e.effective_on <= d.day
        GROUP BY d.day) AS days
"""
_CLAIMS = """
    SELECT substr(h.stream, 6) AS case_id, o.parent_id AS held_over_from, h.ground, h.promised_on, c.claimed_ore,
           t[4] AS covered_ore, c.claimed_ore - t[4] AS uncovered_ore, c.paid_ore AS disbursed_ore, c.withheld_ore,
           (h.ground <> 'transferable')::integer AS rank, coalesce(ranked.place, 2147483647) AS place, h.promised_at
    FROM grants.held_over h JOIN grants.fund o ON o.id = h.stream
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.claimed_ore), 0)::bigint AS claimed_ore, coalesce(sum(e.paid_ore), 0)::bigint AS paid_ore,
               coalesce(sum(e.withheld_ore), 0)::bigint AS withheld_ore, count(*) AS entries
        FROM grants.held_over_entry e WHERE e.post_id = %(post)s AND e.stream = h.stream AND e.into_year = h.into_year
             AND e.effective_on <= %(day)s AND e.position <= coalesce(%(known)s, 9223372036854775807)) AS c
    CROSS JOIN LATERAL (SELECT grants.balance_at(h.stream || '/' || h.into_year, %(day)s,
                               coalesce(%(known)s, 9223372036854775807)) AS t OFFSET 0) AS stood
    LEFT JOIN LATERAL (
        SELECT x.place FROM grants.held_over_order x WHERE x.post_id = %(post)s AND x.stream = h.stream
        AND (x.effective_on, x.position) = (SELECT y.effective_on, y.position FROM grants.held_over_order y
            WHERE y.post_id = %(post)s AND y.effective_on <= %(day)s
                  AND y.position <= coalesce(%(known)s, 9223372036854775807)
            ORDER BY y.effective_on DESC, y.position DESC LIMIT 1)) AS ranked ON true
    WHERE c.entries > 0
    ORDER BY rank, place, h.promised_on, h.promised_at
"""
ORDER_OF_CLAIMS = ("rank", "place", "promised_on", "promised_at")
"""What claims are put in the order of their cover by."""
_KNOWN = "position <= coalesce(%(known)s, 9223372036854775807)"
_STOOD = """CROSS JOIN LATERAL (
        SELECT grants.balance_at(p.id, %(day)s, coalesce(%(known)s, 9223372036854775807)) AS t OFFSET 0) AS s"""
# Few of the promises of earlier years were turned before the next year's books knew of them, or moved after their own:
# those are asked for by that, and the others are not looked at.
_PROMISES = """
    SELECT f.id, f.path[cardinality(f.path)] AS post_id, f.parent_id FROM grants.fund f
    WHERE f.kind = 'commitment' AND f.year < %(year)s AND f.id ^@ 'case-' AND strpos(f.id, '/') = 0"""
DEVIATIONS = f"""
    WITH posts AS (SELECT f.id, f.name FROM grants.fund f WHERE f.kind = 'post' AND f.year = %(year)s),
    claims AS (
        SELECT h.post_id, h.stream, h.ground, o.parent_id AS held_over_from, sum(e.paid_ore)::bigint AS paid_ore,
               sum(e.claimed_ore)::bigint AS claimed_ore, h.promised_on, o.path[cardinality(o.path)] AS own_post
        FROM grants.held_over h JOIN grants.held_over_entry e ON e.stream = h.stream AND e.into_year = h.into_year
        JOIN grants.fund o ON o.id = h.stream
        WHERE h.into_year = %(year)s AND e.effective_on <= %(day)s AND e.{_KNOWN}
        GROUP BY h.post_id, h.stream, h.ground, o.parent_id, h.promised_on, o.path),
    turned AS (SELECT DISTINCT v.stream FROM grants.turned_before v WHERE v.{_KNOWN} AND v.year = %(year)s - 1)
    SELECT 'paid-beyond-carry-over' AS kind, p.id AS post_id, NULL AS case_id, NULL AS held_over_from,
           paid.beyond_ore AS amount_ore, paid.fund_ids
    FROM posts p CROSS JOIN LATERAL (
        SELECT sum(l.beyond_ore)::bigint AS beyond_ore, array_agg(DISTINCT l.line ORDER BY l.line) AS fund_ids
        FROM grants.lines_paid_beyond(p.id, %(day)s, coalesce(%(known)s, 9223372036854775807)) AS l OFFSET 0) AS paid
    WHERE EXISTS (SELECT FROM claims c WHERE c.post_id = p.id) AND paid.beyond_ore > 0
    UNION ALL
    SELECT 'paid-not-held-over', c.post_id, substr(c.stream, 6), c.held_over_from, c.paid_ore, NULL
    FROM claims c WHERE c.ground = 'paid' AND c.paid_ore <> 0
    UNION ALL
    SELECT 'paid-before-any-letter', c.post_id, substr(c.stream, 6), c.held_over_from, c.paid_ore, NULL
    FROM claims c WHERE c.paid_ore <> 0 AND NOT EXISTS (SELECT FROM posts p WHERE p.id = c.post_id)
    UNION ALL
    SELECT 'claims-on-no-post', c.post_id, substr(c.stream, 6), c.held_over_from, c.claimed_ore - c.paid_ore, NULL
    FROM claims c WHERE c.claimed_ore > c.paid_ore AND EXISTS (SELECT FROM posts)
          AND NOT EXISTS (SELECT FROM posts p WHERE p.id = c.post_id)
    UNION ALL
    SELECT 'authority-of-no-letter', u.post_id, NULL, NULL, u.promised_ore, NULL
    FROM grants.authority_use u JOIN posts p ON p.id = u.post_id
    WHERE u.promised_ore > 0 AND NOT EXISTS (SELECT FROM grants.authority a WHERE a.post_id = u.post_id)
    UNION ALL
    SELECT 'promised-beyond-authority', u.post_id, NULL, NULL, u.promised_ore - most.limit_ore, NULL
    FROM grants.authority_use u JOIN posts p ON p.id = u.post_id
    CROSS JOIN LATERAL (
        SELECT max(a.limit_ore) AS limit_ore, bool_or(a.limit_ore IS NULL) AS unlimited FROM grants.authority a
        WHERE a.post_id = u.post_id AND a.effective_on <= %(day)s) AS most
    WHERE u.promised_ore > most.limit_ore AND NOT most.unlimited
    UNION ALL
    SELECT 'held-over-past-authority', c.post_id, substr(c.stream, 6), c.held_over_from, c.claimed_ore, NULL
    FROM claims c CROSS JOIN LATERAL (
        SELECT max(a.until_year) AS until_year FROM grants.authority a
        WHERE a.post_id = c.own_post AND a.effective_on <= %(day)s AND a.effective_on >= coalesce(
            (SELECT max(b.effective_on) FROM grants.authority b
             WHERE b.post_id = c.own_post AND b.effective_on <= c.promised_on), '-infinity')) AS last
    WHERE c.ground = 'commitment-authority' AND c.claimed_ore > 0 AND last.until_year < %(year)s
    UNION ALL
    SELECT 'cover-fallen', c.post_id, substr(c.stream, 6), c.held_over_from,
           least(c.claimed_ore, stood.most_ore) - stood.now_ore, NULL
    FROM claims c
    CROSS JOIN LATERAL (SELECT coalesce(max(o.position), 0) AS position FROM grants.held_over_order o
        WHERE o.post_id = c.post_id AND o.effective_on <= %(day)s AND o.{_KNOWN}) AS ranked
    CROSS JOIN LATERAL (
        SELECT max(r.stood_ore) FILTER (WHERE r.position >= ranked.position)::bigint AS most_ore,
               sum(r.ore)::bigint AS now_ore
        FROM (SELECT e.position, sum(e.committed_ore) AS ore,
                     sum(sum(e.committed_ore)) OVER (ORDER BY e.position) AS stood_ore
              FROM grants.entry e
              WHERE e.fund_id = c.stream || '/' || %(year)s AND e.effective_on <= %(day)s AND e.{_KNOWN}
              GROUP BY e.position) AS r) AS stood
    WHERE c.ground = 'transferable' AND least(c.claimed_ore, stood.most_ore) > stood.now_ore
    UNION ALL
    SELECT 'overdrawn', p.id, NULL, NULL, t[4] - t[1], NULL FROM posts p {_STOOD} WHERE t[4] > t[1]
    UNION ALL
    SELECT 'held-over-outside-the-books', f.post_id, substr(f.id, 6), f.parent_id, (t[4] - t[5])::bigint, NULL
    FROM turned v JOIN ({_PROMISES}) AS f ON f.id = v.stream
    CROSS JOIN LATERAL (SELECT grants.balance_at(f.id, make_date(%(year)s - 1, 12, 31),
        coalesce(%(known)s, 9223372036854775807)) AS t OFFSET 0) AS s
    WHERE NOT EXISTS (SELECT FROM grants.held_over h WHERE h.stream = f.id AND h.ground <> 'paid'
              AND h.into_year = %(year)s AND h.{_KNOWN})
    UNION ALL
    SELECT 'paid-on-a-closed-year', f.post_id, substr(f.id, 6), f.parent_id, sum(e.disbursed_ore)::bigint, NULL
    FROM ({_PROMISES} AND f.last_on >= make_date(f.year + 1, 1, 1) AND f.last_on >= make_date(%(year)s, 1, 1)) AS f
    JOIN grants.entry e ON e.fund_id = f.id
    WHERE e.effective_on BETWEEN make_date(%(year)s, 1, 1) AND least(%(day)s, make_date(%(year)s, 12, 31))
          AND e.{_KNOWN}
    GROUP BY f.id, f.post_id, f.parent_id HAVING sum(e.disbursed_ore) <> 0
    ORDER BY post_id, kind, case_id NULLS FIRST
"""


ORDER_OF_DEVIATIONS = ("post_id", "kind", "case_id")
_A_PAGE = f"""
    SELECT * FROM ({DEVIATIONS}) AS d
    WHERE (post_id COLLATE "C", kind COLLATE "C", coalesce(case_id, '') COLLATE "C")
          > (%(after_post)s::text, %(after_kind)s::text, %(after_case)s::text)
    ORDER BY post_id COLLATE "C", kind COLLATE "C", coalesce(case_id, '') COLLATE "C" LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class HeldOver:
    """The queries on what is held over."""

    pool: AsyncConnectionPool

    async def covered_ore(self, stream: str, on: date) -> int | None:
        """What of the case held over to the day's year is covered, unpaid and not withheld on that day and on every day
        since; None where the case is not held over to that year."""
        async with self.pool.connection() as connection:
            asked = {"stream": stream, "year": on.year, "line": f"{stream}/{on.year}", "on": on}
            query = "SELECT FROM grants.held_over WHERE stream = %(stream)s AND into_year = %(year)s"
            if (await connection.execute(query, asked)).rowcount == 0:
                return None
            found = await (await connection.execute(_COVERED, asked, binary=True)).fetchone()
            return int(found[0]) if found else 0

    async def list_covered_elsewhere(self, predecessor_id: str, follower_id: str) -> list[str]:
        """The cases held over from a post that are covered, or paid, on another than that follower in its year."""
        query = """
            SELECT substr(h.stream, 6) AS case_id FROM grants.held_over h
            WHERE h.from_post_id = (h.into_year - 1)::text || substr(%(predecessor)s, 5) AND h.post_id <> %(follower)s
                  AND h.into_year = split_part(%(follower)s, '/', 1)::integer
                  AND EXISTS (SELECT FROM grants.fund f WHERE f.id = h.stream || '/' || h.into_year)
            ORDER BY h.stream COLLATE "C"
        """
        async with self.pool.connection() as connection:
            asked = {"predecessor": predecessor_id, "follower": follower_id}
            return [row[0] for row in await (await connection.execute(query, asked)).fetchall()]

    async def list_claims(self, post_id: str, as_of: AsOf) -> Sequence[Row]:
        """Each case held over to a post, in the order they are covered, with its claim and how much of it is."""
        return await self._rows(_CLAIMS, {"post": post_id}, as_of)

    async def list_unpaid(self, as_of: AsOf, *, after: str = "", limit: int = 500) -> list[Row]:
        """The cases with money promised and not paid on the last day of a year, on funds of its year or an earlier one:
        what is unpaid in that year's books and what of it is withheld, whether the post was "kan overføres" at the end
        of the case's own year, whether the turn of the year is recorded in the case, and whether it was recorded before
        the next year's books knew of it, and is to be recorded anew."""
        return await self._rows(UNPAID, {"after": after, "limit": limit}, as_of)

    async def list_deviations(
        self, year: int, as_of: AsOf, *, after: tuple[str, str, str] = ("", "", ""), limit: int | None = None
    ) -> list[Row]:
        """What is not as it should be between this budget year and the one before, each with its size. Paid beyond what
        is released of the line it was promised on and of those above it (`paid-beyond-carry-over`; `fund_ids` are those
        lines), in the year without having been held over to it (`paid-not-held-over`), or on a post that no letter has
        opened (`paid-before-any-letter`). Held over to such a post, though letters have opened others
        (`claims-on-no-post`). Promised beyond the year on a leave that no letter gives any more
        (`authority-of-no-letter`), or beyond the most that any lets it be (`promised-beyond-authority`: an earlier
        release let approvals at the same moment pass the limit, or it was read lower since); or held over past the last
        year that any letter in force since it was promised lets it reach (`held-over-past-authority`, until the promise
        is reduced or a letter says otherwise). Cover that a case was told of and has lost, to an older promise, a
        receipt or a corrected letter, and by no order a controller set (`cover-fallen`). Committed beyond what is at
        disposal (`overdrawn`). Recorded before the year's books knew of what is held over:
        `held-over-outside-the-books`, `paid-on-a-closed-year`."""
        post_id, kind, case_id = after
        place = {"after_post": post_id, "after_kind": kind, "after_case": case_id, "limit": limit}
        return await self._rows(_A_PAGE, {"year": year, **place}, as_of)

    async def _rows(self, query: str, asked: Row, as_of: AsOf) -> list[Row]:
        async with self.pool.connection() as connection:
            times = {"day": as_of.valid_at, "known": await position_at(connection, as_of.known_at)}
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, {**asked, **times})).fetchall())
