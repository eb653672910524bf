"""What the ministry read is what the notice binds: each line of it, whom and how much, and the hash of the very letter,
stands in the text that was ordered sent. Whoever holds the service's role could bind one thing and send another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection

from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.epoch.rules import FIFTH
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.mapper import decode
from services.notifications.facts.notice import NoticeLine, NoticeOrdered, NoticePrepared
from services.notifications.notice.document import must_read

TOLD = """
    SELECT e.stream, e.position, e.topic, e.data, f.content FROM notifications.event e
    LEFT JOIN notifications.letter_file f ON e.topic = 'notice.ordered.v1'
        AND f.sha256 = decode(convert_from(e.data, 'UTF8')::jsonb ->> 'document_sha256', 'hex')
    WHERE e.topic IN ('notice.prepared.v1', 'notice.ordered.v1') ORDER BY e.stream, e.version
"""
TOGETHER = 20
"""Rows in memory at a time: a notice lists some hundred letters, and its text tells of each."""
UNDER_EARLIER_RULES = "notices whose text says otherwise than they bind, under earlier rules"


def check_notice_texts(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """Each notice that was ordered, its text read whole, a few in memory at a time. A text that is not there is told
    where files are looked for."""
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    since = find_rules_hold_from(connection, "notifications", FIFTH)
    lines: Sequence[NoticeLine] = ()
    of = ""
    for stream, position, topic, data, content in rows(connection, "notices' texts", TOLD, together=TOGETHER):
        try:
            fact = decode(topic, data)
        except (ValueError, LookupError):
            continue  # it is told as unreadable where the chain is followed
        if isinstance(fact, NoticePrepared):
            lines, of = fact.lines, stream
        elif isinstance(fact, NoticeOrdered) and content is not None:
            counts["notices' texts"] += 1
            lacking = list(_lacking(bytes(content), lines if of == stream else ()))
            if lacking and position <= since:
                counts[UNDER_EARLIER_RULES] += 1
            elif lacking:
                said = f"the text of {stream} does not tell of {lacking[0]}, which it binds"
                faults.append(Fault(position, "gate", said))
    return counts, faults


def _lacking(content: bytes, lines: Sequence[NoticeLine]) -> Iterator[str]:
    """The items the text does not tell of as they are bound: each in its place, after the one before it."""
    text, place = content.decode(errors="replace"), 0
    for number, line in enumerate(lines, 1):
        for row in must_read(number, line):
            place = text.find(f"\n{row}\n", place)
            if place < 0:
                yield line.item
                return
