"""The register of deadlines: every one of both services, as it stands, with what lists and sweeps ask of it.

It follows the log in batches; what is asked of it stands in `listing.py`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

from services.eventlog.events import TOPICS, Event
from services.eventlog.projections.whole import load_whole
from services.eventlog.recorded import Recorded
from services.notifications.deadline.rules import (
    FOUND,
    HEARD,
    LETTER,
    NOTICE,
    PUBLICATION,
    Line,
    follow,
    id_of,
    with_found,
)
from services.notifications.deadline.thresholds import OF_KIND

deadline = Table(
    "deadline",
    MetaData(schema="notifications_view"),
    Column("edition", Integer, primary_key=True),
    Column("deadline_id", Uuid, primary_key=True),
    Column("stream", Text),
    Column("key", Text),
    Column("kind", Text),
    Column("state", Text),
    Column("due_on", Date),
    Column("due_at", DateTime(timezone=True)),
    Column("roles", ARRAY(Text)),
    Column("what", Text),
    Column("part", Integer),
    Column("case_ids", ARRAY(Uuid)),
    Column("case_numbers", ARRAY(Text)),
    Column("scheme_ids", ARRAY(Text)),
    Column("posts", ARRAY(Text)),
    Column("items", ARRAY(Text)),
    Column("item_numbers", ARRAY(Text)),
    Column("notice_id", Uuid),
    Column("year", Integer),
    Column("letter_number", Integer),
    Column("assignment", Text),
    Column("amount_ore", BigInteger),
    Column("cite", Text),
    Column("known_at", DateTime(timezone=True)),
    Column("changed", Text),
    Column("changed_at", DateTime(timezone=True)),
    Column("changed_position", BigInteger),
    Column("moves", Integer),
    Column("history", Boolean),
    Column("version", Integer),
    Column("position", BigInteger),
    Column("first_roles", ARRAY(Text)),
    Column("stood", Text),
    Column("changed_found", Boolean),
)
FIELDS = tuple(column.name for column in deadline.columns if column.name != "edition")
OURS = "services.notifications."
PREFIXES = ("notice.", "letter.", "publication.", "deadline.")

REMOVE = text("DELETE FROM notifications_view.deadline WHERE edition = :edition AND stream = ANY (:streams)")
WRITE = text(
    f"""
    INSERT INTO notifications_view.deadline (edition, {", ".join(FIELDS)})
    SELECT :edition, {", ".join(FIELDS)}
    FROM jsonb_populate_recordset(NULL::notifications_view.deadline, CAST(:rows AS jsonb))
    """
)
LOOK = text(
    """
    INSERT INTO notifications_view.deadline_timer (deadline_id, look_at)
    SELECT each, '-infinity' FROM unnest(CAST(:ids AS uuid[])) AS each ORDER BY each
    ON CONFLICT (deadline_id) DO UPDATE SET look_at = '-infinity'
    """
)

LOOK_AT_ITEMS = text(
    """
    UPDATE notifications_view.deadline_timer t SET look_at = '-infinity' FROM notifications_view.deadline d
    WHERE d.edition = :edition AND d.state = 'due' AND t.deadline_id = d.deadline_id AND d.items && (
        CAST(:items AS text[])
        || ARRAY(SELECT item FROM notifications.notice_line WHERE notice = ANY (CAST(:notices AS text[])))
    )
    """
)
"""What happens to a letter, a publication or a notice of it may end any deadline of it, or begin it anew."""
LOOK_AT_KIND = text(
    """
    UPDATE notifications_view.deadline_timer t SET look_at = '-infinity' FROM notifications_view.deadline d
    WHERE d.edition = :edition AND d.kind = ANY (:kinds) AND d.state = 'due' AND t.deadline_id = d.deadline_id
    """
)


def of_this_service() -> tuple[type[Event], ...]:
    """Every kind of this service's facts that may set, move or end a deadline."""
    return tuple(
        kind
        for topic, kind in sorted(TOPICS.items())
        if topic.startswith(PREFIXES) and kind.__module__.startswith(OURS)
    )


class Register:
    """The projection behind the lists, the calendars and the sweep."""

    name = "deadlines"
    version = 6
    tables: tuple[Table, ...] = (deadline,)

    @property
    def events(self) -> tuple[type[Event], ...]:
        return of_this_service()

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Work the touched streams' deadlines out anew, each from its whole stream as it stood at the end of the batch;
        and have the sweep look at those that something has happened to."""
        first: dict[str, int] = {}
        for fact in facts:
            stream = fact.stream.removeprefix(FOUND)
            if stream.startswith((NOTICE, LETTER, PUBLICATION, HEARD)):
                first.setdefault(stream, fact.position)
        streams = [*first, *(FOUND + stream for stream in first if not stream.startswith(HEARD))]
        whole = load_whole(connection, "notifications", sorted(streams), until=facts[-1].position)
        rows = [row for stream in sorted(first) for row in rows_of(stream, with_found(whole, stream))]
        connection.execute(REMOVE, {"edition": edition, "streams": sorted(first)})
        if rows:
            connection.execute(WRITE, {"edition": edition, "rows": to_json(rows).decode()})
        changed = [row["deadline_id"] for row in rows if row["position"] >= first[row["stream"]]]
        if changed:
            connection.execute(LOOK, {"ids": changed})
        items = sorted(stream for stream in first if stream.startswith((LETTER, PUBLICATION)))
        notices = sorted(stream for stream in first if stream.startswith(NOTICE))
        if items or notices:
            connection.execute(LOOK_AT_ITEMS, {"edition": edition, "items": items, "notices": notices})
        kinds = {fact.stream.removeprefix(OF_KIND) for fact in facts if fact.stream.startswith(OF_KIND)}
        if kinds:
            connection.execute(LOOK_AT_KIND, {"edition": edition, "kinds": sorted(kinds)})


def rows_of(stream: str, facts: Sequence[Recorded]) -> Iterable[dict[str, Any]]:
    """One row for each deadline the stream has given."""
    for key, line in follow(stream, facts).items():
        yield row_of(stream, key, line)


def row_of(stream: str, key: str, line: Line) -> dict[str, Any]:
    told = dict(vars(line.deadline))
    return told | {
        "deadline_id": id_of(stream, key),
        "stream": stream,
        "known_at": line.known_at,
        "changed": line.last.what if len(line.changes) > 1 else "set",
        "changed_at": line.last.at,
        "changed_position": line.last.position,
        "moves": line.moves,
        "history": line.history,
        "version": line.version,
        "position": line.position,
        "first_roles": line.first_roles,
        "stood": line.state,
        "changed_found": line.last.found,
    }
