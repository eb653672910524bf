"""A figure of awards taken apart: of a case over all its years or of one of its parts, of a recipient, and of a scheme,
a call or a round.

What a case's own facts say is told fact by fact; what a year's books say, entry by entry.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.dashboard.pages import left_out
from services.dashboard.pages.answering import Shown
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import EVERY_COLUMN, PARTS, Look
from services.dashboard.pages.explained_tables import AMOUNT, HOW, SIZE, STANDING, WHERE, ground, last_side
from services.dashboard.pages.source import Row as Found
from services.dashboard.pages.source import seen_by
from services.dashboard.pages.tables import Column, Row, Side, Table, paged
from services.dashboard.sign_in.access import Sight
from services.dashboard.words.spoken import N_, gettext
from services.grants.balance.view import AsOf
from services.grants.overview.explained.view import Explanations, Lines
from services.grants.overview.gathered.view import APPROVALS, lines_of
from services.grants.overview.reckoned.view import OF_AN_AWARD, OF_PARTS, Part, Reckoned, Reckonings
from services.grants.overview.schemes.view import SchemeShown, YearSchemes
from services.grants.overview.view import Overview

_NUMBER = "[0-9]{4}/[1-9][0-9]{0,8}"
_CASE = re.compile(
    rf"sak/(?P<number>{_NUMBER})/(?:alle|og/(?P<other>{_NUMBER})|(?P<part>{'|'.join(PARTS)})/(?P<nth>[1-9][0-9]{{0,3}}))",
    re.ASCII,
)
_RECIPIENT = re.compile(r"mottaker/(?P<number>[0-9]{9})", re.ASCII)
_SCHEME = re.compile(
    r"ordning/(?P<scheme>[a-z0-9][a-z0-9._-]{0,99})(?:/(?P<of>utlysning|runde)/(?P<nth>[1-9][0-9]{0,17}))?", re.ASCII
)
NAMES = {
    "committed_ore": N_("Tilsagn"),
    "disbursed_ore": N_("Utbetalt"),
    "withheld_ore": N_("Holdt tilbake hos mottaker"),
    "outstanding_ore": N_("Kan ennå utbetales"),
    "repaid_ore": N_("Betalt tilbake"),
    "reported_ore": N_("Rapportert brukt"),
    "reclaimed_ore": N_("Krevd tilbake"),
    "approved_ore": N_("Vedtatt i runden"),
    "amount_ore": N_("Beløp"),
    "paid_ore": N_("Utbetalt"),
    "free_ore": N_("Kan utbetales"),
    "standing_ore": N_("Står igjen"),
    "released_ore": N_("Frigitt"),
    "about_ore": N_("Penger som venter"),
}
_BY_FACTS = N_("Hver hendelse som endret beløpet, og det beløpet var etter den. Det siste er beløpet.")
_CASES = (
    *WHERE,
    Column("case", N_("Sak"), "code", N_("ikke av en sak")),
    Column("recipient", N_("Mottaker"), missing=N_("ikke av en sak")),
    AMOUNT,
    STANDING,
)


@dataclass(frozen=True, kw_only=True)
class OfAwards:
    """What answers for such figures."""

    source: Overview
    reckonings: Reckonings
    schemes: YearSchemes

    async def find(self, figure: str, look: Look) -> Shown | None:
        """The figure that an address names, explained; None where it names none of these, or there is none."""
        place, _, slug = figure.rpartition("/")
        column = EVERY_COLUMN.get(slug, "")
        if (case := _CASE.fullmatch(place)) is not None:
            return await self._of_case(case, column, look)
        if (recipient := _RECIPIENT.fullmatch(place)) is not None:
            return await self._of_recipient(recipient["number"], column, look)
        if (scheme := _SCHEME.fullmatch(place)) is not None:
            return await self._of_scheme(scheme, column, look)
        return None

    def _seen(self, look: Look) -> Reckonings:
        return self.reckonings.told() if look.reader.sight is Sight.told else self.reckonings

    async def _of_case(self, case: re.Match[str], column: str, look: Look) -> Shown | None:
        kind, named = PARTS.get(case["part"] or "", ("", ""))
        if column not in (OF_PARTS[kind] if kind else OF_AN_AWARD):
            return None
        part = Part(kind=kind, number=int(case["nth"])) if kind else None
        question = look.at()
        numbers = [case["number"], *([case["other"]] if case["other"] else [])]
        found = await self._seen(look).of_cases(numbers, column, _as_of(question), part)
        if found is None:
            return None
        place = ", ".join(gettext(N_("sak %(number)s"), number=number) for number in numbers)
        if kind:
            place = f"{gettext(named, nth=case['nth'])}, {place}"
        return _by_facts(found, column, place, question, look)

    async def _of_recipient(self, number: str, column: str, look: Look) -> Shown | None:
        question = look.at()
        if column not in OF_AN_AWARD:
            return None
        found = await self._seen(look).of_recipient(number, column, _as_of(question))
        return None if found is None else _by_facts(found, column, found.recipient, question, look)

    async def _of_scheme(self, named: re.Match[str], column: str, look: Look) -> Shown | None:
        year = await self.schemes.year_of(named["scheme"])
        if year is None or column not in ("committed_ore", "disbursed_ore", "withheld_ore", "approved_ore"):
            return None
        question, seen = look.at(str(year)), seen_by(look.reader, self.source)
        schemes = self.schemes.told() if look.reader.sight is Sight.told else self.schemes
        listed = await schemes.list_all(year, _as_of(question))
        shown = next((each for each in listed if each.scheme.scheme_id == named["scheme"]), None)
        narrowed = None if shown is None else _part_of(shown, named["of"], int(named["nth"] or 0))
        approved = column == "approved_ore"
        if narrowed is None or (approved and named["of"] != "runde"):
            return None
        name, part = narrowed
        funds = await lines_of(schemes.sight, year, named["scheme"], _as_of(question), **part)
        lines = Lines(funds, [year], grounds=APPROVALS if approved else None)
        booked = "committed_ore" if approved else column
        table, amount_ore = await entries_table(seen, lines, booked, question, look.side, _CASES)
        how = N_("Det som er vedtatt i runden, slik det ble vedtatt.") if approved else HOW[booked]
        told = await left_out.of_year(seen, question)
        return _shown(table, amount_ore, column, name, how, question, told)


def _part_of(shown: SchemeShown, kind: str | None, nth: int) -> tuple[str, dict[str, Any]] | None:
    """What a scheme's call or round is called, and which it is; of all of it, where neither is asked for."""
    if kind == "utlysning":
        calls = shown.scheme.calls
        return (calls[nth - 1].call.title, {"call_id": calls[nth - 1].call.call_id}) if nth <= len(calls) else None
    if kind == "runde":
        row = next((each for each in shown.rounds if each.position == nth), None)
        return None if row is None else (row.name, {"round_id": row.round_id})
    return shown.scheme.terms.name, {}


def _by_facts(found: Reckoned, column: str, place: str, question: Asked, look: Look) -> Shown:
    rows = [entry_row(row, question) for row in found.rows]
    table = Table("foringer", N_("Hendelsene som summerer til beløpet, i kroner"), _CASES, rows, empty=_NOTHING)
    told = left_out.in_general(look.reader)
    return _shown(paged(table, look.side, size=SIZE), found.amount_ore, column, place, _BY_FACTS, question, told)


_NOTHING = N_("Ingenting har endret beløpet denne dagen: det er null.")


async def entries_table(
    seen: Overview, lines: Lines, column: str, question: Asked, side: int, columns: Sequence[Column]
) -> tuple[Table, int]:
    """Entries of a year's books as a table, a side of it, and what all of them sum to."""
    behind, at = Explanations(seen), _as_of(question)
    found = await behind.entries(lines, column, at, start=(side - 1) * SIZE, limit=SIZE)
    if not found.rows and side > 1:
        found = await behind.entries(lines, column, at, limit=SIZE)
    last = last_side(found.count)

    async def whole() -> AsyncIterator[Row]:
        async for row in behind.every_entry(lines, column, at):
            yield entry_row(row, question)

    table = Table(
        "foringer", N_("Føringene som summerer til beløpet, i kroner"), columns,
        [entry_row(row, question) for row in found.rows], empty=_NOTHING,
        side=Side(min(side, last), last) if last > 1 else None, whole=whole,
    )  # fmt: skip
    return table, found.total_ore


def entry_row(row: Found, question: Asked) -> Row:
    """One entry, or one fact, with the sum so far."""
    return {**ground(row, question), "amount": row["amount_ore"], "standing": row["standing_ore"]}


def _shown(
    table: Table, amount_ore: int | None, column: str, place: str, how: str, question: Asked, told: str
) -> Shown:
    return explained(table, amount_ore, NAMES[column], place, how, question, told)


def explained(
    table: Table, amount_ore: int | None, title: str, place: str, how: str, question: Asked, told: str = ""
) -> Shown:
    """The page of a figure that one table explains."""
    facts: Mapping[str, Any] = {
        "asked": question, "left_out": told, "amount_ore": amount_ore, "title": title, "place": place, "how": how,
        "post": None,
    }  # fmt: skip
    return Shown("explained.html", (table,), facts)


def _as_of(question: Asked) -> AsOf:
    return AsOf(valid_at=question.valid_at, known_at=question.known_at)
