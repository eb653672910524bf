"""The permit to send a case's letter, as it stands in the rows that PostgreSQL keeps of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

_FIND = """
    SELECT now_at, position, hash, attempt, letter_sha256, granted_at, until, outcome FROM grants.permit_of(%s)
"""


@dataclass(frozen=True, kw_only=True)
class PermitRow:
    """The last permit of a case: where it stands in the log, and under which hash of the chain."""

    position: int
    hash: str
    attempt: int
    letter_sha256: str
    granted_at: datetime
    until: datetime
    outcome: str | None


class Permits:
    """The rows, and the clock they are held against: the log's own."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def find(self, case_id: UUID) -> tuple[datetime, PermitRow | None]:
        """The instant it is, by the log's clock, and the last permit of the case if one was ever granted."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_FIND, (f"case-{case_id}",))).fetchone()
        assert row is not None, "the clock is always there"
        now, position, hashed, attempt, letter_sha256, granted_at, until, outcome = row
        if position is None:
            return now, None
        return now, PermitRow(
            position=position,
            hash=hashed,
            attempt=attempt,
            letter_sha256=letter_sha256,
            granted_at=granted_at,
            until=until,
            outcome=outcome,
        )
