"""How far the read models have come, as the database tells it: whoever answers need not be who fills them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg_pool import AsyncConnectionPool

from services.eventlog.connections.pool import SOON_SECONDS
from services.eventlog.projections.projection import Projection


@dataclass(frozen=True, kw_only=True)
class Followed:
    """`parked` counts the streams that a read model cannot follow, of those that have any. `behind_seconds` is how long
    ago the first fact was recorded that one of them lacks; it grows while no worker runs. `filled_anew` are those that
    were filled from a log that went on otherwise since, until they have caught up with this one."""

    parked: Mapping[str, int]
    behind_seconds: float
    filled_anew: tuple[str, ...] = ()


async def follow_up(pool: AsyncConnectionPool, projections: Sequence[Projection], *, schema: str) -> Followed:
    """As it is now. One that no process has begun to fill lacks everything."""
    names = [projection.name for projection in projections]
    query = f"""
        SELECT n.name, coalesce(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::double precision,
               (SELECT count(*) FROM {schema}_view.parked k WHERE k.projection = n.name AND k.edition = p.edition),
               p.kept_at IS NOT NULL AND NOT EXISTS (
                   SELECT FROM {schema}.event k WHERE k.position = p.kept_at AND k.hash = p.hash)
        FROM unnest(%s::text[]) AS n (name)
        LEFT JOIN {schema}_view.edition p ON p.projection = n.name AND p.state = 'live'
        LEFT JOIN {schema}.event e ON e.position = coalesce(p.position, 0) + 1
    """
    async with pool.connection(timeout=SOON_SECONDS) as connection:
        rows = await (await connection.execute(query.encode(), (names,))).fetchall()
    return Followed(
        parked={name: parked for name, _, parked, _ in rows if parked},
        behind_seconds=max((seconds for _, seconds, _, _ in rows), default=0.0),
        filled_anew=tuple(sorted(name for name, *_, gone in rows if gone)),
    )
