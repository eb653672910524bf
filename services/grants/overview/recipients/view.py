"""A recipient over schemes and years: all it has been granted, been paid, has had held back, reported and been claimed
back for, so that money for the same is seen. Whole øre, days in Europe/Oslo.

A recipient is the organisation of a number. Those without one are kept apart, each award by itself: nobody knows that
two of a name are one. What overlaps is marked with the reason to look at it, and never stops anything: the rules are
those applications are compared by (`application/overlaps.py`), on awards whose periods meet.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf, position_at
from services.grants.overview.awards.view import Awards
from services.grants.overview.facts.view import ALWAYS, Sight, load_cases
from services.grants.overview.overlapping.view import Marked, mark
from services.grants.overview.recipients import by_case, by_sums
from services.grants.overview.standing.view import stand
from services.grants.overview.sums.view import find_filled
from services.grants.recipient_report import view as report_view
from services.grants.withholding import view as withholding_view
from services.text.folding import folded

Row = Mapping[str, Any]
LONGEST = 100
BATCH = 200
FIRST = ("", "")
"""Before every name."""


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

    async def count(self, text: str, as_of: AsOf, *, most: int) -> int:
        """How many have been granted anything, of those whose number is the text or whose name has it in it; no more
        than `most` are counted."""
        return await self._count(by_sums.count_numbered(_read(text)), by_case.COUNT_NUMBERED, text, as_of, most)

    async def list_numbered(
        self, text: str, as_of: AsOf, *, skip: int = 0, limit: int, after: tuple[str, str] = FIRST
    ) -> list[Row]:
        """Those of them from one place to another, by name; or those after one of them (its `read_as` and number)."""
        asked = {**_asked(text, as_of), "skip": skip, "limit": limit, "after_name": after[0], "after_number": after[1]}
        filled = await find_filled(self.sight.pool, as_of.known_at)
        if filled is not None:
            return await self._rows(by_sums.list_numbered(_read(text)), {**asked, **vars(filled)})
        rows = await self._by_case(by_case.LIST_NUMBERED, asked, as_of)
        hidden = await self.sight.hidden()
        facts = await load_cases(self.sight.pool, [each for row in rows for each in row["case_ids"]], as_of, hidden)
        return [{**row, **_sums([stand(facts[each]) for each in row["case_ids"] if each in facts])} for row in rows]

    async def every_numbered(self, text: str, as_of: AsOf) -> AsyncIterator[Row]:
        """All of them, some hundred at a time."""
        after = FIRST
        while rows := await self.list_numbered(text, as_of, limit=BATCH, after=after):
            after = rows[-1]["read_as"], rows[-1]["organisation_number"]
            for row in rows:
                yield row

    async def count_unnumbered(self, as_of: AsOf, *, most: int) -> int:
        """How many awards there are to recipients without an organisation number; no more than `most` are counted."""
        return await self._count(by_sums.COUNT_UNNUMBERED, by_case.COUNT_UNNUMBERED, "", as_of, most)

    async def list_unnumbered(self, as_of: AsOf, *, skip: int = 0, limit: int, before: int = ALWAYS) -> list[Row]:
        """Those awards from one place to another, each by itself, the case opened last first; or those before one of
        them (its `opened_position`)."""
        asked = {**_asked("", as_of), "skip": skip, "limit": limit, "before": before}
        filled = await find_filled(self.sight.pool, as_of.known_at)
        if filled is not None:
            rows = await self._rows(by_sums.LIST_UNNUMBERED, {**asked, **vars(filled)})
        else:
            rows = await self._by_case(by_case.LIST_UNNUMBERED, asked, as_of)
        hidden = await self.sight.hidden()
        facts = await load_cases(self.sight.pool, [row["case_id"] for row in rows], as_of, hidden)
        return [{**row, **stand(facts[row["case_id"]])} for row in rows if row["case_id"] in facts]

    async def every_unnumbered(self, as_of: AsOf) -> AsyncIterator[Row]:
        """All of them, some hundred at a time."""
        before = ALWAYS
        while rows := await self.list_unnumbered(as_of, limit=BATCH, before=before):
            before = rows[-1]["opened_position"]
            for row in rows:
                yield row

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

    async def _count(self, by_sums_: str, by_case_: str, text: str, as_of: AsOf, most: int) -> int:
        asked = {**_asked(text, as_of), "most": most, "before": ALWAYS}
        filled = await find_filled(self.sight.pool, as_of.known_at)
        if filled is not None:
            [row] = await self._rows(by_sums_, {**asked, **vars(filled)})
        else:
            [row] = await self._by_case(by_case_, asked, as_of)
        return int(row["found"])

    async def _by_case(self, query: str, asked: Mapping[str, Any], as_of: AsOf) -> list[Row]:
        hidden = [stream for stream, each in (await self.sight.hidden()).items() if each["whole"]]
        async with self.sight.pool.connection() as connection:
            known = await position_at(connection, as_of.known_at)
        return await self._rows(query, {**asked, "hidden": hidden, "known": ALWAYS if known is None else known})

    async def _rows(self, query: str, asked: Mapping[str, Any]) -> list[Row]:
        async with self.sight.pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            given = {**asked, "told": self.sight.only_told}
            return list(await (await cursor.execute(query, given)).fetchall())


def _read(text: str) -> str:
    return folded(text[:LONGEST])


def _asked(text: str, as_of: AsOf) -> dict[str, Any]:
    read = _read(text)
    like = read.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"text": read, "digits": read, "like": f"%{like}%", "day": as_of.valid_at}


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
