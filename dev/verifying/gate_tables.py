"""The gate's own tables, each by the streams its rows follow from: read some streams at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from dev.verifying.policies import DECISIONS
from dev.verifying.reading import rows
from dev.verifying.sending import RELEASED, SENDINGS, WAIVERS

Row = tuple[Any, ...]
NOTICES, ITEMS = ("notice-",), ("letter-", "publication-")
STREAMS = "SELECT DISTINCT e.stream FROM notifications.event e WHERE e.stream ^@ ANY (%s) ORDER BY 1"
# What is listed together comes together, so that a notice is read about once.
ITEMS_BY_NOTICE = """
    SELECT i.stream FROM (SELECT DISTINCT e.stream FROM notifications.event e WHERE e.stream ^@ ANY (%s)) i
    LEFT JOIN (SELECT n.item, max(n.notice) AS notice FROM notifications.notice_line n GROUP BY n.item) l
        ON l.item = i.stream
    ORDER BY l.notice NULLS FIRST, i.stream
"""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table. `key` is the column, with its table, that names the stream a row follows from; streams of `kinds` have
    rows in it. A row's position stands in its place number `position`, or is that of the stream's last fact."""

    name: str
    query: str
    key: str
    kinds: tuple[str, ...]
    position: int | None = None
    beside: str | None = None
    """What finds the rows that `query` finds for no stream, where that is more than those of streams without facts."""

    @property
    def of_streams(self) -> str:
        """What stands there of some streams."""
        return f"{self.query} WHERE {self.key} = ANY (%s)"

    def strays(self, connection: Connection[Any]) -> Iterator[Row]:
        """What stands there of streams that no fact is on, or that have no such rows."""
        if self.beside:
            return rows(connection, f"strays of {self.name}", self.beside)
        query = f"""{self.query} WHERE NOT {self.key} ^@ ANY (%s)
            OR NOT EXISTS (SELECT FROM notifications.event told WHERE told.stream = {self.key})"""
        return rows(connection, f"strays of {self.name}", query, (list(self.kinds),))


# A permit is found by the fact it began, which has an index; by its stream every permit would be looked through for
# each batch of streams, and the whole would grow with the square of the log.
PERMIT = "p.stream, p.begun_at, p.position, encode(p.hash, 'hex'), p.attempt, p.granted_at, p.until"
BEGUN_BY = "begun.topic = 'letter.sending-begun.v2' AND (p.begun_at, p.stream) = (begun.position, begun.stream)"

OF_NOTICES = (
    Kept(
        name="notices",
        query="SELECT notice, ordered_position, policy_version, withdrawn, dispatch, dispatched_at, received_at"
        " FROM notifications.notice",
        key="notice.notice",
        kinds=NOTICES,
    ),
    Kept(
        name="notice lines",
        query="SELECT notice, item, encode(manifest_sha256, 'hex') FROM notifications.notice_line",
        key="notice_line.notice",
        kinds=NOTICES,
    ),
    Kept(
        name="objections",
        query="SELECT notice, objection, item, lifted_at FROM notifications.objection",
        key="objection.notice",
        kinds=NOTICES,
    ),
)
OF_BOTH = (Kept(name="sendings", query=SENDINGS, key="sending.stream", kinds=(*NOTICES, *ITEMS)),)
OF_ITEMS = (
    Kept(
        name="items",
        query="SELECT item, position, encode(manifest_sha256, 'hex'), encode(letter_sha256, 'hex'), exempt_source,"
        " ended, ordered, released, nullif(opens_at, '-infinity'), opens_at = '-infinity', stale_at, scheme_id,"
        " round_id FROM notifications.item",
        key="item.item",
        kinds=ITEMS,
    ),
    Kept(name="decisions", query=DECISIONS, key="decision.item", kinds=ITEMS),
    Kept(name="waivers", query=WAIVERS, key="waiver.item", kinds=ITEMS),
    Kept(name="rows of releases", query=RELEASED, key="release.item", kinds=ITEMS, position=1),
    Kept(
        name="ended releases",
        query="SELECT e.item, e.position, r.position, e.followed FROM notifications.release_ending e"
        " LEFT JOIN notifications.release r ON r.item = e.item AND r.number = e.number",
        key="e.item",
        kinds=ITEMS,
    ),
    Kept(
        name="permitted tries",
        query=f"SELECT {PERMIT} FROM notifications.event begun CROSS JOIN LATERAL (SELECT * FROM"
        f" notifications.sending_permit p WHERE {BEGUN_BY} OFFSET 0) AS p",
        key="begun.stream",
        kinds=ITEMS,
        beside=f"SELECT {PERMIT} FROM notifications.sending_permit p WHERE NOT EXISTS (SELECT FROM"
        f" notifications.event begun WHERE {BEGUN_BY})",
    ),
)
# Where each release stands, and when its row says that it opened: at once, where it owed no notice.
OPENED = """
    SELECT item, position, nullif(opens_at, '-infinity'), opens_at = '-infinity' FROM notifications.release
    WHERE item = ANY (%s)
"""
