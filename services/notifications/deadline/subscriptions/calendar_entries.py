"""Which edition of each entry calendars were given: it counts up when the entry says something else than when it was
last read, whatever made it so: another day, another text, a letter that left, or that it is late."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.notifications.deadline.listing import DeadlineRow
from services.notifications.deadline.subscriptions.icalendar_file import Edition, sha256_of

_SAY = """
    INSERT INTO notifications_view.calendar_entry AS e (deadline_id, sha256, sequence, said_at)
    SELECT t.deadline_id, t.sha256, t.moves, t.changed_at
    FROM unnest(%s::uuid[], %s::text[], %s::integer[], %s::timestamptz[]) AS t (deadline_id, sha256, moves, changed_at)
    WHERE NOT EXISTS (SELECT FROM notifications_view.calendar_entry k
                      WHERE k.deadline_id = t.deadline_id AND k.sha256 = t.sha256)
    ORDER BY t.deadline_id
    ON CONFLICT (deadline_id) DO UPDATE
    SET sha256 = excluded.sha256, sequence = e.sequence + 1, said_at = notifications.log_clock()
    WHERE e.sha256 <> excluded.sha256
"""
_GIVEN = """
    SELECT deadline_id, sequence, said_at FROM notifications_view.calendar_entry WHERE deadline_id = ANY (%s)
"""


async def say(pool: AsyncConnectionPool, rows: Sequence[DeadlineRow]) -> Mapping[UUID, Edition]:
    """The edition of each entry as it is given now."""
    ids = [row.deadline_id for row in rows]
    hashes, moves = [sha256_of(row) for row in rows], [row.moves for row in rows]
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_SAY, (ids, hashes, moves, [row.changed_at for row in rows]))
        given = await (await connection.execute(_GIVEN, (ids,))).fetchall()
    return {deadline_id: Edition(sequence=sequence, said_at=said_at) for deadline_id, sequence, said_at in given}
