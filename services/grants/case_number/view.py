"""The number people call a case by: `2020/17`, the seventeenth case that was opened in 2020.

A case's address stays its id. Its number is what is said on the telephone, written in a letter and looked for; it is
given once, as the case is opened (`migrations/grants/sql/case_number.sql`), and never changes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from services.text.folding import folded

FIRST_YEAR, LAST_YEAR = 1900, 2199
LONGEST = 40
LARGEST = 999_999_999
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WRITTEN = re.compile(r"([0-9]{4})[/-]0*([1-9][0-9]{0,8})")
_WITHIN = re.compile(r"(?<![0-9/-])[0-9]{4} ?[/-] ?[0-9]{1,9}(?![0-9/-])", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2044\u2215", "-"))
NUMBER_OF = "(SELECT n.label FROM grants.case_number n WHERE n.case_id = {}.case_id) AS case_number"
"""What a list of cases selects beside its own columns, of the table that is named."""
NUMBERS = "SELECT case_id, label FROM grants.case_number WHERE case_id = ANY (%s)"


@dataclass(frozen=True, order=True)
class CaseNumber:
    """A year and a running number in it."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"


def find_case_number(text: str) -> CaseNumber | None:
    """The number somebody wrote: with a stroke or any dash between, and spaces and leading zeros wherever they fell.
    None for what is no case number."""
    written = _WRITTEN.fullmatch(folded(text).translate(_DASHES))
    if written is None:
        return None
    found = CaseNumber(int(written[1]), int(written[2]))
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def find_number_within(text: str) -> CaseNumber | None:
    """The first case number that stands among other words; None where there is none."""
    written = _WITHIN.search(text)
    return find_case_number(written[0]) if written else None


@dataclass(frozen=True)
class Written:
    """A case number in a query, however it is written; read as it is said (`2020/17`)."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        assert source is str, "Written describes a str"
        text = core_schema.str_schema(strict=True, min_length=1, max_length=LONGEST)
        return core_schema.no_info_after_validator_function(self.read, text)

    @staticmethod
    def read(text: str) -> str:
        found = find_case_number(text)
        if found is None:
            raise ValueError("is no case number such as 2020/17")
        return str(found)


@dataclass(frozen=True, slots=True)
class CaseNumbers:
    """Which number each case has. Kept in the transaction that opens the case: never behind it."""

    pool: AsyncConnectionPool

    async def find(self, case_id: UUID) -> str | None:
        """The case's number; None where there is no such case."""
        return (await self.list_all((case_id,))).get(case_id)

    async def list_all(self, case_ids: Iterable[UUID]) -> dict[UUID, str]:
        """The numbers of several cases."""
        wanted = list(case_ids)
        async with self.pool.connection() as connection:
            cursor = await connection.execute(NUMBERS, (wanted,), binary=True)
            return dict(await cursor.fetchall())

    async def numbered(
        self, rows: Iterable[Any], case_of: Callable[[Mapping[str, Any]], Any] = lambda row: row["case_id"]
    ) -> list[dict[str, Any]]:
        """Rows of a list, each with the number of its case; None beside a row that is of no case."""
        found = [dict(row) if isinstance(row, Mapping) else dict(vars(row)) for row in rows]
        ids = [_id(case_of(row)) for row in found]
        numbers = await self.list_all({each for each in ids if each}) if any(ids) else {}
        return [
            row | {"case_number": numbers.get(each) if each else None} for row, each in zip(found, ids, strict=True)
        ]


def case_of_fund(row: Mapping[str, Any]) -> str | None:
    """The case whose commitment the fund of a row is; None for any other fund."""
    return str(row["fund_id"]).removeprefix("case-").partition("/")[0] if row["kind"] == "commitment" else None


def _id(given: UUID | str | None) -> UUID | None:
    if isinstance(given, str):
        return UUID(given) if _ID.fullmatch(given) else None
    return given
