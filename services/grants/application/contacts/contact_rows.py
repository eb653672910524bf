"""The rows of contact persons: the one place where people outside the house are named, and can be forgotten.

A row is written before the fact that refers to it, so that no contact is lost when something breaks in between. Its id
follows from the command (who asked, under which key), so that asking again finds the same row. What was written for an
act that was then refused, and what the log says is erased, is seen to every hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.background.sweeping import Sweeping
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.idempotency import IdempotencyKey, IdempotencyKeyReused

UNSETTLED_FOR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact person. `erased_at` tells that the row is emptied: then nothing else is left in it."""

    id: UUID
    case_id: UUID
    name: str | None
    email: str | None
    phone: str | None
    created_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The row that a fact is to name, and the digest (hex) that binds it; none if it was erased since."""

    id: UUID
    digest: str | None


def row_of(case_id: UUID, caller: Caller, key: IdempotencyKey) -> UUID:
    """The row that a command writes, the same at every repeat."""
    return uuid5(case_id, f"contact\n{caller.subject}\n{key.key}")


class ContactRows:
    """Writing, reading and emptying the rows, and the hourly look at those that nothing refers to."""

    def __init__(self, pool: AsyncConnectionPool, *, every: timedelta = timedelta(hours=1)) -> None:
        self._pool = pool
        self._sweeping = Sweeping("contact-rows", self.tend, look_seconds=every.total_seconds(), finishes=True)

    async def keep(
        self, case_id: UUID, *, name: str, email: str | None, phone: str | None, caller: Caller, key: IdempotencyKey
    ) -> Kept:
        """The row to refer to: the one this command wrote, now or before, or the one in which the case has the same
        person already. Refuses with `IdempotencyKeyReused` when the command wrote somebody else."""
        asked = row_of(case_id, caller, key)
        query = "SELECT grants.keep_contact(%s, %s, %s, %s, %s)"
        async with self._pool.connection() as connection:
            found = await (await connection.execute(query, (asked, case_id, name, email, phone))).fetchone()
            kept = found[0] if found else None
            digests = "SELECT encode(digest, 'hex') FROM grants.contact_digests(%s)"
            bound = await (await connection.execute(digests, ([kept],))).fetchone()
        if kept is None:
            raise IdempotencyKeyReused("This Idempotency-Key was used with another contact person. Use a new one.")
        assert isinstance(kept, UUID)
        return Kept(id=kept, digest=None if bound is None else bound[0])

    async def find(self, contact_id: UUID) -> Contact | None:
        query = "SELECT id, case_id, name, email, phone, created_at, erased_at FROM grants.contact WHERE id = %s"
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Contact)) as cursor:
            await cursor.execute(query, (contact_id,))
            return await cursor.fetchone()

    async def erase(self, contact_id: UUID) -> None:
        """Empty a row that no fact names, for good; one that is named is emptied by the fact that it is erased. Again
        is the same."""
        async with self._pool.connection() as connection:
            await connection.execute("SELECT grants.erase_contact(%s)", (contact_id,))

    async def tend(self, unsettled_for: timedelta = UNSETTLED_FOR) -> None:
        """Remove rows that old whose fact never came, and empty those that the log says are erased."""
        async with self._pool.connection() as connection:
            await connection.execute("SELECT grants.tend_contacts(%s), grants.erase_contacts_told()", (unsettled_for,))

    def start(self) -> None:
        """Begin the hourly look; call it where the event loop runs."""
        self._sweeping.start()

    async def stop(self) -> None:
        """See to what is under way, then end."""
        await self._sweeping.stop()
