"""The chain of commands in one log: each that is there, in its place, and none that was recorded otherwise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection

from dev.verifying.kept_answers import ClearedAnswers, list_clearings
from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import Checkpoint
from services.eventlog.checkpoints.command_chain import COLUMNS, CommandChain, StoredCommand
from services.eventlog.epoch.seal import find_seal


def check_commands(
    connection: Connection[Any],
    schema: str,
    signed: Mapping[int, bytes],
    made: Sequence[Checkpoint] | None = None,
) -> tuple[Counter[str], list[Fault]]:
    """How many commands are chained and how many sealed, and what does not hold; of those whose answers were cleared,
    whether that was lawful. A few thousand rows in memory."""
    sealed, faults = find_seal(connection, schema)
    clearings, unlawful = list_clearings(connection, schema)
    cleared = ClearedAnswers(clearings, made)
    chain = CommandChain(sealed, signed, cleared_upto=cleared.upto)
    for name, query in (
        ("sealed_commands", f"SELECT {COLUMNS} FROM {schema}.command WHERE nth IS NULL ORDER BY id"),
        ("chained_commands", f"SELECT {COLUMNS} FROM {schema}.command WHERE nth IS NOT NULL ORDER BY nth"),
    ):
        for row in rows(connection, name, query):
            command = StoredCommand(*row)
            chain.follow(command)
            cleared.follow(command)
    counts = Counter({"chained commands": chain.nth})
    counts.update(cleared.counts)
    if chain.sealed:
        counts["commands sealed at the upgrade"] = chain.sealed
    return counts, [*faults, *unlawful, *chain.end(), *cleared.end()]
