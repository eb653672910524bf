"""A notice that binds one letter and tells the ministry of another, by whoever holds the service's role."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg

from services.eventlog.mapper import decode
from services.notifications.facts.notice import About, NoticeLine, NoticeOrdered, NoticePrepared
from services.notifications.held.file_store import _KEEP
from services.notifications.notice.document import document
from tests.faults.planted.tampering import Copy, Tampering

HELD = "SELECT encode(manifest_sha256, 'hex') FROM notifications.item WHERE item = '{}'"
ORDERED = "SELECT topic, data FROM notifications.event WHERE topic = 'notice.ordered.v1' ORDER BY position LIMIT 1"
NOTICE = UUID(int=88)
Read = Callable[[NoticeLine], NoticeLine]


def told_otherwise(read: Read) -> Callable[[Copy], int]:
    """The ministry reads this of the letter that the notice binds."""

    def does(copy: Copy) -> int:
        item = copy.letters["untold"]
        line = NoticeLine(item=item, manifest_sha256=copy.ask(HELD.format(item)), title="Stiftelsen", amount_ore=900)
        with psycopg.connect(copy.database.notifications_dsn) as service:
            [(topic, data)] = service.execute(ORDERED, binary=True).fetchall()
            ordered: Any = decode(topic, bytes(data))
            text = document(NOTICE, [read(line)], policy=ordered.policy, planned_on=None, kind="letter")
            service.execute(_KEEP, (text,))
        about = About(kind="letter", id=item.removeprefix("letter-"))
        prepared = NoticePrepared(about=about, lines=(line,), planned_on=None, renews=None, prepared_by="kari")
        sent: NoticeOrdered = replace(ordered, document_sha256=hashlib.sha256(text).hexdigest(), ordered_by="ola")
        return copy.append("notifications", f"notice-{NOTICE}", prepared, sent)

    return does


NOTICES = tuple(
    Tampering(
        name=f"a notice whose text tells the ministry of {what} than it binds",
        by="notifications_service",
        does=told_otherwise(read),
        found=r"position {at}: gate: the text of .* does not tell of letter-",
        touches=("notifications.event", "notifications.letter_file"),
    )
    for what, read in (
        ("a smaller sum", lambda line: replace(line, amount_ore=9)),
        ("another recipient", lambda line: replace(line, title="Kommunen")),
        ("another letter", lambda line: replace(line, manifest_sha256="ab" * 32)),
    )
)
