"""The commands that stood before commands were chained: what the log says of them."""

from typing import Any

from psycopg import Connection

from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.command_chain import Sealed
from services.eventlog.epoch.events import STREAM, CommandsSealed, LogRulesChanged
from services.eventlog.mapper import decode


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
