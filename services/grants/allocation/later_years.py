"""What of a post's money reaches past its budget year: promises a commitment authority covers, and what letters of
later years cover of what is held over to them. Awards and payments ask it what the letters
answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.grants.allocation.authority.commitment_authority import find_commitment_authority
from services.grants.allocation.lines import Lines, post_of, year_of
from services.grants.allocation.succession.rules import follower_of
from services.grants.allocation.view import Letters
from services.grants.balance.view import AsOf, Balances, Row
from services.grants.held_over.view import HeldOver


@dataclass(frozen=True, slots=True)
class LaterYears:
    """The questions. Reading only."""

    letters: Letters
    balances: Balances

    async def has_commitment_authority(self, fund_id: str, *, on: date, until: date, amount_ore: int) -> bool:
        """Whether money of the fund's post may be promised `on` a day to fall due as late as `until`: a letter counting
        from that day or before says so (bevilgningsreglementet § 6), and its limit holds this amount too.

        Everything promised across years on the post counts against the limit, also what later fell away: the stricter
        reading. It is held against what is recorded when it is asked, and again by the database as it records.
        """
        post = post_of(fund_id)
        authority = find_commitment_authority(await self.letters.year(year_of(fund_id)), post, on=on)
        if authority is None or until.year > authority.until_year:
            return False
        if authority.limit_ore is None:
            return True
        return await self.balances.promised_across_years_ore(post) + amount_ore <= authority.limit_ore

    async def lines(self, years: Collection[int]) -> Lines:
        """How lines of money go on into these years. Of a line that was split, the part that is said to take what was
        held over is the line; where none is, the post of the same chapter and number."""
        followers = {
            (each.predecessor_id, year): follower
            for year in set(years)
            for each in (await self.letters.year(year)).successions
            if (follower := follower_of(each))
        }
        return Lines(followers)

    async def lines_of(self, streams: Collection[str], years: Collection[int]) -> Lines:
        """How the lines that these cases were promised on go on to these years, from the budget year of each."""
        through = {*years, *await self.balances.list_years_of(streams)}
        return await self.lines(range(min(through), max(through) + 1) if through else ())

    async def post_in(self, fund_id: str, year: int) -> str:
        """The post that carries the fund's line on in a later year, whether a letter has opened it yet or not."""
        return (await self.lines(range(year_of(fund_id) + 1, year + 1))).post_in(fund_id, year)

    async def covered(self, stream: str, on: date) -> Mapping[int, int]:
        """What of a case held over to the day's year is covered and can be paid, on that day and on every day since
        (whole øre, by year): by what letters that count from then have released, in the order of claims, or by the post
        itself where a commitment authority let it be promised. Nothing of a case that is not held over."""
        covered_ore = await HeldOver(self.balances.pool).covered_ore(stream, on)
        return {on.year: covered_ore} if covered_ore is not None else {}

    async def list_unpaid(self, as_of: AsOf, *, after: str, limit: int) -> Sequence[Row]:
        """The cases that the end of the day's year concerns (`HeldOver.list_unpaid`)."""
        return await HeldOver(self.balances.pool).list_unpaid(as_of, after=after, limit=limit)
