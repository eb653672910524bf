"""The chain, recomputed: every event's hash covers its own stored bytes and the hash of the event before it.

The database computes the same hash when it records (`grants.record`); this is the second, independent reckoning. It
tells where a log was changed, not only that it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import Literal, NamedTuple

from services.eventlog.epoch.events import ClockCorrected

GENESIS = sha256(b"tilsagn").digest()
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EARLIEST = datetime.min.replace(tzinfo=UTC)

# Whole numbers, the most significant byte first: position, version, lengths in bytes, microseconds.
_BEFORE, _BETWEEN, _LENGTH, _INSTANT = Struct(">qi"), Struct(">ii"), Struct(">i"), Struct(">q")
_MICROSECOND = timedelta(microseconds=1)

Kind = Literal[
    "changed",
    "missing",
    "cut",
    "not replayed",
    "rewritten",
    "cleared",
    "version",
    "checkpoint",
    "command",
    "balance",
    "duties",
    "gate",
    "permit",
    "case number",
    "deadline",
    "unreadable",
    "schema",
    "time",
    "unsigned",
    "file",
    "row",
    "view",
    "heard",
    "day",
    "told",
    "payment",
]


class StoredEvent(NamedTuple):
    """One row of the log as it lies in the database, bytes and all."""

    position: int
    stream: str
    version: int
    topic: str
    data: bytes
    metadata: bytes
    recorded_at: datetime
    hash: bytes


COLUMNS = "position, stream, version, topic, data, metadata, recorded_at, hash"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold, and the position it was found at (0: in no particular event)."""

    position: int
    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"position {self.position}: {self.kind}: {self.detail}"


def microseconds(instant: datetime) -> int:
    """Exact microseconds since 2000-01-01 UTC, as PostgreSQL counts them."""
    return (instant - POSTGRES_EPOCH) // _MICROSECOND


def link(previous: bytes, row: StoredEvent) -> bytes:
    """The hash this event must have after one with the hash `previous`. What varies in length stands behind its
    length, so that no two different events give the same bytes."""
    return _link(previous, row, _INSTANT.pack(microseconds(row.recorded_at)))


def _link(previous: bytes, row: StoredEvent, instant: bytes) -> bytes:
    position, stream, version, topic, data, metadata, _, _ = row
    of, kind = stream.encode(), topic.encode()
    return sha256(
        b"".join(
            (
                previous,
                _BEFORE.pack(position, len(of)), of,
                _BETWEEN.pack(version, len(kind)), kind,
                _LENGTH.pack(len(data)), data,
                _LENGTH.pack(len(metadata)), metadata,
                instant,
            )
        )
    ).digest()  # fmt: skip


def sized(field: bytes) -> bytes:
    """The field behind its length in bytes."""
    return _LENGTH.pack(len(field)) + field


class Chain:
    """Follows the log event by event and notes where it does not hold.

    `signed` says which hash stood at a position when it was signed for. A log that was written anew from end to end
    agrees with itself; only those tell.
    """

    def __init__(
        self,
        signed: Mapping[int, bytes] | None = None,
        *,
        after: int = 0,
        previous: bytes = GENESIS,
        streams: bool = True,
    ) -> None:
        """From the beginning, or `after` the position that had the hash `previous`. Whether each stream's versions
        follow each other takes memory for every stream; `streams` says whether it is held here or elsewhere."""
        self.faults: list[Fault] = []
        self.position = after
        self.hash = previous
        self._signed = dict(signed or {})
        self._agreed = after
        self._versions: dict[str, int] = {}
        self._whole = after == 0
        self._streams = streams
        self._time, self._instant = EARLIEST, _INSTANT.pack(microseconds(EARLIEST))

    def follow(self, row: StoredEvent) -> None:
        """Take the next row, in order of position."""
        if row.recorded_at != self._time:
            self._follow_time(row)
        if row.position != self.position + 1:
            self._fault(self.position + 1, "missing", f"positions up to {row.position - 1} are gone")
        elif _link(self.hash, row, self._instant) != row.hash:
            self._fault(row.position, "changed", "it is not what was recorded here, or what stood before it is not")
        if self._streams:
            self._follow_version(row)
        if row.position in self._signed:
            self._compare(row)
        # Going on from the stored hash, not from ours, so that one change is found once and the next one too.
        self.position, self.hash = row.position, row.hash

    def end(self) -> list[Fault]:
        """All that was found; also what was signed for and is no longer there."""
        if lost := [position for position in self._signed if position > self.position]:
            self._fault(self.position + 1, "cut", f"the log was signed for up to {max(lost)} and ends before it")
        return self.faults

    def _follow_time(self, row: StoredEvent) -> None:
        """What one command recorded has one instant, and others have later ones."""
        if row.recorded_at < self._time and row.topic != ClockCorrected.TOPIC:
            self._fault(row.position, "time", f"it is stamped {row.recorded_at}, and what stands before it later")
        self._time, self._instant = row.recorded_at, _INSTANT.pack(microseconds(row.recorded_at))

    def _follow_version(self, row: StoredEvent) -> None:
        known = self._versions.get(row.stream, 0 if self._whole else row.version - 1)
        if row.version != known + 1:
            self._fault(row.position, "version", f"{row.stream} goes from version {known} to {row.version}")
        self._versions[row.stream] = row.version

    def _compare(self, row: StoredEvent) -> None:
        if self._signed[row.position] != row.hash:
            self._fault(self._agreed + 1, "rewritten", f"from here to {row.position} it is not what was signed for")
        self._agreed = row.position

    def _fault(self, position: int, kind: Kind, detail: str) -> None:
        self.faults.append(Fault(position, kind, detail))


def verify(rows: Iterable[StoredEvent], signed: Mapping[int, bytes] | None = None) -> list[Fault]:
    """The faults of a whole log, each with its position; none if it is what was recorded."""
    chain = Chain(signed)
    for row in rows:
        chain.follow(row)
    return chain.end()
