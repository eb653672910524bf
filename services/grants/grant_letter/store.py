"""Where frozen letters are kept: by the SHA-256 of their bytes, which PostgreSQL itself computes and holds them to."""

from collections.abc import Sequence

from psycopg_pool import AsyncConnectionPool

_KEEP = """
    INSERT INTO grants.letter_file (sha256, content)
    SELECT sha256(content), content FROM unnest(%b::bytea[]) AS kept (content) ON CONFLICT DO NOTHING
"""


class LetterFiles:
    """The kept letters. There is no way here, and no right in the database, to change or remove one."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def keep(self, contents: Sequence[bytes]) -> None:
        """Keep these letters, all or none; one that is there already stays as it is."""
        async with self._pool.connection() as connection:
            await connection.execute(_KEEP, (list(contents),))

    async def find(self, sha256: str) -> bytes | None:
        """The letter of that SHA-256 (hex), or None if none was kept under it."""
        query = "SELECT content FROM grants.letter_file WHERE sha256 = %s"
        async with self._pool.connection() as connection:
            row = await (await connection.execute(query, (bytes.fromhex(sha256),), binary=True)).fetchone()
        return None if row is None else bytes(row[0])
