"""Permits to send, worked out anew from grants' facts: the rows PostgreSQL keeps of them; that each was given of a
letter that told of its case as it stood; and that each kept out of the case what would have made the letter wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from psycopg import Connection

from dev.verifying.following import Facts
from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.eventlog.refusal import Refusal
from services.grants.grant_letter.permit import rules, sendable
from services.grants.grant_letter.permit.events import PermitGranted, PermitWrittenOff
from services.grants.grant_letter.permit.rules import MOST_BETWEEN_CLOCKS, Permit
from services.grants.grant_letter.permit.topics import WRONG_AFTER

# What is kept of these cases, and of cases that were never given a permit.
ROWS = """
    SELECT case_stream, position, attempt, encode(letter_sha256, 'hex'), granted_at, until, outcome
    FROM grants.letter_permit WHERE case_stream = ANY (%s)
"""
STRAYS = """
    SELECT case_stream, position FROM grants.letter_permit p WHERE NOT EXISTS (
        SELECT FROM grants.event e WHERE e.stream = 'permit-' || substr(p.case_stream, 6))
"""
FACTS = """
    SELECT stream, position, topic, data, recorded_at FROM grants.event WHERE stream >= 'permit-' AND stream < 'permit.'
    ORDER BY stream, version
"""
CASE_FACTS = (
    "SELECT stream, position, version, topic, data FROM grants.event WHERE stream = ANY (%s) ORDER BY stream, version"
)
LONGEST_SECONDS = 180
TOGETHER = 1_000
PERMITS, CASES = "permit-", "case-"
Granted = tuple[int, PermitGranted]


class Permits:
    """Follows the log's facts, and remembers of permits those that are open."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection = connection
        self._open: dict[str, Permit] = {}
        self._granted: dict[str, list[Granted]] = defaultdict(list)
        self._waiting = 0

    def follow(self, facts: Facts) -> None:
        """One command's facts."""
        for position, (stream, event) in facts.placed():
            if stream.startswith(PERMITS):
                self._of_permit(case_of(stream), event, position, facts.at)
            elif self._open and stream in self._open and event.TOPIC in WRONG_AFTER:
                self._fault(position, f"{event.TOPIC} of {stream} was recorded while its letter was being sent")

    def _of_permit(self, case: str, event: Event, position: int, at: datetime) -> None:
        permit = self._open.pop(case, Permit())
        match event:
            case PermitGranted():
                self.counts["permits"] += 1
                self._granted[case].append((position, event))
                self._waiting += 1
                if not 0 < event.life_seconds <= LONGEST_SECONDS:
                    self._fault(position, f"granted for {event.life_seconds} seconds")
                if permit.granted and permit.granted.letter_sha256 != event.letter_sha256:
                    self._fault(position, f"granted for another letter of {case} than the one being sent")
            case PermitWrittenOff() if permit.is_open and at < permit.until + MOST_BETWEEN_CLOCKS:
                self._fault(position, f"written off while a try of {case} could still begin")
        if (now := rules.evolve(permit, event, at)).is_open:
            self._open[case] = now
        if self._waiting == TOGETHER:
            self._compare_cases()

    def _compare_cases(self) -> None:
        """Each was granted on the case as it stood by then, and of a letter that told of it."""
        found = rows(self._connection, "permitted cases", CASE_FACTS, (list(self._granted),))
        for case, facts in groupby(found, key=lambda row: row[0]):
            self._compare_case(case, (row[1:] for row in facts))
        for case, granted in self._granted.items():
            for position, _ in granted:
                self._fault(position, f"granted of {case}, and there is no such case")
        self._granted.clear()
        self._waiting = 0

    def _compare_case(self, case: str, facts: Iterator[tuple[int, int, str, bytes]]) -> None:
        letter, version, coming = sendable.Sendable(), 0, next(facts, None)
        for position, granted in self._granted.pop(case):
            while coming is not None and coming[0] < position:
                with suppress(ValueError, LookupError):  # it is told as unreadable where the chain is followed
                    letter = sendable.evolve(letter, decode(*coming[2:]))
                version, coming = coming[1], next(facts, None)
            if granted.case_version != version:
                self._fault(position, f"granted on version {granted.case_version} of {case}, not the last")
            try:
                sendable.check(letter, letter_sha256=granted.letter_sha256, decision_version=granted.decision_version)
            except Refusal as refused:
                self._fault(position, f"granted of {case}, and {refused.code}: {refused}")

    def end(self) -> None:
        """The rows, one for each case whose letter was ever permitted."""
        self._compare_cases()
        given = _given(self._connection)
        while some := list(islice(given, TOGETHER)):
            stands = set(self._connection.execute(ROWS, ([row[0] for row in some],)).fetchall())
            for row in sorted(stands ^ set(some), key=str):
                said = "stands there and follows from nothing" if row in stands else "is not there"
                self._fault(row[1], f"permits: {row} {said}")
        for case, position in self._connection.execute(STRAYS):
            self._fault(position, f"permits: that of {case} stands there and follows from nothing")

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "permit", detail))


def _given(connection: Connection[Any]) -> Iterator[tuple[Any, ...]]:
    """The row each case should have, one stream in memory at a time."""
    for stream, facts in groupby(rows(connection, "permits", FACTS), key=lambda row: row[0]):
        permit, since = Permit(), 0
        for _, position, topic, data, at in facts:
            permit = rules.evolve(permit, event := decode(topic, data), at)
            since = position if isinstance(event, PermitGranted) else since
        if permit.granted:
            its = permit.granted.attempt, permit.granted.letter_sha256, permit.granted_at, permit.until, permit.outcome
            yield case_of(stream), since, *its


def case_of(stream: str) -> str:
    """The case whose letter a stream of permits is of."""
    return CASES + stream.removeprefix(PERMITS)
