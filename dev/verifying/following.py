"""One pass over a log in the order it was recorded: its chain, its commands, and what follows from its facts.

Each fact is read and decoded once and handed to all who follow. What is remembered does not grow with the log.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from pydantic_core import from_json

from dev.verifying.entries import VERSIONS, VERSIONS_SINCE
from dev.verifying.reading import Snapshot
from dev.verifying.unreadable import UNREADABLE, could_not_be_checked
from services.eventlog.checkpoints.chain import COLUMNS, Chain, Fault, StoredEvent
from services.eventlog.checkpoints.checkpoint import Checkpoint
from services.eventlog.events import Event
from services.eventlog.mapper import decode

EVENTS = f"SELECT {COLUMNS} FROM {{}}.event WHERE position > {{}} ORDER BY position"
COMMANDS = """
    SELECT first_position, last_position, id::text, actor, recorded_at
    FROM {}.command WHERE first_position > {} ORDER BY first_position
"""
Row = tuple[Any, ...]
SAID_EACH = 100_000
"""Facts between two lines of how far it has come."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one command recorded: (stream, fact) in order, the position before the first, and when (UTC)."""

    pairs: Sequence[tuple[str, Event]]
    before: int
    at: datetime

    @property
    def upto(self) -> int:
        return self.before + len(self.pairs)

    def placed(self) -> Iterator[tuple[int, tuple[str, Event]]]:
        """Each with its position."""
        return enumerate(self.pairs, self.before + 1)


class Follows(Protocol):
    """What is worked out anew from the facts of one log, and held against what stands."""

    counts: Counter[str]
    faults: list[Fault]

    def follow(self, facts: Facts) -> None: ...
    def end(self) -> None: ...


class Verification:
    """One pass over the log, or over what came `after` a checkpoint. `faults` is what does not hold, `counts` what was
    looked at; `say` is told now and then which position it has come to."""

    def __init__(
        self,
        snapshot: Snapshot,
        signed: Sequence[Checkpoint],
        following: Sequence[Follows],
        *,
        schema: str,
        after: Checkpoint | None = None,
        say: Callable[[int], None] = lambda _: None,
    ):
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        place, versions = (after.position if after else 0), VERSIONS.format(schema)
        of_signed = {made.position: bytes.fromhex(made.hash) for made in signed}
        if after is None:
            self._chain = Chain(of_signed, streams=False)
        else:
            self._chain = Chain(of_signed, after=place, previous=bytes.fromhex(after.hash), streams=False)
            versions = VERSIONS_SINCE.format(schema, schema, place)
        self._say = say
        self._signed = {made.position: made for made in signed}
        self._following = list(following)
        self._versions = snapshot.beside()(versions, ())
        self._events = snapshot.ahead(EVENTS.format(schema, place))
        self._accounted = True
        self._read: tuple[bytes, Any] = b"", None
        self._agreed: Row | None = None
        self._commands = self._told_of(snapshot, COMMANDS.format(schema, place))
        self._coming = next(self._commands, None)

    def run(self) -> None:
        """Look at everything."""
        command: Row | None = None
        together: list[StoredEvent] = []
        last = 0
        for row in self._events:
            event = StoredEvent._make(row)
            self._chain.follow(event)
            if event.position % SAID_EACH == 0:
                self._say(event.position)
            if event.position in self._signed:
                self._compare_checkpoint(event)
            if event.position > last and not self._goes_on(event, together):
                self._settle(command, together)
                self.counts["events"] += len(together)
                command, together = self._command_of(event), []
                last = command[1] if command else event.position
            self._compare_command(event, command)
            together.append(event)
        self._settle(command, together)
        self.counts["events"] += len(together)
        while self._coming is not None:
            self._no_events(self._coming)
            self._coming = next(self._commands, None)
        for each in list(self._following):
            if self._followed(each, each.end):
                self.counts += each.counts
                self.faults += each.faults
        self._compare_versions()
        self.faults += self._chain.end()

    def _told_of(self, snapshot: Snapshot, commands: str) -> Iterator[Row]:
        """Each command that recorded something. That they cannot be read is told, once; the chain hangs on none."""
        try:
            yield from snapshot.ahead(commands)
        except UNREADABLE as wrong:
            self._accounted = False
            self.faults.append(could_not_be_checked("which command recorded what", wrong))

    def _goes_on(self, event: StoredEvent, together: Sequence[StoredEvent]) -> bool:
        """Where commands cannot be read, the facts themselves say which of them one command recorded."""
        if self._accounted or not together:
            return False
        before, says = self._command_and_actor(together[-1]), self._command_and_actor(event)
        return not isinstance(before, Exception) and not isinstance(says, Exception) and says[0] == before[0]

    def _compare_versions(self) -> None:
        try:
            found = self._versions.result()
        except UNREADABLE as wrong:
            self.faults.append(could_not_be_checked("the versions of each stream", wrong))
            return
        for position, stream, before, version in found:
            self.faults.append(Fault(position, "version", f"{stream} goes from version {before} to {version}"))

    def _compare_checkpoint(self, event: StoredEvent) -> None:
        self.counts["checkpoints"] += 1
        if datetime.fromisoformat(self._signed[event.position].recorded_at) != event.recorded_at:
            self.faults.append(Fault(event.position, "checkpoint", "it was not recorded when the checkpoint says"))

    def _command_of(self, event: StoredEvent) -> Row | None:
        """The command that recorded the event, if one says so."""
        last = None
        while self._coming is not None and self._coming[0] <= event.position:
            last, self._coming = self._coming, next(self._commands, None)
            self.counts["commands"] += 1
            if last[0] != event.position:
                self.faults.append(Fault(last[0], "command", f"command {last[2]} says it recorded this"))
        return last if last is not None and last[1] >= event.position else None

    def _no_events(self, command: Row) -> None:
        self.counts["commands"] += 1
        said = f"command {command[2]} recorded up to {command[1]}: gone"
        self.faults.append(Fault(command[0], "command", said))

    def _compare_command(self, event: StoredEvent, command: Row | None) -> None:
        if command is None:
            if self._accounted:
                self.faults.append(Fault(event.position, "command", "no command accounts for this event"))
            return
        if event.metadata == self._read[0] and event.recorded_at == command[4] and command is self._agreed:
            return  # as of all that one command recorded, but for the first
        says, self._agreed = self._command_and_actor(event), None
        if isinstance(says, Exception):
            self.faults.append(Fault(event.position, "unreadable", f"its metadata: {says!r}"))
        elif says != (command[2], command[3]) or event.recorded_at != command[4]:
            said = (*says, event.recorded_at)
            self.faults.append(Fault(event.position, "command", f"{said} is not what command {command[2]} says"))
        else:
            self._agreed = command

    def _command_and_actor(self, event: StoredEvent) -> tuple[str, str] | Exception:
        """Which command and who the fact says recorded it; or why that cannot be read. All that one command recorded
        mostly says the same."""
        try:
            if event.metadata != self._read[0]:
                kept = from_json(event.metadata)
                self._read = event.metadata, (kept["command_id"], kept["actor"])
        except (ValueError, KeyError, TypeError) as wrong:
            return wrong
        said: tuple[str, str] = self._read[1]
        return said

    def _settle(self, command: Row | None, together: Sequence[StoredEvent]) -> None:
        """Let all who follow have the facts of one command."""
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
            facts = Facts(pairs, first.position - 1, command[4] if command else first.recorded_at)
            for each in list(self._following):
                self._followed(each, partial(each.follow, facts))

    def _followed(self, each: Follows, follow: Callable[[], None]) -> bool:
        """What is reckoned beside the chain, as far as the facts can be read: what cannot ends that reckoning, and is
        told once."""
        try:
            follow()
            return True
        except UNREADABLE as wrong:
            self.faults += [
                *each.faults,
                could_not_be_checked(f"what follows from the facts ({type(each).__name__})", wrong),
            ]
            self.counts += each.counts
            self._following.remove(each)
            return False
