"""Carried out: what the log lacks is looked for, and the log goes on once a second person says so.

The checkpoint that resumes is on disk before the fact is committed, and the fact is in the same transaction as the look
at where the log ends. Killed between the two, the checkpoint stands without its fact: nothing is recorded or signed on
it, and the act is done once more.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection

from services.calendar import clock
from services.eventlog.checkpoints.chain import COLUMNS, Fault, StoredEvent
from services.eventlog.checkpoints.checkpoint import Checkpoint, Checkpoints, Verified, follow, verify
from services.eventlog.checkpoints.checkpointer import Digest
from services.eventlog.checkpoints.commands_followed import follow_commands
from services.eventlog.checkpoints.facts_followed import checkpoint_at, follow_facts
from services.eventlog.connections.connecting import connect
from services.eventlog.epoch.events import RESTORED, LogRestored
from services.eventlog.mapper import encode, encode_metadata
from services.eventlog.outside.keeping import TakeUp, nothing_is_taken_up
from services.eventlog.outside.kept_outside import Again, KeptOutside
from services.httpapi.restoration import proposed
from services.httpapi.restoration.refusals import LogNotWhole, NothingLost, RestorationNotProposed
from services.httpapi.restoration.rules import Head, Lost, Proposal, confirm, find_lost, propose

TOGETHER = 1_000

Outside = Callable[[Connection[Any]], Sequence[str]]
"""The names of what lies in this service's outboxes and its log knows nothing of."""


class Restoration:
    """One service's log. `outside` says what left and is not known, `take_up` what is recorded again of the facts that
    are kept outside; `now` is the service's clock."""

    def __init__(
        self,
        dsn: str,
        directory: Checkpoints,
        key: Ed25519PrivateKey,
        *,
        log: str,
        digest: Digest,
        outside: Outside,
        take_up: TakeUp = nothing_is_taken_up,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._dsn, self._directory, self._key = dsn, directory, key
        self._log, self._digest, self._outside, self._now = log, digest, outside, now
        self._kept, self._take_up = KeptOutside(directory.directory, key, log=log), take_up
        self.again: Sequence[Again] = ()

    def look(self) -> Lost:
        """What the log lacks of what was signed for. Refuses NothingLost, and LogNotWhole where the checkpoints
        themselves do not hold."""
        with self._connected() as connection:
            return self._lost(connection)

    def propose(self, *, reason: str, by: str) -> Proposal:
        """Propose to go on without it. Nothing is recorded yet; who proposes anew takes the place of who did."""
        proposal = propose(self.look(), log=self._log, reason=reason, by=by)
        proposed.keep(self._directory.directory, proposal, self._key)
        return proposal

    def confirm(self, *, by: str) -> LogRestored:
        """Confirm what was proposed, as somebody else: the log goes on."""
        with self._connected() as connection:
            lost = self._lost(connection)
            waiting = proposed.find(self._directory.directory, self._key)
            fact = confirm(lost, waiting, by=by, left_outside=self._outside(connection))
            resuming = self._resuming(connection, lost)
            self.again = self._take_up(connection, self._kept.lost(connection))
            connection.commit()
            self._record(connection, fact, by)
            if not self._directory.add(resuming, self._key):
                raise RestorationNotProposed("Somebody else confirmed it at the same moment, or something was signed.")
            connection.commit()
        proposed.forget(self._directory.directory)
        return fact

    def _connected(self) -> Connection[Any]:
        return connect(self._dsn, "in the background")

    def _made(self) -> list[Checkpoint]:
        made, faults = verify(self._directory.contents(), self._key.public_key())
        if faults:
            raise LogNotWhole(f"The checkpoints themselves do not hold: {faults[0]}")
        return made

    def _lost(self, connection: Connection[Any]) -> Lost:
        made = self._made()
        if not made:
            raise NothingLost("Nothing was ever signed for.")
        head = self._head(connection)
        holds = [
            there for at in range(0, len(made), TOGETHER) for there in self._hold(connection, made[at : at + TOGETHER])
        ]
        return find_lost(made, head, holds)

    def _head(self, connection: Connection[Any]) -> Head:
        query = f"SELECT position, encode(hash, 'hex') FROM {self._log}.event ORDER BY position DESC LIMIT 1"
        row = connection.execute(query.encode()).fetchone()
        if row is None:
            raise LogNotWhole("The log is empty: this is a new database and no restored one.")
        return Head(position=row[0], hash=row[1])

    def _hold(self, connection: Connection[Any], made: Sequence[Checkpoint]) -> list[bool]:
        """Of each, whether what it was signed for stands, and, if it resumes, whether the fact of it follows."""
        query = f"SELECT position, encode(hash, 'hex'), topic FROM {self._log}.event WHERE position = ANY (%s)"
        asked = [at for each in made for at in (each.position, each.position + 1)]
        found = {at: (stands, topic) for at, stands, topic in connection.execute(query.encode(), (asked,))}
        return [
            found.get(each.position, ("", ""))[0] == each.hash
            and (each.resumes is None or found.get(each.position + 1, ("", ""))[1] == LogRestored.TOPIC)
            for each in made
        ]

    def _resuming(self, connection: Connection[Any], lost: Lost) -> Checkpoint:
        """The checkpoint the log goes on from. Raises LogNotWhole unless all since the last good one follows on it."""
        newest, faults = follow_facts(connection, self._log, lost.last)
        _refuse(faults)
        commands, strays = follow_commands(connection, self._log, lost.last)
        _refuse(strays)
        place = Verified()
        for content in self._directory.contents():
            place, faults = follow(place, content, self._key.public_key())
            _refuse(faults)
        return checkpoint_at(
            newest or self._fact_at(connection, lost.head.position),
            commands,
            place,
            log=self._log,
            balances=self._digest(connection),
            made_at=self._now(),
            resumes=lost.last.number if lost.last else 0,
        )

    def _fact_at(self, connection: Connection[Any], position: int) -> StoredEvent:
        query = f"SELECT {COLUMNS} FROM {self._log}.event WHERE position = %s"
        row = connection.execute(query.encode(), (position,), binary=True).fetchone()
        assert row is not None
        return StoredEvent(*row)

    def _version(self, connection: Connection[Any], stream: str) -> int:
        """The version of its next fact."""
        query = f"SELECT coalesce(max(version), 0) + 1 FROM {self._log}.event WHERE stream = %s"
        row = connection.execute(query.encode(), (stream,)).fetchone()
        assert row is not None
        return int(row[0])

    def _record(self, connection: Connection[Any], fact: LogRestored, by: str) -> None:
        """The fact, at the position after the one the log ended at when it was looked at, and after it what was kept
        outside and is lost; not yet committed."""
        facts = [(RESTORED, fact), *((each.stream, each.event) for each in self.again)]
        versions = [self._version(connection, stream) for stream, _ in facts]
        for nth, (stream, _) in enumerate(facts):
            versions[nth] += sum(1 for before, _ in facts[:nth] if before == stream)
        command = uuid4()
        metadata = encode_metadata(actor=by, correlation_id="restoration", command_id=str(command))
        query = (
            f"SELECT outcome, first_position, problem FROM {self._log}.append("
            "ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[],"
            " ARRAY[%s], %s::text[], %s::integer[], %s::text[], %s::bytea[], %s::bytea[], ARRAY[NULL]::jsonb[], %s)"
        )
        events = [event for _, event in facts]
        asked = (
            command,
            by,
            len(facts),
            [stream for stream, _ in facts],
            versions,
            [event.TOPIC for event in events],
            [encode(event) for event in events],
            [metadata] * len(facts),
            self._now(),
        )
        row = connection.execute(query.encode(), asked).fetchone()
        assert row is not None
        if row[0] != "recorded" or row[1] != fact.goes_on_after + 1:
            raise RestorationNotProposed(f"The log has moved since ({row[0]}, {row[2] or row[1]}). Propose it anew.")


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise LogNotWhole(f"What stands does not follow from what was signed: {faults[0]}")
