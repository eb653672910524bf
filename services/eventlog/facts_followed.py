"""The facts since a checkpoint, followed before the next one is signed."""

from typing import Any

from psycopg import Connection

from services.eventlog.chain import COLUMNS, Chain, Fault, StoredEvent
from services.eventlog.checkpoint import Checkpoint
from services.eventlog.epoch.events import LogRestored


def follow_facts(
    connection: Connection[Any], schema: str, last: Checkpoint | None, *, after: int, signed: bytes
) -> tuple[StoredEvent | None, list[Fault]]:
    """The last of them, and what does not follow from the position that was signed for. After a checkpoint that resumes
    comes the fact that says who agreed to it."""
    chain, newest, unsaid = Chain(after=after, previous=signed), None, list[Fault]()
    rows = connection.cursor(name="since", binary=True)
    rows.itersize = 5_000
    rows.execute(f"SELECT {COLUMNS} FROM {schema}.event WHERE position > %s ORDER BY position".encode(), (after,))
    for row in rows:
        fact = StoredEvent(*row)
        if newest is None and last is not None and last.resumes is not None and fact.topic != LogRestored.TOPIC:
            detail = f"number {last.number} goes on without what was lost, and no fact says who agreed"
            unsaid.append(Fault(fact.position, "checkpoint", detail))
        newest = fact
        chain.follow(newest)
    return newest, unsaid + chain.end()
