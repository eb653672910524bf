"""One post as of two times, part by part: its lines, what is promised on them, its ledger in pages, and its year."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg_pool import AsyncConnectionPool

from services.grants.allocation.view import Letters
from services.grants.balance.view import AsOf, Row, post_id
from services.grants.case_number.view import CaseNumbers, case_of_fund
from services.grants.overview.course import read_course
from services.grants.overview.ledger import LATEST, count_entries, read_ledger
from services.grants.overview.letter_moves import list_demands, list_moves, list_touching
from services.grants.overview.promised import (
    FIRST,
    count_commitments,
    read_commitments,
    read_lines,
    with_recipients,
)

Less = Callable[[int, Iterable[Row], AsOf], Awaitable[list[Row]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class OnePost:
    """The queries on one post. `hidden`: what its reader is not told of, by the case's stream; `less` takes it out of
    figures."""

    pool: AsyncConnectionPool
    kept: Letters
    numbers: CaseNumbers
    year: int
    chapter: int
    post: int
    as_of: AsOf
    hidden: Mapping[str, Row]
    only_told: bool
    less: Less

    @property
    def fund_id(self) -> str:
        return post_id(self.year, self.chapter, self.post)

    async def lines(self) -> Sequence[Row]:
        """The post's tree without the commitments of cases; of each line, whether any stands right on it
        (`promises`)."""
        rows = await read_lines(self.pool, self.year, self.chapter, self.post, self.as_of)
        return await self.less(self.year, rows, self.as_of)

    async def commitments(
        self, lines: Sequence[str], *, limit: int, skip: int = 0, after: tuple[str, str] = FIRST
    ) -> Sequence[Row]:
        """So many of what is promised on these lines, line by line, each with its case number and its recipient's name
        as it was known; none of what the reader does not see."""
        unseen = [row["line"] for row in self.hidden.values() if row["whole"]]
        rows = await read_commitments(
            self.pool, lines, self.as_of, hidden=unseen, limit=limit, skip=skip, after=after
        )  # fmt: skip
        named = await with_recipients(self.pool, await self.less(self.year, rows, self.as_of), self.as_of)
        return await self.numbers.numbered(named, case_of_fund)

    async def count_commitments(self, lines: Sequence[str], *, most: int) -> int:
        """How many commitments there are to see on these lines; no more than `most` are counted."""
        unseen = [row["line"] for row in self.hidden.values() if row["whole"]]
        return await count_commitments(self.pool, lines, self.as_of, hidden=unseen, most=most)

    async def ledger(self, *, limit: int, skip: int = 0, before: tuple[int, int] = LATEST) -> Sequence[Row]:
        """So many entries, newest first, before one of them or after as many as are passed over."""
        rows = await read_ledger(
            self.pool, self.fund_id, self.as_of, hidden=self.hidden, limit=limit, skip=skip, before=before
        )
        return await self.numbers.numbered(rows)

    async def count_entries(self, *, most: int) -> int:
        """How many entries the ledger has; no more than `most` are counted."""
        return await count_entries(self.pool, self.fund_id, self.as_of, hidden=self.hidden, most=most)

    async def course(self) -> Sequence[Row]:
        """What stood at the end of 1 January, and of each later day of the year on which anything moved."""
        return await read_course(
            self.pool, self.year, self.chapter, self.post, self.as_of, only_told=self.only_told
        )  # fmt: skip

    async def moves(self) -> Sequence[Row]:
        """What letters put at the post's disposal, move by move, with what nobody has explained and what they state."""
        told = await self.kept.year(self.year, known_at=self.as_of.known_at)
        return list_moves(told, self.fund_id, self.as_of.valid_at)

    async def demands(self) -> Sequence[Row]:
        """What letters want paid of the post's money, and by when."""
        told = await self.kept.year(self.year, known_at=self.as_of.known_at)
        return list_demands(told, self.fund_id, self.as_of.valid_at)

    async def touching(self) -> Sequence[Row]:
        """The letters that say or move anything of the post or of what lies below it."""
        told = await self.kept.year(self.year, known_at=self.as_of.known_at)
        return list_touching(told, self.fund_id, self.as_of.valid_at)
