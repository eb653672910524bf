"""Which schema a process can stand on: none that is older than its code needs, and none that has taken away what its
code uses (decision 0092). A newer one that only added is as good as its own.

What the database says of itself is a function that the migrations lay anew each time they run
(`migrations/serving.py`). It is asked as a process begins, by readiness, every second meanwhile, and when something
fails that nobody foresaw.

It is asked, and does not tell: NOTIFY takes a lock over the whole database at commit (decision 0003), a pooler in
transaction mode carries no LISTEN (0096), and whoever lost its connection as it was told would have to ask anyway.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg import errors as pg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.ending import end
from services.eventlog.connections.pool import SOON_SECONDS
from services.eventlog.refusal import Refusal

RELEASE = "0.1.0"
"""Of this code. What a migration takes away is taken from releases up to one that it names."""
NEEDED: dict[str, str] = json.loads((Path(__file__).parent / "schema_needed.json").read_text(encoding="utf-8"))
"""The revision of each schema that this code was written for: the newest it is shipped with (`make describe`)."""
LOOK_SECONDS = 1.0

_log = logging.getLogger(__name__)


class SchemaOlder(Refusal):
    """The database has not been migrated to what this release needs. It begins when that has been done."""

    code = "schema-older"
    status = 503
    title = "Databasen er ikke oppgradert til denne versjonen av tjenesten"


class SchemaServesNoMore(Refusal):
    """A later release has taken away what this one uses. Only a later release goes on."""

    code = "schema-serves-no-more"
    status = 503
    title = "Databasen er oppgradert forbi denne versjonen av tjenesten"


def parts(release: str) -> tuple[int, ...]:
    """A release as it is ordered: 0.10.0 comes after 0.9.1."""
    return tuple(map(int, release.split(".")))


def refuse_unserved(
    schema: str, revision: str | None, stopped: str | None, *, release: str = RELEASE, needed: str | None = None
) -> None:
    """Raises SchemaOlder or SchemaServesNoMore unless this release can stand on the schema. It stands at `revision`
    (None: from before it said so), and serves no release up to `stopped` (None: all)."""
    needed = NEEDED[schema] if needed is None else needed
    if revision is None or int(revision) < int(needed):
        raise SchemaOlder(
            f"The schema of {schema} stands at revision {revision or 'unknown'}, and release {release} needs {needed}:"
            " run the migrations first (python -m migrations)."
        )
    if stopped is not None and parts(release) <= parts(stopped):
        raise SchemaServesNoMore(
            f"The schema of {schema} stands at revision {revision} and serves no release up to {stopped}, and this is"
            f" {release}: run a later one."
        )


class Schemas:
    """The schemas one process stands on, each with the connections it is asked over. `refused` is why it could not
    stand there when it was last looked at."""

    def __init__(self, *asked: tuple[AsyncConnectionPool, str]) -> None:
        self._asked = asked
        self.refused: Refusal | None = None

    async def look(self) -> None:
        """Raises SchemaOlder or SchemaServesNoMore, and keeps it as `refused`, unless each schema serves this code."""
        try:
            for pool, schema in self._asked:
                async with pool.connection(timeout=SOON_SECONDS) as connection:
                    refuse_unserved(schema, *await _said_by(connection, schema))
        except Refusal as refused:
            self.refused = refused
            raise
        self.refused = None

    async def find_refusal(self) -> Refusal | None:
        """Why this code cannot stand there now, where that is why something failed; None if it can, or nobody says."""
        try:
            await self.look()
        except (psycopg.Error, PoolTimeout):
            return None
        except Refusal as refused:
            return refused
        return None


async def _said_by(connection: AsyncConnection[Any], schema: str) -> tuple[str | None, str | None]:
    try:
        found = await (await connection.execute(f"SELECT revision, stopped FROM {schema}.schema_version()")).fetchone()
    except (pg.UndefinedFunction, pg.InvalidSchemaName, pg.InsufficientPrivilege):
        return None, None
    return found or (None, None)


class WatchingSchema:
    """Looks every second whether the schemas still serve this code. When they no longer do, it is told once, and
    `refused` is called: whoever works here ends, and whoever answers says why it does not."""

    def __init__(self, schemas: Schemas, refused: Callable[[], Awaitable[None]]) -> None:
        self._schemas, self._refused = schemas, refused
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.create_task(self._run(), name="schema")

    async def stop(self) -> None:
        """End, and return when it has ended."""
        await end(self._task)

    async def _run(self) -> None:
        told = False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if (refusal := await self._schemas.find_refusal()) is None:
                told = False
            elif not told:
                told = True
                _log.error("%s: %s", refusal.code, refusal.detail)
                try:
                    await self._refused()
                except Exception:  # noqa: BLE001 - what no longer fits the schema may fail as it ends, and has ended
                    _log.exception("what ran here ended badly")
