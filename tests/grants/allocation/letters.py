"""The letters the tests tell of: the nine of 2020 as transcribed, and small ones written where a rule needs its own."""

from collections.abc import Iterable
from functools import cache, reduce
from pathlib import Path

from services.eventlog.events import Event
from services.grants.allocation.letter_file.reading import read_letter
from services.grants.allocation.rules import register_letter
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.state import BudgetYear, evolve

FOLDER = Path(__file__).parents[3] / "data" / "letters" / "2020"
KRONE = 100


@cache
def source_of(number: int) -> bytes:
    (file,) = FOLDER.glob(f"{number:02d}-*.yaml")
    return file.read_bytes()


@cache
def letter_of(number: int) -> Letter:
    return read_letter(source_of(number))


def registered(*letters: Letter) -> list[LetterRegistered]:
    """What registering these letters, one after the other, records."""
    facts: list[LetterRegistered] = []
    for letter in letters:
        sha256 = f"{letter.number:064x}"
        decided = register_letter(folded(facts), letter=letter, source_sha256=sha256, registered_by="kari")
        facts += [fact for fact in decided if isinstance(fact, LetterRegistered)]
    return facts


def folded(events: Iterable[Event]) -> BudgetYear:
    return reduce(evolve, events, BudgetYear())


def since(*letters: Letter) -> BudgetYear:
    """The year after these letters, registered in this order."""
    return folded(registered(*letters))


@cache
def year_2020() -> BudgetYear:
    """All nine letters of 2020, registered in their order."""
    return since(*(letter_of(number) for number in range(9)))


OPENING = """
year: 2020
number: 0
title: Tildelingsbrev
dated: {on: 2020-01-01, ground: printed}
posts:
  - post: 290/01
    name: Drift
    at_disposal: {amount: "100 mill.", cite: "5.1"}
    appropriated: {amount: "110 mill.", cite: "5.1"}
    cite: "5.1"
  - {post: 290/45, name: Utstyr, at_disposal: {amount: "20 mill.", cite: "5.1"}, keywords: [transferable], cite: "5.1"}
  - {post: 291/71, name: Tilskudd, at_disposal: {amount: "50 000 000", cite: "5.1"}, cite: "5.1"}
"""


def opening(more: str = "") -> Letter:
    """A small letter of allocation, with more sections if wanted."""
    return read_letter((OPENING + more).encode())


def supplement(number: int, on: str, sections: str) -> Letter:
    """A small supplement that counts from a day."""
    head = f"year: 2020\nnumber: {number}\ntitle: Tillegg nr. {number}\ndated: {{on: {on}, ground: printed}}\n"
    return read_letter((head + sections).encode())
