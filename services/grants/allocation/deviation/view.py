"""What stands around a year's letters, read from the ledger and the year before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from services.grants.allocation.deviation.found import Around, YearBefore
from services.grants.allocation.view import Letters
from services.grants.balance.view import AsOf, Balances
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear
from services.grants.budget_year.tree import parent_of, post_of


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Reads what letters are held against. Reading only."""

    letters: Letters
    balances: Balances

    async def around(self, year: int, letters: Iterable[Letter], *, known_at: datetime | None = None) -> Around:
        """What these letters of a budget year are held against: what is promised on the funds they move or divide, the
        year before of the posts they release carried-over money on, and what leans on their commitment authorities."""
        funds, posts, numbers = set[str](), set[str](), set[int]()
        for letter in letters:
            numbers.add(letter.number)
            moved = {change.fund_id for change in letter.changes} | {said.fund_id for said in letter.stated}
            funds |= moved | {above for fund_id in moved if (above := parent_of(fund_id))}
            funds |= {part.parent_id for part in letter.earmarks}
            posts |= {post_of(change.fund_id) for change in letter.changes if change.ground == "carry-over"}
        promised: dict[str, list[tuple[date, int, int]]] = {}
        for row in await self.balances.promised_by_day(sorted(funds), known_at) if funds else ():
            promised.setdefault(row["fund_id"], []).append((row["on"], row["committed_ore"], row["direct_ore"]))
        this_year = await self.letters.year(year, known_at=known_at)
        before = {post_id: await self._before(this_year, post_id, known_at) for post_id in sorted(posts)}
        across_years = {
            post_id: await self.balances.promised_across_years_ore(post_id)
            for post_id in sorted(
                {each.fund_id for each in this_year.commitment_authorities if each.letter_number in numbers}
            )
        }
        return Around(promised=promised, before=before, across_years=across_years)

    async def _before(self, year: BudgetYear, post_id: str, known_at: datetime | None) -> YearBefore:
        of_year, chapter, post = post_id.split("/")
        carried_on = [each.predecessor_id for each in year.successions if each.fund_id == post_id]
        unused_ore, transferable, applied_ore = None, False, 0
        for before_id in carried_on or [f"{int(of_year) - 1}/{chapter}/{post}"]:
            before_year, before_chapter, before_post = (int(part) for part in before_id.split("/")[:3])
            as_of = AsOf(valid_at=date(before_year, 12, 31), known_at=known_at)
            row = await self.balances.find_post(before_year, before_chapter, before_post, as_of)
            if row is None:
                continue
            unused_ore = (unused_ore or 0) + row["at_disposal_ore"] - row["disbursed_ore"]
            transferable = transferable or row["transferable"]
            applications = (await self.letters.year(before_year, known_at=known_at)).applications
            applied_ore += sum(each.amount_ore for each in applications if each.fund_id == before_id)
        return YearBefore(unused_ore=unused_ore, transferable=transferable, applied_ore=applied_ore)
