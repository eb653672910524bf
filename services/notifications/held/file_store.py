"""Where the bytes of letters and notices are kept: by their SHA-256, which PostgreSQL itself computes."""

from collections.abc import Sequence

from psycopg_pool import AsyncConnectionPool

_KEEP = "INSERT INTO notifications.letter_file (content) VALUES (%b) ON CONFLICT DO NOTHING"
_FIND = "SELECT content FROM notifications.letter_file WHERE sha256 = %s"
_LACKING = """
    SELECT i.position, i.item, encode(i.letter_sha256, 'hex') FROM notifications.item i
    WHERE i.letter_sha256 IS NOT NULL AND NOT i.ended AND NOT i.released AND i.position > %s AND NOT EXISTS (
        SELECT FROM notifications.letter_file f WHERE f.sha256 = i.letter_sha256)
    ORDER BY i.position LIMIT %s
"""


class KeptFiles:
    """The kept bytes. There is no way here, and no right in the database, to change or remove any."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def keep(self, content: bytes) -> None:
        """Keep these bytes; if they are there already, they stay as they are."""
        async with self._pool.connection() as connection:
            await connection.execute(_KEEP, (content,))

    async def find(self, sha256: str) -> bytes | None:
        """The bytes of that SHA-256 (hex), or None if none were kept under it."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_FIND, (bytes.fromhex(sha256),), binary=True)).fetchone()
        return None if row is None else bytes(row[0])

    async def list_lacking(self, most: int, *, after: int = 0) -> Sequence[tuple[int, str, str]]:
        """Held letters whose bytes are not here yet, oldest first, from the one after a position: its position, the
        item and the SHA-256 (hex)."""
        async with self._pool.connection() as connection:
            return await (await connection.execute(_LACKING, (after, most))).fetchall()
