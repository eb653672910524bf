"""One pass over a log in the order it was recorded: its chain, its commands, and what follows from its facts."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from psycopg import Connection

from dev.verifying.reading import Following, rows
from dev.verifying.unreadable import UNREADABLE, could_not_be_checked
from services.eventlog.chain import COLUMNS, Chain, Fault, StoredEvent
from services.eventlog.checkpoint import Checkpoint
from services.eventlog.events import Event
from services.eventlog.mapper import decode

EVENTS = f"SELECT {COLUMNS} FROM {{}}.event ORDER BY position"
COMMANDS = """
    SELECT first_position, last_position, id, actor, recorded_at
    FROM {}.command WHERE first_position IS NOT NULL ORDER BY first_position
"""


class Follows(Protocol):
    """What is worked out anew from the facts of one log, and held against what stands."""

    counts: Counter[str]
    faults: list[Fault]

    def follow(self, pairs: list[tuple[str, Event]], before: int, at: datetime) -> None: ...
    def end(self) -> None: ...


class Together:
    """Several of them, on one pass."""

    def __init__(self, *those: Follows) -> None:
        self._those = those
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []

    def follow(self, pairs: list[tuple[str, Event]], before: int, at: datetime) -> None:
        for each in self._those:
            each.follow(pairs, before, at)

    def end(self) -> None:
        for each in self._those:
            each.end()
            self.counts += each.counts
            self.faults += each.faults


class Verification:
    """One pass over the log. `faults` is what does not hold, `counts` what was looked at."""

    def __init__(
        self, connection: Connection[Any], signed: list[Checkpoint], reconciliation: Follows, *, schema: str
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._chain = Chain({made.position: bytes.fromhex(made.hash) for made in signed})
        self._signed = {made.position: made for made in signed}
        self._reconciliation = reconciliation
        self._lost = False
        self._events = rows(connection, "events", EVENTS.format(schema))
        self._commands = Following(rows(connection, "commands", COMMANDS.format(schema)), lambda row: row)

    def run(self) -> None:
        """Look at everything."""
        command: tuple[Any, ...] | None = None
        together: list[StoredEvent] = []
        for row in self._events:
            event = StoredEvent(*row)
            self._follow(event)
            if command is None or event.position > command[1]:
                self._settle(command, together)
                command, together = self._command_of(event), []
            self._compare_command(event, command)
            together.append(event)
        self._settle(command, together)
        for position, lost, _ in self._commands.upto(2**63 - 1):
            self.faults.append(Fault(position, "command", f"command {lost[2]} recorded up to {lost[1]}: gone"))
        self._followed(self._reconciliation.end)
        self.counts += self._reconciliation.counts
        self.faults += self._chain.end() + self._reconciliation.faults

    def _follow(self, event: StoredEvent) -> None:
        self.counts["events"] += 1
        self._chain.follow(event)
        if (made := self._signed.get(event.position)) is not None:
            self.counts["checkpoints"] += 1
            if datetime.fromisoformat(made.recorded_at) != event.recorded_at:
                self.faults.append(Fault(event.position, "checkpoint", "it was not recorded when the checkpoint says"))

    def _command_of(self, event: StoredEvent) -> tuple[Any, ...] | None:
        """The command that recorded the event, if one says so."""
        last = None
        for position, command, _ in self._commands.upto(event.position):
            self.counts["commands"] += 1
            if position != event.position:
                self.faults.append(Fault(position, "command", f"command {command[2]} says it recorded this"))
            last = command
        return last if last is not None and last[1] >= event.position else None

    def _compare_command(self, event: StoredEvent, command: tuple[Any, ...] | None) -> None:
        if command is None:
            self.faults.append(Fault(event.position, "command", "no command accounts for this event"))
            return
        try:
            kept = json.loads(event.metadata)
            said = (kept["command_id"], kept["actor"], event.recorded_at)
        except (ValueError, KeyError, TypeError) as wrong:
            self.faults.append(Fault(event.position, "unreadable", f"its metadata: {wrong!r}"))
            return
        if said != (str(command[2]), command[3], command[4]):
            self.faults.append(Fault(event.position, "command", f"{said} is not what command {command[2]} says"))

    def _settle(self, command: tuple[Any, ...] | None, together: list[StoredEvent]) -> None:
        """Let the ledger follow all events of one command."""
        if not together:
            return
        pairs = []
        for event in together:
            try:
                pairs.append((event.stream, decode(event.topic, event.data)))
            except (ValueError, LookupError) as wrong:
                self.faults.append(Fault(event.position, "unreadable", f"{event.topic}: {type(wrong).__name__}"))
        if len(pairs) == len(together):
            first = together[0]
            at = command[4] if command else first.recorded_at
            self._followed(lambda: self._reconciliation.follow(pairs, first.position - 1, at))

    def _followed(self, follow: Callable[[], None]) -> None:
        """The reckoning beside the chain, as far as the facts can be read: what cannot stops it, and is told once."""
        if self._lost:
            return
        try:
            follow()
        except UNREADABLE as wrong:
            self._lost = True
            self.faults.append(could_not_be_checked("what follows from the facts", wrong))
