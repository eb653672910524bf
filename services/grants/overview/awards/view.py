"""The awards of a budget year, one award, and what follows from them: what is promised, paid and withheld in each case,
its letter, the ministry's notices of it, and what has happened. Whole øre, days in Europe/Oslo.

Which awards there are, what each has come to and which of them fit a filter is as it stood on a day by what was known
at an instant. The list of cases keeps the state that is now: a case that has changed since is folded from its facts,
unless very many have.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.calendar.clock import OSLO
from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf, position_at
from services.grants.case.state import state_of
from services.grants.case_view.listing import LIVE
from services.grants.overview.facts.view import ALWAYS, Sight, load_cases
from services.grants.overview.noticed.view import notices_of, notices_of_year
from services.grants.overview.standing.view import stand, tell

Row = Mapping[str, Any]
BATCH = 200
MADE = """
    EXISTS (SELECT FROM grants.entry e WHERE e.fund_id = 'case-' || c.case_id
            AND e.ground IN ('award.approved.v1', 'award.imported.v1') AND e.effective_on <= %(day)s
            AND e.position <= %(known)s)
    AND 'case-' || c.case_id <> ALL (%(hidden)s)
"""
"""An award is made by the day, as known, and is not one that the reader is not told of."""
_OF = f"""
    FROM grants_view.case_row c JOIN grants.case_number n USING (case_id)
    WHERE c.edition = {LIVE}
      AND (%(year)s::integer IS NULL OR c.year = %(year)s)
      AND (%(number)s::text IS NULL OR n.label = %(number)s)
      AND (%(scheme)s::text IS NULL OR c.scheme_id = %(scheme)s)
      AND (%(chapter)s::integer IS NULL OR (c.chapter, c.post) = (%(chapter)s, %(post)s))
      AND (%(state)s::text IS NULL OR c.case_id = ANY (%(stood)s::uuid[])
           OR c.state = %(state)s AND c.case_id <> ALL (%(changed)s::uuid[]))
      AND (%(noticed)s::uuid[] IS NULL OR (c.case_id = ANY (%(noticed)s::uuid[])) = %(has_notice)s)
      AND (%(recipient)s::text IS NULL OR c.organisation_number = %(recipient)s)
      AND c.opened_position < %(before)s AND {MADE}
"""
_LIST = f"""
    SELECT c.case_id, n.label AS case_number, c.opened_position, c.recipient, c.organisation_number,
           c.municipality_number, c.scheme_id, c.round_id, c.call_id, c.year, c.chapter, c.post,
           NOT EXISTS (SELECT FROM grants.held_over h WHERE h.stream = 'case-' || c.case_id) AS of_one_year
    {_OF} ORDER BY c.opened_position DESC OFFSET %(skip)s LIMIT %(limit)s
"""
_COUNT = f"SELECT count(*) AS found FROM (SELECT {_OF} LIMIT %(most)s) AS counted"
# What has changed since: known later, or of a later day, for nothing is done before the day it is dated on.
_CHANGED = f"""
    SELECT c.case_id FROM grants_view.case_row c
    WHERE c.edition = {LIVE} AND c.year = %(year)s AND {MADE}
      AND (c.changed_position > %(known)s OR c.changed_at >= %(until)s) LIMIT %(most)s
"""
MOST_FOLDED = 2_000
"""Where more cases than these have changed since, a state that is wanted is the one that is now: a second is enough."""


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """The cases that a state or a notice is of, as they stood then: those in that state, of those that have `changed`
    since; and those that have such a notice, or for `none` any. `by_now`: so many have changed that the state is
    now's."""

    stood: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    by_now: bool = False
    noticed: list[UUID] | None = None
    has_notice: bool = True


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which awards are asked for; None is any. `notice` is how the last notice of it stood, `none` that there was
    none."""

    scheme: str | None = None
    chapter: int | None = None
    post: int | None = None
    state: str | None = None
    notice: str | None = None
    recipient: str | None = None
    narrowed: Narrowed | None = None
    """The same for one year and one day, worked out once for all that is asked of it (`Awards.narrow`)."""


EVERY = Wanted()


@dataclass(frozen=True, slots=True)
class Awards:
    """The queries. Reading only."""

    sight: Sight

    def told(self) -> "Awards":
        """The same for a reader who sees an award from when the ministry is told of it."""
        return Awards(replace(self.sight, only_told=True))

    async def count(self, year: int, wanted: Wanted, as_of: AsOf, *, most: int) -> int:
        """How many awards of the year there are of what is wanted; no more than `most` are counted."""
        [row] = await self._rows(_COUNT, (year,), wanted, as_of, year=year, most=most)
        return int(row["found"])

    async def list_awards(self, year: int, wanted: Wanted, as_of: AsOf, *, skip: int, limit: int) -> list[Row]:
        """Awards of the year, the case opened last first."""
        rows = await self._rows(_LIST, (year,), wanted, as_of, year=year, skip=skip, limit=limit)
        return await self.shown(rows, (year,), as_of)

    async def every_award(self, year: int, wanted: Wanted, as_of: AsOf) -> AsyncIterator[Row]:
        """All of them, some hundred at a time."""
        before, wanted = ALWAYS, await self.narrow(year, wanted, as_of)
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
        of_it = await notices_of(self.sight.pool, [row["case_id"]], as_of, only_told=self.sight.only_told)
        return {**row, **stand(facts), "notice": of_it.get(row["case_id"]), "history": tell(facts)}

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

    async def narrow(self, year: int, wanted: Wanted, as_of: AsOf) -> Wanted:
        """The same, with the cases that a state or a notice that is wanted is of."""
        if wanted.narrowed is not None:
            return wanted
        narrowed = Narrowed()
        if wanted.state is not None:
            narrowed = await self._in_state(year, wanted.state, as_of)
        if wanted.notice is not None:
            found = await notices_of_year(self.sight.pool, year, as_of, only_told=self.sight.only_told)
            of_it = [case_id for case_id, state in found.items() if wanted.notice in ("none", state)]
            narrowed = replace(narrowed, noticed=of_it, has_notice=wanted.notice != "none")
        return replace(wanted, narrowed=narrowed)

    async def _in_state(self, year: int, wanted: str, as_of: AsOf) -> Narrowed:
        until = datetime.combine(as_of.valid_at + timedelta(days=1), time(), OSLO)
        rows = await self._asked(_CHANGED, (year,), as_of, year=year, until=until, most=MOST_FOLDED + 1)
        if len(rows) > MOST_FOLDED:
            return Narrowed(by_now=True)
        changed = [row["case_id"] for row in rows]
        facts = await load_cases(self.sight.pool, changed, as_of, await self.sight.hidden((year,)))
        states = {case_id: state_of([fact.event for fact in of]) for case_id, of in facts.items()}
        return Narrowed(changed=changed, stood=[case_id for case_id, state in states.items() if state == wanted])

    async def shown(self, rows: Sequence[Row], years: Sequence[int], as_of: AsOf) -> list[Row]:
        """The rows with what each case had come to."""
        hidden = await self.sight.hidden(years)
        cases = [row["case_id"] for row in rows]
        facts = await load_cases(self.sight.pool, cases, as_of, hidden)
        notices = await notices_of(self.sight.pool, cases, as_of, only_told=self.sight.only_told)
        return [
            {**row, **stand(facts[row["case_id"]]), "notice": notices.get(row["case_id"])}
            for row in rows
            if row["case_id"] in facts
        ]

    async def _rows(
        self, query: str, years: Sequence[int] | None, wanted: Wanted, as_of: AsOf, **more: Any
    ) -> list[dict[str, Any]]:
        """Of awards of these budget years, or of all. What is hidden is asked for again before the facts of a row are
        read: an award that was made meanwhile stands in the rows, and is not told of."""
        asked: dict[str, Any] = {"year": None, "number": None, "before": ALWAYS, "skip": 0, "limit": BATCH}
        wanted = wanted if years is None else await self.narrow(years[0], wanted, as_of)
        narrowed = wanted.narrowed or Narrowed()
        asked |= {**vars(wanted), **vars(narrowed), **more}
        asked.pop("narrowed")
        return await self._asked(query, years, as_of, **asked)

    async def _asked(self, query: str, years: Sequence[int] | None, as_of: AsOf, **asked: Any) -> list[dict[str, Any]]:
        hidden = [stream for stream, each in (await self.sight.hidden(years)).items() if each["whole"]]
        asked |= {"hidden": hidden, "day": as_of.valid_at}
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
