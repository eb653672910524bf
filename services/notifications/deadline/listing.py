"""What is asked of the register: every deadline as it stands now.

Whether a notice's letters still wait for it is asked of the gate's own tables when it is read, for those are never
behind: so no letter that has left is said to wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.notifications.deadline.deadline import PERIODS
from services.notifications.deadline.view import FIELDS


@dataclass(frozen=True, kw_only=True)
class DeadlineRow:
    """A deadline as it stands now. `state` is over where it ended by itself, history where it was over long before it
    was known, and undated where nobody has named its day. Where none of a notice's letters waits for it any more it is
    met if one of them left, and else fallen; `waiting` is how many do, and while any does, the cases are theirs
    alone. `stood` is due, met or fallen as its history says last, `changed_found` that what was last said there was
    found, and `told` that receivers were told of such a one before."""

    deadline_id: UUID
    stream: str
    key: str
    kind: str
    state: str
    overdue: bool
    due_on: date | None
    due_at: datetime | None
    roles: Sequence[str]
    what: str
    part: int | None
    case_ids: Sequence[UUID]
    case_numbers: Sequence[str]
    scheme_ids: Sequence[str]
    posts: Sequence[str]
    items: Sequence[str]
    notice_id: UUID | None
    year: int | None
    letter_number: int | None
    assignment: str | None
    amount_ore: int | None
    cite: str | None
    known_at: datetime
    changed: str
    changed_at: datetime
    changed_position: int
    moves: int
    history: bool
    version: int
    position: int
    first_roles: Sequence[str]
    stood: str
    changed_found: bool
    told: bool
    waiting: int | None


def as_heard_by(role: str, row: DeadlineRow) -> DeadlineRow:
    """The deadline as a role hears of it unasked, in a calendar or an e-mail. The ministry hears that a notice is to
    come, and of no award in it: of those the notice itself tells it (ADR 0066)."""
    if role != "ministry" or row.kind != "notice-must-go":
        return row
    return replace(row, case_ids=(), case_numbers=(), scheme_ids=(), posts=(), waiting=None)


LAST = date.max
"""Where what has no day stands among those that have one: last."""
DAY = f"coalesce(d.due_on, '{LAST}'::date)"
WORKED_OUT = ("state", "case_ids", "case_numbers", "item_numbers")
TOLD = """d.changed_found AND EXISTS (SELECT FROM notifications.message t
                                       WHERE t.subject ->> 'deadline_id' = d.deadline_id::text)"""
"""Whether receivers were told of one that was found. Whoever only shows deadlines asks nothing of messages."""
STANDS = f"""
    SELECT {", ".join(f"d.{name}" for name in FIELDS if name not in WORKED_OUT)}, w.waiting, s.state,
           c.case_ids, c.case_numbers, coalesce(s.state = 'due' AND d.due_at <= now.at, false) AS overdue,
           {TOLD} AS told
    FROM notifications_view.deadline d
    CROSS JOIN (SELECT notifications.log_clock() AS at) AS now
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE l.waits) AS waiting, coalesce(bool_or(l.released), false) AS released,
               coalesce(bool_or(l.noticed), false) AS noticed,
               coalesce(array_agg(l.item) FILTER (WHERE l.waits), '{{}}') AS items
        FROM (
            SELECT i.item, i.released, told.noticed, NOT i.released AND NOT i.ended AND CASE d.kind
                WHEN 'notice-stale' THEN i.stale_at = d.due_at
                WHEN 'letter-unnoticed' THEN NOT told.noticed
                WHEN 'notice-must-go' THEN i.opens_at IS DISTINCT FROM '-infinity' AND NOT EXISTS (
                    SELECT FROM notifications.notice_line o JOIN notifications.notice n USING (notice)
                    WHERE o.item = i.item AND o.manifest_sha256 = i.manifest_sha256
                      AND n.notice <> d.stream AND NOT n.withdrawn AND n.received_at > d.known_at
                      AND n.ordered_position > coalesce(its.ordered_position, 0))
                    -- A publication planned otherwise is told of anew; of one that a notice tells of by a day of its
                    -- own, that notice's deadline is enough.
                    AND (d.notice_id IS NULL OR NOT starts_with(i.item, 'publication-') OR EXISTS (
                        SELECT FROM notifications.notice_line o WHERE o.notice = d.stream AND o.item = i.item
                          AND o.manifest_sha256 = i.manifest_sha256))
                    -- What is only prepared puts nothing off: until it is sent, a later day of it counts for nothing.
                    AND (d.notice_id IS NOT NULL OR NOT EXISTS (
                        SELECT FROM notifications.notice_line o JOIN notifications.notice n USING (notice)
                        JOIN notifications_view.deadline m ON m.edition = d.edition AND m.stream = o.notice
                        WHERE o.item = i.item AND o.manifest_sha256 = i.manifest_sha256 AND NOT n.withdrawn
                          AND m.kind = d.kind AND (n.ordered_position IS NOT NULL OR m.due_at <= d.due_at)))
                ELSE i.opens_at = d.due_at END AS waits
            FROM notifications.item i LEFT JOIN notifications.notice its ON its.notice = d.stream
            CROSS JOIN LATERAL (SELECT d.kind = 'letter-unnoticed' AND NOT i.ended AND EXISTS (
                SELECT FROM notifications.notice_line o JOIN notifications.notice n USING (notice)
                WHERE o.item = i.item AND o.manifest_sha256 = i.manifest_sha256 AND NOT n.withdrawn
                  AND n.ordered_position IS NOT NULL
            ) AS noticed) AS told
            WHERE i.item = ANY (d.items)
        ) AS l
    ) AS w ON d.items <> '{{}}' AND d.state = 'due'
    CROSS JOIN LATERAL (
        SELECT CASE WHEN w.waiting > 0 THEN array(
            SELECT substr(each, 8)::uuid FROM unnest(w.items) AS each WHERE starts_with(each, 'letter-') ORDER BY 1
        ) ELSE d.case_ids END AS case_ids, CASE WHEN w.waiting > 0 THEN array(
            SELECT DISTINCT each.number FROM unnest(d.items, d.item_numbers) AS each (item, number)
            WHERE each.item = ANY (w.items) AND each.number <> '' ORDER BY 1
        ) ELSE d.case_numbers END AS case_numbers
    ) AS c
    CROSS JOIN LATERAL (SELECT CASE
        WHEN w.waiting = 0 AND (w.noticed OR w.released AND d.kind <> 'notice-must-go') THEN 'met'
        WHEN w.waiting = 0 THEN 'fallen'
        WHEN d.state = 'due' AND d.due_on IS NULL THEN 'undated'
        WHEN d.state = 'due' AND d.history THEN 'history'
        WHEN d.state = 'due' AND d.kind = ANY (%(periods)s) AND d.due_at <= now.at THEN 'over'
        ELSE d.state END AS state) AS s
    WHERE d.edition = (SELECT edition FROM notifications_view.edition
                       WHERE projection = 'deadlines' AND state = 'live')
"""
STANDS_DUE = "d.state = 'due'"
"""What the register itself says of all that is due, over, history or undated: those alone are worked out."""
ENDS_BY_ITSELF = f"d.kind IN {tuple(sorted(PERIODS))}"
"""As the index of them says it (`deadline_periods`)."""
FITS: Mapping[str, str] = {
    "state": "s.state = %(state)s",
    "kind": "d.kind = %(kind)s",
    "since": "d.due_on >= %(since)s",
    "until": "d.due_on <= %(until)s",
    "overdue": "(s.state = 'due' AND d.due_at <= now.at) = %(overdue)s",
    "scheme": "d.scheme_ids @> ARRAY[%(scheme)s::text]",
    "post": "d.posts @> ARRAY[%(post)s::text]",
    # Those of the letters that still wait are among all of the notice's, by which it is found.
    "case": "d.case_ids @> ARRAY[%(case)s::uuid] AND %(case)s = ANY (c.case_ids)",
    "case_number": "d.case_numbers @> ARRAY[%(case_number)s::text] AND %(case_number)s = ANY (c.case_numbers)",
    "role": "d.roles @> ARRAY[%(role)s::text]",
}
IN_ORDER = f"ORDER BY {DAY}, d.deadline_id"
LIST = f"""
    {STANDS}
      AND ({DAY}, d.deadline_id) > (%(after_day)s, %(after_id)s)
    {IN_ORDER} LIMIT %(limit)s
"""
ONE = f"{STANDS} AND d.deadline_id = ANY (%(ids)s)"
START = (date.min, UUID(int=0))
ASKED: Mapping[str, Any] = {
    "periods": sorted(PERIODS),
}
"""What every query is asked with: the kinds that end by themselves."""


class Deadlines:
    """The queries on the register. Reading only. `asks_messages`: not for whoever may read no message; `told` is false
    there."""

    def __init__(self, pool: AsyncConnectionPool, *, asks_messages: bool = True) -> None:
        self.pool = pool
        self._list, self._one = (each if asks_messages else each.replace(TOLD, "false") for each in (LIST, ONE))

    async def list_some(self, *, after: tuple[date, UUID] = START, limit: int = 50, **wanted: Any) -> list[DeadlineRow]:
        """Deadlines by day, from the one after `after`; `wanted` are filters by name, all of which must fit."""
        given = {name: value for name, value in wanted.items() if value is not None}
        fits = [FITS[name] for name in given]
        if given.get("state") in ("due", "over", "history", "undated") or given.get("overdue"):
            fits.append(STANDS_DUE)
        if given.get("state") == "over":
            fits.append(ENDS_BY_ITSELF)
        query = self._list.replace(IN_ORDER, "".join(f"AND {each} " for each in fits) + IN_ORDER)
        asked = {**given, "after_day": after[0], "after_id": after[1], "limit": limit}
        async with self.pool.connection() as connection, connection.cursor(row_factory=class_row(DeadlineRow)) as rows:
            await rows.execute(query.encode(), {**asked, **ASKED})
            return await rows.fetchall()

    async def find(self, deadline_id: UUID) -> DeadlineRow | None:
        """One deadline as it stands; None if there is none of that id."""
        async with self.pool.connection() as connection, connection.cursor(row_factory=class_row(DeadlineRow)) as rows:
            await rows.execute(self._one.encode(), {"ids": [deadline_id], **ASKED})
            return await rows.fetchone()
