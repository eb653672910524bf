"""Lists of payments and batches: what waits for a batch, what accounting has not answered, and whether all that is paid
is what the ledger says. Amounts are whole øre.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg_pool import AsyncConnectionPool

from services.calendar.patience import at_most
from services.eventlog.refusal import Refusal

SUMMED_SINCE = 2
"""The version of the read model that sums payments."""
WAIT_SECONDS = at_most(5)
LOOK_SECONDS = 0.02
_EDITION = "SELECT edition, position FROM grants_view.edition WHERE projection = 'payments' AND state = 'live'"
_HEAD = "SELECT coalesce(max(position), 0) FROM grants.event"
_ATTESTED = f"""
    SELECT DISTINCT p.case_id, c.parent_id AS fund_id, p.account_id, greatest(p.pay_on, %(up_to)s) AS pay_on
    FROM ({_EDITION}) AS live JOIN grants_view.payment p USING (edition)
    JOIN grants.fund c ON c.id = 'case-' || p.case_id
    WHERE p.state = 'attested' AND p.attested_on <= %(up_to)s
    ORDER BY p.case_id, pay_on
"""
_BATCHES = f"""
    SELECT b.batch_id, b.made_position, b.made_on, b.made_by, b.count, b.control_total_ore, b.file_name, b.sha256,
           b.answered, b.handed_over_on
    FROM ({_EDITION}) AS live JOIN grants_view.payment_batch b USING (edition)
    WHERE b.made_position < %(before)s {{only}} ORDER BY b.made_position DESC LIMIT %(limit)s
"""
# The ledger is read as it was known at the position the list has come to, so the two always speak of the same facts.
RECONCILED = f"""
    SELECT f.id AS fund_id, f.chapter, f.post, s.*,
           (grants.balance_at(f.id, '9999-11-30', live.position))[5] AS ledger_disbursed_ore
    FROM ({_EDITION}) AS live CROSS JOIN grants.fund f
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(p.amount_ore) FILTER (WHERE p.state = 'attested'), 0)::bigint AS attested_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state = 'requested'), 0)::bigint AS unanswered_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state = 'refused'), 0)::bigint AS refused_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state = 'paid'), 0)::bigint AS paid_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state = 'imported'), 0)::bigint AS imported_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state = 'repaid'), 0)::bigint AS repaid_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state IN ('paid', 'imported')
                   AND strpos(c.id, '/') > 0), 0)::bigint AS paid_of_earlier_years_ore,
               coalesce(sum(p.amount_ore) FILTER (WHERE p.state IN ('paid', 'imported')
                   AND extract(year FROM p.answered_on) <> f.year), 0)::bigint AS paid_in_other_years_ore
        FROM grants.fund c
        JOIN grants_view.payment p ON p.edition = live.edition
            AND p.case_id = CASE WHEN c.id ^@ 'case-' THEN substr(c.id, 6, 36)::uuid END
        CROSS JOIN LATERAL (SELECT extract(year FROM coalesce(p.answered_on, p.pay_on))::integer AS year) AS booked
        LEFT JOIN grants.held_over h ON h.stream = 'case-' || p.case_id AND h.into_year = booked.year
            AND h.position <= live.position
        WHERE (c.year, c.chapter, c.post) = (f.year, f.chapter, f.post) AND f.id = ANY (c.path)
          AND c.id = 'case-' || p.case_id || coalesce('/' || h.into_year, '')) AS s ON true
    WHERE f.kind = 'post' AND f.year = %(year)s
    ORDER BY f.chapter, f.post
"""
# The same, where payments booked in the year of their post are summed already: the others are looked at one by one.
_SUMMED_UP = ", ".join(
    f"coalesce(sum(b.amount_ore) FILTER (WHERE {which}), 0)::bigint AS {name}_ore"
    for name, which in {
        "attested": "b.state = 'attested'",
        "unanswered": "b.state = 'requested'",
        "refused": "b.state = 'refused'",
        "paid": "b.state = 'paid'",
        "imported": "b.state = 'imported'",
        "repaid": "b.state = 'repaid'",
        "paid_of_earlier_years": "b.state IN ('paid', 'imported') AND b.held_over",
        "paid_in_other_years": "b.state IN ('paid', 'imported') AND b.elsewhere",
    }.items()
)
_ELSEWHERE = "p.edition = live.edition AND p.booked_year <> left(p.post_id, 4)::integer"
_HELD_OVER = "h.stream = 'case-' || p.case_id AND h.into_year = p.booked_year AND h.position <= live.position"
RECONCILED_BY_SUMS = f"""
    SELECT f.id AS fund_id, f.chapter, f.post, s.*,
           (grants.balance_at(f.id, '9999-11-30', live.position))[5] AS ledger_disbursed_ore
    FROM ({_EDITION}) AS live CROSS JOIN grants.fund f
    LEFT JOIN LATERAL (SELECT {_SUMMED_UP} FROM (
        SELECT c.state, c.amount_ore, false AS held_over, false AS elsewhere FROM grants_view.payment_sum c
        WHERE c.edition = live.edition AND c.post_id = f.id
        UNION ALL
        SELECT p.state, p.amount_ore, false, true FROM grants_view.payment p
        WHERE {_ELSEWHERE} AND p.post_id = f.id AND NOT EXISTS (SELECT FROM grants.held_over h WHERE {_HELD_OVER})
        UNION ALL
        SELECT p.state, p.amount_ore, true, false FROM grants_view.payment p JOIN grants.held_over h ON {_HELD_OVER}
        JOIN grants.fund c ON c.id = 'case-' || p.case_id || '/' || h.into_year
        WHERE {_ELSEWHERE} AND p.booked_year = f.year AND (c.year, c.chapter, c.post) = (f.year, f.chapter, f.post)
        ) AS b) AS s ON true
    WHERE f.kind = 'post' AND f.year = %(year)s
    ORDER BY f.chapter, f.post
"""
_IS_SUMMED = f"SELECT version >= {SUMMED_SINCE} FROM ({_EDITION.replace('position', 'version')}) AS live"


@dataclass(frozen=True, kw_only=True)
class Attested:
    """A case with something attested, the fund its award is on, the account it is to, and the day it is paid at the
    earliest."""

    case_id: UUID
    fund_id: str
    account_id: UUID
    pay_on: date


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """A batch of the list. `answered` counts its payments that accounting has answered for."""

    batch_id: UUID
    made_position: int
    made_on: date
    made_by: str
    count: int
    control_total_ore: int
    file_name: str
    sha256: str
    answered: int
    handed_over_on: date | None


class PaymentsBehind(Refusal):
    """The list of payments has not come to what the log held when it was asked, so a payment may be missing in it.
    Nothing is recorded, and trying again is right."""

    code = "payments-behind"
    status = 503
    title = "Listen over utbetalinger henger etter"


async def catch_up(pool: AsyncConnectionPool, *, seconds: float = WAIT_SECONDS) -> None:
    """Return once the list holds everything that the log holds now. Refuses `PaymentsBehind` when the seconds have
    passed before that."""
    head = None
    until = time.monotonic() + seconds
    while True:
        async with pool.connection() as connection:
            if head is None:
                row = await (await connection.execute(_HEAD)).fetchone()
                head = row[0] if row else 0
            live = await (await connection.execute(_EDITION)).fetchone()
        if live is not None and live[1] >= head:
            return
        if time.monotonic() > until:
            raise PaymentsBehind(f"The list of payments lies behind the log after {seconds:g} seconds. Ask again.")
        await asyncio.sleep(LOOK_SECONDS)


async def list_attested(pool: AsyncConnectionPool, *, up_to: date) -> list[Attested]:
    """Where something is attested up to that day, and not asked for."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Attested)) as cursor:
        await cursor.execute(_ATTESTED, {"up_to": up_to})
        return await cursor.fetchall()


async def list_batches(
    pool: AsyncConnectionPool, *, before: int | None = None, not_handed_over: bool = False, limit: int = 50
) -> list[BatchRow]:
    """Batches, the newest first; `before` is the `made_position` of the last one already shown."""
    query = _BATCHES.format(only="AND b.handed_over_on IS NULL" if not_handed_over else "")
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(BatchRow)) as cursor:
        await cursor.execute(query, {"before": before or 2**63 - 1, "limit": limit})
        return await cursor.fetchall()


async def reconcile(pool: AsyncConnectionPool, year: int) -> list[dict[str, Any]]:
    """Each post of a budget year: what is attested, unanswered, refused, paid and repaid, and the ledger's disbursed.
    A payment stands in the year it is paid in, or is to be paid in, where its case is held over to that year, and is
    then also among `paid_of_earlier_years_ore`. `difference_ore` is the ledger's less what the payments come to; it is
    never anything but nothing."""
    async with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        summed = await (await connection.execute(_IS_SUMMED)).fetchone()
        await cursor.execute(RECONCILED_BY_SUMS if summed and summed[0] else RECONCILED, {"year": year})
        rows = await cursor.fetchall()
    return [
        row
        | {
            "difference_ore": row["ledger_disbursed_ore"] - row["paid_ore"] - row["imported_ore"] + row["repaid_ore"],
        }
        for row in rows
    ]
