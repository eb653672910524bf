"""What stands out in a recipient's name and numbers, told to whoever is about to use them, and to whoever has just
recorded them: held against the register of municipalities and against what cases have used before. The words are those
a file is answered in (`round/remarks.py`); nothing is refused for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, Field

from services.grants.registers.municipalities import as_compared, find_name

READS = "regexp_replace(grants.folded(recipient), 'kommune$', '')"
"""A recipient's name in the list of cases, as it is compared (`as_compared`); `recipient_digest` is eight bytes of
it."""

LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'cases' AND state = 'live')"
_MET = (
    "organisation_number = ANY (%(numbers)s)",
    "municipality_number = ANY (%(municipalities)s)",
    "recipient_digest = ANY (ARRAY(SELECT hashtextextended(r, 0) FROM unnest(%(reads)s::text[]) AS r))",
)
# Each by its own index: asked for together, with OR, every case there is was read.
_NAMED = f"""
    SELECT recipient, organisation_number, municipality_number FROM grants_view.case_row
    WHERE edition = {LIVE} AND organisation_number IS NOT NULL AND case_id IS DISTINCT FROM %(in_case)s AND """
BEFORE = f"""
    SELECT recipient AS name, organisation_number, municipality_number
    FROM ({" UNION ".join(_NAMED + each for each in _MET)}) AS met
    ORDER BY organisation_number, recipient LIMIT %(limit)s
"""
MOST_BEFORE = 200


class Remark(BaseModel):
    """What stands out in a recipient's name or numbers. None is wrong by itself, and nothing is refused for it."""

    column: Literal["name", "organisation_number"]
    code: Literal[
        "name-not-the-registers",
        "name-not-as-before",
        "organisation-number-not-as-before",
        "organisation-number-of-another",
    ] = Field(
        description="Not the name the register of municipalities has; not a name the organisation number has had"
        " here; another number than the municipality, or a recipient whose name reads alike, has had; a number that"
        " another municipality has had"
    )
    what: str = Field(description="What the register, or earlier cases, have")


class Named(Protocol):
    """Somebody who is named in what is asked: a recipient, an applicant."""

    @property
    def name(self) -> str: ...
    @property
    def organisation_number(self) -> str | None: ...
    @property
    def municipality_number(self) -> str | None: ...


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

    def is_met_by(self, other: "Recipient") -> bool:
        """Whether the other has its number, its municipality or a name that reads alike."""
        return (
            other.organisation_number == self.organisation_number
            or (self.municipality_number is not None and other.municipality_number == self.municipality_number)
            or other.reads == self.reads
        )


async def find_remarks(
    pool: AsyncConnectionPool, named: Sequence[Named], *, in_case: UUID | None = None
) -> list[list[Remark]]:
    """What stands out in each of these, against what cases had before, others than the one they are named in: in one
    question, however many they are."""
    asked = [
        Recipient(
            name=each.name,
            organisation_number=each.organisation_number,
            municipality_number=each.municipality_number,
        )
        for each in named
    ]
    query = {
        "numbers": [each.organisation_number for each in asked if each.organisation_number],
        "municipalities": [each.municipality_number for each in asked if each.municipality_number],
        "reads": [each.reads for each in asked],
        "in_case": in_case,
        "limit": MOST_BEFORE * len(asked),
    }
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Recipient)) as cursor:
        await cursor.execute(BEFORE, query)
        before = await cursor.fetchall()
    return [list(list_remarks(each, filter(each.is_met_by, before))) for each in asked]


def list_remarks(asked: Recipient, before: Iterable[Recipient]) -> Iterator[Remark]:
    """Everything that stands out, the name first. A number of the register is one municipality's, whenever it held."""
    number, municipality, earlier = asked.organisation_number, asked.municipality_number, list(before)
    registered = find_name(municipality) if municipality else None
    if registered and as_compared(registered) != asked.reads:
        told = f"The register names {municipality} {registered}."
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
