"""Who makes checkpoints: a background task of the service, when it starts, every so often and when it stops."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import CollectorRegistry, Gauge
from psycopg import Connection, IsolationLevel

from services.calendar import clock
from services.eventlog.background.sweeping import BACK_SECONDS
from services.eventlog.checkpoints.chain import GENESIS, Fault, StoredEvent
from services.eventlog.checkpoints.checkpoint import Checkpoint, Checkpoints, Verified, follow
from services.eventlog.checkpoints.commands_followed import follow_commands
from services.eventlog.checkpoints.facts_followed import checkpoint_at, follow_facts
from services.eventlog.checkpoints.signed import LastSigned, OtherwiseSigned, find_last_signed, record_signed
from services.eventlog.connections.connecting import connect
from services.eventlog.connections.standby import CONFIRMED_WITHIN_SECONDS, confirm, within

Digest = Callable[[Connection[Any]], str]
"""The digest of all balances, read on the connection it is given. The log itself knows no balances."""

FIRST_LOOK_SECONDS = 1.0

_log = logging.getLogger(__name__)


class SigningRefused(Exception):
    """What stands in the log does not follow from the last checkpoint. `faults` say where; nothing was signed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults[:5]))
        self.faults = faults


class Checkpointer:
    """Signs the log's newest position, after verifying everything since the one signed last.

    A checkpoint is made at the start if there is anything that none covers, and of the first facts of a new log within
    a second: whoever verifies needs not wait for one. After that once so many events (`every_events`) or so many
    seconds (`every_seconds`) have passed and there is something new. A fault stops signing and raises the alarm; only
    people put that right.
    """

    def __init__(
        self, dsn: str, directory: Checkpoints, key: Ed25519PrivateKey, *, log: str, digest: Digest,
        every_events: int = 10_000, every_seconds: float = 60.0, look_seconds: float = 5.0,
        refused: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = clock.now, registry: CollectorRegistry | None = None,
    ) -> None:  # fmt: skip
        """`refused` is called each time the log does not follow from what was signed: whoever records looks again."""
        self._dsn = dsn
        self._directory = directory
        self._key = key
        self._name = log
        self._digest = digest
        self._now = now
        self._refused = refused
        self._every_events = every_events
        self._every_seconds = every_seconds
        self._look_seconds = look_seconds
        self._last = Verified()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.alarm: str | None = None
        self._alarm = Gauge(
            "tilsagn_checkpoint_alarm", "1 when the log did not verify and nothing is signed", registry=registry
        )
        self._signed = Gauge(
            "tilsagn_checkpoint_signed_seconds", "Unix time when the log was last signed to its end", registry=registry
        )
        room = Gauge("tilsagn_checkpoint_free_bytes", "room left where checkpoints are written", registry=registry)
        room.set_function(lambda: shutil.disk_usage(directory.directory).free)
        directory.publish(key)

    def start(self) -> None:
        """Begin; call it where the event loop runs."""
        self._task = asyncio.create_task(self._run(), name="checkpointer")

    async def stop(self) -> None:
        """Sign what is new, then end."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due_at = loop.time()  # what stands unsigned when we begin is signed first of all
        while True:
            stopping = self._stop.is_set()
            due = stopping or loop.time() >= due_at
            failed = False
            try:
                if await asyncio.to_thread(self.sign, 1 if due else self._every_events):
                    due_at = loop.time() + self._every_seconds
                self.alarm = None
                self._alarm.set(0)
                if due:
                    self._signed.set_to_current_time()
            except SigningRefused as refused:
                self.alarm = str(refused)
                self._alarm.set(1)
                self._refused()
                _log.critical("nothing is signed: the log does not verify: %s", refused)
            except (psycopg.Error, OSError) as failure:
                _log.warning("no checkpoint this time: %s", failure)
                failed = True
            if stopping:
                return
            look_seconds = self._look_seconds if self._last.number else FIRST_LOOK_SECONDS
            if failed:
                look_seconds = min(look_seconds, BACK_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), look_seconds)

    def sign(self, at_least: int = 1) -> Checkpoint | None:
        """Sign the newest position if at least so many events came since the last one. Raises SigningRefused when
        what was signed is no longer there, or what came since does not follow from it; then nothing is signed."""
        self._verify_directory()
        after, signed = self._last.position, GENESIS
        if self._last.checkpoint is not None:
            signed = bytes.fromhex(self._last.checkpoint.hash)
        with connect(self._dsn, "in the background") as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            if self._head(connection, after, signed) - after < at_least:
                return None
            if not self._verify_recorded(find_last_signed(connection, self._name)):
                return None
            newest = self._verify_since(connection)
            commands, strays = follow_commands(connection, self._name, self._last.checkpoint)
            if strays:
                raise SigningRefused(strays)
            balances = self._digest(connection)
        with connect(self._dsn, "in the background", autocommit=True) as connection:
            confirm(connection, CONFIRMED_WITHIN_SECONDS)  # nothing is signed that a failover can lose
        made = checkpoint_at(newest, commands, self._last, log=self._name, balances=balances, made_at=self._now())
        if not self._directory.add(made, self._key):
            return None
        self._record(made.number)
        return made

    def _record(self, number: int) -> None:
        """Keep in the log that this one was made. Left undone by a crash, the next to sign does it."""
        file_hash = sha256(self._directory.files()[number - 1].read_bytes()).hexdigest()
        with (
            connect(self._dsn, "in the background", autocommit=True) as connection,
            within(connection, CONFIRMED_WITHIN_SECONDS),
        ):
            try:
                record_signed(connection, self._name, LastSigned(number, file_hash), self._now())
            except OtherwiseSigned as otherwise:
                raise SigningRefused([Fault(self._last.position, "checkpoint", str(otherwise))]) from otherwise

    def _verify_recorded(self, recorded: LastSigned) -> bool:
        """What the log knows to be signed is there. False if another process has signed meanwhile."""
        if recorded.number > self._last.number:
            self._verify_directory()
            if recorded.number <= self._last.number:
                return False
            detail = f"numbers {self._last.number + 1} to {recorded.number} are gone"
            raise SigningRefused([Fault(self._last.position + 1, "checkpoint", detail)])
        if recorded.number:
            content = self._directory.files()[recorded.number - 1].read_bytes()
            if sha256(content).hexdigest() != recorded.file_hash:
                detail = f"number {recorded.number} is not the one that was made"
                raise SigningRefused([Fault(self._last.position, "checkpoint", detail)])
        if recorded.number < self._last.number:
            self._record(self._last.number)
        return True

    def _verify_directory(self) -> None:
        """Follow what is there since we looked last: ours, another process's, and nothing of a stranger's."""
        files = self._directory.files()
        before = self._last.number
        there = files[before - 1 : before] if before else []
        if [sha256(path.read_bytes()).hexdigest() for path in there] != [self._last.file_hash][: min(before, 1)]:
            raise SigningRefused([Fault(self._last.position, "checkpoint", f"number {before} is gone or exchanged")])
        for path in files[before:]:
            self._last, faults = follow(self._last, path.read_bytes(), self._key.public_key())
            if faults:
                raise SigningRefused(faults)

    def _head(self, connection: Connection[Any], after: int, signed: bytes) -> int:
        """Where the log ends, once it is seen that what was signed last still stands in it."""
        found = connection.execute(
            f"SELECT max(position), (SELECT hash FROM {self._name}.event WHERE position = %s) FROM {self._name}.event",
            (after,),
        ).fetchone()
        head, standing = found or (None, None)
        if after and standing != signed:
            raise SigningRefused([Fault(after, "rewritten" if standing else "cut", "what was signed is not there")])
        return head or 0

    def _verify_since(self, connection: Connection[Any]) -> StoredEvent:
        """Everything after the last checkpoint follows from it. The last event."""
        newest, faults = follow_facts(connection, self._name, self._last.checkpoint)
        if faults or newest is None:
            raise SigningRefused(faults)
        return newest
