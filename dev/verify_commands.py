"""The chain of commands in one log: each that is there, in its place, and none that was recorded otherwise."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from psycopg import Connection

from dev.reconcile import rows
from services.eventlog.chain import Fault
from services.eventlog.command_chain import COLUMNS, CommandChain, Sealed, StoredCommand
from services.eventlog.epoch.events import STREAM, CommandsSealed, LogRulesChanged
from services.eventlog.mapper import decode


def check_commands(
    connection: Connection[Any], schema: str, signed: Mapping[int, bytes]
) -> tuple[Counter[str], list[Fault]]:
    """How many commands are chained and how many sealed, and what does not hold. A few thousand rows in memory."""
    sealed, faults = find_seal(connection, schema)
    chain = CommandChain(sealed, signed)
    for name, query in (
        ("sealed_commands", f"SELECT {COLUMNS} FROM {schema}.command WHERE nth IS NULL ORDER BY id"),
        ("chained_commands", f"SELECT {COLUMNS} FROM {schema}.command WHERE nth IS NOT NULL ORDER BY nth"),
    ):
        for row in rows(connection, name, query):
            chain.follow(StoredCommand(*row))
    counts = Counter({"chained commands": chain.nth})
    if chain.sealed:
        counts["commands sealed at the upgrade"] = chain.sealed
    return counts, faults + chain.end()


def find_seal(connection: Connection[Any], schema: str) -> tuple[Sealed | None, list[Fault]]:
    """What the log says of the commands before the upgrade. It says so once, and only a log that was upgraded does."""
    query = f"SELECT position, topic, data FROM {schema}.event WHERE stream = %s ORDER BY version"
    told = [
        (position, decode(topic, data))
        for position, topic, data in connection.execute(query.encode(), (STREAM,), binary=True)
    ]
    seals = [(position, fact) for position, fact in told if isinstance(fact, CommandsSealed)]
    if not seals:
        return None, []
    upgraded = [position for position, fact in told if isinstance(fact, LogRulesChanged)]
    first, seal = seals[0]
    faults = [Fault(position, "command", "commands were sealed once more") for position, _ in seals[1:]]
    if first > 1 and not any(position < first for position in upgraded):
        faults.append(Fault(first, "command", "commands were sealed in a log that was never upgraded"))
    return Sealed(seal.commands, bytes.fromhex(seal.sha256)), faults
