"""Lines of money from one budget year to another: the post that carries another on, as recorded or by its number."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """Which post carries another on in a later year, as recorded."""

    followers: Mapping[tuple[str, int], str]

    def post_in(self, fund_id: str, year: int) -> str:
        """The post that carries the fund's line on in another year: as recorded, else the one of the same chapter and
        number, year after year; towards earlier years likewise."""
        post = post_of(fund_id)
        for later in range(year_of(fund_id) + 1, year + 1):
            post = self.followers.get((post, later), f"{later}/{post.partition('/')[2]}")
        before = {(follower, of_year): post for (post, of_year), follower in self.followers.items()}
        for later in range(year_of(fund_id), year, -1):
            post = before.get((post, later), f"{later - 1}/{post.partition('/')[2]}")
        return post


def post_of(fund_id: str) -> str:
    """The post that a fund is, or lies below."""
    return "/".join(fund_id.split("/")[:3])


def year_of(fund_id: str) -> int:
    """The budget year of a fund."""
    return int(fund_id.partition("/")[0])
