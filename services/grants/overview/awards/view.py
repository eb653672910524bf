"""The awards of a budget year, one award, and what follows from them: what is promised, paid and withheld in each case,
its letter, the ministry's notices of it, and what has happened. Whole øre, days in Europe/Oslo.

Which awards there are, and what each has come to, is as it stood on a day by what was known at an instant. Filters on a
case's state and its notice go by how it stands now: the list of cases keeps no other.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf, position_at
from services.grants.case_list import LIVE
from services.grants.overview.facts.view import ALWAYS, Sight, load_cases
from services.grants.overview.standing.view import stand, tell

Row = Mapping[str, Any]
BATCH = 200
_NOTICES_LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = 'case-notices' AND state = 'live')"
_NOTICE = f"""
    SELECT n.state, n.planned_on, n.sent_at, n.received_at FROM grants_view.case_notice n
    WHERE n.edition = {_NOTICES_LIVE} AND n.case_id = c.case_id
      AND (NOT %(told)s OR n.received_at IS NOT NULL AND n.state <> 'withdrawn')
    ORDER BY n.position DESC LIMIT 1
"""
MADE = """
    EXISTS (SELECT FROM grants.entry e WHERE e.fund_id = 'case-' || c.case_id
            AND e.ground IN ('award.approved.v1', 'award.imported.v1') AND e.effective_on <= %(day)s
            AND e.position <= %(known)s)
    AND 'case-' || c.case_id <> ALL (%(hidden)s)
"""
"""An award is made by the day, as known, and is not one that the reader is not told of."""
_OF = f"""
    FROM grants_view.case_row c JOIN grants.case_number n USING (case_id)
    LEFT JOIN LATERAL ({_NOTICE}) AS notice ON true
    WHERE c.edition = {LIVE}
      AND (%(year)s::integer IS NULL OR c.year = %(year)s)
      AND (%(number)s::text IS NULL OR n.label = %(number)s)
      AND (%(scheme)s::text IS NULL OR c.scheme_id = %(scheme)s)
      AND (%(chapter)s::integer IS NULL OR (c.chapter, c.post) = (%(chapter)s, %(post)s))
      AND (%(state)s::text IS NULL OR c.state = %(state)s)
      AND (%(notice)s::text IS NULL OR coalesce(notice.state, 'none') = %(notice)s)
      AND (%(recipient)s::text IS NULL OR c.organisation_number = %(recipient)s)
      AND c.opened_position < %(before)s AND {MADE}
"""
_LIST = f"""
    SELECT c.case_id, n.label AS case_number, c.opened_position, c.recipient, c.organisation_number,
           c.municipality_number, c.scheme_id, c.round_id, c.call_id, c.year, c.chapter, c.post,
           notice.state AS notice, notice.planned_on, notice.sent_at, notice.received_at,
           NOT EXISTS (SELECT FROM grants.held_over h WHERE h.stream = 'case-' || c.case_id) AS of_one_year
    {_OF} ORDER BY c.opened_position DESC OFFSET %(skip)s LIMIT %(limit)s
"""
_COUNT = f"SELECT count(*) AS found {_OF}"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which awards are asked for; None is any. `notice` is how the last notice of it stands, `none` that there is
    none."""

    scheme: str | None = None
    chapter: int | None = None
    post: int | None = None
    state: str | None = None
    notice: str | None = None
    recipient: str | None = None


EVERY = Wanted()


@dataclass(frozen=True, slots=True)
class Awards:
    """The queries. Reading only."""

    sight: Sight

    def told(self) -> "Awards":
        """The same for a reader who sees an award from when the ministry is told of it."""
        return Awards(replace(self.sight, only_told=True))

    async def count(self, year: int, wanted: Wanted, as_of: AsOf) -> int:
        """How many awards of the year there are of what is wanted."""
        [row] = await self._rows(_COUNT, (year,), wanted, as_of, year=year)
        return int(row["found"])

    async def list_awards(self, year: int, wanted: Wanted, as_of: AsOf, *, skip: int, limit: int) -> list[Row]:
        """Awards of the year, the case opened last first."""
        rows = await self._rows(_LIST, (year,), wanted, as_of, year=year, skip=skip, limit=limit)
        return await self.shown(rows, (year,), as_of)

    async def every_award(self, year: int, wanted: Wanted, as_of: AsOf) -> AsyncIterator[Row]:
        """All of them, some hundred at a time."""
        before = ALWAYS
        while rows := await self._rows(_LIST, (year,), wanted, as_of, year=year, before=before, limit=BATCH):
            before = rows[-1]["opened_position"]
            for row in await self.shown(rows, (year,), as_of):
                yield row

    async def find_award(self, number: str, as_of: AsOf) -> Row | None:
        """The award of the case that people call by that number; None where there is none, or none to be seen."""
        found = await self.with_facts(number, as_of)
        if found is None:
            return None
        row, facts = found
        return {**row, **stand(facts), "history": tell(facts)}

    async def with_facts(self, number: str, as_of: AsOf) -> tuple[Row, list[Recorded]] | None:
        """The same award, with the facts it follows from."""
        rows = await self._rows(_LIST, None, EVERY, as_of, number=number, limit=1)
        hidden = await self.sight.hidden()
        if not rows:
            return None
        [row] = rows
        facts = (await load_cases(self.sight.pool, [row["case_id"]], as_of, hidden)).get(row["case_id"])
        return None if facts is None else (row, facts)

    async def of_recipient(self, number: str, as_of: AsOf) -> list[tuple[Row, list[Recorded]]]:
        """Every award to the organisation of that number, the newest first, each with its facts."""
        rows = await self._rows(_LIST, None, Wanted(recipient=number), as_of, limit=MOST_OF_ONE)
        hidden = await self.sight.hidden()
        facts = await load_cases(self.sight.pool, [row["case_id"] for row in rows], as_of, hidden)
        return [(row, facts[row["case_id"]]) for row in rows if row["case_id"] in facts]

    async def shown(self, rows: Sequence[Row], years: Sequence[int], as_of: AsOf) -> list[Row]:
        """The rows with what each case had come to."""
        hidden = await self.sight.hidden(years)
        facts = await load_cases(self.sight.pool, [row["case_id"] for row in rows], as_of, hidden)
        return [{**row, **stand(facts[row["case_id"]])} for row in rows if row["case_id"] in facts]

    async def _rows(
        self, query: str, years: Sequence[int] | None, wanted: Wanted, as_of: AsOf, **more: Any
    ) -> list[dict[str, Any]]:
        """Of awards of these budget years, or of all. What is hidden is asked for again before the facts of a row are
        read: an award that was made meanwhile stands in the rows, and is not told of."""
        hidden = [stream for stream, each in (await self.sight.hidden(years)).items() if each["whole"]]
        asked: dict[str, Any] = {"year": None, "number": None, "before": ALWAYS, "skip": 0, "limit": BATCH}
        asked |= {"hidden": hidden, "told": self.sight.only_told, "day": as_of.valid_at, **vars(wanted), **more}
        async with self.sight.pool.connection() as connection:
            known = await position_at(connection, as_of.known_at)
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            asked |= {"known": ALWAYS if known is None else known}
            return list(await (await cursor.execute(query, asked)).fetchall())


MOST_OF_ONE = 2_000
"""More awards than one recipient has: 357 municipalities have some ten a year."""


def awards_of(pool: AsyncConnectionPool) -> Awards:
    """For a reader beside the service."""
    return Awards(Sight(pool))
