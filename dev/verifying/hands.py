"""Who speaks for the ministry of a notice had no hand in what it lists: held against what stands on other streams."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection

from services.duties.act import Act
from services.duties.of_notices import FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.notifications.facts.hands import Hands, hands_in
from services.notifications.facts.notice import NoticePrepared
from services.text.people import is_among

ACROSS = frozenset((act, other) for act in FOR_THE_MINISTRY for other in IN_WHAT_IT_TELLS_OF)
"""Clashes of an act on a notice with acts on what it lists."""
TOPICS = (
    "letter.award-heard.v1",
    "letter.file-heard.v1",
    "letter.decision-heard.v1",
    "letter.change-heard.v1",
    "publication.planned.v1",
    "publication.planned.v2",
)
LISTED = "SELECT topic, data FROM {}.event WHERE stream = ANY (%s) AND topic = ANY (%s) AND position < %s"


def clashes_across(
    connection: Connection[Any], schema: str, act: Act, position: int, fact: Event, before: Sequence[Event]
) -> Iterator[tuple[str, str]]:
    """Each act on what the notice lists that clashes with this one and was the same person's. `before` are the notice's
    facts until this one."""
    if act.name not in FOR_THE_MINISTRY:
        return
    items = sorted({line.item for each in before if isinstance(each, NoticePrepared) for line in each.lines})
    person = getattr(fact, act.by)
    for other, people in _hands(connection, schema, items, position).items():
        if (act.name, other) in ACROSS and is_among(person, people):
            yield other, person


def _hands(connection: Connection[Any], schema: str, items: Sequence[str], position: int) -> Hands:
    query = LISTED.format(schema).encode()
    told: list[Event] = []
    for topic, data in connection.execute(query, (items, list(TOPICS), position), binary=True):
        try:
            told.append(decode(topic, data))
        except (ValueError, LookupError):
            continue  # it is told as unreadable where the chain is followed
    return hands_in(told)
