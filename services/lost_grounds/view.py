"""Read from the log itself, for there are few: a log is brought back once in years."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.mapper import decode
from services.inbox.events import FeedResumed
from services.lost_grounds.responses import LostGround
from services.lost_grounds.rules import LostGrounds, evolve

WAITING = "facts whose ground the other log has lost"
# Where nobody has ever proposed to go back in the feed, the facts of it are not read.
_NAMED = """
    SELECT recorded_at, topic, data FROM {log}.event
    WHERE stream = %s AND topic = %s AND EXISTS (SELECT FROM {log}.event WHERE stream = %s) ORDER BY version
"""
_FOUND = "SELECT recorded_at, topic, data FROM {log}.event WHERE stream = %s ORDER BY version"


@dataclass(frozen=True, slots=True)
class Grounds:
    """The query over one service's log (`log`, its schema) and its place in the feed of the `other`. Reading only."""

    pool: AsyncConnectionPool
    log: str
    other: str

    @property
    def stream(self) -> str:
        """Where it stands what was looked into."""
        return f"inbox-{self.other}-looked-into"

    async def list_all(self) -> list[LostGround]:
        """Each fact that was named, in the order of our log, and what was found of it."""
        grounds, named_at, found_at = LostGrounds(), dict[int, datetime](), dict[int, datetime]()
        for at, event in await self._facts():
            before, grounds = grounds, evolve(grounds, event)
            named_at |= dict.fromkeys(grounds.named.keys() - before.named.keys(), at)
            changed = (each for each, told in grounds.found.items() if before.found.get(each) is not told)
            found_at |= dict.fromkeys(changed, at)
        shown = []
        for position, (fact, resumed) in sorted(grounds.named.items()):
            found = grounds.found.get(position)
            shown.append(
                LostGround(
                    position=position,
                    stream=fact.stream,
                    topic=fact.topic,
                    other_position=fact.at or None,
                    named_at=named_at[position],
                    reason=resumed.reason,
                    agreed_with=resumed.agreed_with,
                    confirmed_by=resumed.confirmed_by,
                    status="open" if found is None else "looked-into",
                    finding=found.finding if found else None,
                    looked_into_by=found.looked_into_by if found else None,
                    looked_into_at=found_at[position] if found else None,
                )
            )
        return shown

    async def known(self) -> LostGrounds:
        """What was named, and what was found of it."""
        return fold_once(evolve, [event for _, event in await self._facts()], LostGrounds)

    async def count_open(self) -> int:
        """How many nobody has looked into yet."""
        return len((await self.known()).open)

    def waiting(self) -> dict[str, Callable[[], Awaitable[int]]]:
        """What waits for somebody."""
        return {WAITING: self.count_open}

    async def _facts(self) -> list[tuple[datetime, Event]]:
        place = f"inbox-{self.other}"
        async with self.pool.connection() as connection:
            rows: list[tuple[Any, ...]] = []
            for query, asked in ((_NAMED, (place, FeedResumed.TOPIC, f"{place}-resuming")), (_FOUND, (self.stream,))):
                cursor = await connection.execute(query.format(log=self.log).encode(), asked, binary=True)
                rows += await cursor.fetchall()
        return [(at, decode(topic, data)) for at, topic, data in rows]
