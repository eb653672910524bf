"""The commands since a checkpoint, followed before the next one is signed."""

from typing import Any

from psycopg import Connection

from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import Checkpoint
from services.eventlog.checkpoints.command_chain import COLUMNS as COMMAND_COLUMNS
from services.eventlog.checkpoints.command_chain import CommandChain, StoredCommand
from services.eventlog.epoch.seal import find_seal


def follow_commands(
    connection: Connection[Any], schema: str, last: Checkpoint | None
) -> tuple[CommandChain, list[Fault]]:
    """The chain of commands since the last checkpoint that tells of them (of all, if none does), and what is wrong with
    it."""
    if last is None or last.commands is None or last.commands_hash is None:
        sealed, faults = find_seal(connection, schema)
        upto = connection.execute(f"SELECT {schema}.answers_cleared_upto()".encode()).fetchone()
        chain, since = CommandChain(sealed, cleared_upto=upto[0] if upto else 0), "nth IS NULL OR nth > 0"
    else:
        chain = CommandChain(None, after=last.commands, previous=bytes.fromhex(last.commands_hash))
        faults, since = [], f"nth > {last.commands:d}"
    rows = connection.cursor(name="commands_since", binary=True)
    rows.itersize = 5_000
    rows.execute(f"SELECT {COMMAND_COLUMNS} FROM {schema}.command WHERE {since} ORDER BY nth NULLS FIRST, id".encode())
    for row in rows:
        chain.follow(StoredCommand(*row))
    return chain, faults + chain.end()
