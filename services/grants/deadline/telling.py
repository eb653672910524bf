"""Tells of deadlines: whenever the facts of a case or of a year's letters give others than were told before, that is
recorded, and so told over the feed.

What to tell is found by comparing, so a log of before this was told gets all of its deadlines too, and nothing is lost
or told twice whoever is killed and when: each telling follows from the facts up to one of them (`as_of`) and from what
was told before it, and its stream's own version lets one of several processes through.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from services.eventlog.background.aside import aside
from services.eventlog.background.sweeping import Sweeping
from services.eventlog.command import Command, RecordingRefused, Write
from services.eventlog.events import TOPICS, Event
from services.eventlog.folding import fold_once
from services.eventlog.log import History, Log
from services.eventlog.mapper import decode
from services.eventlog.recorded import Recorded
from services.grants.case_number.view import CaseNumbers
from services.grants.deadline.calls import list_deadlines_of_scheme
from services.grants.deadline.events import Deadline, DeadlinesTold
from services.grants.deadline.rules import RULES, ToldDeadlines, evolve, list_deadlines, tell
from services.grants.deadline.year import list_deadlines_of_year
from services.grants.waiting.view import ROOMS_OF_A_CASE

ACTOR = "deadline-telling"
TOGETHER = 50
FACTS_AT_ONCE = 2_000
CASE, YEAR, PAY_OUT, SCHEME, DEADLINES = "case-", "allocation-", "pay-out-", "scheme-", "deadlines-"
IS_YEAR = re.compile("[0-9]{4}")
PREFIXES = (*ROOMS_OF_A_CASE, "allocation.", "disbursement.pay-out-", "scheme.call-")

_TOUCHED = """
    SELECT stream, max(position) FROM grants.event
    WHERE position > %s AND position <= %s AND topic = ANY (%s) GROUP BY stream ORDER BY max(position)
"""
_HEAD = "SELECT coalesce(max(position), 0) FROM grants.event"
_LAST = "SELECT data FROM grants.event WHERE topic = %s ORDER BY position DESC LIMIT 1"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What deadlines are of: a case, a year's letters, or a scheme. `sources` are the streams they follow from."""

    stream: str
    sources: tuple[str, ...]
    case_id: UUID | None = None
    year: int | None = None
    scheme_id: str | None = None

    def told_from(
        self, histories: Mapping[str, History], *, case_number: str | None, read_to: int
    ) -> list[DeadlinesTold]:
        """What is to be told of it, as these histories stand: one fact, or none."""
        facts = sorted((fact for each in self.sources for fact in histories[each].recorded), key=_position)
        told = fold_once(evolve, histories[self.stream].events, ToldDeadlines)
        return self.after(told, facts, case_number=case_number, read_to=read_to)

    def after(
        self, told: ToldDeadlines, facts: Sequence[Recorded], *, case_number: str | None, read_to: int
    ) -> list[DeadlinesTold]:
        """What is to be told once these facts are all there are, and that was told before."""
        events = [fact.event for fact in facts]
        new = tell(told, self.standing(events, told))
        if not new:
            return []
        return [
            DeadlinesTold(
                case_id=self.case_id, case_number=case_number, year=self.year,
                deadlines=tuple(each for each in new if each.due_on), as_of=facts[-1].position, read_to=read_to,
                rules=RULES, undated=tuple(each for each in new if each.due_on is None),
                scheme_id=self.scheme_id,
            )
        ]  # fmt: skip

    def standing(self, events: Sequence[Event], told: ToldDeadlines) -> list[Deadline]:
        """Every deadline of it, as these facts leave them."""
        if self.scheme_id:
            return list_deadlines_of_scheme(events)
        return list_deadlines(events) if self.case_id else list_deadlines_of_year(events, told.deadlines)


def subject_of(stream: str) -> Subject | None:
    """Whose deadlines the facts of a stream may change; None for a stream that has none, as one that only begins like a
    case's or a year's."""
    if stream.startswith(SCHEME):
        return Subject(stream=DEADLINES + stream, sources=(stream,), scheme_id=stream.removeprefix(SCHEME))
    for prefix in (CASE, YEAR, PAY_OUT):
        if not stream.startswith(prefix):
            continue
        name = stream.removeprefix(prefix)
        if prefix == CASE:
            case_id = _as_id(name)
            return Subject(stream=DEADLINES + name, sources=(stream,), case_id=case_id) if case_id else None
        if IS_YEAR.fullmatch(name):
            return Subject(stream=DEADLINES + name, sources=(YEAR + name, PAY_OUT + name), year=int(name))
    return None


def _as_id(name: str) -> UUID | None:
    """The id that a stream is named by, which has one spelling."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None


def topics() -> list[str]:
    """Every kind of fact that may move a deadline, as far as this process knows them."""
    return sorted(topic for topic in TOPICS if topic.startswith(PREFIXES))


class Telling:
    """Looks for what is new, and tells it."""

    def __init__(self, log: Log, pool: AsyncConnectionPool, numbers: CaseNumbers, *, look_seconds: float = 1.0) -> None:
        self._log, self._pool, self._numbers = log, pool, numbers
        self._read_to: int | None = None
        self._sweeping = Sweeping(ACTOR, self.tell_new, look_seconds=look_seconds)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, between two tellings."""
        await self._sweeping.stop()

    async def tell_new(self) -> int:
        """Tell all that is new up to where the log ends now. How many tellings were recorded."""
        read_to = await self._place()
        head, count = await self._head(), 0
        while read_to < head:
            upto = min(read_to + FACTS_AT_ONCE, head)
            subjects = await self._touched(read_to, upto)
            for first in range(0, len(subjects), TOGETHER):
                count += await self._tell(subjects[first : first + TOGETHER], read_to)
            self._read_to = read_to = upto
        return count

    async def _place(self) -> int:
        """How far all is told of: as this process knows, or as was recorded last under these rules."""
        if self._read_to is None:
            async with self._pool.connection() as connection:
                row = await (await connection.execute(_LAST, (DeadlinesTold.TOPIC,), binary=True)).fetchone()
            last = decode(DeadlinesTold.TOPIC, row[0]) if row else None
            self._read_to = last.read_to if isinstance(last, DeadlinesTold) and last.rules == RULES else 0
        return self._read_to

    async def _head(self) -> int:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_HEAD)).fetchone()
        return int(row[0]) if row else 0

    async def _touched(self, after: int, upto: int) -> list[Subject]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_TOUCHED, (after, upto, topics()))).fetchall()
        return list({found.stream: found for stream, _ in rows if (found := subject_of(stream))}.values())

    async def _tell(self, subjects: Sequence[Subject], read_to: int) -> int:
        """Tell what is new of these. One that cannot be told of is logged, and holds up none of the others: it is tried
        again when something happens in it, and `make verify` finds it until then."""
        try:
            return await self._tell_together(subjects, read_to)
        except (psycopg.Error, PoolTimeout):
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with one case holds up no other
            if len(subjects) == 1:
                _log.exception("the deadlines of %s cannot be told", subjects[0].stream)
                return 0
        half = len(subjects) // 2
        return await self._tell(subjects[:half], read_to) + await self._tell(subjects[half:], read_to)

    async def _tell_together(self, subjects: Sequence[Subject], read_to: int) -> int:
        """In one append. Whoever else told of one of them meanwhile leaves us to look again."""
        while True:
            numbers = await self._numbers.list_all(each.case_id for each in subjects if each.case_id)
            histories = await self._log.load_all(sorted(_streams(subjects)))
            writes = await aside(partial(_writes, subjects, histories, numbers, read_to), on=len(subjects) * 10)
            if not writes:
                return 0
            outcome = await self._log.append(Command(actor=ACTOR), *writes)
            if outcome.outcome == "recorded":
                return len(writes)
            if outcome.outcome == "untimely":
                raise psycopg.OperationalError("the clocks disagree: nothing is recorded")
            if outcome.outcome != "stale":
                raise RecordingRefused(outcome)


def _streams(subjects: Iterable[Subject]) -> set[str]:
    return {stream for each in subjects for stream in (each.stream, *each.sources)}


def _writes(
    subjects: Sequence[Subject], histories: Mapping[str, History], numbers: Mapping[UUID, str], read_to: int
) -> list[Write]:
    found = []
    for each in subjects:
        number = numbers.get(each.case_id) if each.case_id else None
        if new := each.told_from(histories, case_number=number, read_to=read_to):
            found.append(Write(each.stream, histories[each.stream].version, tuple(new)))
    return found


def _position(fact: Recorded) -> int:
    return fact.position
