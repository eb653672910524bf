"""What is held back, claimed back and complained of in the awards of a budget year: why in codes, the money that is
reserved meanwhile, since when, what is waited for, and what was decided. Whole øre, days in Europe/Oslo.

All of it as it stood on a day by what was known at an instant, by the rules the API answers with. The words of reasons
and complaints are between the directorate and the party, and are not read here.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from services.eventlog.recorded import Recorded
from services.grants.balance.view import AsOf
from services.grants.case_view.listing import LIVE
from services.grants.complaint import view as complaint_view
from services.grants.overview.facts.view import Sight, load_cases
from services.grants.overview.standing.view import stand
from services.grants.withholding import view as withholding_view

Row = Mapping[str, Any]
_DISPUTED = f"""
    SELECT c.case_id, n.label AS case_number, c.recipient, c.organisation_number, c.scheme_id, c.chapter, c.post
    FROM grants.disputed_case d JOIN grants_view.case_row c ON c.case_id = substr(d.stream, 6)::uuid
    JOIN grants.case_number n USING (case_id)
    WHERE c.edition = {LIVE} AND c.year = %(year)s ORDER BY c.opened_position
"""
BATCH = 200
Hidden = Callable[[int], Awaitable[Mapping[str, Mapping[str, Any]]]]


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """The year's withholdings, with the warnings before them, reclaims and complaints; what stands and waits first."""

    withholdings: Sequence[Row]
    reclaims: Sequence[Row]
    complaints: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Disputes:
    """The queries. Reading only."""

    sight: Sight

    def told(self) -> "Disputes":
        """The same for a reader who sees an award from when the ministry is told of it."""
        return Disputes(replace(self.sight, only_told=True))

    async def of_year(self, year: int, as_of: AsOf, hidden: Hidden | None = None) -> Disputed:
        """All of it, in the awards of the year. `hidden` tells what a page's reader is not told of in it, where the
        page asks that anyway."""
        async with self.sight.pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            cases = list(await (await cursor.execute(_DISPUTED, {"year": year})).fetchall())
        told_not = await (self.sight.hidden((year,)) if hidden is None else hidden(year))
        found: dict[UUID, list[Recorded]] = {}
        for first in range(0, len(cases), BATCH):
            some = [row["case_id"] for row in cases[first : first + BATCH]]
            found |= await load_cases(self.sight.pool, some, as_of, told_not)
        known = [(row, found[row["case_id"]]) for row in cases if row["case_id"] in found]
        return Disputed(
            withholdings=_first_open([each for row, facts in known for each in withholdings(row, facts)], "decided_on"),
            reclaims=_first_open([each for row, facts in known for each in reclaims(row, facts)], "decided_on"),
            complaints=_first_open([each for row, facts in known for each in complaints(row, facts)], "lodged_on"),
        )


def disputes_of(pool: AsyncConnectionPool) -> Disputes:
    """For a reader beside the service."""
    return Disputes(Sight(pool))


def withholdings(row: Row, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each withholding of a case, and each warning of one that nobody has decided on."""
    told = withholding_view.shown([fact.event for fact in facts]) or {"warnings": (), "withholdings": ()}
    for each in told["warnings"]:
        since = each.get("warned_on") or each.get("omitted_on")
        yield _of(row, each) | {
            "number": None, "state": "warned", "standing_ore": 0, "released_ore": 0, "fallen_away_ore": 0,
            "decided_on": since, "reply_by": each.get("reply_by"), "is_open": True,
        }  # fmt: skip
    for each in told["withholdings"]:
        stands = each["standing_ore"] > 0
        yield _of(row, each) | {
            "number": each["number"], "state": "standing" if stands else "ended", "reply_by": None, "is_open": stands,
            **{name: each[name] for name in ("standing_ore", "released_ore", "fallen_away_ore", "decided_on")},
        }  # fmt: skip


def reclaims(row: Row, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each reclaim of a case, and each warning of one."""
    told = withholding_view.shown([fact.event for fact in facts]) or {"reclaim_warnings": (), "reclaims": ()}
    for each in told["reclaim_warnings"]:
        yield _of(row, each) | {
            "number": None, "state": "warned", "claimed_ore": 0, "repaid_ore": 0, "netted_ore": 0, "standing_ore": 0,
            "decided_on": each["warned_on"], "pay_by": None, "reply_by": each["reply_by"], "is_open": True,
        }  # fmt: skip
    for each in told["reclaims"]:
        stands = each["standing_ore"] > 0
        names = ("number", "claimed_ore", "repaid_ore", "netted_ore", "standing_ore", "decided_on", "pay_by")
        state = "suspended" if stands and each["suspended_by_complaint"] else "standing" if stands else "ended"
        yield _of(row, each) | {name: each[name] for name in names} | {
            "state": state, "reply_by": None, "is_open": stands,
        }  # fmt: skip


def complaints(row: Row, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each complaint of a case, with the money that waits for it."""
    events = [fact.event for fact in facts]
    told = complaint_view.shown(events) or {"complaints": ()}
    held = withholding_view.shown(events) or {"withholdings": (), "reclaims": ()}
    names = ("number", "disputed", "decision_number", "lodged_on", "last_day_on", "late", "accepted_late", "state")
    more = ("complete_by", "suspends", "forwarded_on", "outcome", "decided_on", "follow_ups")
    for each in told["complaints"]:
        yield {
            **row,
            **{name: each[name] for name in (*names, *more)},
            "about_ore": _about_ore(each, held, facts),
            "is_open": each["state"] in ("incomplete", "late", "received", "forwarded"),
        }


def _about_ore(complaint: Row, held: Row, facts: Sequence[Recorded]) -> int | None:
    """The money the disputed decision is about, as it stands: None where it is about no sum of ours."""
    of = {"withholding": "withholdings", "reclaim": "reclaims"}.get(complaint["disputed"])
    if of is not None:
        found = [each for each in held[of] if each["number"] == complaint["decision_number"]]
        return int(found[0]["standing_ore"]) if found else None
    return int(stand(facts)["outstanding_ore"]) if complaint["suspends"] == "payment" else None


def _of(row: Row, told: Row) -> dict[str, Any]:
    return {
        **row,
        "instalment": told["instalment"],
        "amount_ore": told["amount_ore"],
        "codes": [reason["code"] for reason in told["reasons"]],
    }


def _first_open(rows: list[dict[str, Any] | Row], day: str) -> list[Row]:
    latest_first = sorted(rows, key=lambda row: (row[day], row["case_number"]), reverse=True)
    return sorted(latest_first, key=lambda row: not row["is_open"])
