"""A service's log: load a stream, decide, append. Everything a route needs of it.

It is the library's Application: its mapper makes of a fact what is stored, and its recorder is the one way in, for
`append` as for the library's own `save`. Reading is asynchronous, for it stands on the hot path of every request, and
tells of each fact also where it stands, when it was recorded and by whom.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, ClassVar, cast

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.utils import Environment
from prometheus_client import CollectorRegistry
from psycopg_pool import AsyncConnectionPool

from services.calendar import clock
from services.eventlog.background.aside import aside
from services.eventlog.checkpoints.behind import LogBehind, SignedFor
from services.eventlog.command import Command, Kept, Outcome, Write, resting
from services.eventlog.connections.pool import SOON_SECONDS
from services.eventlog.connections.standby import CONFIRMED_WITHIN_SECONDS, NotThePrimary, confirm_aside, in_recovery
from services.eventlog.events import Event
from services.eventlog.folding import Facts
from services.eventlog.mapper import Fact, recorded
from services.eventlog.node import ReadOnlyNode
from services.eventlog.reading import forget_reading, read_so_far
from services.eventlog.recorded import HeardAt, Recorded
from services.eventlog.writing.recorder import STALLED_SECONDS, LogFactory, LogRecorder
from services.eventlog.writing.writer import Waiting

Effects = Callable[[Sequence[tuple[str, Event]]], dict[str, Any] | None]
"""From a command's (stream, event) pairs to what they do to inline projections. Pure: the same for replay."""


def no_effects(_: Sequence[tuple[str, Event]]) -> None:
    """For a log without inline projections."""


@dataclass(frozen=True)
class History:
    """One stream as it stands. Version 0 is a stream not begun."""

    stream: str
    recorded: tuple[Recorded, ...]

    @cached_property
    def facts(self) -> Facts[Recorded]:
        """What is recorded, for states that are folded from when and by whom as well."""
        return Facts(self.recorded)

    @property
    def version(self) -> int:
        return self.recorded[-1].version if self.recorded else 0

    @cached_property
    def events(self) -> Facts[Event]:
        return Facts(fact.event for fact in self.recorded)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was answered when a key was used before; None once the answer was cleared."""

    request_hash: bytes | None
    answer: bytes | None


class WriterStalled(Exception):
    """What was handed over has not been answered for longer than it takes."""


class Log(Application[str]):
    """The log of one service. `pool` is the service's asynchronous reading pool; the caller opens and closes it."""

    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "services.eventlog.writing.recorder",
        "MAPPER_TOPIC": "services.eventlog.mapper:EventMapper",
    }
    factory: LogFactory
    recorder: LogRecorder

    def __init__(
        self,
        dsn: str,
        pool: AsyncConnectionPool,
        *,
        schema: str,
        effects: Effects = no_effects,
        signed: SignedFor | None = None,
        now: Callable[[], datetime] = clock.now,
        registry: CollectorRegistry | None = None,
    ) -> None:
        """`now` is the service's clock: the database appends only while its own agrees with it. `signed` is what was
        signed for of this log: nothing is recorded where that does not stand."""
        self.now, self._registry, self._signed = now, registry, signed
        super().__init__({"LOG_DSN": dsn, "LOG_SCHEMA": schema})
        self._pool, self._schema = pool, schema
        self._effects = effects
        self._load = (
            f"SELECT position, stream, version, topic, data, metadata, recorded_at FROM {schema}.event"
            " WHERE stream = %s ORDER BY version"
        )
        self._load_all = self._load.replace("stream = %s ORDER BY", "stream = ANY (%s) ORDER BY stream,")
        self._latest = self._load.replace("ORDER BY version", "ORDER BY version DESC LIMIT 1")
        self._command = (
            "SELECT recorded_at, first_position, last_position, answer, answer_sha256 IS NOT NULL"
            f" FROM {schema}.command WHERE actor = %s AND key = %s"
        )
        self._earlier = f"SELECT request_hash, answer FROM {schema}.command WHERE actor = %s AND key = %s"

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The library's factory, told of this service's clock."""
        factory = super().construct_factory(env)
        assert isinstance(factory, LogFactory)
        factory.now, factory.registry = self.now, self._registry
        factory.admit = self._signed.look if self._signed else None
        return factory

    async def load(self, stream: str) -> History:
        """The stream as it stands now, in version order; in a command, as it stood when the command first read it."""
        read = read_so_far()
        if read is not None and (id(self), stream) in read:
            return cast(History, read[id(self), stream])
        async with self._pool.connection() as connection:
            cursor = await connection.execute(self._load, (stream,), binary=True)
            history = History(stream, tuple(recorded(row) for row in await cursor.fetchall()))
        if read is not None:
            read[id(self), stream] = history
        return history

    async def load_all(self, streams: Sequence[str]) -> dict[str, History]:
        """Several streams as they stand at one moment; a stream not begun is there with version 0. In a command, those
        it has read are as it read them."""
        read = {} if (known := read_so_far()) is None else known
        facts: dict[str, list[Recorded]] = {stream: [] for stream in streams if (id(self), stream) not in read}
        if facts:
            async with self._pool.connection() as connection:
                rows = await (await connection.execute(self._load_all, (list(facts),), binary=True)).fetchall()
            for fact in await aside(lambda: list(map(recorded, rows)), on=len(rows)):
                facts[fact.stream].append(fact)
        read |= {(id(self), stream): History(stream, tuple(its)) for stream, its in facts.items()}
        return {stream: cast(History, read[id(self), stream]) for stream in streams}

    async def find_latest(self, stream: str) -> Recorded | None:
        """The last fact of a stream, however long it is; None if it is not begun."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(self._latest, (stream,), binary=True)).fetchone()
        return None if row is None else recorded(row)

    async def find_earlier(self, actor: str, key: str) -> Earlier | None:
        """What this actor was answered under this idempotency key, if it was used. It is answered once more only when
        no failover can lose it; raises NotConfirmed when PostgreSQL would not wait for that, and NotThePrimary on a
        standby, which may only not have it yet."""
        found = await self._found(self._earlier, actor, key)
        return None if found is None else Earlier(*found)

    async def records(self) -> None:
        """Returns when what is handed over would be recorded. Raises WriterStalled while the database has left this
        process's writer waiting, NoRoom while its disk is full, LogBehind where the log lacks what was signed for, and
        ReadOnlyNode on a standby."""
        if (seconds := self.factory.writer.stalled_seconds()) > STALLED_SECONDS:
            raise WriterStalled(f"what was handed over {seconds:.0f} s ago is not answered")
        self.factory.writer.room.check()
        async with self._pool.connection(timeout=SOON_SECONDS) as connection:
            if await in_recovery(connection):
                raise ReadOnlyNode("The database is a standby, and takes nothing. Ask a process on the primary.")
            try:
                if self._signed is not None:
                    await self._signed.look_aside(connection)
            except LogBehind:
                self.look_again()
                raise

    def look_again(self) -> None:
        """Somebody saw that what was signed for is not there: look before anything more is recorded."""
        self.factory.writer.look_again()

    async def find_command(self, actor: str, key: str) -> Kept | None:
        """What became of a command of this actor under this key; None if nothing is recorded under it. It is told only
        when no failover can lose it; raises NotConfirmed when PostgreSQL would not wait for that, and NotThePrimary on
        a standby, which may only not have it yet."""
        found = await self._found(self._command, actor, key)
        return None if found is None else Kept(*found)

    async def _found(self, query: str, actor: str, key: str) -> tuple[Any, ...] | None:
        async with self._pool.connection() as connection:
            found = await (await connection.execute(query, (actor, key), binary=True)).fetchone()
            if found is not None:
                await confirm_aside(connection, CONFIRMED_WITHIN_SECONDS)
            elif await in_recovery(connection):
                raise NotThePrimary("the server is a standby: what is not there may be at the primary")
        return found

    async def append(self, command: Command, *writes: Write) -> Outcome:
        """Records the facts of one command in one transaction, or answers why not. Never raises for a refusal."""
        waiting = await aside(partial(self._waiting, command, writes), on=len(writes))
        forget_reading()
        return await asyncio.wrap_future(self.factory.writer.submit(waiting))

    def append_now(self, command: Command, *writes: Write) -> Outcome:
        """The same for callers that may wait: scripts, projections, tests."""
        return self.factory.writer.submit(self._waiting(command, writes)).result()

    def _waiting(self, command: Command, writes: Sequence[Write]) -> Waiting:
        facts: list[Fact] = []
        heard: list[HeardAt | None] = []
        for write in writes:
            facts += (
                Fact(write.stream, at, event) for at, event in enumerate(write.events, write.expected_version + 1)
            )
            heard += [write.heard] * len(write.events)
        stored = [self.mapper.to_stored_event(fact) for fact in facts]
        effects = self._effects([(fact.originator_id, fact.event) for fact in facts])
        return self.recorder.waiting(stored, command, resting(effects, writes), heard)
