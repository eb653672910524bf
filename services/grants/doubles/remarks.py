"""What stands out in one recipient's name and numbers, told to whoever is about to use them: held against the register
of municipalities and against what cases have used before. The words are those a file is answered in
(`round/remarks.py`); nothing is refused for it, and nothing recorded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.grants.doubles.responses import Remark
from services.grants.municipalities import as_compared, find_municipality

_BEFORE = """
    SELECT DISTINCT c.recipient AS name, c.organisation_number, c.municipality_number
    FROM grants_view.case_row c JOIN grants_view.edition e ON e.projection = 'cases' AND e.edition = c.edition
    WHERE e.state = 'live' AND c.organisation_number IS NOT NULL
          AND (c.organisation_number = %(number)s OR c.municipality_number = %(municipality)s
               OR regexp_replace(grants.folded(c.recipient), 'kommune$', '') = %(reads)s)
    ORDER BY c.organisation_number, c.recipient LIMIT 200
"""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Whom a case is, or is to be, about."""

    name: str
    organisation_number: str | None
    municipality_number: str | None

    @property
    def reads(self) -> str:
        """The name as it is compared: folded, and without saying that a municipality is one."""
        return as_compared(self.name)


async def find_before(pool: AsyncConnectionPool, asked: Recipient) -> list[Recipient]:
    """The recipients of cases that have its number, its municipality or a name that reads alike."""
    query = {
        "number": asked.organisation_number, "municipality": asked.municipality_number, "reads": asked.reads,
    }  # fmt: skip
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Recipient)) as cursor:
        await cursor.execute(_BEFORE, query)
        return await cursor.fetchall()


def list_remarks(asked: Recipient, before: Iterable[Recipient], *, on: date) -> Iterator[Remark]:
    """Everything that stands out on a day, the name first."""
    number, municipality, earlier = asked.organisation_number, asked.municipality_number, list(before)
    registered = find_municipality(municipality, on) if municipality else None
    if registered and as_compared(registered.name) != asked.reads:
        told = f"The register names {municipality} {registered.name}."
        yield Remark(column="name", code="name-not-the-registers", what=told)
    if number is None:
        return
    names = {each.name for each in earlier if each.organisation_number == number}
    if names and all(each.reads != asked.reads for each in earlier if each.organisation_number == number):
        told = f"Cases with this number have {_listed(names)}."
        yield Remark(column="name", code="name-not-as-before", what=told)
    if (numbers := _numbers_of(asked, earlier)) and number not in numbers:
        told = f"Cases of {municipality or 'a name that reads alike'} have {_listed(numbers)}."
        yield Remark(column="organisation_number", code="organisation-number-not-as-before", what=told)
    used = {each.municipality_number for each in earlier if each.organisation_number == number}
    if municipality and (others := {each for each in used if each and each != municipality}):
        told = f"Cases of {_listed(others)} have this number."
        yield Remark(column="organisation_number", code="organisation-number-of-another", what=told)


def _numbers_of(asked: Recipient, earlier: Iterable[Recipient]) -> set[str]:
    """The numbers of the same municipality or, where either is none, of a name that reads alike."""
    return {
        each.organisation_number
        for each in earlier
        if each.organisation_number
        and (
            each.municipality_number == asked.municipality_number
            if each.municipality_number and asked.municipality_number
            else each.reads == asked.reads
        )
    }


def _listed(what: Iterable[str]) -> str:
    return ", ".join(sorted(what))
