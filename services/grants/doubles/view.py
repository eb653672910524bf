"""What stands more than once because it was written in ways that read alike: recorded before texts were compared folded
(`services/text/folding.py`), or by an earlier release that folded less.

Wherever sameness refuses something today, what stands from before is listed here and never merged: months paid for, and
vouchers of a case. Names and numbers of recipients refuse nothing and are listed likewise, as the list of cases has
them. What meets is kept as it comes to meet (`services/grants/case/doubles_kept.py`); until that is filled a first
time, everything is looked at.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast, get_args

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from services.grants.case.command_handler import case_of
from services.grants.case.doubles_kept import KEPT_SINCE, USED, VOUCHERS, key_of
from services.grants.case.periods import name_month
from services.grants.case.recipient_remarks import LIVE, READS
from services.grants.doubles.responses import Double

Kind = Literal["months-paid-for", "voucher", "recipient-name", "organisation-number"]
Row = tuple[Any, ...]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Placed(NamedTuple):
    """A double with its place in the list: its kind, and what its kind is ordered by."""

    kind: Kind
    place: str
    double: Double


_NAMED = f"""
    (SELECT recipient, organisation_number, municipality_number, case_id, opened_position, {READS} AS reads
     FROM grants_view.case_row WHERE edition = {LIVE} AND organisation_number IS NOT NULL{{more}}) AS named
"""
_WRITTEN_TWICE = f"""
    AND organisation_number IN (SELECT organisation_number FROM grants_view.case_row WHERE edition = {LIVE}
        GROUP BY organisation_number HAVING min(recipient COLLATE "C") <> max(recipient COLLATE "C"))
"""
_PAGE = """
    SELECT * FROM ({met}) AS met WHERE place > %(after)s COLLATE "C" ORDER BY place LIMIT %(limit)s
"""
_MET = """
    SELECT {place} COLLATE "C" AS place, array_agg(recipient ORDER BY opened_position),
           array_agg(organisation_number ORDER BY opened_position),
           array_agg(case_id::text ORDER BY opened_position), array_agg(opened_position ORDER BY opened_position)
    FROM {named} GROUP BY {alike} HAVING {apart}
"""
WITH_SEVERAL_NUMBERS = f"""
    AND recipient_digest = ANY (ARRAY(
        SELECT recipient_digest FROM grants_view.case_row WHERE edition = {LIVE} AND organisation_number IS NOT NULL
        GROUP BY recipient_digest HAVING min(organisation_number) <> max(organisation_number)))
"""
"""Looked up first, in the index alone: a digest of eight bytes for each name as it is compared, whatever its length."""
_KEPT = f"""
    AND {{column}} = ANY (ARRAY(
        SELECT {{kept}} FROM grants_view.recipient_met WHERE edition = {LIVE} AND kind = '{{kind}}'
            AND key > %(after)s COLLATE "C" ORDER BY key LIMIT %(limit)s))
"""
_NAMES = {
    "place": key_of("reads"), "alike": "reads",
    "apart": "count(DISTINCT organisation_number) > greatest(1, count(DISTINCT municipality_number))",
}  # fmt: skip
_NUMBERS = {
    "place": "organisation_number", "alike": "organisation_number", "apart": "count(DISTINCT reads) > 1",
}  # fmt: skip
NAMES, NUMBERS_OF_ALL = (
    _PAGE.format(met=_MET.format(named=_NAMED.format(more=more), **of))
    for of, more in ((_NAMES, WITH_SEVERAL_NUMBERS), (_NUMBERS, _WRITTEN_TWICE))
)
NAMES_KEPT, NUMBERS_KEPT = (
    _PAGE.format(met=_MET.format(named=_NAMED.format(more=_KEPT.format(column=column, kept=kept, kind=kind)), **of))
    for of, column, kept, kind in (
        (_NAMES, "recipient_digest", "digest", "recipient-name"),
        (_NUMBERS, "organisation_number", 'key COLLATE "default"', "organisation-number"),
    )
)
# By the positions it was recorded at, as many as make a place; and by a digest of all of them.
_MONTHS = _PAGE.format(
    met="""
    SELECT array_to_string(ARRAY(SELECT lpad(p::text, 14, '0') FROM unnest(positions[1:6]) AS p), '/') || ' '
           || md5(positions::text) AS place, array_agg(month ORDER BY month), streams, written, positions
    FROM (
        SELECT m.month, array_agg(m.stream ORDER BY m.position, m.stream) AS streams,
            array_agg(m.paid_for ORDER BY m.position, m.stream) AS written,
            array_agg(m.position ORDER BY m.position, m.stream) AS positions
        FROM grants.month_taken m WHERE m.standing
        GROUP BY m.read_as, m.month HAVING count(DISTINCT m.stream) > 1) AS met
    GROUP BY streams, written, positions"""
)
VOUCHERS_OF_ALL = _PAGE.format(
    met=f"""SELECT substr(stream, 6) || '/' || key AS place, stream, written, positions
    FROM ({USED.format(which="e.topic = ANY (%(topics)s)")}) AS used"""
)
_LIVE_PAYMENTS = "(SELECT edition FROM grants_view.edition WHERE projection = 'payments' AND state = 'live')"
VOUCHERS_KEPT = _PAGE.format(
    met=f"""SELECT case_id::text || '/' || key AS place, 'case-' || case_id, written, positions
    FROM grants_view.voucher_met WHERE edition = {_LIVE_PAYMENTS}"""
)
_FILLED = """
    SELECT projection FROM grants_view.edition
    WHERE state = 'live' AND version >= (%(since)s::jsonb ->> projection)::integer
"""


async def list_doubles(pool: AsyncConnectionPool, *, after: tuple[str, str] | None, limit: int) -> list[Placed]:
    """What meets, kind by kind, each in an order of its own: months as they were recorded, vouchers by case, recipients
    by name and by number. After a place, the beginning of which is none."""
    found: list[Placed] = []
    async with pool.connection() as connection:
        statements = await _statements(connection)
        for kind in KINDS[KINDS.index(cast("Kind", after[0])) if after else 0 :]:
            if len(found) < limit:
                place = after[1] if after and after[0] == kind else ""
                asked = {"after": place, "limit": limit - len(found), "topics": VOUCHERS}
                rows = await (await connection.execute(statements[kind], asked)).fetchall()
                found += [Placed(kind, row[0], _double(kind, row[1:])) for row in rows]
    return found


async def count_doubles(pool: AsyncConnectionPool) -> int:
    """How many there are of all kinds."""
    asked = {"after": "", "limit": None, "topics": VOUCHERS}
    async with pool.connection() as connection:
        statements = await _statements(connection)
        each = [
            await (await connection.execute(b"SELECT count(*) FROM (" + of + b") AS met", asked)).fetchone()
            for of in statements.values()
        ]
    return sum(row[0] for row in each if row)


async def _statements(connection: AsyncConnection[Any]) -> Mapping[Kind, bytes]:
    """How each kind is found: where what meets is kept, and where everything is looked at."""
    asked = {"since": json.dumps(KEPT_SINCE)}
    filled = {row[0] for row in await (await connection.execute(_FILLED, asked)).fetchall()}
    names, numbers = (NAMES_KEPT, NUMBERS_KEPT) if "cases" in filled else (NAMES, NUMBERS_OF_ALL)
    vouchers = VOUCHERS_KEPT if "payments" in filled else VOUCHERS_OF_ALL
    of = dict(zip(KINDS, (_MONTHS, vouchers, names, numbers), strict=True))
    return {kind: query.encode() for kind, query in of.items()}


def _double(kind: Kind, row: Row) -> Double:
    if kind == "months-paid-for":
        return _of_months(*row)
    return _of_voucher(*row) if kind == "voucher" else _of_recipients(kind, *row)


def _of_recipients(
    kind: Literal["recipient-name", "organisation-number"],
    written: list[str],
    numbers: list[str],
    case_ids: list[str],
    positions: list[int],
) -> Double:
    return Double(
        kind=kind,
        written=list(dict.fromkeys(written)),
        fund_id=None,
        municipality_number=None,
        months=[],
        organisation_numbers=list(dict.fromkeys(numbers)),
        case_ids=case_ids,
        positions=positions,
    )


def _of_months(months: list[int], streams: list[str], paid_for: list[str], positions: list[int]) -> Double:
    """What months are paid for is one text of scheme, municipality, fund and rule (`periods.paid_for_by`)."""
    _, municipality, fund_id, _ = json.loads(paid_for[0])
    return Double(
        kind="months-paid-for",
        written=list(dict.fromkeys(json.loads(each)[3] for each in paid_for)),
        fund_id=fund_id,
        municipality_number=municipality,
        months=[name_month(month) for month in months],
        organisation_numbers=[],
        case_ids=[str(case_of(stream)) for stream in streams],
        positions=positions,
    )


def _of_voucher(stream: str, written: list[str], positions: list[int]) -> Double:
    return Double(
        kind="voucher",
        written=list(dict.fromkeys(written)),
        fund_id=None,
        municipality_number=None,
        months=[],
        organisation_numbers=[],
        case_ids=[str(case_of(stream))],
        positions=positions,
    )
