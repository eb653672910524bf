"""What meets when texts are compared as they read, kept as it comes to meet: few of all names, numbers and vouchers do,
and none of the others is looked at to find them.

A name is kept by its beginning and a digest of all of it, as compared: an index takes no text of any length.
"""

from collections.abc import Collection, Iterable
from typing import Protocol
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Connection, Integer, MetaData, Table, Text, Uuid, text

from services.grants.case.command_handler import case_of
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.recipient_remarks import READS

VIEWS = MetaData(schema="grants_view")
recipient_met = Table(
    "recipient_met",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", BigInteger),
)
voucher_met = Table(
    "voucher_met",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("written", ARRAY(Text)),
    Column("positions", ARRAY(BigInteger)),
)
KEPT_SINCE = {"cases": 8, "payments": 2}
"""The versions of the read models that keep it."""
VOUCHERS = [InstalmentPaid.TOPIC, InstalmentPaidLater.TOPIC, RepaymentReceived.TOPIC]
"""Facts that say a voucher, as `reference` or `voucher`."""


def key_of(read: str) -> str:
    """What a text is kept and ordered by: an expression of SQL, of the expression of the text as compared."""
    return f"(left({read}, 40) || ' ' || md5({read}))"


_OF = "FROM grants_view.case_row c WHERE c.edition = :edition AND c.organisation_number IS NOT NULL AND"
_SEVERAL_NUMBERS = f"""
    (SELECT c.organisation_number {_OF} c.recipient_digest = n.digest ORDER BY c.organisation_number LIMIT 1)
    <> (SELECT c.organisation_number {_OF} c.recipient_digest = n.digest ORDER BY c.organisation_number DESC LIMIT 1)
    AND EXISTS (SELECT {_OF} c.recipient_digest = n.digest AND {READS.replace("recipient", "c.recipient")} = n.reads
                HAVING count(DISTINCT c.organisation_number) > greatest(1, count(DISTINCT c.municipality_number)))
"""
_SEVERAL_NAMES = f"""
    (SELECT c.recipient_digest {_OF} c.organisation_number = o ORDER BY c.recipient_digest LIMIT 1)
    <> (SELECT c.recipient_digest {_OF} c.organisation_number = o ORDER BY c.recipient_digest DESC LIMIT 1)
"""
_NAMED = f"""
    named AS (SELECT reads, {key_of("reads")} AS key, hashtextextended(reads, 0) AS digest
              FROM (SELECT DISTINCT {READS} AS reads FROM unnest(CAST(:recipients AS text[])) AS r (recipient)) AS r)
"""
_GONE = text(f"""
    WITH {_NAMED}
    DELETE FROM grants_view.recipient_met WHERE edition = :edition
        AND (kind = 'recipient-name' AND key IN (SELECT key FROM named)
             OR kind = 'organisation-number' AND key = ANY (CAST(:numbers AS text[])))
""")
_MET = text(f"""
    WITH {_NAMED}
    INSERT INTO grants_view.recipient_met (edition, kind, key, digest)
    SELECT CAST(:edition AS integer), 'recipient-name', n.key, n.digest FROM named n WHERE {_SEVERAL_NUMBERS}
    UNION ALL
    SELECT CAST(:edition AS integer), 'organisation-number', o, NULL FROM unnest(CAST(:numbers AS text[])) AS o
    WHERE {_SEVERAL_NAMES}
""")
USED = f"""
    SELECT stream, {key_of("grants.folded(voucher)")} AS key, array_agg(voucher ORDER BY position) AS written,
           array_agg(position ORDER BY position) AS positions
    FROM (SELECT e.stream, e.position, coalesce(told ->> 'reference', told ->> 'voucher') AS voucher
          FROM grants.event e, LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS told) AS t
          WHERE {{which}}) AS used
    GROUP BY stream, grants.folded(voucher) HAVING count(*) > 1
"""
_NOT_USED = text("DELETE FROM grants_view.voucher_met WHERE edition = :edition AND case_id = ANY (:cases)")
_OF_STREAMS = "e.stream = ANY (:streams) AND e.topic = ANY (:topics) AND e.position <= :until"
_USED = text(f"""
    INSERT INTO grants_view.voucher_met (edition, case_id, key, written, positions)
    SELECT CAST(:edition AS integer), CAST(substr(stream, 6) AS uuid), key, written, positions
    FROM ({USED.format(which=_OF_STREAMS).replace("::", chr(92) + ":" + chr(92) + ":")}) AS met
""")


class Case(Protocol):
    """A row of the list of cases."""

    @property
    def case_id(self) -> UUID: ...
    @property
    def recipient(self) -> str: ...
    @property
    def organisation_number(self) -> str | None: ...


Named = tuple[UUID, str, str]
"""A case with its recipient's name and organisation number."""


def named(cases: Iterable[Case]) -> set[Named]:
    """Those of the cases whose recipients have a number: they alone are compared."""
    return {(row.case_id, row.recipient, row.organisation_number) for row in cases if row.organisation_number}


def keep_recipients(connection: Connection, edition: int, moved: Collection[Named]) -> None:
    """Which of these cases' names, and of their organisation numbers, meet another by the cases there are. Each by the
    first and the last in an index; the cases of a name are read where those differ."""
    if moved:
        names, numbers = {name for _, name, _ in moved}, {number for *_, number in moved}
        asked = {"edition": edition, "recipients": sorted(names), "numbers": sorted(numbers)}
        connection.execute(_GONE, asked)
        connection.execute(_MET, asked)


def keep_vouchers(connection: Connection, edition: int, streams: Collection[str], until: int) -> None:
    """Which vouchers each of these cases has on several movements, by its facts up to a position."""
    if streams:
        connection.execute(_NOT_USED, {"edition": edition, "cases": sorted(map(case_of, streams))})
        asked = {"edition": edition, "streams": sorted(streams), "topics": VOUCHERS, "until": until}
        connection.execute(_USED, asked)
