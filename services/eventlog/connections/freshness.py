"""How fresh a reader beside the service is: how far the log it reads reaches, how far the read models have followed it,
and, on a standby, whether it still hears of the primary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

BOUND = timedelta(minutes=1)
"""How far behind what is shown may be before the reader is told."""
_QUERY = """
    SELECT %(schema)s AS log, f.position, f.recorded_at, f.followed, f.waiting_since, clock_timestamp() AS asked_at,
           r.standby, CASE WHEN r.standby THEN EXISTS (SELECT FROM pg_stat_wal_receiver) END AS connected,
           CASE WHEN r.standby AND pg_last_wal_receive_lsn() IS DISTINCT FROM pg_last_wal_replay_lsn()
                THEN pg_last_xact_replay_timestamp() END AS replayed_at
    FROM (SELECT pg_is_in_recovery() AS standby) AS r CROSS JOIN {schema}.how_fresh() AS f
"""


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """What stood at `asked_at`, by the database's clock. `position` and `recorded_at` are of the last fact that is seen
    here; `followed` is how far every read model has come, and `waiting_since` when the first fact was recorded that one
    of them has not followed. `standby`: read from one, `connected` to its primary or not; `replayed_at` is how far it
    has come where it has received more than it has replayed."""

    log: str
    position: int
    recorded_at: datetime
    followed: int
    waiting_since: datetime | None
    asked_at: datetime
    standby: bool
    connected: bool | None
    replayed_at: datetime | None

    @property
    def behind(self) -> int:
        """How many facts the read models have not followed."""
        return max(0, self.position - self.followed)

    @property
    def lag(self) -> timedelta:
        """How long what is shown has lagged behind, as far as can be known from here."""
        since = [at for at in (self.waiting_since, self.replayed_at) if at is not None]
        return max(timedelta(0), self.asked_at - min(since)) if since else timedelta(0)

    @property
    def is_late(self) -> bool:
        """Whether a reader must be told: too far behind, or a standby that hears of nothing."""
        return self.lag > BOUND or self.connected is False


async def read_freshness(connection: AsyncConnection[Any], schemas: Sequence[str]) -> list[Freshness]:
    """Of each log that holds anything."""
    found = []
    async with connection.cursor(row_factory=class_row(Freshness)) as rows:
        for schema in schemas:
            await rows.execute(_QUERY.format(schema=schema).encode(), {"schema": schema})
            found += await rows.fetchall()
    return found
