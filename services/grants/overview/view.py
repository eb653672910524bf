"""What a budget year's pages are made of: the very queries the REST API answers with, put together for whoever reads
and writes nothing. The dashboard is one such reader, with a role that may see what stands here and nothing beside.

Two kinds of readers: those who see everything, and the ministry, which sees an award from when it is told of it
(Instruks 5.4). Whole øre.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.streams import KeptStreams
from services.grants.allocation.deviation.view import Surroundings
from services.grants.allocation.deviation.year import YearDeviations
from services.grants.allocation.view import Letters, stream_of
from services.grants.balance.view import AsOf, Balances, Row, position_at, post_id
from services.grants.case_number.view import CaseNumbers, case_of_fund
from services.grants.held_over.view import HeldOver
from services.grants.overview.letter_lines import publication_key, whole_letter
from services.grants.overview.one_post import OnePost
from services.grants.overview.told_deviations import list_unpromised, told_deviations, without

PAGE = 500
_CASE = "SELECT case_id FROM grants.case_number WHERE year = %(year)s AND number = %(number)s"
_UNTOLD = "SELECT line, stream, since, whole FROM grants.untold(%(year)s)"
_UNTOLD_THEN = """
    SELECT count(DISTINCT u.stream) AS untold
    FROM unnest(%(lines)s::text[], %(streams)s::text[], %(sinces)s::bigint[], %(wholes)s::boolean[])
        AS u (line, stream, since, whole)
    JOIN grants.entry e ON e.fund_id = u.line AND e.position >= u.since AND (u.whole OR e.committed_ore <> 0)
    WHERE e.effective_on <= %(day)s AND e.position <= coalesce(%(known)s, 9223372036854775807)
"""
_UNTOLD_SUMS = """
    SELECT above.id AS fund_id, sum(e.committed_ore)::bigint AS committed_ore,
           sum(e.disbursed_ore)::bigint AS disbursed_ore, sum(e.withheld_ore)::bigint AS withheld_ore
    FROM grants.untold(%(year)s) AS u JOIN grants.fund l ON l.id = u.line
    CROSS JOIN LATERAL unnest(l.path) AS above (id)
    JOIN grants.entry e ON e.fund_id = l.id AND e.position >= u.since AND (u.whole OR e.committed_ore <> 0)
    WHERE e.effective_on <= %(day)s AND e.position <= coalesce(%(known)s, 9223372036854775807)
    GROUP BY above.id
"""


@dataclass(frozen=True, slots=True)
class Overview:
    """The queries. Reading only. `only_told`: without what the ministry is not yet told of."""

    balances: Balances
    kept: Letters
    numbers: CaseNumbers
    amiss: YearDeviations
    only_told: bool = False
    _seen: dict[int, Mapping[str, Row]] = field(default_factory=dict)

    def told(self) -> "Overview":
        """The same for a reader who sees an award from when the ministry is told of it. Good for one page: what is told
        meanwhile is seen on the next."""
        return replace(self, only_told=True, _seen={})

    async def years(self) -> Sequence[int]:
        return await self.balances.list_years()

    async def untold(self, year: int, *, valid_at: date, known_at: datetime | None) -> int:
        """How many awards of the year this reader does not see, or not all of, because the ministry is not told: of
        those that had been made by the day, as known then."""
        hidden = (await self._hidden(year)).values()
        if not hidden:
            return 0
        asked = {f"{name}s": [row[name] for row in hidden] for name in ("line", "stream", "since", "whole")}
        [row] = await self._rows(_UNTOLD_THEN, {**asked, "day": valid_at}, known_at)
        return int(row["untold"])

    async def untold_cases(self) -> frozenset[UUID]:
        """Every case, of any year, that this reader does not see all of, because the ministry is not told."""
        hidden = [await self._hidden(year) for year in (await self.years() if self.only_told else ())]
        return frozenset(UUID(stream.removeprefix("case-")) for year in hidden for stream in year)

    async def unpromised(self, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Those of the cases in which nothing is promised, and of which this reader is told nothing: the ministry is
        told of awards, not of applications."""
        return await list_unpromised(self.balances.pool, case_ids) if self.only_told else frozenset()

    async def case_numbers(self, case_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """The number people call each case by."""
        return await self.numbers.list_all(case_ids)

    async def find_case(self, year: int, number: int) -> UUID | None:
        """The case of a number as it is said (`2020/17`); None where there is none."""
        found = await self._rows(_CASE, {"year": year, "number": number})
        return found[0]["case_id"] if found else None

    async def posts(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        as_of = AsOf(valid_at=valid_at, known_at=known_at)
        return await self._less(year, await self.balances.list_posts(year, as_of), as_of)

    async def post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Row | None:
        as_of = AsOf(valid_at=valid_at, known_at=known_at)
        found = await self.balances.find_post(year, chapter, post, as_of)
        return None if found is None else (await self._less(year, [found], as_of))[0]

    async def one_post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> OnePost:
        """The post part by part, for a page of it."""
        return OnePost(
            pool=self.balances.pool, kept=self.kept, numbers=self.numbers, year=year, chapter=chapter, post=post,
            as_of=AsOf(valid_at=valid_at, known_at=known_at), hidden=await self._hidden(year),
            only_told=self.only_told, less=self._less,
        )  # fmt: skip

    async def funds(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        as_of, found = AsOf(valid_at=valid_at, known_at=known_at), list[Row]()
        while len(more := await self.balances.list_funds(year, chapter, post, as_of, after=_place(found))) == PAGE:
            found += more
        hidden = {row["line"] for row in (await self._hidden(year)).values() if row["whole"]}
        seen = [row for row in (*found, *more) if row["fund_id"] not in hidden]
        named = await self.numbers.numbered(await self._less(year, seen, as_of), case_of_fund)
        return [row | {"name": f"Tilsagn i sak {row['case_number']}"} if row["case_number"] else row for row in named]

    async def fund(self, year: int, fund_id: str, *, valid_at: date, known_at: datetime | None) -> Row | None:
        """One fund below a post or a case's commitment; None where it was not known by then, or is not to be seen."""
        as_of = AsOf(valid_at=valid_at, known_at=known_at)
        found = await self.balances.find_fund(fund_id, as_of)
        if found is None or fund_id in {row["line"] for row in (await self._hidden(year)).values() if row["whole"]}:
            return None
        return (await self._less(year, [found], as_of))[0]

    async def entries(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        as_of, fund, found = AsOf(valid_at=valid_at, known_at=known_at), post_id(year, chapter, post), list[Row]()
        while len(more := await self.balances.list_entries(fund, as_of, after=_last(found))) == PAGE:
            found += more
        hidden = await self._hidden(year)
        return await self.numbers.numbered(row for row in (*found, *more) if not _is_hidden(row, hidden))

    async def letters(self, year: int, *, known_at: datetime | None) -> Sequence[Row]:
        return await self.kept.listed(year, known_at=known_at)

    async def deviations(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        as_of, hidden = AsOf(valid_at=valid_at, known_at=known_at), await self._hidden(year)
        if not hidden:
            return await self.numbers.numbered(await self.amiss.list_all(year, as_of))
        sums = await self._rows(_UNTOLD_SUMS, {"year": year, "day": valid_at}, known_at)
        posts = {row["fund_id"]: row for row in await self.posts(year, valid_at=valid_at, known_at=known_at)}
        of_fund = {row["fund_id"]: row for row in sums}
        told = await told_deviations(self.amiss, year, as_of, hidden=hidden, sums=of_fund, posts=posts)
        return await self.numbers.numbered(told)

    async def reconciliation(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        return await self.kept.reconciled(year, number, known_at=known_at)

    async def letter(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        """What a letter says (`lines`), moved (`changes`) and asks for (`tasks`, `due`); by which key its publication
        is recorded; None where the year has no such letter."""
        history = await self.kept.log.load(stream_of(year))
        told = self.kept.fold(history, known_at=known_at)
        if number not in told.letters:
            return None
        key = publication_key(history, number, known_at=known_at)
        whole = self.kept.made_of(told, f"whole {number}", lambda: whole_letter(told, number))
        return {**whole, "publication_key": key}

    async def _hidden(self, year: int) -> Mapping[str, Row]:
        """What the ministry is not told of, by the case's stream. Nothing where the reader sees everything."""
        if not self.only_told:
            return {}
        if year not in self._seen:
            self._seen[year] = {row["stream"]: row for row in await self._rows(_UNTOLD, {"year": year})}
        return self._seen[year]

    async def hidden_in(self, year: int) -> Mapping[str, Row]:
        """By the case's stream, from which position (`since`) this reader sees nothing of it; where not `whole`,
        nothing of what was promised since. Asked once for a page."""
        return await self._hidden(year)

    async def hiding(self, years: Iterable[int]) -> Mapping[str, Any]:
        """What the reader is not told of in these years, as a query takes it (`explained/view.py`, HIDDEN)."""
        hidden = [row for year in years for row in (await self._hidden(year)).values()]
        return {f"hidden_{name}": [row[name] for row in hidden] for name in ("stream", "since", "whole")}

    async def _less(self, year: int, rows: Iterable[Row], as_of: AsOf) -> list[Row]:
        """Each fund as it would stand without what is hidden: nothing of it is promised, so it is left."""
        rows = list(rows)
        if not await self._hidden(year):
            return rows
        asked = {"year": year, "day": as_of.valid_at}
        sums = {row["fund_id"]: row for row in await self._rows(_UNTOLD_SUMS, asked, as_of.known_at)}
        return [without(row, sums[row["fund_id"]]) if row["fund_id"] in sums else row for row in rows]

    async def _rows(self, query: str, asked: Mapping[str, Any], known_at: datetime | None = None) -> list[Row]:
        async with self.balances.pool.connection() as connection:
            known = {"known": await position_at(connection, known_at)}
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, {**asked, **known})).fetchall())


def overview_of(pool: AsyncConnectionPool) -> Overview:
    """All of it for a reader beside the service, by the views it may see."""
    balances, letters = Balances(pool), Letters(KeptStreams(pool, "grants.letter_fact"))
    return Overview(
        balances, letters, CaseNumbers(pool), YearDeviations(Surroundings(letters, balances), HeldOver(pool))
    )


def _is_hidden(entry: Row, hidden: Mapping[str, Row]) -> bool:
    of = hidden.get(f"case-{entry['case_id']}")
    if of is None or entry["position"] < of["since"]:
        return False
    return bool(of["whole"] or entry["committed_ore"])


def _place(found: Sequence[Row]) -> str:
    return str(found[-1]["place"]) if found else ""


def _last(found: Sequence[Row]) -> tuple[int, int]:
    return (found[-1]["position"], found[-1]["line"]) if found else (0, 0)
