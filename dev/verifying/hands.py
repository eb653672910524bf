"""Who speaks for the ministry of a notice had no hand in what it lists, and whoever spoke lets nothing of it out: held
against what stands on other streams."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection

from services.duties.act import Act
from services.duties.of_notices import FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF, LETS_OUT
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.notifications.facts.hands import hands_in
from services.notifications.facts.notice import NoticeObjected, NoticeObjectionLifted, NoticePrepared, NoticeReceived
from services.text.people import is_among

ACROSS = frozenset(
    {
        *((act, other) for act in FOR_THE_MINISTRY for other in IN_WHAT_IT_TELLS_OF),
        *((act, word) for act in LETS_OUT for word in FOR_THE_MINISTRY),
    }
)
"""Clashes of an act on a notice with acts on what it lists, and the other way round."""
HANDS = (
    "letter.award-heard.v1",
    "letter.file-heard.v1",
    "letter.decision-heard.v1",
    "letter.change-heard.v1",
    "letter.release-ordered.v1",
    "letter.released.v1",
    "letter.waiver-confirmed.v1",
    "letter.sent-again.v1",
    "publication.planned.v1",
    "publication.planned.v2",
    "publication.released.v1",
)
WORDS = ("notice.received.v1", "notice.objected.v1", "notice.objection-lifted.v1")
TOLD = "SELECT topic, data FROM {}.event WHERE stream = ANY (%s) AND topic = ANY (%s) AND position < %s"
LISTING = """
    SELECT DISTINCT stream FROM {}.event
    WHERE topic = 'notice.prepared.v1' AND position < %s AND strpos(convert_from(data, 'UTF8'), %s) > 0
"""
By = Mapping[str, frozenset[str]]


def clashes_across(
    connection: Connection[Any],
    schema: str,
    act: Act,
    stream: str,
    position: int,
    fact: Event,
    before: Sequence[Event],
) -> Iterator[tuple[str, str]]:
    """Each act on the other side of a notice that clashes with this one and was the same person's. `before` are the
    facts of its own stream until this one."""
    if act.name in FOR_THE_MINISTRY:
        items = sorted({line.item for each in before if isinstance(each, NoticePrepared) for line in each.lines})
        done: By = hands_in(_told(connection, schema, items, HANDS, position))
    elif act.name in LETS_OUT:
        listing = connection.execute(LISTING.format(schema).encode(), (position, f'"{stream}"'))
        done = _words_in(_told(connection, schema, [row[0] for row in listing], WORDS, position))
    else:
        return
    person = getattr(fact, act.by)
    for other, people in done.items():
        if (act.name, other) in ACROSS and is_among(person, people):
            yield other, person


def word_of(fact: Event) -> tuple[str, str] | None:
    """What is said for the ministry, as the table of duties names it, and by whom. A channel is nobody, and a receipt
    that was recorded is the directorate's."""
    match fact:
        case NoticeReceived(told_by=person, proposed_by=None) if not person.startswith("channel:"):
            return "acknowledge notice", person
        case NoticeObjected(objected_by=person):
            return "object to notice", person
        case NoticeObjectionLifted(lifted_by=person):
            return "lift objection", person
    return None


def _words_in(facts: Sequence[Event]) -> By:
    words: dict[str, frozenset[str]] = {}
    for act, person in filter(None, map(word_of, facts)):
        words[act] = words.get(act, frozenset()) | {person}
    return words


def _told(
    connection: Connection[Any], schema: str, streams: Sequence[str], topics: Sequence[str], position: int
) -> Sequence[Event]:
    query = TOLD.format(schema).encode()
    told: list[Event] = []
    for topic, data in connection.execute(query, (list(streams), list(topics), position), binary=True):
        try:
            told.append(decode(topic, data))
        except (ValueError, LookupError):
            continue  # it is told as unreadable where the chain is followed
    return told
