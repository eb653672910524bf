"""What stands recorded of those a file is for: months that cases pay for already (as the database keeps them, see
`balance/limits.py`), and the numbers that approved awards have used (as the list of cases has them).
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.grants.case.command_handler import case_of
from services.grants.case.periods import find_months
from services.grants.case.reductions import SOMETHING_LEFT
from services.grants.round.per_capita import PerCapitaLine
from services.grants.round.remarks import PaidMonth, UsedBefore
from services.text.folding import folded

_TAKEN = """
    SELECT m.read_as, m.month, m.stream FROM grants.month_taken m
    WHERE m.standing AND m.read_as = ANY (%s) ORDER BY m.position DESC
"""
_PAID_OF_OTHER_YEARS = """
    SELECT t.paid_for, t.month FROM (
        SELECT m.paid_for::jsonb AS paid_for, m.month FROM grants.month_taken m
        WHERE m.standing AND m.month BETWEEN %(first)s AND %(last)s OFFSET 0) AS t
    WHERE t.paid_for ->> 1 = ANY (%(municipalities)s) AND NOT left(t.paid_for ->> 2, 4) = ANY (%(years)s)
"""
_USED = f"""
    SELECT DISTINCT c.municipality_number, c.organisation_number
    FROM grants_view.case_row c JOIN grants_view.edition e ON e.projection = 'cases' AND e.edition = c.edition
    WHERE e.state = 'live' AND {SOMETHING_LEFT}
        AND c.municipality_number IS NOT NULL
        AND c.organisation_number IS NOT NULL
        AND (c.municipality_number = ANY (%(municipalities)s) OR c.organisation_number = ANY (%(numbers)s))
"""


async def find_taken(pool: AsyncConnectionPool, paid_for: Collection[str]) -> Mapping[tuple[str, int], UUID]:
    """Which case pays for each month of these (`paid_for` as it reads, month from year 0), the first where there are
    several: its award waits, or promises something still."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_TAKEN, (list(paid_for),))).fetchall()
    return {(whose, month): case_of(stream) for whose, month, stream in rows}


async def find_used(pool: AsyncConnectionPool, lines: Collection[PerCapitaLine]) -> UsedBefore:
    """The pairs of municipality and organisation number in approved awards of which anything is left, and that have
    either of one of these lines; and the months that another year's funds pay one of their municipalities for."""
    asked = {
        "municipalities": list({line.recipient.municipality_number for line in lines}),
        "numbers": list({line.recipient.organisation_number for line in lines}),
    }
    numbers: dict[str, set[str]] = {}
    municipalities: dict[str, set[str]] = {}
    async with pool.connection() as connection:
        rows = await (await connection.execute(_USED, asked)).fetchall()
        paid = await (await connection.execute(_PAID_OF_OTHER_YEARS, asked | _months_of(lines))).fetchall()
    for municipality, number in rows:
        numbers.setdefault(municipality, set()).add(number)
        municipalities.setdefault(number, set()).add(municipality)
    months: dict[PaidMonth, set[str]] = {}
    for (_, municipality, fund_id, rule), month in paid:
        months.setdefault((municipality, folded(rule), month), set()).add(fund_id)
    return UsedBefore(numbers=numbers, municipalities=municipalities, months=months)


def _months_of(lines: Collection[PerCapitaLine]) -> dict[str, object]:
    """The first and the last month that the lines pay for, and of which years' funds they do."""
    covered = [found for line in lines if (found := find_months(line.period))]
    return {
        "first": min((each.start for each in covered), default=0),
        "last": max((each.stop - 1 for each in covered), default=0),
        "years": list({line.fund_id[:4] for line in lines}),
    }
