"""What grants told of deadlines is what followed from its facts: each telling is worked out once more, from the facts
up to the one it names and from what was told before it; and what should have been told by then, was.

What was told by an earlier edition of the rules is counted, and compared with nothing: today's code does not know it.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from psycopg import Connection

from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.mapper import decode
from services.eventlog.recorded import Recorded
from services.grants.deadline.events import DeadlinesTold
from services.grants.deadline.rules import RULES, ToldDeadlines, evolve
from services.grants.deadline.telling import CASE, DEADLINES, PAY_OUT, SCHEME, YEAR, Subject, subject_of

COLUMNS = "position, stream, version, topic, data, recorded_at"
STREAMS = f"""
    SELECT stream, min(position) FROM grants.event WHERE stream ~ '^({CASE}|{YEAR}|{PAY_OUT}|{SCHEME}|{DEADLINES})'
    GROUP BY stream ORDER BY 1
"""
FACTS = f"SELECT {COLUMNS} FROM grants.event WHERE stream = ANY (%s) ORDER BY stream, version"
NUMBERS = "SELECT case_id, label FROM grants.case_number WHERE case_id = ANY (%s)"
LAST = "SELECT data FROM grants.event WHERE topic = %s ORDER BY position DESC LIMIT 1"
TOGETHER = 100
TOLD = "what was told of deadlines"


def check_told_deadlines(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """How many tellings were looked at, and those that are not what follows."""
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    subjects: list[Subject] = []
    read_to = _read_to(connection)
    for found in _subjects(connection):
        if isinstance(found, Fault):
            faults.append(found)
            continue
        subjects.append(found)
        if len(subjects) == TOGETHER:
            faults += _check(connection, subjects, read_to, counts)
            subjects = []
    faults += _check(connection, subjects, read_to, counts)
    return counts, faults


def _read_to(connection: Connection[Any]) -> int:
    """How far all was told of when the last telling was recorded."""
    row = connection.execute(LAST, (DeadlinesTold.TOPIC,)).fetchone()
    last = decode(DeadlinesTold.TOPIC, bytes(row[0])) if row else None
    return last.read_to if isinstance(last, DeadlinesTold) and last.rules == RULES else 0


def _subjects(connection: Connection[Any]) -> Iterator[Subject | Fault]:
    """Every case, year and scheme there is, or that was told of; and each telling of what is neither."""
    seen: set[str] = set()
    for stream, position in rows(connection, "deadline_streams", STREAMS, []):
        name = stream.removeprefix(DEADLINES)
        of = name if name.startswith(SCHEME) else (YEAR if len(name) == 4 else CASE) + name
        of = of if stream.startswith(DEADLINES) else stream
        subject = subject_of(of)
        if subject is None and stream.startswith(DEADLINES):
            yield Fault(position, "deadline", f"{stream}: told of neither a case, a year nor a scheme")
        if subject and subject.stream not in seen:
            seen.add(subject.stream)
            yield subject


def _check(connection: Connection[Any], subjects: list[Subject], read_to: int, counts: Counter[str]) -> Iterator[Fault]:
    wanted = [stream for each in subjects for stream in (each.stream, *each.sources)]
    found = map(_fact, connection.execute(FACTS, (wanted,), binary=True))
    facts = {stream: list(its) for stream, its in groupby(found, key=lambda fact: fact.stream)}
    cases = [each.case_id for each in subjects if each.case_id]
    numbers = dict(connection.execute(NUMBERS, (cases,)).fetchall())
    for each in subjects:
        sources = [fact for stream in each.sources for fact in facts.get(stream, ())]
        sources.sort(key=lambda fact: fact.position)
        yield from _check_one(each, facts.get(each.stream, []), sources, numbers.get(each.case_id), read_to, counts)


def _fact(row: tuple[Any, ...]) -> Recorded:
    """What happened, and where. Who did it moves no deadline."""
    position, stream, version, topic, data, recorded_at = row
    return Recorded(position, stream, version, decode(topic, data), recorded_at, "", "", "")


def _check_one(
    subject: Subject,
    tellings: list[Recorded],
    sources: list[Recorded],
    number: str | None,
    read_to: int,
    counts: Counter[str],
) -> Iterator[Fault]:
    told = ToldDeadlines()
    for fact in tellings:
        event = fact.event
        if isinstance(event, DeadlinesTold) and event.rules != RULES:
            counts["tellings of deadlines by earlier rules"] += 1
        elif not isinstance(event, DeadlinesTold) or not _follows(subject, told, event, fact, sources, number):
            said = f"{fact.stream} {fact.version}: what was told is not what follows from the facts up to then"
            yield Fault(fact.position, "deadline", said)
        counts["tellings of deadlines"] += 1
        told = evolve(told, event)
    by_then = [each for each in sources if each.position <= read_to]
    if by_then == sources and sources and subject.after(told, sources, case_number=number, read_to=0):
        yield Fault(sources[-1].position, "deadline", f"{subject.stream}: not all was told by {read_to}")


def _follows(
    subject: Subject,
    told: ToldDeadlines,
    event: DeadlinesTold,
    fact: Recorded,
    sources: list[Recorded],
    number: str | None,
) -> bool:
    by_then = [each for each in sources if each.position <= event.as_of < fact.position]
    if not by_then or event.read_to > fact.position:
        return False
    return [event] == subject.after(told, by_then, case_number=number, read_to=event.read_to)
