"""Whether the recipient of each award had been told of it before anything that presupposes so: a payment found right or
asked for, a warning, money withheld or reclaimed, a report demanded. And whether what is said to have gone out, or been
decided, before this system is of a case that was not decided here.

The service asks both before it records (`services/grants/case/informed.py`, `grant_letter/imported_release.py`).
Whoever holds its role goes round it, and money would leave before the ministry's days are over; the facts say so.
"""

import json
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
from services.grants.case.events.award import AwardApproved, AwardImported, AwardMade
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
from services.grants.case.presupposed import DAYS, OF_ITS_COMPLAINT, PRESUPPOSE
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed

KINDS: tuple[type[Event], ...] = (*PRESUPPOSE, *OF_ITS_COMPLAINT, AwardChangeProposed)
OWN_DAYS = {kind.TOPIC: day for kind, day in DAYS.items()} | {AwardChangeProposed.TOPIC: "hearing.warned_on"}
ASKED = sorted(kind.TOPIC for kind in KINDS)
OUT = sorted(kind.TOPIC for kind in (LetterReleased, LetterLeft, LetterReleaseImported, LetterDelivered))
ANEW = [LetterReleaseEnded.TOPIC, LetterNotArrived.TOPIC, SupplementaryAwardApproved.TOPIC]
OUTSIDE = (AwardImported, LetterReleaseImported)
# Every act with no letter before it or dated before it was recorded, every case whose letter did not leave after all or
# where more was promised, and every import. What is dated the day it was recorded, after a letter, is not before it.
LOOKED_AT = """
    SELECT DISTINCT e.stream FROM grants.event e WHERE starts_with(e.stream, 'case-') AND e.position > %(since)s AND (
        e.topic = ANY (%(outside)s)
        OR e.position > %(of_days)s AND e.topic = %(more)s
           AND (convert_from(e.data, 'UTF8')::jsonb ->> 'letter_owed')::boolean IS FALSE
        OR e.topic = ANY (%(asked)s) AND (
            NOT EXISTS (SELECT FROM grants.event l
                        WHERE l.stream = e.stream AND l.version < e.version AND l.topic = ANY (%(out)s))
            OR EXISTS (SELECT FROM grants.event l WHERE l.stream = e.stream AND l.topic = ANY (%(anew)s))
            OR e.position > %(of_days)s
               AND (convert_from(e.data, 'UTF8')::jsonb #>> string_to_array(%(days)s::jsonb ->> e.topic, '.'))::date
                   < (e.recorded_at AT TIME ZONE 'Europe/Oslo')::date))
    ORDER BY 1
"""
# What was confirmed of each scheme's notice, by position.
EXEMPT = """
    SELECT stream, jsonb_object_agg(position, convert_from(data, 'UTF8')::jsonb -> 'policy' ->> 'rule')
    FROM grants.event WHERE topic = %s GROUP BY stream
"""
WITHOUT = """
    SELECT position, stream, told ->> 'scheme_id' FROM grants.event e
    CROSS JOIN LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS told) AS t
    WHERE topic = %s AND position > %s AND (told ->> 'letter_owed')::boolean IS FALSE ORDER BY position
"""
CASE_FACTS = "SELECT stream, position, topic, data FROM grants.event WHERE stream = ANY (%s) ORDER BY stream, version"
TOGETHER = 1_000


class ToldFirst:
    """Looks through cases once the log is followed. What stands up to `since` was recorded under earlier rules,
    up to `of_parts` before money promised after a letter waited for its own, and up to `of_days` before what
    presupposes that a recipient knows was to be dated after that."""

    def __init__(self, connection: Connection[Any], since: int = 0, *, of_parts: int = 0, of_days: int = 0) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._connection, self._since, self._of_parts, self._of_days = connection, since, of_parts, of_days

    def follow(self, facts: Facts) -> None:
        """It is asked of each case whole."""

    def end(self) -> None:
        """Look at each case that may have one."""
        self._look_at_those_without_letters()
        given = {
            "since": self._since,
            "more": SupplementaryAwardApproved.TOPIC,
            "outside": [kind.TOPIC for kind in OUTSIDE],
            "asked": ASKED,
            "out": OUT,
        }
        dated = {"anew": ANEW, "of_days": self._of_days, "days": json.dumps(OWN_DAYS)}
        found = self._connection.execute(LOOKED_AT, given | dated).fetchall()
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
                if position > self._of_days and (known_on := known.dated_too_early(event)):
                    self._fault(position, f"{topic} of {case} is dated before its recipient knew, on {known_on}")
                if reason:
                    self._fault(position, f"{topic} of {case}, whose letter was not out: {reason}")
                if position > self._of_days and _owes_none(before, event):
                    self._fault(position, f"{topic} of {case} owes no letter, and its award owes one")
                for problem in decided_here(before, event):
                    self._fault(position, f"{topic} of {case}: {problem}")
            known = known.fold(event)
            before.append(event)

    def _look_at_those_without_letters(self) -> None:
        """An award approved here goes without a letter where two people had found that its scheme owes no notice."""
        rules = dict(self._connection.execute(EXEMPT, (NoticePolicyConfirmed.TOPIC,)).fetchall())
        asked = (AwardApproved.TOPIC, self._of_days)
        for position, case, scheme_id in rows(self._connection, "without letters", WITHOUT, asked):
            self.counts["awards that owe no letter"] += 1
            of_scheme = rules.get(f"scheme-{scheme_id}", {})
            confirmed = [of_scheme[at] for at in sorted(of_scheme, key=int) if int(at) < position]
            if confirmed[-1:] != ["exempt"]:
                found = "nobody had found that its scheme owes no notice"
                self._fault(position, f"{AwardApproved.TOPIC} of {case} owes no letter, and {found}")

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "told", detail))


def _owes_none(before: Sequence[Event], event: Event) -> bool:
    """Whether more is said to be promised with no letter of it, of an award that owes one."""
    if not isinstance(event, SupplementaryAwardApproved) or event.letter_owed:
        return False
    made = next((each for each in before if isinstance(each, AwardMade)), None)
    return isinstance(made, AwardApproved) and made.letter_owed


def decided_here(before: Sequence[Event], event: Event) -> Iterator[str]:
    """Why this cannot be told as from before this system; nothing of what is not told so."""
    if not isinstance(event, OUTSIDE):
        return
    if any(isinstance(each, LetterFrozen) for each in before):
        yield "a letter is frozen in it, so it was not before this system"
    if any(isinstance(each, AwardApproved) for each in before):
        yield "it was approved here, so it was not decided before this system"
