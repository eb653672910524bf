"""Permits to send, worked out anew from grants' facts: the rows PostgreSQL keeps of them, and that each kept out of its
case what would have made the letter wrong."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from services.eventlog.chain import Fault
from services.eventlog.events import Event
from services.grants.grant_letter import rules
from services.grants.grant_letter.events import PermitGranted, PermitWrittenOff
from services.grants.grant_letter.rules import MOST_BETWEEN_CLOCKS, Permit
from services.grants.grant_letter.topics import WRONG_AFTER

ROWS = """
    SELECT case_stream, position, attempt, encode(letter_sha256, 'hex'), granted_at, until, outcome
    FROM grants.letter_permit
"""
LONGEST_SECONDS = 180
PERMITS, CASES = "permit-", "case-"


class PermitReconciliation:
    """Follows the log's facts, and at its end holds the rows against them."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection = connection
        self._permits: dict[str, tuple[int, Permit]] = {}
        self._versions: Counter[str] = Counter()

    def follow(self, pairs: Sequence[tuple[str, Event]], before: int, at: datetime) -> None:
        """One command's facts."""
        for position, (stream, event) in enumerate(pairs, before + 1):
            if stream.startswith(PERMITS):
                self._of_permit(CASES + stream.removeprefix(PERMITS), event, position, at)
            elif stream.startswith(CASES):
                self._versions[stream] += 1
                if event.TOPIC in WRONG_AFTER and self._open(stream):
                    self._fault(position, f"{event.TOPIC} of {stream} was recorded while its letter was being sent")

    def _of_permit(self, case: str, event: Event, position: int, at: datetime) -> None:
        since, permit = self._permits.get(case, (0, Permit()))
        match event:
            case PermitGranted():
                since = position
                self.counts["permits"] += 1
                if event.case_version != self._versions[case]:
                    self._fault(position, f"granted on version {event.case_version} of {case}, not the last")
                if not 0 < event.life_seconds <= LONGEST_SECONDS:
                    self._fault(position, f"granted for {event.life_seconds} seconds")
                if permit.is_open and permit.granted and permit.granted.letter_sha256 != event.letter_sha256:
                    self._fault(position, f"granted for another letter of {case} than the one being sent")
            case PermitWrittenOff() if permit.is_open and at < permit.until + MOST_BETWEEN_CLOCKS:
                self._fault(position, f"written off while a try of {case} could still begin")
        self._permits[case] = since, rules.evolve(permit, event, at)

    def _open(self, case: str) -> bool:
        return case in self._permits and self._permits[case][1].is_open

    def end(self) -> None:
        """The rows, one for each case whose letter was ever permitted."""
        wanted = {
            (
                case,
                position,
                permit.granted.attempt,
                permit.granted.letter_sha256,
                permit.granted_at,
                permit.until,
                permit.outcome,
            )
            for case, (position, permit) in self._permits.items()
            if permit.granted
        }
        stands = set(self._connection.execute(ROWS.encode()).fetchall())
        for row in sorted(stands ^ wanted, key=str):
            said = "stands there and follows from nothing" if row in stands else "is not there"
            self._fault(row[1], f"permits: {row} {said}")

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "permit", detail))
