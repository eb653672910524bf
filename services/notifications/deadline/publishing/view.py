"""When each letter of allocation was published: as it was recorded of its deadline (Instruks 5.5; Økonomibestemmelsene
2.3.2), on any day and as known at any instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

Row = Mapping[str, Any]
_PUBLISHED = """
    SELECT DISTINCT ON (key) key, published_on, recorded_at FROM notifications.letter_publication
    WHERE stream = %(stream)s AND (%(known)s::timestamptz IS NULL OR recorded_at <= %(known)s)
    ORDER BY key, position DESC
"""


@dataclass(frozen=True, slots=True)
class Publishing:
    """The queries on what is published. Reading only."""

    pool: AsyncConnectionPool

    async def find(self, year: int, key: str, *, valid_at: date, known_at: datetime | None) -> Row | None:
        """The day (`published_on`) that the letter whose deadline has this key was published, and when that was
        recorded; None where nobody had recorded that it was, or took it back, or that day was not come yet."""
        asked = {"stream": f"deadlines-{year}", "known": known_at}
        async with self.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            found = {row["key"]: row for row in await (await cursor.execute(_PUBLISHED, asked)).fetchall()}
        row = found.get(key)
        if row is None or row["published_on"] is None or row["published_on"] > valid_at:
            return None
        return row
