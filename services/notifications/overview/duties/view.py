"""What the dashboard shows of this service: the very queries the REST API answers with, for a reader that may read what
stands here and nothing beside: no message, no letter, no secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.notifications.deadline.listing import Deadlines
from services.notifications.deadline.rules import HEARD, LETTER, id_of
from services.notifications.webhook.delivery_log.deliveries import Deliveries

_RELEASED = """
    SELECT substr(r.item, 8)::uuid AS case_id, r.position, r.ground, r.released_at,
           nullif(r.opens_at, '-infinity') AS opens_at, encode(r.letter_sha256, 'hex') AS letter_sha256
    FROM notifications.release r
    WHERE starts_with(r.item, 'letter-') AND (%(before)s::bigint IS NULL OR r.position < %(before)s)
    ORDER BY r.position DESC LIMIT %(limit)s
"""
_GROUND = """
    SELECT r.ground FROM notifications.release r WHERE r.item = %(item)s AND r.released_at < %(until)s
    ORDER BY r.position DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class LettersOut:
    """Which letters have left, and on what ground. Each has a certificate."""

    pool: AsyncConnectionPool

    async def list_released(self, *, before: int | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
        """Released letters, the latest first: `case_id`, the `position` of the release in this service's log, its
        `ground`, when it opened and left, and the SHA-256 of what was sent."""
        async with self.pool.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
            await rows.execute(_RELEASED, {"before": before, "limit": limit})
            return await rows.fetchall()

    async def ground_of(self, case_id: UUID, *, until: datetime) -> str | None:
        """On what ground the case's letter had left before that instant; None where it had not."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_GROUND, {"item": f"letter-{case_id}", "until": until})).fetchone()
        return row[0] if row else None


def deadline_of_case(case_id: UUID, key: str) -> UUID:
    """The id of a deadline of a case, by its key there (`instalment-2`)."""
    return id_of(f"{HEARD}case-{case_id}", key)


def deadline_of_letter(case_id: UUID, key: str) -> UUID:
    """The id of a deadline of the letter to a case's recipient."""
    return id_of(f"{LETTER}{case_id}", key)


def deadline_of_scheme(scheme_id: str, key: str) -> UUID:
    """The id of a deadline of a scheme or a call."""
    return id_of(f"{HEARD}scheme-{scheme_id}", key)


def deadline_of_year(year: int, key: str) -> UUID:
    """The id of a deadline that a budget year's letters set."""
    return id_of(f"{HEARD}allocation-{year}", key)


@dataclass(frozen=True, kw_only=True)
class Named:
    """Where a deadline comes from: a `case`, the `letter` in one, a `scheme` or the letters of a `year`. `of` is the
    scheme or the year; which case it is, the deadline says itself."""

    kind: Literal["case", "letter", "scheme", "year"]
    of: str = ""


def named(stream: str) -> Named | None:
    """Where the deadlines of a stream come from; None of notices and publications, which say no amount."""
    if stream.startswith(LETTER):
        return Named(kind="letter")
    source = stream.removeprefix(HEARD)
    if source.startswith("case-"):
        return Named(kind="case")
    if source.startswith("scheme-"):
        return Named(kind="scheme", of=source.removeprefix("scheme-"))
    return Named(kind="year", of=source.removeprefix("allocation-")) if source.startswith("allocation-") else None


def deadlines_of(pool: AsyncConnectionPool) -> Deadlines:
    """The register of deadlines, for whoever may read no message."""
    return Deadlines(pool, asks_messages=False)


def deliveries_of(pool: AsyncConnectionPool) -> Deliveries:
    """What receivers outside are told, and each try."""
    return Deliveries(pool)
