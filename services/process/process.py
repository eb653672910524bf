"""What every process of a service stands on, whatever it does: the log, connections, a clock, what is measured."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry

from services.calendar import clock
from services.eventlog.checkpoints.behind import signed_at
from services.eventlog.checkpoints.checkpoint import Checkpoints, load_signing_key
from services.eventlog.checkpoints.checkpointer import Checkpointer, Digest
from services.eventlog.connections.pool import SOON_SECONDS, open_later
from services.eventlog.connections.rights import (
    refuse_changed_role,
    refuse_replaced_clock,
    refuse_superuser,
    refuse_unset_pooler,
)
from services.eventlog.log import Effects, Log, no_effects
from services.eventlog.node import Server, own_log
from services.eventlog.projections.followed import Followed, follow_up
from services.eventlog.projections.projection import Projection
from services.eventlog.projections.runner import Runner
from services.process.role import ProcessRole
from services.process.schema import Schemas, WatchingSchema
from services.process.tasks import Task, at_work


class OnALog(Protocol):
    """What a service's settings say of its log."""

    @property
    def process_role(self) -> ProcessRole: ...
    @property
    def database_url(self) -> str: ...
    @property
    def checkpoint_dir(self) -> Path | None: ...
    @property
    def checkpoint_key(self) -> Path | None: ...
    @property
    def primary_url(self) -> str | None: ...
    @property
    def behind_at_most_seconds(self) -> float: ...


class Process:
    """One process on the log of a service (`schema`). `now` is its clock: on the machine's own it refuses a database
    whose clock was replaced. `digest` is of what is signed beside the log, `projections` are its read models.

    It refuses to run as a superuser, or with a database role that somebody has given settings of its own."""

    def __init__(
        self,
        settings: OnALog,
        *,
        schema: str,
        projections: Sequence[Projection],
        digest: Digest,
        effects: Effects = no_effects,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._settings, self._digest, self._projections = settings, digest, projections
        self.role, self.schema, self.now = settings.process_role, schema, now
        self.registry = CollectorRegistry()
        self.pool = open_later(settings.database_url, instead=None if self.role.records else settings.primary_url)
        self.schemas = Schemas((self.pool, schema))
        self.server = Server(self.pool, own_log(schema))
        instead = self.pool.instead
        self.primary = Server(instead, own_log(schema)) if instead is not None else None
        self.behind_at_most = timedelta(seconds=settings.behind_at_most_seconds)
        signed = signed_at(settings.checkpoint_dir, schema=schema)
        self.log = Log(
            settings.database_url,
            self.pool,
            schema=schema,
            effects=effects,
            signed=signed,
            now=now,
            registry=self.registry,
        )

    @property
    def checks(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What keeps this very process from its work where it fails; whoever only reads is asked elsewhere whether its
        server may be read."""
        recording = {"database": self.answers, "writer": self.log.records} if self.role.records else {}
        return {**recording, "schema": self.schemas.look}

    async def answers(self) -> None:
        """Returns when the database answers."""
        async with self.pool.connection(timeout=SOON_SECONDS) as connection:
            await connection.execute("SELECT 1")

    async def followed(self) -> Followed:
        """How far the read models have come, whichever process fills them."""
        return await follow_up(self.pool, self._projections, schema=self.schema)

    @contextlib.asynccontextmanager
    async def running(
        self,
        tasks: Callable[[AsyncExitStack], Sequence[Task]],
        *,
        projects: bool = True,
        closing: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> AsyncIterator[None]:
        """Open what is needed, refuse what is to be refused, and, where this process works, begin: read models (unless
        it is told not to) and `tasks`, which leave on the stack what is to be closed after them. Signed is last of all,
        when nothing more is recorded here; `closing` is what those who answered leave behind.

        Where the schema comes to serve this code no more, what works here ends, and the rest stands and says so."""
        async with self.pool:
            try:
                await self.schemas.look()
                await refuse_superuser(self.pool, f"{self.schema}_service")
                await refuse_changed_role(self.pool, self.schema)
                await refuse_unset_pooler(self.pool)
                if self.now is clock.now:
                    await refuse_replaced_clock(self.pool, self.schema)
                works = self.role.works
                async with AsyncExitStack() as stack:
                    working = await stack.enter_async_context(AsyncExitStack())
                    await working.enter_async_context(at_work(self._signing() if works else []))
                    filling = [self._runner()] if works and projects else []
                    beside = tasks(working) if works else []
                    await working.enter_async_context(at_work([*filling, *beside]))
                    await stack.enter_async_context(at_work([WatchingSchema(self.schemas, working.aclose)]))
                    for close in closing:
                        stack.push_async_callback(close)
                    yield
            finally:
                self.log.close()

    def _runner(self) -> Task:
        return Runner(
            self._settings.database_url,
            self._projections,
            schema=self.schema,
            views=f"{self.schema}_view",
            registry=self.registry,
        )

    def _signing(self) -> list[Task]:
        """Who signs the log's state into files outside the database, where the settings say where and with what key."""
        if self._settings.checkpoint_dir is None or self._settings.checkpoint_key is None:
            return []
        return [
            Checkpointer(
                self._settings.database_url,
                Checkpoints(self._settings.checkpoint_dir),
                load_signing_key(self._settings.checkpoint_key),
                log=self.schema,
                digest=self._digest,
                refused=self.log.look_again,
                now=self.now,
                registry=self.registry,
            )
        ]
