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
from services.notifications.overview.view import NoticeOverview

COLUMN = "amount_ore"
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PLACE = re.compile(rf"(?P<year>[0-9]{{4}})/(?P<of>varsel|frist)/(?P<id>{_ID})", re.ASCII)
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
        named = _PLACE.fullmatch(place)
        if named is None or slug != PARTLY[COLUMN]:
            return None
        seen, question = seen_by(look.reader, self.source), look.at(named["year"])
        if named["of"] == "varsel":
            return await self._notice(UUID(named["id"]), seen, question, look)
        return await self._deadline(UUID(named["id"]), seen, question)

    async def _notice(self, notice_id: UUID, seen: Overview, question: Asked, look: Look) -> Shown | None:
        listed = await list_seen(look.reader, self.notices, self.awards, question, await seen.years())
        row = next((each for each in listed if each.notice_id == notice_id), None)
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
