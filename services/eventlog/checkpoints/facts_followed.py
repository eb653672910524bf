"""The facts since a checkpoint, followed before the next one is signed; and what that one then says."""

from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from services.eventlog.checkpoints.chain import COLUMNS, GENESIS, Chain, Fault, StoredEvent
from services.eventlog.checkpoints.checkpoint import Checkpoint, Verified
from services.eventlog.checkpoints.command_chain import CommandChain
from services.eventlog.epoch.events import LogRestored


def follow_facts(
    connection: Connection[Any], schema: str, last: Checkpoint | None
) -> tuple[StoredEvent | None, list[Fault]]:
    """The last fact since a checkpoint (of all, if there is none), and what does not follow from what it was signed
    for. After one that resumes comes the fact that says who agreed to it."""
    after, signed = (last.position, bytes.fromhex(last.hash)) if last else (0, GENESIS)
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


def checkpoint_at(
    newest: StoredEvent,
    commands: CommandChain,
    place: Verified,
    *,
    log: str,
    balances: str,
    made_at: datetime,
    resumes: int | None = None,
) -> Checkpoint:
    """The checkpoint after all that a directory holds (`place`), of a log that ends with this fact."""
    return Checkpoint(
        log=log,
        number=place.number + 1,
        position=newest.position,
        hash=newest.hash.hex(),
        recorded_at=_said(newest.recorded_at),
        balances=balances,
        previous=place.file_hash,
        made_at=_said(made_at),
        commands=commands.nth,
        commands_hash=commands.hash.hex(),
        resumes=resumes,
    )


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
