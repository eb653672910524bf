"""What stands more than once because it was written in ways that read alike: recorded before texts were compared folded
(`services/text/folding.py`), or by an earlier release that folded less.

Wherever sameness refuses something today, what stands from before is listed here and never merged: months paid for, and
vouchers of a case, straight off the log and what the database keeps of it. Names and numbers of recipients refuse
nothing and are listed likewise, as the list of cases has them.
"""

import json
from typing import Literal

from psycopg_pool import AsyncConnectionPool

from services.grants.case.command_handler import case_of
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.case.periods import name_month
from services.grants.case.recipient_remarks import LIVE, READS
from services.grants.doubles.responses import Double, Doubles

MOST = 1_000
_NAMED = f"""
    (SELECT recipient, organisation_number, municipality_number, case_id, opened_position, {READS} AS reads
     FROM grants_view.case_row WHERE edition = {LIVE} AND organisation_number IS NOT NULL{{more}}) AS named
"""
_WRITTEN_TWICE = f"""
    AND organisation_number IN (SELECT organisation_number FROM grants_view.case_row WHERE edition = {LIVE}
        GROUP BY organisation_number HAVING min(recipient COLLATE "C") <> max(recipient COLLATE "C"))
"""
_MET = """
    SELECT '{kind}', array_agg(recipient ORDER BY opened_position),
           array_agg(organisation_number ORDER BY opened_position),
           array_agg(case_id::text ORDER BY opened_position), array_agg(opened_position ORDER BY opened_position)
    FROM {named} GROUP BY {alike} HAVING {apart} ORDER BY min(opened_position)
"""
WITH_SEVERAL_NUMBERS = f"""
    AND recipient_digest = ANY (ARRAY(
        SELECT recipient_digest FROM grants_view.case_row WHERE edition = {LIVE} AND organisation_number IS NOT NULL
        GROUP BY recipient_digest HAVING min(organisation_number) <> max(organisation_number)))
"""
"""Looked up first, in the index alone: a digest of eight bytes for each name as it is compared, whatever its length."""
NAMES = _MET.format(
    kind="recipient-name", named=_NAMED.format(more=WITH_SEVERAL_NUMBERS), alike="reads",
    apart="count(DISTINCT organisation_number) > greatest(1, count(DISTINCT municipality_number))",
)  # fmt: skip
_NUMBERS = _MET.format(
    kind="organisation-number", named=_NAMED.format(more=_WRITTEN_TWICE), alike="organisation_number",
    apart="count(DISTINCT reads) > 1",
)  # fmt: skip
_MONTHS = """
    SELECT array_agg(month ORDER BY month), streams, written, positions FROM (
        SELECT m.month, array_agg(m.stream ORDER BY m.position, m.stream) AS streams,
            array_agg(m.paid_for ORDER BY m.position, m.stream) AS written,
            array_agg(m.position ORDER BY m.position, m.stream) AS positions
        FROM grants.month_taken m WHERE m.standing
        GROUP BY m.read_as, m.month HAVING count(DISTINCT m.stream) > 1) AS met
    GROUP BY streams, written, positions ORDER BY positions
"""
_VOUCHERS = """
    SELECT stream, array_agg(voucher ORDER BY position), array_agg(position ORDER BY position) FROM (
        SELECT e.stream, e.position, coalesce(told ->> 'reference', told ->> 'voucher') AS voucher
        FROM grants.event e, LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS told) AS t
        WHERE e.topic = ANY (%s)) AS used
    GROUP BY stream, grants.folded(voucher) HAVING count(*) > 1 ORDER BY min(position)
"""
VOUCHERS = [InstalmentPaid.TOPIC, InstalmentPaidLater.TOPIC, RepaymentReceived.TOPIC]


async def list_doubles(pool: AsyncConnectionPool) -> Doubles:
    """Everything that meets, kind by kind, in order of recording."""
    async with pool.connection() as connection:
        months = await (await connection.execute(_MONTHS)).fetchall()
        vouchers = await (await connection.execute(_VOUCHERS, (VOUCHERS,))).fetchall()
        names = await (await connection.execute(NAMES)).fetchall()
        numbers = await (await connection.execute(_NUMBERS)).fetchall()
    items = [*(_of_months(*row) for row in months[:MOST]), *(_of_voucher(*row) for row in vouchers[:MOST])]
    items += [_of_recipients(*row) for rows in (names, numbers) for row in rows[:MOST]]
    return Doubles(items=items, total=sum(map(len, (months, vouchers, names, numbers))))


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
