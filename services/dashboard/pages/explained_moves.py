"""What a letter moved, taken apart: one line of what it changed, and one step of what is at a post's disposal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.dashboard.charts.letter_names import letter_name
from services.dashboard.pages.answering import Shown
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import SLUGS, Look
from services.dashboard.pages.explained_awards import entries_table, explained
from services.dashboard.pages.explained_tables import AMOUNT, GROUND, STANDING, WHERE, code_of
from services.dashboard.pages.source import Row, seen_by
from services.dashboard.words.spoken import N_, gettext
from services.grants.overview.explained.view import Lines
from services.grants.overview.view import Overview

COLUMN = "at_disposal_ore"
_CHANGE = re.compile(r"brev/(?P<year>[0-9]{4})/(?P<number>[0-9]{1,3})/endring/(?P<nth>[1-9][0-9]{0,3})", re.ASCII)
_STEP = re.compile(
    r"steg/(?P<year>[0-9]{4})/(?P<chapter>[0-9]{1,4})/(?P<post>[0-9]{2})/(?P<nth>[1-9][0-9]{0,3})", re.ASCII
)
_GROUNDS = {
    "difference": ("difference",),
    "authority": ("authority",),
    "moved": ("allocated", "change", "transfer", "carry-over", "earmarked"),
}
"""What the entries of each kind of move stand on."""
_TITLE = N_("Stilt til disposisjon")
_HOW = N_("Det føringene fra dette brevet flyttet her.")


@dataclass(frozen=True, kw_only=True)
class OfLetters:
    """What answers for such figures."""

    source: Overview

    async def find(self, figure: str, look: Look) -> Shown | None:
        """The figure that an address names, explained; None where it names none of these, or there is none."""
        place, _, slug = figure.rpartition("/")
        if slug != SLUGS[COLUMN]:
            return None
        if (change := _CHANGE.fullmatch(place)) is not None:
            return await self._change(change, look)
        step = _STEP.fullmatch(place)
        return None if step is None else await self._step(step, look)

    async def _change(self, named: re.Match[str], look: Look) -> Shown | None:
        seen, question, number = seen_by(look.reader, self.source), look.at(named["year"]), int(named["number"])
        letter = await seen.letter(question.year, number, known_at=question.known_at)
        row = _nth(letter["changes"] if letter else (), named["nth"])
        if row is None:
            return None
        lines = Lines(
            [row["fund_id"]], [question.year], grounds=[row["ground"]], letter=number, cite=row["cite"],
            on=row["effective_on"],
        )  # fmt: skip
        # A letter is shown whole before its day comes, and so is what it will move.
        question = replace(question, valid_at=max(question.valid_at, row["effective_on"]))
        return await self._shown(seen, lines, f"{letter_name(number)}, {row['name']}", question, look)

    async def _step(self, named: re.Match[str], look: Look) -> Shown | None:
        seen, question = seen_by(look.reader, self.source), look.at(named["year"])
        post = await seen.one_post(
            question.year, int(named["chapter"]), int(named["post"]), valid_at=question.valid_at,
            known_at=question.known_at,
        )  # fmt: skip
        row = _nth([each for each in await post.moves() if each["what"] != "stated"], named["nth"])
        if row is None:
            return None
        lines = Lines(
            [post.fund_id], [question.year], grounds=_GROUNDS[row["what"]], letter=row["letter_number"],
            on=row["effective_on"],
        )  # fmt: skip
        place = f"{letter_name(row['letter_number'])}, {gettext(N_('post %(code)s'), code=code_of(post.fund_id))}"
        return await self._shown(seen, lines, place, question, look)

    async def _shown(self, seen: Overview, lines: Lines, place: str, question: Asked, look: Look) -> Shown:
        columns = (*WHERE, *GROUND[:2], AMOUNT, STANDING)
        table, amount_ore = await entries_table(seen, lines, COLUMN, question, look.side, columns)
        return explained(table, amount_ore, _TITLE, place, _HOW, question)


def _nth(rows: Sequence[Row], nth: str) -> Row | None:
    return rows[int(nth) - 1] if int(nth) <= len(rows) else None
