"""Where the pages get their numbers: the very queries the REST API answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.grants.allocation.reconciliation import reconcile
from services.grants.allocation.view import Letters, list_letters, show_letter, show_reconciliation
from services.grants.balance.view import AsOf, Balances, Row, post_id
from services.grants.case_numbers import CaseNumbers, case_of_fund
from services.grants.year_deviations import YearDeviations

PAGE = 500


@dataclass(frozen=True, slots=True)
class PageSource:
    """Implements the dashboard's `Source`."""

    balances: Balances
    letters_kept: Letters
    numbers: CaseNumbers
    amiss: YearDeviations

    async def years(self) -> Sequence[int]:
        return await self.balances.list_years()

    async def posts(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        return await self.balances.list_posts(year, AsOf(valid_at=valid_at, known_at=known_at))

    async def post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Row | None:
        return await self.balances.find_post(year, chapter, post, AsOf(valid_at=valid_at, known_at=known_at))

    async def funds(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        as_of, found = AsOf(valid_at=valid_at, known_at=known_at), list[Row]()
        while len(more := await self.balances.list_funds(year, chapter, post, as_of, after=_place(found))) == PAGE:
            found += more
        named = await self.numbers.numbered([*found, *more], case_of_fund)
        return [row | {"name": f"Tilsagn i sak {row['case_number']}"} if row["case_number"] else row for row in named]

    async def entries(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        as_of, fund, found = AsOf(valid_at=valid_at, known_at=known_at), post_id(year, chapter, post), list[Row]()
        while len(more := await self.balances.list_entries(fund, as_of, after=_last(found))) == PAGE:
            found += more
        return await self.numbers.numbered([*found, *more])

    async def letters(self, year: int, *, known_at: datetime | None) -> Sequence[Row]:
        return list_letters(await self.letters_kept.year(year, known_at=known_at))

    async def deviations(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        return await self.amiss.list_all(year, AsOf(valid_at=valid_at, known_at=known_at))

    async def reconciliation(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        kept = await self.letters_kept.year(year, known_at=known_at)
        if number not in kept.letters:
            return None
        return {**show_letter(kept, kept.letters[number]), **show_reconciliation(reconcile(kept, number))}


def _place(found: Sequence[Row]) -> str:
    return str(found[-1]["place"]) if found else ""


def _last(found: Sequence[Row]) -> tuple[int, int]:
    return (found[-1]["position"], found[-1]["line"]) if found else (0, 0)
