"""Whoever owns the tables writes a log anew from some position on, and makes its chains agree with themselves again."""

import psycopg

from services.eventlog.checkpoints import chain, command_chain
from services.eventlog.checkpoints.chain import StoredEvent
from services.eventlog.checkpoints.command_chain import StoredCommand
from tests.faults.planted.rows import APPROVED, HELD
from tests.faults.planted.tampering import Copy, Tampering

EVENTS = f"SELECT {chain.COLUMNS} FROM {{}}.event ORDER BY position"
COMMANDS = f"SELECT {command_chain.COLUMNS} FROM {{}}.command WHERE nth IS NOT NULL ORDER BY nth"


def rechained(copy: Copy, schema: str) -> None:
    """Every hash, of facts and of commands, as it follows from what stands there now."""
    with psycopg.connect(copy.database.admin_dsn) as connection:
        facts = [StoredEvent(*row) for row in connection.execute(EVENTS.format(schema).encode()).fetchall()]
        asked = [StoredCommand(*row) for row in connection.execute(COMMANDS.format(schema).encode()).fetchall()]
    previous, statements = chain.GENESIS, []
    for fact in facts:
        previous = chain.link(previous, fact)
        statements.append(f"UPDATE {schema}.event SET hash = '\\x{previous.hex()}' WHERE position = {fact.position}")
    previous = command_chain.GENESIS
    for command in asked:
        previous = command_chain.link(previous, command)
        statements.append(f"UPDATE {schema}.command SET hash = '\\x{previous.hex()}' WHERE nth = {command.nth}")
    copy.as_owner(*statements)


def rewritten(name: str, schema: str, statement: str, at: str, found: str) -> Tampering:
    def does(copy: Copy) -> str:
        place = copy.ask(at)
        copy.as_owner(statement.replace("{at}", place))
        rechained(copy, schema)
        return place

    tables = f"{schema}.event", f"{schema}.command"
    return Tampering(name=name, by="owner", does=does, found=found, touches=tables)


FACTS = (
    rewritten(
        "another text of an award, and the log of grants written anew from there",
        "grants",
        "UPDATE grants.event SET data = convert_to(replace(convert_from(data, 'UTF8'), 'Instruks 4.2', 'Instruks 4.3'),"
        " 'UTF8') WHERE position = {at}",
        APPROVED,
        r"position \d+: rewritten",
    ),
    rewritten(
        "another time of a held letter, and the log of notifications written anew from there",
        "notifications",
        "UPDATE notifications.event SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = {at}",
        HELD,
        r"position \d+: rewritten",
    ),
)
ANSWERS = (
    rewritten(
        "another answer to a command, and the chain of commands written anew from there",
        "grants",
        "UPDATE grants.command SET answer = convert_to('ja', 'UTF8') WHERE nth = {at}",
        "SELECT nth FROM grants.command WHERE answer IS NOT NULL ORDER BY nth LIMIT 1",
        r"command",
    ),
)
