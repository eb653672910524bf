"""The numbers of cases, worked out once more from the facts: that each case has one, in the order in which cases were
opened, without a gap, and that the rows say the same.

Written without looking at the SQL that gives them. What is remembered is what each year's last fact gave.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from dev.verifying.following import Facts
from services.calendar.days import day_of
from services.eventlog.checkpoints.chain import Fault
from services.grants.case_number.events import CaseNumbered
from services.grants.case_number.rules import Numbers, evolve
from services.grants.case_number.view import CaseNumber

ROWS = "SELECT case_id::text, year, number, label, position FROM grants.case_number WHERE case_id = ANY (%s::uuid[])"
# Where each of these cases was opened, and when.
OPENED = "SELECT stream, position, recorded_at FROM grants.event WHERE version = 1 AND stream = ANY (%s)"
# What a number is asked of is looked at closely last: to hold every name against a pattern took longer than all else.
WITHOUT = """
    SELECT position, stream FROM (
        SELECT e.position, e.stream FROM grants.event e
        WHERE e.version = 1 AND starts_with(e.stream, 'case-') AND substr(e.stream, 20, 1) BETWEEN '1' AND '8'
          AND NOT EXISTS (SELECT FROM grants.case_number n WHERE 'case-' || n.case_id = e.stream) OFFSET 0) AS e
    WHERE stream ~ %s ORDER BY position LIMIT 100
"""
# The stream of a case is named by a UUID of RFC 9562, random or derived: what this system gives every case.
OF_A_CASE = re.compile("case-[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
COUNT = "SELECT count(*) FROM grants.case_number"
STREAM = "numbers-"


class CaseNumbers:
    """Follows the log's facts."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection = connection
        self._years: dict[int, Numbers] = {}
        self._opened_last: dict[int, int] = {}  # of each year, where the last case the upgrade numbered was opened

    def follow(self, facts: Facts) -> None:
        """One command's facts. An upgrade's are of nothing but numbers: those of the cases that stood."""
        upgrade = all(isinstance(event, CaseNumbered) for _, event in facts.pairs)
        for position, (stream, event) in facts.placed():
            if isinstance(event, CaseNumbered):
                self._numbered(event, stream, position, facts, upgrade=upgrade)
            elif stream.startswith(STREAM):
                self._fault(position, f"{event.TOPIC} on {stream}, which holds numbers")

    def _numbered(self, told: CaseNumbered, stream: str, position: int, facts: Facts, *, upgrade: bool) -> None:
        self.counts["case numbers"] += len(told.case_ids)
        before = self._years.get(told.year, Numbers())
        after = self._years[told.year] = evolve(before, told)
        if stream != f"{STREAM}{told.year}" or (not upgrade and told.year != day_of(facts.at).year):
            self._fault(position, f"numbers of {told.year} on {stream}, given on {day_of(facts.at)}")
        if told.first != before.last + 1:
            self._fault(position, f"{CaseNumber(told.year, told.first)} follows {CaseNumber(told.year, before.last)}")
        if upgrade:
            self._compare_upgrade(told, position)
        else:
            self._compare_order(told, position, facts)
        self._compare_rows(told.year, after, position)

    def _compare_order(self, told: CaseNumbered, position: int, facts: Facts) -> None:
        """The cases that this command opened, all of them and no others, in order."""
        streams = [stream for stream, _ in facts.pairs if OF_A_CASE.fullmatch(stream)]
        opened = [stream for stream, at, _ in self._opened(streams) if at > facts.before]
        if opened != [f"case-{case_id}" for case_id in told.case_ids]:
            self._fault(position, f"it numbers {len(told.case_ids)} cases, and the command opened others")

    def _compare_upgrade(self, told: CaseNumbered, position: int) -> None:
        """Cases that stood before, in the order in which they were opened that year."""
        found = self._opened([f"case-{case_id}" for case_id in told.case_ids])
        places = [self._opened_last.get(told.year, 0), *(place for _, place, _ in found)]
        in_order = [stream for stream, _, _ in found] == [f"case-{case_id}" for case_id in told.case_ids]
        of_year = all(day_of(at).year == told.year for _, _, at in found)
        if not in_order or not of_year or places != sorted(places) or places[-1] >= position:
            self._fault(position, f"the upgrade numbers cases of {told.year} otherwise than they were opened")
        self._opened_last[told.year] = places[-1]

    def _opened(self, streams: Sequence[str]) -> list[tuple[Any, ...]]:
        return sorted(self._connection.execute(OPENED, (list(streams),)), key=lambda row: row[1])

    def _compare_rows(self, year: int, numbers: Numbers, position: int) -> None:
        given = {(str(case), year, nth, str(CaseNumber(year, nth)), position) for case, nth in numbers.given}
        stands = set(self._connection.execute(ROWS, ([row[0] for row in given],)).fetchall())
        for row in sorted(stands ^ given):
            said = "stands there and follows from nothing" if row in stands else "is not there"
            self._fault(position, f"case numbers: {row} {said}")

    def end(self) -> None:
        """No case without a number, and no row beside those the facts give."""
        for position, stream in self._connection.execute(WITHOUT, (f"^{OF_A_CASE.pattern}$",)):
            self._fault(position, f"{stream} was opened and has no number")
        row = self._connection.execute(COUNT).fetchone()
        if row and row[0] != self.counts["case numbers"]:
            self._fault(0, f"{row[0]} case numbers stand, and the facts give {self.counts['case numbers']}")

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "case number", detail))
