"""What letters say of posts that moves no money (appropriated, held back), and which letter a fact of a year is of."""

from collections.abc import Sequence
from typing import Any

from services.grants.allocation.view import stream_of
from services.grants.balance.view import Row
from services.grants.budget_year.events.allocation import (
    DifferenceSettled,
    LetterCorrected,
    LetterRegistered,
    LetterWithdrawn,
)
from services.grants.budget_year.letter import Letter, PostLine, Stated
from services.grants.overview.view import Overview

SAID = {"appropriated_ore": "appropriated", "held_back_ore": "held_back"}
"""The columns that letters say, and under which name."""

Told = tuple[int, str, Letter | None]
"""A letter's number, what became of it at a fact, and the letter as it is told there."""


async def in_letters(overview: Overview, rows: Sequence[Row]) -> list[Row]:
    """What letters say of posts (each row's `position`, `fund_id` and `name`), with the column it is of, the letter
    that said it, where in it, and what became of the letter there (`how`)."""
    told, columns = await letters_of(overview, rows), {name: column for column, name in SAID.items()}
    return [{**row, "column": columns[row["name"]], **_said_in(told.get(row["position"]), row)} for row in rows]


async def letters_of(overview: Overview, rows: Sequence[Row]) -> dict[int, Told]:
    """By position: the letters that facts of the rows' years are of."""
    found: dict[int, Told] = {}
    for year in {int(row["fund_id"].partition("/")[0]) for row in rows}:
        for fact in (await overview.kept.log.load(stream_of(year))).recorded:
            if (letter := _letter_of(fact.event)) is not None:
                found[fact.position] = letter
    return found


def _letter_of(event: Any) -> Told | None:
    """Which letter a fact is of, what it did with it, and the letter as it is told there."""
    match event:
        case LetterRegistered(letter=letter):
            return (letter.number, "registered", letter)
        case LetterCorrected(letter=letter):
            return (letter.number, "corrected", letter)
        case LetterWithdrawn(letter_number=number):
            return (number, "withdrawn", None)
        case DifferenceSettled(letter_number=number):
            return (number, "settled", None)
    return None


def _said_in(of: Told | None, row: Row) -> Row:
    number, how, letter = of or (None, None, None)
    cite = _cite(letter, row["fund_id"], row["name"]) if letter else None
    return {"letter_number": number, "how": how, "cite": cite}


def _cite(letter: Letter, fund_id: str, name: str) -> str | None:
    """Where the letter prints the figure: of the post it opens or states anew, else of a change of appropriation."""
    lines: tuple[PostLine | Stated, ...] = (*letter.posts, *letter.stated)
    for line in lines:
        figure = line.appropriated if name == "appropriated" else line.held_back
        if line.fund_id == fund_id and figure is not None:
            return figure.cite
    moving = [each for each in letter.changes if each.fund_id == fund_id and each.moves == "appropriation"]
    return moving[0].cite if moving and name == "appropriated" else None
