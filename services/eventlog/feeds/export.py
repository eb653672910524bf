"""The whole log as JSON lines, for whoever verifies it without us: `contracts/verify_export.py` needs only Python.

One line says what the export holds, then comes one line an event, and last the checkpoints as they were signed. Each
line is written in one way only (keys sorted, no spaces, UTF-8), so that any byte changed afterwards shows.
"""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from psycopg_pool import AsyncConnectionPool

from services.eventlog.checkpoints.chain import COLUMNS, GENESIS, StoredEvent, microseconds

FORMAT = "tilsagn-export-1"
TOGETHER = 1_000


def line(content: Mapping[str, Any]) -> bytes:
    """The one way a line is written."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def exact(name: str, stored: bytes) -> dict[str, str]:
    """Stored bytes as text, or under another name in base64 if they are no UTF-8."""
    try:
        return {name: stored.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(stored).decode()}


def event_line(row: StoredEvent) -> bytes:
    """One event. `recorded_at_us` is microseconds since 2000-01-01 UTC, as the hash covers it."""
    return line(
        {
            "kind": "event",
            "position": row.position,
            "stream": row.stream,
            "version": row.version,
            "topic": row.topic,
            "recorded_at_us": microseconds(row.recorded_at),
            "hash": row.hash.hex(),
            **exact("data", row.data),
            **exact("metadata", row.metadata),
        }
    )


async def export_lines(
    pool: AsyncConnectionPool, after: int = 0, *, schema: str = "grants", checkpoints: Iterable[bytes] = ()
) -> AsyncIterator[bytes]:
    """The log after a position, up to where it ended when the export began. `checkpoints` are the files' bytes
    (`Checkpoints(directory).contents()`). Holds a thousand events in memory, and no connection while it is written."""
    page = f"SELECT {COLUMNS} FROM {schema}.event WHERE position > %s AND position <= %s ORDER BY position LIMIT %s"
    async with pool.connection() as connection:
        ends = await connection.execute(
            f"SELECT max(position), (SELECT hash FROM {schema}.event WHERE position = %s) FROM {schema}.event",
            (after,),
        )
        head, before = await ends.fetchone() or (None, None)
    through = max(head or 0, after)
    previous = bytes(before) if before else GENESIS
    yield line(
        {
            "kind": "export",
            "format": FORMAT,
            "after": after,
            "through": through,
            "previous_hash": previous.hex(),
        }
    )
    while after < through:
        async with pool.connection() as connection:
            rows = await (await connection.execute(page, (after, through, TOGETHER), binary=True)).fetchall()
        if not rows:
            break  # an export that ends before `through` does not verify, and so it shall be
        for row in rows:
            yield event_line(StoredEvent(*row))
        after = rows[-1][0]
    for content in checkpoints:
        yield line({"kind": "checkpoint", "content": content.decode()})
