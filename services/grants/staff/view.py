"""The rows of the register of staff: where those who work here are named, and can be forgotten; and who is named on a
day.

A row is stored before the fact that refers to it, under an id that follows from the command, so that asking again finds
the same. Only the service reads them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.grants.staff.responses import StaffEntry
from services.grants.staff.rules import fold, stream_of_staff
from services.httpapi.commands.idempotency import IdempotencyKeyReused

_FIND = "SELECT id, subject, name, title, erased_at FROM grants.staff WHERE id = %s"
_LIST = """
    SELECT id, subject, name, title, erased_at FROM grants.staff
    WHERE %(after)s::uuid IS NULL OR (subject, id) > (%(subject)s, %(after)s) ORDER BY subject, id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """A row as it stands; `erased_at` tells that nothing else is left in it."""

    id: UUID
    subject: str
    name: str | None
    title: str | None
    erased_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Named:
    """How a letter names a member of staff, and the row it says so by."""

    entry_id: UUID
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Staff:
    """The table `grants.staff`, and the days that the log gives its rows."""

    log: Log
    pool: AsyncConnectionPool

    async def keep(self, entry_id: UUID, *, subject: str, name: str, title: str) -> str | None:
        """Store a row before its fact, and answer the digest (hex) that binds it; None if it was erased since. The same
        again changes nothing. Refuses (`IdempotencyKeyReused`) another person or title under the same command."""
        query = "SELECT same, encode(digest, 'hex') FROM grants.keep_staff(%s, %s, %s, %s)"
        async with self.pool.connection() as connection:
            found = await (await connection.execute(query, (entry_id, subject, name, title))).fetchone()
        assert found is not None, "a row is there once it is kept"
        same, digest = found
        if not same:
            raise IdempotencyKeyReused("This Idempotency-Key was used with another name or title. Use a new one.")
        assert digest is None or isinstance(digest, str)
        return digest

    async def find(self, entry_id: UUID) -> StaffRow | None:
        async with self.pool.connection() as connection, connection.cursor(row_factory=class_row(StaffRow)) as cursor:
            await cursor.execute(_FIND, (entry_id,))
            return await cursor.fetchone()

    async def find_named(self, subject: str, day: date) -> Named | None:
        """How letters of that day name the person; None if the register says nothing of them."""
        entry = fold((await self.log.load(stream_of_staff(subject))).events).find(day)
        row = await self.find(entry.id) if entry else None
        if row is None or row.name is None or row.title is None:
            return None
        return Named(entry_id=row.id, name=row.name, title=row.title)

    async def list_entries(self, *, after: tuple[str, UUID] | None, limit: int) -> Sequence[StaffEntry]:
        """Rows by subject, each with its days as the log has them."""
        subject, entry_id = after or ("", None)
        asked = {"subject": subject, "after": entry_id, "limit": limit}
        async with self.pool.connection() as connection, connection.cursor(row_factory=class_row(StaffRow)) as cursor:
            await cursor.execute(_LIST, asked)
            rows = await cursor.fetchall()
        streams = {stream_of_staff(row.subject) for row in rows}
        histories = await self.log.load_all(list(streams)) if streams else {}
        days = {id: entry for history in histories.values() for id, entry in fold(history.events).entries.items()}
        return [
            StaffEntry(
                entry_id=row.id,
                subject=row.subject,
                name=row.name,
                title=row.title,
                valid_from=days[row.id].valid_from if row.id in days else None,
                valid_until=days[row.id].valid_until if row.id in days else None,
                erased_at=row.erased_at,
            )
            for row in rows
        ]
