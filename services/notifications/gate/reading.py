"""What is read of the gate beside the streams: which notices list an item, what waits, the policy in force, the clocks.

Read from the tables PostgreSQL keeps from the events, by index: what one letter costs does not grow with those that
wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.checkpoints.chain import COLUMNS
from services.eventlog.log import History, Log
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice import CountingPolicy
from services.notifications.gate.decision import Clocks, ListedNotice

_NOTICES = "SELECT notice FROM notifications.notice_line WHERE item = %s ORDER BY notice"
_CLOCKS = (
    "SELECT notifications.log_clock(), (SELECT recorded_at FROM notifications.event ORDER BY position DESC LIMIT 1)"
)
_POLICY = """
    SELECT version, days, day_of_notice_counted, starts, min_hours, roll_forward, tz, basis, stale_after_days
    FROM notifications.policy WHERE valid_from <= (notifications.log_clock() AT TIME ZONE 'Europe/Oslo')::date
    ORDER BY valid_from DESC LIMIT 1
"""
_ITEMS = """
    SELECT i.item, i.position, encode(i.manifest_sha256, 'hex') AS manifest_sha256, i.exempt_source, i.ended, i.ordered,
           i.released, nullif(i.opens_at, '-infinity') AS opens_at, i.stale_at, s.state AS sending,
           (SELECT convert_from(e.data, 'UTF8')::jsonb ->> 'case_number' FROM notifications.event e
            WHERE e.stream = i.item AND e.topic = 'letter.file-heard.v1' ORDER BY e.version DESC LIMIT 1) AS case_number
    FROM notifications.item i LEFT JOIN notifications.sending s ON s.stream = i.item
    WHERE (i.item ^@ 'letter-') = %(letters)s AND i.position > %(after)s
    ORDER BY i.position LIMIT %(limit)s
"""
_ITEMS_RELEASED = _ITEMS.replace("ORDER BY i.position", "AND i.released = %(released)s ORDER BY i.position")
_NOTICE_ROWS = """
    SELECT notice, ordered_position, withdrawn, dispatched_at, received_at,
           (SELECT count(*) FROM notifications.notice_line l WHERE l.notice = n.notice) AS lines
    FROM notifications.notice n WHERE notice > %s ORDER BY notice LIMIT %s
"""
_WAITS = """
    SELECT EXISTS (
        SELECT FROM notifications.notice_line l JOIN notifications.item i USING (item, manifest_sha256)
        WHERE l.notice = %s AND NOT i.released AND NOT i.ended)
"""
_RELEASE = """
    SELECT position, ground, basis, said_at, recorded_at, nullif(opens_at, '-infinity') AS opens_at, released_at
    FROM notifications.release WHERE item = %s ORDER BY number DESC LIMIT 1
"""
_STORED = f"SELECT {COLUMNS} FROM notifications.event WHERE stream = ANY (%s) ORDER BY position"
_DUE = """
    SELECT opens_at::text, item FROM notifications.item
    WHERE ordered AND NOT released AND NOT ended AND opens_at <= notifications.log_clock()
      AND (stale_at IS NULL OR stale_at > notifications.log_clock())
      AND (opens_at, item) > (%s::timestamptz, %s)
    ORDER BY opens_at, item LIMIT %s
"""
_WAITING = """
    SELECT item FROM notifications.item
    WHERE {} = %s AND item LIKE 'letter-%%' AND NOT ended AND NOT released AND exempt_source IS NULL ORDER BY position
"""
_WAITING_OF = {"round": _WAITING.format("round_id"), "scheme": _WAITING.format("scheme_id")}


@dataclass(frozen=True, kw_only=True)
class HeldWithNotices:
    """An item with everything the gate asks about it: its history, and each notice that lists it."""

    item: str
    history: History
    told: tuple[ListedNotice, ...]

    @property
    def held(self) -> Held:
        return holding.fold(self.history.facts)


@dataclass(frozen=True, kw_only=True)
class Due:
    """An item that may leave, and since when, as PostgreSQL writes it (`-infinity` where no days are owed)."""

    opens_at: str
    item: str


class GateReading:
    """Reads of one log and its gate."""

    def __init__(self, log: Log, pool: AsyncConnectionPool) -> None:
        self.log, self.pool = log, pool

    async def streams(self, item: str) -> tuple[str, ...]:
        """The item's stream, and each notice's that lists it."""
        return (item, *[row[0] for row in await self._rows(_NOTICES, (item,))])

    async def standing(self, item: str) -> HeldWithNotices:
        """The item as it stands."""
        histories = await self.log.load_all(await self.streams(item))
        return standing_of(item, histories)

    async def clocks(self, said_at: datetime) -> Clocks:
        """The database's clock beside ours, and when the log was last written to."""
        [(database_at, last)] = await self._rows(_CLOCKS, ())
        return Clocks(said_at=said_at, database_at=database_at, last_recorded_at=last or database_at)

    async def policy(self) -> CountingPolicy:
        """The rule of counting in force now, by the database's clock."""
        [row] = await self._dicts(_POLICY, ())
        return CountingPolicy(**row)

    async def list_items(self, kind: str, *, released: bool | None, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """What is or was held, in the order it came."""
        asked = {"letters": kind == "letter", "released": released, "after": after, "limit": limit}
        return await self._dicts(_ITEMS if released is None else _ITEMS_RELEASED, asked)

    async def list_notices(self, *, after: str, limit: int) -> Sequence[dict[str, Any]]:
        """Every notice."""
        return await self._dicts(_NOTICE_ROWS, (after, limit))

    async def waits_for(self, notice: str) -> bool:
        """Whether anything that the notice lists still waits, as it lists it."""
        [(waits,)] = await self._rows(_WAITS, (notice,))
        return bool(waits)

    async def list_due(self, most: int, *, after: Due | None = None) -> list[Due]:
        """What is ordered and may leave by now, the longest open first, from the one after `after`."""
        since, last = (after.opens_at, after.item) if after else ("-infinity", "")
        rows = await self._rows(_DUE, (since, last, most))
        return [Due(opens_at=opens_at, item=item) for opens_at, item in rows]

    async def list_waiting(self, kind: Literal["round", "scheme"], which: str) -> dict[str, Held]:
        """Every letter of the round or scheme that waits and owes notice, oldest first."""
        items = [row[0] for row in await self._rows(_WAITING_OF[kind], (which,))]
        histories = await self.log.load_all(items)
        return {item: holding.fold(histories[item].facts) for item in items}

    async def find_release(self, item: str) -> dict[str, Any] | None:
        """The release row, as PostgreSQL stamped it."""
        return next(iter(await self._dicts(_RELEASE, (item,))), None)

    async def list_stored(self, streams: Sequence[str]) -> list[tuple[Any, ...]]:
        """The facts of these streams as they are stored, in order of position."""
        async with self.pool.connection() as connection:
            return await (await connection.execute(_STORED, (list(streams),), binary=True)).fetchall()

    async def _rows(self, query: str, asked: Any) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(query, asked)).fetchall()

    async def _dicts(self, query: str, asked: Any) -> list[dict[str, Any]]:
        async with self.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(query, asked)).fetchall()


def standing_of(item: str, histories: Any) -> HeldWithNotices:
    """The item among these histories: its own, and its notices'."""
    told = tuple(
        ListedNotice(notice_id=telling.id_of(stream), notice=telling.fold(history.facts))
        for stream, history in histories.items()
        if stream != item
    )
    return HeldWithNotices(item=item, history=histories[item], told=told)
