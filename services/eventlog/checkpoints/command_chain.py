"""What was asked and answered, chained like the facts: each command's hash covers its own stored fields and the hash of
the command before it.

The database computes the same hash when it records (`grants.record`); this is the second, independent reckoning. What
stood before commands were chained is sealed: the chain of the others begins with the digest of all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from services.eventlog.checkpoints.chain import Fault, microseconds, sized

GENESIS = sha256(b"tilsagn commands").digest()
COLUMNS = "nth, hash, id, actor, key, request_hash, answer, first_position, last_position, recorded_at, answer_sha256"
ABSENT = (-1).to_bytes(4, "big", signed=True)


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """One command as it lies in the database. `nth` and `hash` are absent where it was recorded before commands were
    chained, the positions where nothing had to be recorded; `answer_sha256` is there once the answer was cleared."""

    nth: int | None
    hash: bytes | None
    id: UUID
    actor: str
    key: str | None
    request_hash: bytes | None
    answer: bytes | None
    first_position: int | None
    last_position: int | None
    recorded_at: datetime
    answer_sha256: bytes | None = None

    @property
    def position(self) -> int:
        return self.first_position or 0


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the log says of the commands that stood before: how many, and their digest."""

    commands: int = 0
    digest: bytes = GENESIS


def covered(command: StoredCommand) -> bytes:
    """The bytes of a command: what may be absent, or varies in length, stands behind its length (-1: absent)."""
    return (
        command.id.bytes
        + sized(command.actor.encode())
        + optional(None if command.key is None else command.key.encode())
        + optional(command.request_hash)
        + optional(command.answer)
        + (command.first_position or 0).to_bytes(8, "big", signed=True)
        + (command.last_position or 0).to_bytes(8, "big", signed=True)
        + microseconds(command.recorded_at).to_bytes(8, "big", signed=True)
    )


def optional(field: bytes | None) -> bytes:
    return ABSENT if field is None else sized(field)


def link(previous: bytes, command: StoredCommand) -> bytes:
    """The hash this command must have after one with the hash `previous`."""
    assert command.nth is not None
    return sha256(previous + command.nth.to_bytes(8, "big", signed=True) + covered(command)).digest()


class CommandChain:
    """Follows the commands and notes where they do not hold: first those that stand without a number, in the order of
    their ids, then the others in theirs. `signed` says which hash stood at a number when it was signed for."""

    def __init__(
        self,
        sealed: Sealed | None,
        signed: Mapping[int, bytes] | None = None,
        *,
        after: int = 0,
        previous: bytes | None = None,
        cleared_upto: int = 0,
    ) -> None:
        """From the beginning, or `after` the number that had the hash `previous`. Answers up to number `cleared_upto`
        were cleared, as the log tells: what such a command's hash covered is gone, and the digest in the log holds what
        is left of it (`dev/verifying/kept_answers.py`)."""
        self.faults: list[Fault] = []
        self.sealed = 0
        self.nth = after
        self._seal = GENESIS
        self._told = sealed
        self._hash = previous
        self._signed = dict(signed or {})
        self._cleared_upto = cleared_upto

    def follow(self, command: StoredCommand) -> None:
        """Take the next one."""
        if command.nth is None or command.hash is None:
            self._take_sealed(command)
            return
        previous = self._begin() if self._hash is None else self._hash
        if command.nth != self.nth + 1:
            self._fault(command, f"commands up to number {command.nth - 1} are gone")
        elif command.answer_sha256 is not None:
            if command.nth > self._cleared_upto:
                self._fault(command, f"the answer of number {command.nth} is gone, and no fact tells of it")
        elif link(previous, command) != command.hash:
            self._fault(command, f"number {command.nth} ({command.id}) is not what was asked and answered")
        if self._signed.get(command.nth, command.hash) != command.hash:
            self._fault(command, f"number {command.nth} is not what was signed for")
        self.nth, self._hash = command.nth, command.hash

    def end(self) -> list[Fault]:
        """All that was found; also what was signed for and is no longer there."""
        if self._hash is None:
            self._begin()
        if (lost := max(self._signed, default=0)) > self.nth:
            self.faults.append(
                Fault(0, "command", f"commands were signed for up to number {lost}, and end at {self.nth}")
            )
        return self.faults

    @property
    def hash(self) -> bytes:
        """Of the last one; of the seal when none is chained yet."""
        return self._hash if self._hash is not None else (self._told or Sealed()).digest

    def _take_sealed(self, command: StoredCommand) -> None:
        self.sealed += 1
        self._seal = sha256(self._seal + covered(command)).digest()
        if self._told is None:
            self._fault(command, f"command {command.id} was not recorded by append()")

    def _begin(self) -> bytes:
        """What the first chained command follows: the seal, as the log tells it."""
        told = self._told or Sealed()
        if self._told is not None and (self.sealed, self._seal) != (told.commands, told.digest):
            detail = f"the {told.commands} commands sealed at the upgrade are not those that stand ({self.sealed})"
            self.faults.append(Fault(0, "command", detail))
        return told.digest

    def _fault(self, command: StoredCommand, detail: str) -> None:
        self.faults.append(Fault(command.position, "command", detail))
