"""Lines of money from one budget year to another: the post that carries another on, as recorded or by its number."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """Which post carries another on in a later year, as recorded."""

    followers: Mapping[tuple[str, int], str]

    def post_in(self, fund_id: str, year: int) -> str:
        """The post that carries the fund's line on in another year: as recorded, else the one of the same chapter and
        number, year after year; towards earlier years likewise. A line that is carried on from a year further back has
        its number in the years between."""
        steps = {(_in_year(post, later - 1), later): follower for (post, later), follower in self._farthest_first()}
        post = post_of(fund_id)
        for later in range(year_of(fund_id) + 1, year + 1):
            post = steps.get((post, later), _in_year(post, later))
        before = {(follower, later): post for (post, later), follower in steps.items()}
        for later in range(year_of(fund_id), year, -1):
            post = before.get((post, later), _in_year(post, later - 1))
        return post

    def _farthest_first(self) -> list[tuple[tuple[str, int], str]]:
        """What is recorded, from the farthest year back on: a nearer one takes the place of one further back."""
        return sorted(self.followers.items(), key=lambda each: year_of(each[0][0]))


def _in_year(post: str, year: int) -> str:
    return f"{year}/{post.partition('/')[2]}"


def post_of(fund_id: str) -> str:
    """The post that a fund is, or lies below."""
    return "/".join(fund_id.split("/")[:3])


def year_of(fund_id: str) -> int:
    """The budget year of a fund."""
    return int(fund_id.partition("/")[0])
