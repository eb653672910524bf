"""The facts and rows that the gate is held against, some hundred streams at a time. While some are looked at, what is
asked of the next is answered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from dev.verifying.reading import Snapshot
from dev.verifying.releases import Stored
from services.eventlog.mapper import decode

FACTS = """
    SELECT position, stream, version, topic, data, recorded_at FROM notifications.event WHERE stream = ANY (%s)
    ORDER BY stream, version
"""
TOGETHER = 500
"""Streams in memory at a time; as many more are on their way."""
NOTICES_TOGETHER = 50
"""Notices in memory at a time: each lists some hundred letters."""
Row = tuple[Any, ...]
Asked = Future[list[Row]]
Facts = Mapping[str, Sequence[Stored]]


class Parts(NamedTuple):
    """Which batches are looked at: those whose number leaves one of these `remainders`, divided by `of`."""

    remainders: tuple[int, ...]
    of: int


ALL = Parts((0,), 1)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some streams: their facts, and what stands of them by the name it was asked by."""

    facts: Facts
    stands: Mapping[str, Asked]


class Reading:
    """One reader, with connections of its own."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._ask = snapshot, snapshot.beside()

    def batches(
        self,
        query: str,
        kinds: Sequence[str],
        asked: Mapping[str, str],
        parts: Parts = ALL,
        together: int = TOGETHER,
    ) -> Iterator[Batch]:
        """The streams of these kinds that a query finds, in its order, so many `together`, and what is `asked` of each
        batch of them."""
        coming: tuple[Asked, Mapping[str, Asked]] | None = None
        for some in self._some(query, kinds, parts, together):
            before = coming
            coming = self._ask(FACTS, (some,)), {name: self._ask(each, (some,)) for name, each in asked.items()}
            if before is not None:
                yield Batch(facts=_read(before[0].result()), stands=before[1])
        if coming is not None:
            yield Batch(facts=_read(coming[0].result()), stands=coming[1])

    def facts(self, streams: Sequence[str]) -> Facts:
        """The facts of these streams."""
        return _read(self._snapshot.connection.execute(FACTS.encode(), (list(streams),), binary=True))

    def _some(self, query: str, kinds: Sequence[str], parts: Parts, together: int) -> Iterator[list[str]]:
        streams = self._snapshot.ahead(query, (list(kinds),))
        number = 0
        while some := [stream for (stream,) in islice(streams, together)]:
            if number % parts.of in parts.remainders:
                yield some
            number += 1


def _read(found: Iterable[Row]) -> Facts:
    facts: dict[str, list[Stored]] = defaultdict(list)
    for position, stream, version, topic, data, at in found:
        try:
            facts[stream].append(Stored(position, stream, version, decode(topic, data), at, "", "", "", data=data))
        except (ValueError, LookupError):
            continue  # it is told as unreadable where the chain is followed
    return facts
