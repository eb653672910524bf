"""Whole streams for read models whose rows follow from a stream's whole history, and not fact by fact."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded


def load_whole(connection: Connection, log: str, streams: Sequence[str], *, until: int) -> dict[str, list[Recorded]]:
    """These streams of a log, which its schema names, each with its facts as it stood at a position."""
    whole: dict[str, list[Recorded]] = {stream: [] for stream in streams}
    if not streams:
        return whole
    query = text(
        f"SELECT position, stream, version, topic, data, metadata, recorded_at FROM {log}.event"
        " WHERE stream = ANY (:streams) AND position <= :until ORDER BY stream, version"
    )
    for row in connection.execute(query, {"streams": list(streams), "until": until}):
        fact = recorded(tuple(row))
        whole[fact.stream].append(fact)
    return whole
