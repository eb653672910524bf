"""Every file a fact names is there, and its bytes are those the fact was of.

PostgreSQL hashes the bytes anew: what a row calls itself proves nothing. Files that no fact names are counted and no
fault, for bytes are stored before the fact that names them, and that may then have been refused. Not looked for are the
bytes of a letter that is held and has not left (they may be on their way from grants, where they must be), and of what
is kept elsewhere and named by its digest alone: a publication, the ministry's own documents, evidence of a receipt.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import Connection

from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.events.disbursement import PaymentBatchMade
from services.grants.case.events.grant_letter import LetterFrozen
from services.notifications.facts.notice import NoticeOrdered
from services.notifications.facts.release import LetterReleased

TOGETHER = 1_000
Names = Callable[[Any], tuple[str, UUID | None]]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table of files. `digests` answers (what a row is called, SHA-256 of its bytes, what else it says it is of);
    `named_by` the kinds of fact after which bytes must be there, with the SHA-256 (hex) each names."""

    what: str
    digests: str
    named_by: Mapping[type[Event], Names]


_LETTERS = "SELECT f.sha256 AS named, sha256(f.content) AS digest, NULL::uuid AS batch_id FROM {}.letter_file f"
KEPT = {
    "grants": (
        Kept(
            what="grant letters",
            digests=_LETTERS.format("grants"),
            named_by={LetterFrozen: lambda fact: (fact.sha256, None)},
        ),
        Kept(
            what="payment files",
            digests="SELECT f.named, f.digest, f.batch_id FROM grants.payment_file_digests() f",
            named_by={PaymentBatchMade: lambda fact: (fact.sha256, fact.batch_id)},
        ),
    ),
    "notifications": (
        Kept(
            what="letters and notices that left",
            digests=_LETTERS.format("notifications"),
            named_by={
                LetterReleased: lambda fact: (fact.letter_sha256, None),
                NoticeOrdered: lambda fact: (fact.document_sha256, None),
            },
        ),
    ),
}
# Which of these names have a file.
_OF_THESE = """
    SELECT n.position, encode(n.sha256, 'hex'), d.named IS NOT NULL, n.batch_id IS NOT DISTINCT FROM d.batch_id
    FROM unnest(%s::bigint[], %s::bytea[], %s::uuid[]) AS n (position, sha256, batch_id)
    LEFT JOIN ({digests}) AS d ON d.named = n.sha256
"""


def check_files(connection: Connection[Any], schema: str) -> tuple[Counter[str], list[Fault]]:
    """How many files there are, and what is wrong with them. Some thousand names in memory at a time."""
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    for kept in KEPT[schema]:
        counts[kept.what] = 0
        faults += _changed(connection, kept, counts)
        faults += _lacking(connection, schema, kept)
    return counts, faults


def _changed(connection: Connection[Any], kept: Kept, counts: Counter[str]) -> Iterator[Fault]:
    """Rows whose bytes are not what they are called."""
    for named, digest, _ in rows(connection, f"digests of {kept.what}", kept.digests):
        counts[kept.what] += 1
        if named != digest:
            yield Fault(0, "file", f"{kept.what}: the bytes of {named.hex()} are others: {digest.hex()}")


def _lacking(connection: Connection[Any], schema: str, kept: Kept) -> Iterator[Fault]:
    """Names without their bytes, or whose bytes are said to be something else's."""
    named = _named(connection, schema, kept)
    query = _OF_THESE.format(digests=kept.digests)
    while names := list(islice(named, TOGETHER)):
        for position, sha256, there, of_it in connection.execute(
            query.encode(), [list(each) for each in zip(*names, strict=True)]
        ):
            if not there:
                yield Fault(position, "file", f"{kept.what}: {sha256} is named and not there")
            elif not of_it:
                yield Fault(position, "file", f"{kept.what}: {sha256} is said to be of something else")


def _named(connection: Connection[Any], schema: str, kept: Kept) -> Iterator[tuple[int, bytes, UUID | None]]:
    """(position, SHA-256, what it is of) of each fact that names a file. What cannot be read is told elsewhere."""
    query = f"SELECT position, topic, data FROM {schema}.event WHERE topic = ANY (%s) ORDER BY position"
    topics = [kind.TOPIC for kind in kept.named_by]
    for position, topic, data in rows(connection, f"names of {kept.what}", query, (topics,)):
        try:
            fact = decode(topic, data)
            sha256, of_it = kept.named_by[type(fact)](fact)
            yield position, bytes.fromhex(sha256), of_it
        except (ValueError, LookupError):
            continue
