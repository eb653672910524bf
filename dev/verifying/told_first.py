"""Whether the recipient of each award had been told of it before anything that presupposes so: a payment found right or
asked for, a warning, money withheld or reclaimed, a report demanded. And whether what is said to have gone out, or been
decided, before this system is of a case that was not decided here.

The service asks both before it records (`services/grants/case/informed.py`, `grant_letter/imported_release.py`).
Whoever holds its role goes round it, and money would leave before the ministry's days are over; the facts say so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from psycopg import Connection

from dev.verifying.following import Facts
from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.events.award import AwardApproved, AwardImported
from services.grants.case.events.award_change import AwardChangeProposed, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterNotArrived,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
)
from services.grants.case.informed import NOT_INFORMED
from services.grants.case.presupposed import OF_ITS_COMPLAINT, PRESUPPOSE

KINDS: tuple[type[Event], ...] = (*PRESUPPOSE, *OF_ITS_COMPLAINT, AwardChangeProposed)
ASKED = sorted(kind.TOPIC for kind in KINDS)
OUT = sorted(kind.TOPIC for kind in (LetterReleased, LetterLeft, LetterReleaseImported, LetterDelivered))
ANEW = [LetterReleaseEnded.TOPIC, LetterNotArrived.TOPIC, SupplementaryAwardApproved.TOPIC]
OUTSIDE = (AwardImported, LetterReleaseImported)
# Every act with no letter before it, every case whose letter did not leave after all or where more was promised, and
# every import.
LOOKED_AT = """
    SELECT DISTINCT e.stream FROM grants.event e WHERE starts_with(e.stream, 'case-') AND e.position > %(since)s AND (
        e.topic = ANY (%(outside)s)
        OR e.topic = ANY (%(asked)s) AND (
            NOT EXISTS (SELECT FROM grants.event l
                        WHERE l.stream = e.stream AND l.version < e.version AND l.topic = ANY (%(out)s))
            OR EXISTS (SELECT FROM grants.event l WHERE l.stream = e.stream AND l.topic = ANY (%(anew)s))))
    ORDER BY 1
"""
CASE_FACTS = "SELECT stream, position, topic, data FROM grants.event WHERE stream = ANY (%s) ORDER BY stream, version"
TOGETHER = 1_000


class ToldFirst:
    """Looks through cases once the log is followed. What stands up to `since` was recorded under earlier rules,
    and up to `of_parts` before money promised after a letter waited for its own."""

    def __init__(self, connection: Connection[Any], since: int = 0, *, of_parts: int = 0) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection, self._since, self._of_parts = connection, since, of_parts

    def follow(self, facts: Facts) -> None:
        """It is asked of each case whole."""

    def end(self) -> None:
        """Look at each case that may have one."""
        given = {"since": self._since, "outside": [kind.TOPIC for kind in OUTSIDE], "asked": ASKED, "out": OUT}
        found = self._connection.execute(LOOKED_AT, given | {"anew": ANEW}).fetchall()
        cases = (case for (case,) in found)
        while some := list(islice(cases, TOGETHER)):
            its = rows(self._connection, "told first", CASE_FACTS, (some,))
            for case, facts in groupby(its, key=lambda row: row[0]):
                self.counts["cases whose recipient was to be told first"] += 1
                self._look_at(case, [row[1:] for row in facts])

    def _look_at(self, case: str, facts: Sequence[tuple[int, str, bytes]]) -> None:
        known, before = NOT_INFORMED, list[Event]()
        for position, topic, data in facts:
            try:
                event = decode(topic, data)
            except (ValueError, LookupError):
                continue  # it is told as unreadable where the chain is followed
            if position > self._since:
                reason = known.too_early(event) if known.waits or position > self._of_parts else None
                if reason:
                    self._fault(position, f"{topic} of {case}, whose letter was not out: {reason}")
                for problem in decided_here(before, event):
                    self._fault(position, f"{topic} of {case}: {problem}")
            known = known.fold(event)
            before.append(event)

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "told", detail))


def decided_here(before: Sequence[Event], event: Event) -> Iterator[str]:
    """Why this cannot be told as from before this system; nothing of what is not told so."""
    if not isinstance(event, OUTSIDE):
        return
    if any(isinstance(each, LetterFrozen) for each in before):
        yield "a letter is frozen in it, so it was not before this system"
    if any(isinstance(each, AwardApproved) for each in before):
        yield "it was approved here, so it was not decided before this system"
