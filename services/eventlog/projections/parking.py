"""Streams a projection could not follow: put aside, counted, and caught up when somebody has put it right."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, text

from services.eventlog.projections.projection import Parked

LONGEST_ERROR = 500


class Parking:
    """The parked streams of one projection. Every method works in the caller's transaction."""

    def __init__(self, projection: str, views: str) -> None:
        self._named = {"name": projection}
        self._views = views

    def list_all(self, connection: Connection, edition: int) -> list[Parked]:
        """What is parked in an edition, longest parked first."""
        rows = connection.execute(
            text(
                f"SELECT edition, stream, position, topic, error, attempts, held FROM {self._views}.parked"
                " WHERE projection = :name AND edition = :edition ORDER BY position"
            ),
            {**self._named, "edition": edition},
        )
        return [Parked(*row) for row in rows]

    def park(self, connection: Connection, parked: Parked) -> None:
        """Put the stream aside from this event on."""
        connection.execute(
            text(
                f"INSERT INTO {self._views}.parked"
                " (projection, edition, stream, position, topic, error, attempts, held)"
                " VALUES (:name, :edition, :stream, :position, :topic, :error, :attempts, :held)"
            ),
            {
                **self._named,
                "edition": parked.edition,
                "stream": parked.stream,
                "position": parked.position,
                "topic": parked.topic,
                "error": parked.error[:LONGEST_ERROR].replace("\0", "\\0"),
                "attempts": parked.attempts,
                "held": parked.held,
            },
        )

    def hold(self, connection: Connection, edition: int, streams: Iterable[str]) -> None:
        """Count events that came to streams already parked."""
        for stream, held in Counter(streams).items():
            connection.execute(
                text(
                    f"UPDATE {self._views}.parked SET held = held + :held"
                    " WHERE projection = :name AND edition = :edition AND stream = :stream"
                ),
                {**self._named, "edition": edition, "stream": stream, "held": held},
            )

    def fail_again(self, connection: Connection, parked: Parked, error: str) -> None:
        """It was tried again, and still cannot be followed."""
        connection.execute(
            text(
                f"UPDATE {self._views}.parked SET error = :error, attempts = attempts + 1"
                " WHERE projection = :name AND edition = :edition AND stream = :stream"
            ),
            {
                **self._named,
                "edition": parked.edition,
                "stream": parked.stream,
                "error": error[:LONGEST_ERROR].replace("\0", "\\0"),
            },
        )

    def free(self, connection: Connection, parked: Parked) -> None:
        """The stream has been caught up."""
        connection.execute(
            text(
                f"DELETE FROM {self._views}.parked WHERE projection = :name AND edition = :edition AND stream = :stream"
            ),
            {**self._named, "edition": parked.edition, "stream": parked.stream},
        )
