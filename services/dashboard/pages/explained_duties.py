"""Amounts of notices and deadlines taken apart: line by line of what a notice tells, and what a deadline was set by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol
from uuid import UUID

from services.dashboard.pages import left_out
from services.dashboard.pages.answering import Shown
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import award_address
from services.dashboard.pages.deadline_words import deadline_in_words
from services.dashboard.pages.explained import PARTLY, Look
from services.dashboard.pages.explained_awards import explained
from services.dashboard.pages.explained_tables import AMOUNT, SIZE, STANDING, letter
from services.dashboard.pages.notices import about
from services.dashboard.pages.seen_deadlines import of_awards
from services.dashboard.pages.seen_notices import list_seen
from services.dashboard.pages.source import seen_by
from services.dashboard.pages.tables import Cell, Column, Link, Links, Row, Table, paged
from services.dashboard.words.spoken import N_, gettext
from services.grants.overview.awards.view import Awards
from services.grants.overview.view import Overview
from services.notifications.overview.duties.view import (
    deadline_of_case,
    deadline_of_letter,
    deadline_of_scheme,
    deadline_of_year,
)
from services.notifications.overview.view import NoticeOverview

COLUMN = "amount_ore"
_KEY = "[a-z0-9][a-z0-9._-]{0,120}"
_NOTICE = re.compile("(?P<year>[0-9]{4})/varsel/(?P<number>[1-9][0-9]{0,17})", re.ASCII)
_DEADLINE_AT = re.compile(
    "(?P<year>[0-9]{4})/frist/"
    "(?:(?P<of>sak|brev)/(?P<opened>[0-9]{4})/(?P<number>[1-9][0-9]{0,8})"
    f"|ordning/(?P<scheme>[a-z0-9][a-z0-9._-]{{0,99}})|bevilgning/(?P<letters>[0-9]{{4}}))/(?P<key>{_KEY})",
    re.ASCII,
)
_CASE = Column("case", N_("Sak"), "code", N_("ikke av en sak"))
_LINES = (_CASE, Column("title", N_("Hva varselet sier")), AMOUNT, STANDING)
_DEADLINE = (
    Column("what", N_("Hva")),
    Column("due_on", N_("Frist"), "day", N_("ingen dag er nevnt")),
    Column("known_at", N_("Kjent"), "instant"),
    Column("letter", N_("Hvilket brev"), missing=N_("ikke av et brev")),
    Column("cite", N_("Sted i brevet"), missing=N_("ikke av et brev")),
    _CASE,
    AMOUNT,
)
_OF_NOTICES = N_("Det varselet sier om hver sak. Det er slik saken sto da varselet ble laget.")
_OF_DEADLINES = N_("Det fristen gjelder, slik brevet, saken eller varselet sier det. Det føres ikke: det er et krav.")


class Register(Protocol):
    """The register of deadlines, as the notifications service answers of it."""

    async def find(self, deadline_id: UUID) -> Any:
        """One deadline as it stands; None if there is none of that id."""


@dataclass(frozen=True, kw_only=True)
class OfDuties:
    """What answers for such figures."""

    source: Overview
    awards: Awards
    notices: NoticeOverview
    register: Register

    async def find(self, figure: str, look: Look) -> Shown | None:
        """The figure that an address names, explained; None where it names none of these, or there is none."""
        place, _, slug = figure.rpartition("/")
        if slug != PARTLY[COLUMN]:
            return None
        seen = seen_by(look.reader, self.source)
        if (notice := _NOTICE.fullmatch(place)) is not None:
            return await self._notice(int(notice["number"]), seen, look.at(notice["year"]), look)
        named = _DEADLINE_AT.fullmatch(place)
        deadline_id = None if named is None else await _deadline_id(seen, named)
        if named is None or deadline_id is None:
            return None
        return await self._deadline(deadline_id, seen, look.at(named["year"]))

    async def _notice(self, number: int, seen: Overview, question: Asked, look: Look) -> Shown | None:
        listed = await list_seen(look.reader, self.notices, self.awards, question, await seen.years())
        row = next((each for each in listed if each.number == number), None)
        if row is None:
            return None
        told = [line for line in row.lines if line.amount_ore is not None]
        so_far = accumulate(line.amount_ore or 0 for line in told)
        rows: list[Row] = [
            {
                "case": Link(line.case_number, award_address(line.case_number, question)) if line.case_number else None,
                "title": line.title,
                "amount": line.amount_ore,
                "standing": standing_ore,
            }
            for line, standing_ore in zip(told, so_far, strict=True)
        ]
        table = Table("foringer", N_("Det varselet sier, sak for sak, i kroner"), _LINES, rows)
        place = f"{gettext(N_('varsel'))}: {about(row)}"
        amount_ore = row.amount_ore if told else None
        general = left_out.in_general(look.reader)
        shown = paged(table, look.side, size=SIZE)
        return explained(shown, amount_ore, N_("Beløp"), place, _OF_NOTICES, question, general)

    async def _deadline(self, deadline_id: UUID, seen: Overview, question: Asked) -> Shown | None:
        row = await self.register.find(deadline_id)
        if row is None or not (await of_awards(seen, [row], await seen.untold_cases()))[0]:
            return None
        numbers: Sequence[str] = row.case_numbers
        told: Mapping[str, Cell] = {
            "what": deadline_in_words(row),
            "due_on": row.due_on,
            "known_at": row.known_at,
            "letter": letter(row.letter_number, question) if row.year == question.year else None,
            "cite": row.cite,
            "case": Links(tuple(Link(each, award_address(each, question)) for each in numbers)) if numbers else None,
            "amount": row.amount_ore,
        }
        table = Table("foringer", N_("Det som setter fristen, beløp i kroner"), _DEADLINE, [told])
        return explained(table, row.amount_ore, N_("Beløp"), deadline_in_words(row), _OF_DEADLINES, question)


async def _deadline_id(seen: Overview, named: re.Match[str]) -> UUID | None:
    """Which deadline an address names; None where there is no such case."""
    if named["scheme"]:
        return deadline_of_scheme(named["scheme"], named["key"])
    if named["letters"]:
        return deadline_of_year(int(named["letters"]), named["key"])
    case_id = await seen.find_case(int(named["opened"]), int(named["number"]))
    if case_id is None:
        return None
    return (deadline_of_case if named["of"] == "sak" else deadline_of_letter)(case_id, named["key"])
