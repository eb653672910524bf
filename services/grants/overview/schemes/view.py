"""The schemes of a budget year with their calls and rounds: what each is granted from, what was applied for, and what
its awards have come to. Whole øre, days in Europe/Oslo.

A scheme, its calls and its rounds are as they stood on a day by what was known at an instant, and so are the sums,
which are the ledger's of the year's awards. Applications are counted as they stand now: their facts are not read here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.recorded import Recorded
from services.eventlog.streams import Streams
from services.grants.balance.view import AsOf, position_at
from services.grants.case.events.round import RoundOpened
from services.grants.case_view.listing import LIVE
from services.grants.overview.awards.view import MADE
from services.grants.overview.facts.view import ALWAYS, Sight, day_of_fact
from services.grants.overview.sums.view import find_filled, sums_of_year
from services.grants.round.view import RoundRow, list_round_facts, list_standing
from services.grants.scheme.view import SchemeNow, Schemes, show

Row = Mapping[str, Any]
UNDECIDED, GRANTED = "undecided", "granted"
# What each award has moved in the year's books, without what the reader is not told of: the ledger of its own line. So
# it is added up until what is kept of awards (`sums/view.py`) is filled a first time, and that is held against it.
BY_AWARD = f"""
    WITH hidden AS MATERIALIZED (SELECT u.stream, u.since FROM grants.untold(%(year)s) AS u
                                 WHERE %(told)s AND NOT u.whole)
    SELECT c.scheme_id, c.call_id, c.round_id, count(*) AS awards, sum(m.committed_ore)::bigint AS committed_ore,
           sum(m.disbursed_ore)::bigint AS disbursed_ore, sum(m.withheld_ore)::bigint AS withheld_ore,
           sum(m.approved_ore)::bigint AS approved_ore
    FROM grants_view.case_row c CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.committed_ore) FILTER (
                   WHERE e.ground IN ('award.approved.v1', 'award.imported.v1')), 0) AS approved_ore,
               coalesce(sum(e.committed_ore), 0) AS committed_ore, coalesce(sum(e.disbursed_ore), 0) AS disbursed_ore,
               coalesce(sum(e.withheld_ore), 0) AS withheld_ore
        FROM grants.entry e WHERE e.fund_id = 'case-' || c.case_id AND e.effective_on <= %(day)s
            AND e.position <= %(known)s AND NOT (e.committed_ore <> 0 AND EXISTS (
                SELECT FROM hidden h WHERE h.stream = 'case-' || c.case_id AND e.position >= h.since))) AS m
    WHERE c.edition = {LIVE} AND c.year = %(year)s AND {MADE} GROUP BY c.scheme_id, c.call_id, c.round_id
"""
# An application whose award the reader is not told of is one that is not decided. LIMIT 1 looks each up by its key: by
# EXISTS every entry there is may be read, to be looked up among.
_APPLIED = f"""
    SELECT c.call_id, CASE WHEN 'case-' || c.case_id = ANY (%(hidden)s) THEN '{UNDECIDED}'
                           WHEN (SELECT true FROM grants.entry e WHERE e.fund_id = 'case-' || c.case_id
                                 AND e.ground IN ('award.approved.v1', 'award.imported.v1') LIMIT 1)
                               THEN '{GRANTED}' ELSE c.state END AS state,
           count(*) AS applications, sum(c.sought_ore)::bigint AS sought_ore
    FROM grants_view.case_row c
    WHERE c.edition = {LIVE} AND c.call_id IS NOT NULL AND c.scheme_id = ANY (%(schemes)s) GROUP BY 1, 2
"""
_FUNDS = "SELECT id, name FROM grants.fund WHERE id = ANY (%(funds)s)"
REFUSED = ("rejected", "dismissed", "withdrawn", "closed")
MOVED = ("awards", "approved_ore", "committed_ore", "disbursed_ore", "withheld_ore")


@dataclass(frozen=True, kw_only=True)
class Applied:
    """How many applications a call has had and what they sought, and how they stand now."""

    applications: int = 0
    sought_ore: int = 0
    granted: int = 0
    refused: int = 0

    @property
    def undecided(self) -> int:
        return self.applications - self.granted - self.refused


@dataclass(frozen=True, kw_only=True)
class SchemeShown:
    """A scheme with all that hangs on it. `funds` are its budget lines by name, `moved` what its awards have come to in
    the year's books, `by_call` and `by_round` the same of each."""

    scheme: SchemeNow
    funds: Mapping[str, str]
    moved: Row
    by_call: Mapping[str, Row]
    applied: Mapping[str, Applied]
    rounds: Sequence[RoundRow]
    by_round: Mapping[str, Row] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearSchemes:
    """The queries. Reading only."""

    sight: Sight
    schemes: Schemes

    def told(self) -> "YearSchemes":
        """The same for a reader who sees an award from when the ministry is told of it."""
        return replace(self, sight=replace(self.sight, only_told=True))

    async def names(self) -> dict[str, str]:
        """What each scheme is called now, by its id: of every year."""
        found = [show([fact.event for fact in of], of[-1].version) for of in await self.schemes.list_streams()]
        return {each.scheme_id: each.terms.name for each in found if each is not None}

    async def year_of(self, scheme_id: str) -> int | None:
        """The budget year of a scheme; None where there is none of that id."""
        scheme = await self.schemes.find_scheme(scheme_id)
        return scheme.year if scheme else None

    async def list_standing(self, year: int, as_of: AsOf) -> list[SchemeNow]:
        """The schemes of the year, by id, without what hangs on them."""
        return await self._standing(year, as_of, await self._until(as_of))

    async def _until(self, as_of: AsOf) -> int:
        async with self.sight.pool.connection() as connection:
            known = await position_at(connection, as_of.known_at)
        return ALWAYS if known is None else known

    async def _standing(self, year: int, as_of: AsOf, until: int) -> list[SchemeNow]:
        streams = await self.schemes.list_streams()
        standing = [show(events, of[-1].version) for of in streams if (events := _by(of, as_of, until))]
        return [each for each in standing if each is not None and each.year == year]

    async def list_all(self, year: int, as_of: AsOf) -> list[SchemeShown]:
        """The schemes of the year, by id."""
        until = await self._until(as_of)
        schemes = await self._standing(year, as_of, until)
        hidden = await self.sight.hidden((year,))
        whole = [stream for stream, each in hidden.items() if each["whole"]]
        asked = {
            "year": year, "day": as_of.valid_at, "known": until, "hidden": whole, "told": self.sight.only_told,
            "schemes": [each.scheme_id for each in schemes],
            "funds": sorted({fund for each in schemes for fund in each.terms.fund_ids}),
        }  # fmt: skip
        moved, applied = await self._moved(year, as_of, asked), await self._rows(_APPLIED, asked)
        funds = {row["id"]: row["name"] for row in await self._rows(_FUNDS, asked)}
        facts = await list_round_facts(self.sight.pool, "grants.round_fact")
        rounds = [row for row in _rounds(facts, as_of, until) if row.year == year]
        return [self._shown(each, funds, moved, applied, rounds) for each in schemes]

    async def _moved(self, year: int, as_of: AsOf, asked: Mapping[str, Any]) -> Sequence[Row]:
        filled = await find_filled(self.sight.pool, as_of.known_at)
        if filled is None:
            return await self._rows(BY_AWARD, asked)
        return await sums_of_year(self.sight.pool, year, as_of, filled, only_told=self.sight.only_told)

    def _shown(
        self, scheme: SchemeNow, funds: Mapping[str, str], moved: Sequence[Row], applied: Sequence[Row],
        rounds: Sequence[RoundRow],
    ) -> SchemeShown:  # fmt: skip
        mine = [row for row in moved if row["scheme_id"] == scheme.scheme_id]
        by_round = _sums(mine, "round_id")
        of_mine = [row for row in rounds if row.scheme_id == scheme.scheme_id]
        if self.sight.only_told:
            of_mine = [
                replace(row, approved_ore=by_round[str(row.round_id)]["approved_ore"])
                for row in of_mine
                if str(row.round_id) in by_round
            ]
        return SchemeShown(
            scheme=scheme,
            funds={fund: funds.get(fund, fund) for fund in scheme.terms.fund_ids},
            moved=_sum(mine),
            by_call=_sums(mine, "call_id"),
            applied={each.call.call_id: _applied(each.call.call_id, applied) for each in scheme.calls},
            rounds=of_mine,
            by_round=by_round,
        )

    async def _rows(self, query: str, asked: Mapping[str, Any]) -> list[Row]:
        async with self.sight.pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, asked)).fetchall())


def schemes_of(pool: AsyncConnectionPool) -> YearSchemes:
    """For a reader beside the service."""
    seen = "grants.scheme_fact"
    return YearSchemes(Sight(pool), Schemes(Streams(pool, seen), pool, seen))


def _by(facts: Sequence[Recorded], as_of: AsOf, until: int) -> list[Any]:
    """What had happened by the day, as known. A call that is prepared counts from the day it is announced on."""
    return [fact.event for fact in facts if fact.position <= until and _counts(fact, as_of)]


def _counts(fact: Recorded, as_of: AsOf) -> bool:
    day = day_of_fact(fact.event)
    return day is None or day <= as_of.valid_at


def _rounds(facts: Sequence[Recorded], as_of: AsOf, until: int) -> list[RoundRow]:
    known = [fact for fact in facts if fact.position <= until and _counts(fact, as_of)]
    opened = {fact.stream for fact in known if isinstance(fact.event, RoundOpened)}
    found = list_standing(fact for fact in known if fact.stream in opened)
    return sorted(found, key=lambda row: row.position, reverse=True)


def _sum(rows: Sequence[Row]) -> Row:
    return {name: sum(row[name] for row in rows) for name in MOVED}


def _sums(rows: Sequence[Row], name: str) -> dict[str, Row]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row[name] is not None:
            groups.setdefault(str(row[name]), []).append(row)
    return {key: _sum(of) for key, of in groups.items()}


def _applied(call_id: str, rows: Sequence[Row]) -> Applied:
    mine = [row for row in rows if row["call_id"] == call_id]
    return Applied(
        applications=sum(row["applications"] for row in mine),
        sought_ore=sum(row["sought_ore"] or 0 for row in mine),
        granted=sum(row["applications"] for row in mine if row["state"] == GRANTED),
        refused=sum(row["applications"] for row in mine if row["state"] in REFUSED),
    )
