"""The months that cases pay for, as the database keeps them where awards are recorded (`balance/limits.py`)."""

from collections.abc import Collection, Mapping
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.grants.case_file import case_of

_TAKEN = """
    SELECT grants.folded(m.paid_for), m.month, m.stream FROM grants.month_taken m
    WHERE m.standing AND grants.folded(m.paid_for) = ANY (%s) ORDER BY m.position DESC
"""


async def find_taken(pool: AsyncConnectionPool, paid_for: Collection[str]) -> Mapping[tuple[str, int], UUID]:
    """Which case pays for each month of these (`paid_for` as it reads, month from year 0), the first where there are
    several: its award waits, or promises something still."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_TAKEN, (list(paid_for),))).fetchall()
    return {(whose, month): case_of(stream) for whose, month, stream in rows}
