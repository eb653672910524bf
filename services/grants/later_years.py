"""What of a post's money reaches past its budget year: promises a commitment authority covers, and years in which what
was carried over may be spent. It stands between the rooms, for awards and payments ask what the letters answer.
"""

from dataclasses import dataclass
from datetime import date

from services.grants.allocation.budget_year import BudgetYear
from services.grants.allocation.commitment_authority import find_commitment_authority
from services.grants.allocation.view import Letters
from services.grants.balance.view import Balances


@dataclass(frozen=True, slots=True)
class LaterYears:
    """The two questions. Reading only."""

    letters: Letters
    balances: Balances

    async def has_commitment_authority(self, fund_id: str, *, on: date, until: date, amount_ore: int) -> bool:
        """Whether money of the fund's post may be promised `on` a day to fall due as late as `until`: a letter counting
        from that day or before says so (bevilgningsreglementet § 6), and its limit holds this amount too.

        Everything promised across years on the post counts against the limit, also what later fell away: the stricter
        reading. It is held against what is recorded when it is asked, and again by the database as it records.
        """
        post = _post_of(fund_id)
        authority = find_commitment_authority(await self.letters.year(_year_of(fund_id)), post, on=on)
        if authority is None or until.year > authority.until_year:
            return False
        if authority.limit_ore is None:
            return True
        return await self.balances.promised_across_years_ore(post) + amount_ore <= authority.limit_ore

    async def open_years(self, fund_id: str) -> frozenset[int]:
        """The later years in which the fund's money may still be spent: those whose letters have released something
        carried over on the same line (the same chapter and number, or the post that succeeds it), year after year
        without a break. Before a supplement releases it, nothing carried over can be used (bevilgningsreglementet § 5).
        """
        opened: set[int] = set()
        post, year = _post_of(fund_id), _year_of(fund_id) + 1
        while True:
            later = await self.letters.year(year)
            post = _successor(later, post, year)
            if not _released(later, post):
                return frozenset(opened)
            opened.add(year)
            year += 1


def _successor(later: BudgetYear, post: str, year: int) -> str:
    """The post that carries the line on in the later year: as recorded, else the one of the same chapter and number."""
    same = f"{year}/{post.partition('/')[2]}"
    return next((each.fund_id for each in later.successions if each.predecessor_id == post), same)


def _released(later: BudgetYear, post: str) -> bool:
    """Whether the year's letters have released money carried over on the post or a fund below it."""
    return any(
        each.of_which_carried_over_ore > 0 and (each.fund_id == post or each.fund_id.startswith(f"{post}/"))
        for each in later.postings
    )


def _post_of(fund_id: str) -> str:
    return "/".join(fund_id.split("/")[:3])


def _year_of(fund_id: str) -> int:
    return int(fund_id.partition("/")[0])
