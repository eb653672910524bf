"""A recipient over schemes and years: all it has been granted, been paid, has had held back, reported and been claimed
back for, so that money for the same is seen. Whole øre, days in Europe/Oslo.

A recipient is the organisation of a number. Those without one are kept apart, each award by itself: nobody knows that
two of a name are one. What overlaps is marked with the reason to look at it, and never stops anything: the rules are
those applications are compared by (`application/overlaps.py`), on awards whose periods meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf, position_at
from services.grants.case.recipient_remarks import READS
from services.grants.case_view.listing import LIVE
from services.grants.overview.awards.view import MADE, Awards
from services.grants.overview.facts.view import ALWAYS, Sight, load_cases
from services.grants.overview.overlapping.view import Marked, mark
from services.grants.overview.standing.view import stand
from services.grants.recipient_report import view as report_view
from services.grants.withholding import view as withholding_view
from services.text.folding import folded

Row = Mapping[str, Any]
_FOUND = f"""
    SELECT c.organisation_number, (array_agg(c.recipient ORDER BY c.opened_position DESC))[1] AS name,
           count(*) AS awards, min(c.year) AS first_year, max(c.year) AS last_year,
           count(DISTINCT c.scheme_id) AS schemes, count(DISTINCT {READS}) AS names,
           array_agg(c.case_id ORDER BY c.opened_position DESC) AS case_ids
    FROM grants_view.case_row c
    WHERE c.edition = {LIVE} AND c.organisation_number IS NOT NULL
      AND (%(text)s = '' OR c.organisation_number = %(digits)s OR grants.folded(c.recipient) LIKE %(like)s) AND {MADE}
    GROUP BY c.organisation_number
"""
_LIST = f"""
    SELECT * FROM ({_FOUND}) AS found ORDER BY grants.folded(name), organisation_number OFFSET %(skip)s LIMIT %(limit)s
"""
_COUNT = f"SELECT count(*) AS found FROM ({_FOUND}) AS each"
_UNNUMBERED = f"""
    SELECT c.case_id, n.label AS case_number, c.recipient, c.organisation_number, c.municipality_number, c.scheme_id,
           c.year, c.chapter, c.post
    FROM grants_view.case_row c JOIN grants.case_number n USING (case_id)
    WHERE c.edition = {LIVE} AND c.organisation_number IS NULL AND {MADE} ORDER BY c.opened_position DESC
"""
_SOME_UNNUMBERED = f"{_UNNUMBERED} OFFSET %(skip)s LIMIT %(limit)s"
_COUNT_UNNUMBERED = f"SELECT count(*) AS found FROM ({_UNNUMBERED}) AS each"
LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """`names` are all the number has had in the cases that may be seen, the last one first."""

    number: str
    names: Sequence[str]
    awards: Sequence[Row]
    marked: Sequence[Marked]


@dataclass(frozen=True, slots=True)
class Recipients:
    """The queries. Reading only."""

    sight: Sight

    def told(self) -> "Recipients":
        """The same for a reader who sees an award from when the ministry is told of it."""
        return Recipients(replace(self.sight, only_told=True))

    async def count(self, text: str, as_of: AsOf) -> int:
        """How many have been granted anything, of those whose number is the text or whose name has it in it."""
        [row] = await self._rows(_COUNT, await self._asked(text, as_of))
        return int(row["found"])

    async def list_numbered(self, text: str, as_of: AsOf, *, skip: int, limit: int) -> list[Row]:
        """Those of them from one place to another, by name."""
        asked = await self._asked(text, as_of) | {"skip": skip, "limit": limit}
        rows = await self._rows(_LIST, asked)
        hidden = await self.sight.hidden()
        facts = await load_cases(self.sight.pool, [each for row in rows for each in row["case_ids"]], as_of, hidden)
        return [row | _sums([stand(facts[each]) for each in row["case_ids"] if each in facts]) for row in rows]

    async def count_unnumbered(self, as_of: AsOf) -> int:
        """How many awards there are to recipients without an organisation number."""
        [row] = await self._rows(_COUNT_UNNUMBERED, await self._asked("", as_of))
        return int(row["found"])

    async def list_unnumbered(self, as_of: AsOf, *, skip: int, limit: int) -> list[Row]:
        """Those awards from one place to another, each by itself, the case opened last first."""
        rows = await self._rows(_SOME_UNNUMBERED, await self._asked("", as_of) | {"skip": skip, "limit": limit})
        hidden = await self.sight.hidden()
        facts = await load_cases(self.sight.pool, [row["case_id"] for row in rows], as_of, hidden)
        return [{**row, **stand(facts[row["case_id"]])} for row in rows if row["case_id"] in facts]

    async def find(self, number: str, as_of: AsOf) -> Recipient | None:
        """The organisation of that number; None where it has been granted nothing that may be seen."""
        awards = await Awards(self.sight).of_recipient(number, as_of)
        if not awards:
            return None
        shown = [_award(row, facts) for row, facts in awards]
        return Recipient(
            number=number,
            names=list(dict.fromkeys(row["recipient"] for row in shown)),
            awards=shown,
            marked=list(mark(shown)),
        )

    async def _asked(self, text: str, as_of: AsOf) -> dict[str, Any]:
        hidden = await self.sight.hidden()
        read = folded(text[:LONGEST])
        like = read.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return {
            "text": read, "digits": read, "like": f"%{like}%", "day": as_of.valid_at, "as_of": as_of,
            "hidden": [stream for stream, each in hidden.items() if each["whole"]],
        }  # fmt: skip

    async def _rows(self, query: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self.sight.pool.connection() as connection:
            known = await position_at(connection, asked["as_of"].known_at)
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            given = {name: value for name, value in asked.items() if name != "as_of"}
            given |= {"known": ALWAYS if known is None else known}
            return list(await (await cursor.execute(query, given)).fetchall())


def recipients_of(pool: AsyncConnectionPool) -> Recipients:
    return Recipients(Sight(pool))


def _award(row: Row, facts: Sequence[Recorded]) -> Row:
    """An award with what was reported and claimed back, and the period its money is for: from the decision to the last
    day that is set in it, or the end of its budget year."""
    stood = stand(facts)
    reports = _reports(facts)
    due = [part["due_on"] for part in stood["instalments"] if part["due_on"]]
    return {
        **row,
        **stood,
        "reported_ore": _most_used(reports),
        "reports": len(reports),
        "reports_in": sum(each["received_on"] is not None for each in reports),
        "reclaimed_ore": reclaimed_ore(facts),
        "first_on": stood["decided_on"],
        "last_on": max([*due, *(each["first_due_on"] for each in reports), date(row["year"], 12, 31)]),
    }


def reported_ore(facts: Sequence[Recorded]) -> int | None:
    """What the recipient has reported as used, by the report that says most; None where none says it."""
    return _most_used(_reports(facts))


def _reports(facts: Sequence[Recorded]) -> Sequence[Row]:
    told = report_view.shown([fact.event for fact in facts]) or {"reports": ()}
    reports: Sequence[Row] = told["reports"]
    return reports


def _most_used(reports: Sequence[Row]) -> int | None:
    return max((each["used_ore"] for each in reports if each["used_ore"] is not None), default=None)


def reclaimed_ore(facts: Sequence[Recorded]) -> int:
    """What has been claimed back, as the claims stand."""
    told = withholding_view.shown([fact.event for fact in facts]) or {"reclaims": ()}
    return sum(each["claimed_ore"] for each in told["reclaims"])


def _sums(stood: Sequence[Row]) -> dict[str, int]:
    return {name: sum(each[name] for each in stood) for name in ("committed_ore", "disbursed_ore", "withheld_ore")}
