"""Answers that were cleared: each once its term was over, below a checkpoint, and nothing else of its command."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from psycopg import Connection

from dev.verifying.decided_days import BETWEEN_CLOCKS, ON_ITS_WAY
from dev.verifying.reading import rows
from services.calendar.days import day_of
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import Checkpoint
from services.eventlog.checkpoints.command_chain import COLUMNS, StoredCommand, covered
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.eventlog.refusal import Refusal
from services.kept_answers.events import CLEARED_STREAM, TERM_STREAM, AnswersCleared, TermConfirmed, TermProposed
from services.kept_answers.rules import LEAST_DAYS, LONGEST_DAYS, Terms, confirm_term, evolve, propose_term

GENESIS = sha256(b"tilsagn cleared answers").digest()
TOLD = "SELECT position, recorded_at, topic, data FROM {}.event WHERE stream = ANY (%s) ORDER BY position"


@dataclass(frozen=True, slots=True)
class Clearing:
    """What the log tells of one: where and when, and how long answers were kept then (None: for good)."""

    position: int
    at: datetime
    told: AnswersCleared
    kept_days: int | None


def list_clearings(connection: Connection[Any], schema: str) -> tuple[list[Clearing], list[Fault]]:
    """Each that the log tells of, in order; and terms that no two people could set there, which allow nothing."""
    clearings, faults, terms = list[Clearing](), list[Fault](), Terms()
    query = TOLD.format(schema).encode()
    for position, at, topic, data in connection.execute(query, ([CLEARED_STREAM, TERM_STREAM],), binary=True):
        event = decode(topic, data)
        if isinstance(event, AnswersCleared):
            clearings.append(Clearing(position, at, event, terms.on(day_of(at))))
        elif is_lawful(terms, event, at):
            terms = evolve(terms, event)
        else:
            faults.append(Fault(position, "cleared", f"{topic}: no such term could be set there by two people"))
    return clearings, faults


def is_lawful(terms: Terms, event: Event, at: datetime) -> bool:
    """Whether the rule gives this fact. What was recorded just after midnight may have been decided before it."""
    days = {day_of(at - ON_ITS_WAY), day_of(at + BETWEEN_CLOCKS)}
    try:
        match event:
            case TermProposed(days=kept_days) if LEAST_DAYS <= kept_days <= LONGEST_DAYS:
                return any(propose_term(terms, today=today, **vars(event)) == [event] for today in days)
            case TermConfirmed():
                return confirm_term(terms, confirmed_by=event.confirmed_by) == [event]
    except Refusal:
        pass
    return False


def left_of(digest: bytes, command: StoredCommand) -> bytes:
    """The digest after this command: its number, its hash and all its fields, with its answer's own hash in its
    place."""
    assert command.nth is not None
    answer = command.answer_sha256 if command.answer is None else sha256(command.answer).digest()
    number = command.nth.to_bytes(8, "big", signed=True)
    return sha256(digest + number + (command.hash or b"") + covered(replace(command, answer=answer))).digest()


class ClearedAnswers:
    """Follows the commands, and holds what is left of those that were looked at for clearing against what the log told
    then. `made` are the checkpoints that stand (None: none can be asked); `since` a position: what was cleared before
    it is passed over."""

    def __init__(
        self, clearings: Sequence[Clearing], made: Sequence[Checkpoint] | None = None, *, since: int = 0
    ) -> None:
        self.counts, self.faults = Counter[str](), list[Fault]()
        self.upto = 0
        for each in clearings:
            if each.told.first != self.upto + 1 or each.told.last < each.told.first:
                self._fault(each, f"numbers {each.told.first} to {each.told.last} do not follow number {self.upto}")
            self.upto = max(self.upto, each.told.last)
        self.clearings = [each for each in clearings if each.position > since]
        for each in self.clearings:
            self._compare_signed(each, made)
        self._coming = iter(self.clearings)
        self._now = next(self._coming, None)
        self._digest, self._gone, self._newest = GENESIS, 0, None

    _newest: datetime | None

    def follow(self, command: StoredCommand) -> None:
        """Take the next one, in the order of their numbers."""
        now = self._now
        if now is None or command.nth is None or command.nth < now.told.first:
            return
        if command.answer is not None:
            self._fault(now, f"the answer of number {command.nth} stands, and was told to be cleared")
        self._gone += command.answer_sha256 is not None
        self._digest = left_of(self._digest, command)
        self._newest = max(self._newest or command.recorded_at, command.recorded_at)
        if command.nth >= now.told.last:
            self._compare(now)
            self._now = next(self._coming, None)
            self._digest, self._gone, self._newest = GENESIS, 0, None

    def end(self) -> list[Fault]:
        """All that was found; also commands that were told of and are not there."""
        if self._now is not None:
            self._fault(self._now, f"commands up to number {self._now.told.last} were looked at, and are not there")
        return self.faults

    def _compare(self, clearing: Clearing) -> None:
        told, kept_days = clearing.told, clearing.kept_days
        self.counts["answers cleared"] += told.answers
        if (self._digest.hex(), self._gone) != (told.sha256, told.answers):
            self._fault(clearing, f"numbers {told.first} to {told.last} are not what was left when they were cleared")
        if kept_days is None:
            self._fault(clearing, f"numbers {told.first} to {told.last} were cleared, and no term was in force")
        elif self._newest is not None and clearing.at - self._newest < timedelta(days=kept_days):
            self._fault(
                clearing, f"number {told.last} was recorded {self._newest}, and cleared within {kept_days} days"
            )

    def _compare_signed(self, clearing: Clearing, made: Sequence[Checkpoint] | None) -> None:
        if made is None:
            return
        last = clearing.told.last
        if not any(each.position < clearing.position and (each.commands or 0) >= last for each in made):
            self._fault(clearing, f"number {last} was cleared, and no checkpoint signed for it by then")

    def _fault(self, clearing: Clearing, detail: str) -> None:
        self.faults.append(Fault(clearing.position, "cleared", detail))


def check_cleared_since(
    connection: Connection[Any], schema: str, position: int, made: Sequence[Checkpoint]
) -> ClearedAnswers:
    """What was cleared after a position, looked at from its own first command to its last."""
    clearings, faults = list_clearings(connection, schema)
    cleared = ClearedAnswers(clearings, made, since=position)
    cleared.faults += [fault for fault in faults if fault.position > position]
    if cleared.clearings:
        first, last = cleared.clearings[0].told.first, cleared.clearings[-1].told.last
        query = f"SELECT {COLUMNS} FROM {schema}.command WHERE nth BETWEEN %s AND %s ORDER BY nth"
        for row in rows(connection, "cleared_commands", query, (first, last)):
            cleared.follow(StoredCommand(*row))
    return cleared
