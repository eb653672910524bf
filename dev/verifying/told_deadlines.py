"""What grants told of deadlines is what followed from its facts: each telling is worked out once more, from the facts
up to the one it names and from what was told before it; and what should have been told by then, was.

What was told by an earlier edition of the rules is counted, and compared with nothing: today's code does not know it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from psycopg import Connection

from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.mapper import decode
from services.eventlog.recorded import Recorded
from services.grants.deadline.events import DeadlinesTold
from services.grants.deadline.rules import RULES, ToldDeadlines, evolve
from services.grants.deadline.telling import CASE, DEADLINES, PAY_OUT, SCHEME, YEAR, Subject, subject_of

COLUMNS = "position, stream, version, topic, data, recorded_at"
OF = f"SELECT {COLUMNS} FROM grants.event WHERE stream >= %s AND stream < %s ORDER BY stream, version"
STREAMS = f"SELECT DISTINCT stream FROM grants.event WHERE stream ~ '^({YEAR}|{PAY_OUT}|{SCHEME})' ORDER BY 1"
FACTS = f"SELECT {COLUMNS} FROM grants.event WHERE stream = ANY (%s) ORDER BY stream, version"
NUMBERS = "SELECT case_id, label FROM grants.case_number WHERE case_id = ANY (%s)"
LAST = "SELECT data FROM grants.event WHERE topic = %s ORDER BY position DESC LIMIT 1"
TOGETHER = 100
TOLD = "what was told of deadlines"
Row = tuple[Any, ...]
Streams = Iterator[tuple[str, list[Row]]]


class Looking(NamedTuple):
    """What is looked at: whose deadlines, what was told of them, and what that follows from."""

    subject: Subject
    tellings: Sequence[Row]
    sources: Sequence[Row]


def check_told_deadlines(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """How many tellings were looked at, and those that are not what follows."""
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    read_to = _read_to(connection)
    looking: list[Looking] = []
    of_none: list[tuple[str, int]] = []
    for name, sources, tellings in side_by_side(_streams(connection, CASE), _streams(connection, DEADLINES)):
        if (subject := subject_of(CASE + name)) is None:
            of_none += [(name, tellings[0][0])] if tellings else []
        elif tellings or max(row[0] for row in sources) <= read_to:  # else nothing had to be told of it by then
            looking.append(Looking(subject, tellings, sources))
        if len(looking) == TOGETHER:
            faults += _check(connection, looking, read_to, counts)
            looking = []
    subjects, strange = _others(connection, of_none)
    faults += [*_check(connection, looking, read_to, counts), *strange]
    for each in subjects:
        facts = connection.execute(FACTS, ([each.stream, *each.sources],), binary=True).fetchall()
        tellings = [row for row in facts if row[1] == each.stream]
        sources = sorted((row for row in facts if row[1] != each.stream), key=lambda row: row[0])
        faults += _check(connection, [Looking(each, tellings, sources)], read_to, counts)
    return counts, faults


def _read_to(connection: Connection[Any]) -> int:
    """How far all was told of when the last telling was recorded."""
    row = connection.execute(LAST, (DeadlinesTold.TOPIC,)).fetchone()
    last = decode(DeadlinesTold.TOPIC, bytes(row[0])) if row else None
    return last.read_to if isinstance(last, DeadlinesTold) and last.rules == RULES else 0


def _streams(connection: Connection[Any], prefix: str) -> Streams:
    """Each stream of these, by its name without what they all begin with, and its facts; in the order of names."""
    following = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    found = rows(connection, f"streams of {prefix}", OF, (prefix, following))
    for stream, facts in groupby(found, key=lambda row: row[1]):
        yield stream.removeprefix(prefix), list(facts)


def side_by_side(ones: Streams, others: Streams) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """Each name, with what stands under it on either side: nothing, or its facts. Both are in the order of names."""
    one, other = next(ones, None), next(others, None)
    while one is not None or other is not None:
        name = min(each[0] for each in (one, other) if each is not None)
        of_one = one[1] if one is not None and one[0] == name else []
        of_other = other[1] if other is not None and other[0] == name else []
        yield name, of_one, of_other
        one = next(ones, None) if of_one else one
        other = next(others, None) if of_other else other


def _others(connection: Connection[Any], told: Sequence[tuple[str, int]]) -> tuple[list[Subject], list[Fault]]:
    """Every year and scheme there is, or that was `told` of (the name, and where first); and each telling of what is
    neither that nor a case."""
    subjects: dict[str, Subject] = {}
    faults: list[Fault] = []
    for name, position in told:
        if (subject := subject_of(name if name.startswith(SCHEME) else YEAR + name)) is None:
            said = f"{DEADLINES}{name}: told of neither a case, a year nor a scheme"
            faults.append(Fault(position, "deadline", said))
        else:
            subjects[subject.stream] = subject
    for (stream,) in connection.execute(STREAMS.encode()):
        if (subject := subject_of(stream)) is not None:
            subjects[subject.stream] = subject
    return list(subjects.values()), faults


def _check(
    connection: Connection[Any], looking: Sequence[Looking], read_to: int, counts: Counter[str]
) -> Iterator[Fault]:
    cases = [each.subject.case_id for each in looking if each.subject.case_id]
    numbers = dict(connection.execute(NUMBERS, (cases,)).fetchall())
    for subject, tellings, sources in looking:
        told, its = [_fact(row) for row in tellings], [_fact(row) for row in sources]
        number = numbers.get(subject.case_id) if subject.case_id else None
        yield from _check_one(subject, told, its, number, read_to, counts)


def _fact(row: Row) -> Recorded:
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
