"""Who keeps facts outside the database: a background task of a worker, within a second or two of their being recorded,
and before anything leaves on them. Where the log lacks what was kept, it is taken up before anything else.

The log is asked each second, with one statement while nothing is new, and does not tell (decision 0003 says why no
commit does). A longer pause saves what nobody sees, and leaves so much longer a span that is kept nowhere else."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Connection

from services.eventlog.background.sweeping import Sweeping
from services.eventlog.checkpoints.behind import LogBehind
from services.eventlog.command import Command, Write
from services.eventlog.connections.connecting import Impatient, connect
from services.eventlog.log import Log
from services.eventlog.outside.kept_outside import Again, KeptFact, KeptOutside, by_stream

ACTOR = "kept-outside"
LOOK_SECONDS = 1.0
PLACE_EVERY = 1_000

_log = logging.getLogger(__name__)

TakeUp = Callable[[Connection[Any], Sequence[KeptFact]], Sequence[Again]]
"""What is recorded of kept facts that the log has lost, as it stands now. What was taken up already is nothing."""


def nothing_is_taken_up(_: Connection[Any], __: Sequence[KeptFact]) -> Sequence[Again]:
    return ()


class Keeping:
    """Keeps the facts of these topics. Any number may run at once: a file is written once, whoever writes it."""

    def __init__(
        self, log: Log, dsn: str, kept: KeptOutside, *, schema: str, topics: Sequence[str], take_up: TakeUp
    ) -> None:
        self._log, self._dsn, self._kept, self._schema = log, dsn, kept, schema
        self._topics, self._take_up = list(topics), take_up
        self._at, self._written = kept.place(), kept.place()[0]
        self._known = False  # whether what is kept was held against this log
        self._turn = asyncio.Lock()
        self._connection: Impatient | None = None
        self._sweeping = Sweeping(ACTOR, self.keep_up, look_seconds=LOOK_SECONDS, finishes=True)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """Keep what is under way, then end."""
        await self._sweeping.stop()
        try:
            await self.keep_up()
        finally:
            self._hang_up()

    async def keep_up(self) -> None:
        """Returns when everything recorded so far is kept, and what was lost is taken up."""
        async with self._turn:
            again = await asyncio.to_thread(self._look)
            if again:
                await self._record(again)

    def _look(self) -> Sequence[Again]:
        """On one connection, held from look to look: one that failed is given up, and the next look makes another. As
        long as nothing is recorded a look is one statement."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = connect(self._dsn, "in the background", autocommit=True)
            return self._looked(self._connection)
        except BaseException:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _looked(self, connection: Connection[Any]) -> Sequence[Again]:
        head, stands = self._head(connection)
        if not stands:
            self._at, self._known = (0, ""), False
        lost = [] if self._known else self._kept.lost(connection)
        again = self._take_up(connection, lost) if lost else ()
        self._known = not again
        if head is not None and head[0] != self._at[0]:
            self._keep_new(connection, head)
        return again

    def _head(self, connection: Connection[Any]) -> tuple[tuple[int, str] | None, bool]:
        """The newest position with its hash, none of an empty log; and whether what stands at our place is ours."""
        query = (
            f"SELECT h.position, encode(h.hash, 'hex'), encode(p.hash, 'hex')"
            f" FROM (SELECT position, hash FROM {self._schema}.event ORDER BY position DESC LIMIT 1) h"
            f" LEFT JOIN {self._schema}.event p ON p.position = %s"
        )
        row = connection.execute(query.encode(), (self._at[0],)).fetchone()
        if row is None:
            return None, self._at[0] == 0
        return (row[0], row[1]), self._at[0] == 0 or row[2] == self._at[1]

    def _keep_new(self, connection: Connection[Any], head: tuple[int, str]) -> None:
        query = (
            f"SELECT position, encode(hash, 'hex'), stream, topic, data FROM {self._schema}.event"
            " WHERE position > %s AND position <= %s AND topic = ANY (%s) ORDER BY position"
        )
        found = connection.execute(query.encode(), (self._at[0], head[0], self._topics), binary=True)
        for position, digest, stream, topic, data in found:
            said = bytes(data).decode()
            self._kept.add(
                KeptFact(log=self._schema, position=position, hash=digest, stream=stream, topic=topic, data=said)
            )
        self._at = (head[0], head[1])
        if head[0] - self._written >= PLACE_EVERY or head[0] < self._written:
            self._kept.keep_place(*self._at)
            self._written = head[0]

    async def _record(self, again: Sequence[Again]) -> None:
        """One command. Another process that takes up the same just now makes it stale, and it is looked at anew."""
        streams = by_stream(again)
        histories = await self._log.load_all(list(streams))
        writes = [Write(stream, histories[stream].version, tuple(events)) for stream, events in streams.items()]
        try:
            await self._log.append(Command(actor=ACTOR), *writes)
        except LogBehind as behind:
            _log.warning("what was kept is taken up when the log goes on: %s", behind)
