"""What a read model is, and the editions it is kept in.

Two editions stand side by side while one is rebuilt: every row carries the number of its edition, queries read the live
one, and the new one takes over in the commit in which it caught up. So a rebuild makes no tables, needs no rights the
service does not have, and nobody waits for it. What changes the shape of a table is an ordinary migration that adds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy import Connection, Table, text

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded

State = Literal["building", "live", "retired"]


class Projection(Protocol):
    """One read model. `version` counts up whenever its code would give other rows, and starts a rebuild where it runs.

    `events` are the kinds it folds. A row depends on the events of one stream only, so that a stream that cannot be
    followed can be parked and caught up later with the same result.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def events(self) -> tuple[type[Event], ...]: ...

    @property
    def tables(self) -> tuple[Table, ...]:
        """Each with an integer column `edition`."""
        ...

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Fold these facts, in order of position, into the rows of that edition. It may be called again with the same
        facts after a rollback, never after a commit."""
        ...


@dataclass(frozen=True, slots=True)
class Edition:
    """One filling of a projection's tables, and how far it has come. `stands` is that the log still holds what it was
    filled from: it does not where the log went on otherwise, as after a restore of the log alone."""

    edition: int
    version: int
    position: int
    state: State
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Parked:
    """A stream an edition could not follow, from the event that failed. `held` counts the events that wait."""

    edition: int
    stream: str
    position: int
    topic: str
    error: str
    attempts: int
    held: int


class Editions:
    """The places of one projection, in the schema of views. Every method works in the caller's transaction."""

    def __init__(self, projection: Projection, views: str) -> None:
        self._projection = projection
        self._views, self._log = views, views.removesuffix("_view")
        self._stands = (
            f"(kept_at IS NULL OR EXISTS (SELECT FROM {self._log}.event e"
            " WHERE e.position = kept_at AND e.hash = p.hash))"
        )
        self._named = {"name": projection.name}
        self._mine = {**self._named, "version": projection.version}

    def list_all(self, connection: Connection) -> list[Edition]:
        """Every edition, oldest first."""
        rows = connection.execute(
            text(
                f"SELECT edition, version, position, state, {self._stands} FROM {self._views}.edition p"
                " WHERE projection = :name ORDER BY edition"
            ),
            self._named,
        )
        return [Edition(*row) for row in rows]

    def prepare(self, connection: Connection) -> list[int]:
        """The editions this code fills. Begins a new one when the live one was filled by older code; fills none that
        newer code has taken over.

        Another process may begin it between our look and our own beginning, and even have filled it by then. So the
        beginning looks again, in the statement that inserts, and its number belongs to whoever is first."""
        mine = self._projection.version
        known = self.list_all(connection)
        current = [edition for edition in known if edition.state != "retired"]
        if all(edition.version < mine for edition in current):
            self._retire_building(connection, "version < :version")
            self._insert(
                connection,
                f"NOT EXISTS (SELECT FROM {self._views}.edition"
                " WHERE projection = :name AND state <> 'retired' AND version >= :version)",
            )
            current = [edition for edition in self.list_all(connection) if edition.state != "retired"]
        return [edition.edition for edition in current if edition.version == mine]

    def begin_anew(self, connection: Connection, parted: Edition) -> None:
        """A new edition in place of one whose log is gone. The one that is read is read until it has caught up."""
        building = [each for each in self.list_all(connection) if each.state == "building" and each.stands]
        if not building or parted.state == "building":
            self.begin(connection)

    def begin(self, connection: Connection) -> None:
        """A new edition, to be filled from nothing beside the live one. One that was being filled is given up."""
        self._retire_building(connection, "true")
        self._insert(connection, "true")

    def _retire_building(self, connection: Connection, condition: str) -> None:
        connection.execute(
            text(
                f"UPDATE {self._views}.edition SET state = 'retired', changed_at = clock_timestamp()"
                f" WHERE projection = :name AND state = 'building' AND {condition}"
            ),
            self._mine,
        )

    def _insert(self, connection: Connection, condition: str) -> None:
        connection.execute(
            text(
                f"INSERT INTO {self._views}.edition (projection, edition, version, state)"
                " SELECT :name, edition, :version, 'building'"
                f" FROM (SELECT coalesce(max(edition), 0) + 1 AS edition FROM {self._views}.edition"
                f"  WHERE projection = :name) AS next WHERE {condition}"
                " ON CONFLICT DO NOTHING"  # another process began it at the same moment
            ),
            self._mine,
        )

    def lock(self, connection: Connection, edition: int, *, wait: bool = False) -> Edition | None:
        """The edition's place, ours until the transaction ends. None if another runner has it (or with `wait`, only if
        it is retired)."""
        row = connection.execute(
            text(
                f"SELECT edition, version, position, state, {self._stands} FROM {self._views}.edition p"
                " WHERE projection = :name AND edition = :edition AND state <> 'retired'"
                f" FOR UPDATE OF p {'' if wait else 'SKIP LOCKED'}"
            ),
            {**self._named, "edition": edition},
        ).first()
        return None if row is None else Edition(*row)

    def save(self, connection: Connection, edition: int, position: int) -> None:
        """The place, with the hash that stands there, in the same commit as what was applied."""
        connection.execute(
            text(
                f"UPDATE {self._views}.edition SET position = :position, kept_at = e.position, hash = e.hash"
                f" FROM {self._log}.event e"
                " WHERE projection = :name AND edition = :edition AND e.position = :position"
            ),
            {**self._named, "edition": edition, "position": position},
        )

    def switch(self, connection: Connection, edition: int) -> None:
        """From this commit on the edition is the one that is read, and the one read before is retired."""
        for state, condition in (("retired", "state = 'live'"), ("live", "edition = :edition")):
            connection.execute(
                text(
                    f"UPDATE {self._views}.edition SET state = :state, changed_at = clock_timestamp()"
                    f" WHERE projection = :name AND {condition}"
                ),
                {**self._named, "state": state, "edition": edition},
            )

    def clear_retired(self, connection: Connection) -> None:
        """Remove the rows of editions nobody reads any more."""
        for edition in self.list_all(connection):
            if edition.state == "retired":
                for table in self._projection.tables:
                    connection.execute(table.delete().where(table.c.edition == edition.edition))
                connection.execute(
                    text(f"DELETE FROM {self._views}.edition WHERE projection = :name AND edition = :edition"),
                    {**self._named, "edition": edition.edition},
                )
