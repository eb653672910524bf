"""The chains of what is multiplied: the hash of each fact and command, over what stands there and what stood before."""

from collections.abc import Iterator
from typing import Any

import psycopg

from services.eventlog.checkpoints import chain, command_chain
from services.eventlog.checkpoints.chain import StoredEvent
from services.eventlog.checkpoints.command_chain import StoredCommand

AT_A_TIME = 5_000
EVENT = "position, stream, version, topic, data, metadata, recorded_at, hash"
COMMAND = "nth, hash, id, actor, key, request_hash, answer, first_position, last_position, recorded_at"


class Chained:
    """Writes facts and commands to the log's own tables as they come, each after the one before."""

    def __init__(self, reading: psycopg.Connection[Any], writing: psycopg.Connection[Any]) -> None:
        self._reading, self._writing = reading, writing
        self.head, self.hash = 0, chain.GENESIS
        self._nth, self._of_commands = 0, command_chain.GENESIS

    def facts(self, query: str) -> None:
        """Rows of the log without their hash, in the order of their positions, which go on from the last."""
        with self._writing.cursor().copy(f"COPY grants.event ({EVENT}) FROM STDIN (FORMAT binary)".encode()) as into:
            into.set_types(["int8", "text", "int4", "text", "bytea", "bytea", "timestamptz", "bytea"])
            for position, stream, version, topic, data, metadata, recorded_at in self.rows(query):
                assert position == self.head + 1, f"{position} comes after {self.head}"
                made = StoredEvent(position, stream, version, topic, data, metadata, recorded_at, b"")
                self.head, self.hash = position, chain.link(self.hash, made)
                into.write_row((*made[:-1], self.hash))

    def commands(self, query: str) -> None:
        """The same of commands: id, actor, first and last position and when."""
        with self._writing.cursor().copy(
            f"COPY grants.command ({COMMAND}) FROM STDIN (FORMAT binary)".encode()
        ) as into:
            into.set_types(["int8", "bytea", "uuid", "text", "text", "bytea", "bytea", "int8", "int8", "timestamptz"])
            for given in self.rows(query):
                self._nth += 1
                made = StoredCommand(self._nth, None, *given)
                self._of_commands = command_chain.link(self._of_commands, made)
                into.write_row((self._nth, self._of_commands, *given))

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """What a query answers, some at a time, on the connection that reads."""
        with self._reading.transaction(), self._reading.cursor("made") as rows:
            rows.itersize = AT_A_TIME
            yield from rows.execute(query.encode(), binary=True)
